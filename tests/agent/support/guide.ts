// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A workspace that uses the framework's proposed reloads the way its guides do: the `hotReload` option, a service put in
// place by `reloadPluginService`, the `dev` plugin. And, of the agent's own, a plugin that hands its state over.

export function guide(): Record<string, string> {
  return {
    "src/server.ts": `import { AppServer, createRouter } from "@donkeylabs/server";
import { Database } from "bun:sqlite";
import { Kysely } from "kysely";
import { BunSqliteDialect } from "kysely-bun-sqlite";
import { devPlugin } from "./plugins/dev";
import { handoverPlugin } from "./plugins/handover";
import { usersPlugin } from "./plugins/users";

export const seen: string[] = [];

export const server = new AppServer({
  db: new Kysely<any>({ dialect: new BunSqliteDialect({ database: new Database(":memory:") }) }),
  port: Number(process.env.PORT ?? 0),
  hotReload: {
    plugins: true, // Enable plugin hot reload
    onPluginChange: async (pluginName) => {
      seen.push(pluginName);
    },
  },
});

server.registerPlugin(usersPlugin);
server.registerPlugin(devPlugin);
server.registerPlugin(handoverPlugin);

const admin = createRouter("admin");
admin.route("seen").typed({ handle: async () => ({ seen }) });
admin.route("service").typed({
  handle: async () => {
    const done = await server.reloadPluginService?.("users", async (ctx) => ({
      // New service implementation
      hello: (name: string) => \`from the factory \${name}, \${typeof ctx.core.logger.info}\`,
    }));
    return { ok: done?.ok ?? "no agent" };
  },
});
admin.route("dev").typed({
  handle: async (_input, ctx) => {
    await (ctx.plugins as any).dev.hotReload("users");
    return {};
  },
});
admin.route("hello").typed({ handle: async (_input, ctx) => ({ text: (ctx.plugins as any).users.hello("Ann") }) });
admin.route("count").typed({ handle: async (_input, ctx) => ({ count: (ctx.plugins as any).handover.next() }) });
admin.route("rebuild").typed({
  handle: async () => {
    server.reloadRouter?.("admin", admin);
    server.rebuildRouteMap?.();
    return {};
  },
});
server.use(admin);
`,
    "src/index.ts": `import { server } from "./server";\nawait server.start();\n`,
    "src/plugins/users/index.ts": `import { createPlugin } from "@donkeylabs/server";
export const usersPlugin = createPlugin.define({
  name: "users",
  service: async () => ({ hello: (name: string) => "as written " + name }),
});
`,
    "src/plugins/dev/index.ts": `// plugins/dev/index.ts
import { createPlugin } from "@donkeylabs/server";

export const devPlugin = createPlugin.define({
  name: "dev",
  service: async (ctx) => {
    // Only in development
    if (process.env.NODE_ENV === "production") {
      return { hotReload: async () => {} };
    }

    return {
      hotReload: async (pluginName: string) => {
        // Force re-import
        const module = await import(\`../\${pluginName}/index.ts?\${Date.now()}\`);
        ctx.core.logger.info(\`Reloaded \${pluginName}\`);
      },
    };
  },
});
`,
    "src/plugins/handover/index.ts": `import { createPlugin } from "@donkeylabs/server";

interface Kept {
  count: number;
}

export const hot: Paddock.HotHooks<{ next(): number; count(): number }, Kept> = {
  data: { count: 0 },
  dispose(service, data) {
    data.count = service.count();
  },
};

export const handoverPlugin = createPlugin.define({
  name: "handover",
  service: async (ctx) => {
    const kept = ctx.hot?.data as Kept | undefined;
    let count = kept?.count ?? 0;
    return { next: () => ++count, count: () => count };
  },
});
`,
  };
}
