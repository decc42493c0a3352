// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A SvelteKit workspace on the real framework and its own adapter, made in a temporary folder: packages from the registry,
// the adapter built from the checkout that PADDOCK_UPSTREAM names.

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { BUN } from "./bun";

const files: Record<string, string> = {
  "svelte.config.js": `import adapter from "@donkeylabs/adapter-sveltekit";
export default { kit: { adapter: adapter({ serverEntry: "./src/server/index.ts" }) } };
`,
  "vite.config.ts": `import { donkeylabsDev } from "@donkeylabs/adapter-sveltekit/vite";
import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig } from "vite";
export default defineConfig({ plugins: [donkeylabsDev({ serverEntry: "./src/server/index.ts", routePatterns: ["routes/users.ts"] }), sveltekit()] });
`,
  "donkeylabs.config.ts": `export default { plugins: ["src/server/plugins/**/index.ts"], outDir: ".@donkeylabs/server" };\n`,
  "gen.ts": `import { appendFileSync } from "node:fs";\nappendFileSync("generated.log", "types\\n");\n`,
  "src/app.html": `<!doctype html><html><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>\n`,
  "src/hooks.server.ts": `import { createHandle } from "@donkeylabs/adapter-sveltekit/hooks";
export const handle = createHandle();
`,
  "src/lib/api.ts": `export {};\n`,
  "src/routes/+page.server.ts": `export const load = async ({ locals }) => ({
  service: locals.plugins.users.hello("page"),
  route: (await locals.handleRoute("users.hello", { name: "route" })).text,
});
`,
  "src/routes/+page.svelte": `<script>\n  let { data } = $props();\n</script>\n<p>{data.service}</p><p>{data.route}</p>\n`,
  "src/server/index.ts": `import { AppServer } from "@donkeylabs/server";
import { Database } from "bun:sqlite";
import { Kysely } from "kysely";
import { BunSqliteDialect } from "kysely-bun-sqlite";
import { usersPlugin } from "./plugins/users";
import { usersRouter } from "./routes/users";

export const server = new AppServer({
  db: new Kysely<unknown>({ dialect: new BunSqliteDialect({ database: new Database(":memory:") }) }),
  port: 0,
  logs: { dbPath: ":memory:" },
});
server.registerPlugin(usersPlugin);
server.use(usersRouter);
`,
  "src/server/plugins/users/index.ts": `import { createPlugin } from "@donkeylabs/server";
export const usersPlugin = createPlugin.define({
  name: "users",
  service: async () => ({ hello: (name: string) => "hello " + name }),
});
`,
  "src/server/routes/users.ts": `import { createRouter } from "@donkeylabs/server";
export const usersRouter = createRouter("users");
usersRouter.route("hello").typed({ handle: async (input, ctx) => ({ text: ctx.plugins.users.hello(input.name) }) });
`,
};

/** Builds the adapter's modules without its types. */
function buildAdapter(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  cpSync(join(source, "package.json"), join(target, "package.json"));
  const transpiler = new Bun.Transpiler({ loader: "ts", target: "bun" });
  for (const file of new Bun.Glob("**/*.ts").scanSync({ cwd: join(source, "src") })) {
    const out = join(target, "dist", file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(out), { recursive: true });
    const text = readFileSync(join(source, "src", file), "utf8");
    writeFileSync(out, transpiler.transformSync(text));
  }
}

/** The root of the workspace. */
export function makeSvelteKit(upstream: string): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "pdk-kit-")));
  const all = {
    ...files,
    "package.json": JSON.stringify({
      name: "kit",
      private: true,
      type: "module",
      scripts: { dev: "bun --bun vite dev --strictPort", "gen:types": "bun gen.ts" },
      dependencies: {
        "@donkeylabs/server": `file:${join(upstream, "packages/server")}`,
        kysely: "0.27.6",
        "kysely-bun-sqlite": "0.3.2",
        zod: "3.25.76",
      },
      devDependencies: {
        "@sveltejs/kit": "2.70.4",
        "@sveltejs/vite-plugin-svelte": "5.1.1",
        svelte: "5.57.3",
        vite: "6.4.6",
      },
    }),
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const { exitCode, stderr } = Bun.spawnSync([BUN, "install", "--no-save"], { cwd: root, stderr: "pipe" });
  if (exitCode !== 0) throw new Error(`bun install failed: ${stderr.toString()}`);
  const adapter = join(root, "node_modules/@donkeylabs/adapter-sveltekit");
  if (!existsSync(adapter)) buildAdapter(join(upstream, "packages/adapter-sveltekit"), adapter);
  const bun = join(root, "node_modules/.bin/bun"); // scripts call it by name
  if (!existsSync(bun)) symlinkSync(BUN, bun);
  return root;
}
