// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The framework's two guides to reloading: their snippets work under the agent, and do no harm without it.

import { afterEach, describe, expect, test } from "bun:test";
import { guide } from "./support/guide";
import { runtimes } from "./support/runtimes";
import { freePort, Workspace } from "./support/workspace";

const users = (text: string) => guide()["src/plugins/users/index.ts"]!.replace("as written", text);

for (const runtime of runtimes()) {
  describe(`on the ${runtime.name} runtime`, () => {
    let ws: Workspace;
    afterEach(() => ws.stop());
    const text = async (): Promise<unknown> => (await ws.body("admin.hello")).text;

    const withoutAgent = async (env: Record<string, string>): Promise<void> => {
      ws = new Workspace(runtime, guide());
      ws.port = freePort();
      await ws.start({ agent: false, env: { PORT: String(ws.port), ...env } });
      await ws.until(
        "the server answers",
        () => text().catch(() => null),
        (answer) => answer === "as written Ann",
      );
    };

    test("under the agent, called as the guides call them", async () => {
      const literal = guide();
      literal["src/server.ts"] = literal["src/server.ts"]!.replaceAll("?.(", "(");
      ws = await new Workspace(runtime, literal).start();
      expect(await ws.body("admin.seen")).toEqual({ seen: [] });

      expect(await ws.body("admin.service")).toEqual({ ok: true });
      expect(await text()).toBe("from the factory Ann, function");
      expect((await ws.body("admin.seen")).seen).toContain("users");

      ws.write("src/plugins/users/index.ts", users("saved"));
      await ws.body("admin.dev");
      expect(await text()).toBe("saved Ann");
      await ws.until(
        "the dev plugin says so",
        () => ws.output,
        (output) => output.includes("Reloaded users"),
      );

      expect(await ws.body("admin.rebuild")).toEqual({});
      expect(await text()).toBe("saved Ann");
    });

    test("a service that fails leaves the old one, and the caller is told", async () => {
      const failing = guide();
      failing["src/server.ts"] = failing["src/server.ts"]!.replace(
        "// New service implementation",
        `...((): object => { throw new Error("not today"); })(),`,
      ).replace("const done = await server.reloadPluginService?.(", "const done = await server.reloadPluginService!(");
      failing["src/server.ts"] = failing["src/server.ts"]!.replace(
        "    }));\n    return",
        "    })).catch((error: Error) => ({ ok: error.message }));\n    return",
      );
      ws = await new Workspace(runtime, failing).start();
      expect(await ws.body("admin.service")).toEqual({ ok: "not today" });
      expect(await text()).toBe("as written Ann");
    });

    test("state is handed over by a module's `hot`", async () => {
      ws = await new Workspace(runtime, guide()).start();
      expect(await ws.body("admin.count")).toEqual({ count: 1 });
      expect(await ws.body("admin.count")).toEqual({ count: 2 });
      const code = guide()["src/plugins/handover/index.ts"]!.replace("++count", "(count += 10)");
      expect(await ws.plugin("handover", code)).toMatchObject({ ok: true, ledger: { disposed: { dispose: 1 } } });
      expect(await ws.body("admin.count")).toEqual({ count: 12 });
    });

    test("without the agent they do nothing", async () => {
      await withoutAgent({});
      expect(await ws.body("admin.service")).toEqual({ ok: "no agent" });
      expect(await ws.body("admin.rebuild")).toEqual({});
      expect(await ws.body("admin.count")).toEqual({ count: 1 });
      expect(await ws.body("admin.seen")).toEqual({ seen: [] });
      expect((await ws.post("admin.dev")).status).toBe(200);
      expect(await text()).toBe("as written Ann");
    });

    test("in production the dev plugin is inert", async () => {
      await withoutAgent({ NODE_ENV: "production" });
      ws.write("src/plugins/users/index.ts", users("saved"));
      expect((await ws.post("admin.dev")).status).toBe(200);
      expect(await text()).toBe("as written Ann");
      expect(ws.output).not.toContain("Reloaded users");
    });
  });
}
