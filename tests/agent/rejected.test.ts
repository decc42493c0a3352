// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Bad saves, many in a row, each followed by a good one: the old code serves on, nothing of the bad one stays behind.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Snapshot } from "./support/result";
import { runtimes } from "./support/runtimes";
import { Workspace } from "./support/workspace";

const head = `import { createPlugin } from "@donkeylabs/server";\n`;
const define = (body: string) =>
  `${head}export const usersPlugin = createPlugin.define({\n  name: "users",\n${body}\n});\n`;
const good = (text: string) =>
  define(`  service: async (ctx) => ({ hello: (name: string) => "${text} " + name }),
  init: async (ctx) => {
    ctx.core.cron.schedule("0 0 1 1 *", () => {}, { name: "users-yearly" });
    ctx.core.events.on("users.event", () => {});
    ctx.core.jobs.register("users-job", async () => {});
  },`);

interface Bad {
  what: string;
  text: string;
  phase: string;
  code: string;
  line?: number;
}

const bad: Bad[] = [
  { what: "an open brace", text: `${head}export const x = {`, phase: "load", code: "load-failed", line: 2 },
  { what: "an unknown token", text: `${head}\nexport const = 1;`, phase: "load", code: "load-failed", line: 3 },
  {
    what: "an import that does not exist",
    text: `${head}import { x } from "./nowhere";\nexport const usersPlugin = x;`,
    phase: "load",
    code: "load-failed",
  },
  {
    what: "a package that does not exist",
    text: `import x from "no-such-package-at-all";\nexport default x;`,
    phase: "load",
    code: "load-failed",
  },
  {
    what: "a missing named import",
    text: `import { nothingLikeThis } from "@donkeylabs/server";\nexport const usersPlugin = nothingLikeThis();`,
    phase: "load",
    code: "load-failed",
  },
  {
    what: "a throw while loading",
    text: `${head}throw new Error("at load");`,
    phase: "load",
    code: "load-failed",
    line: 3,
  },
  {
    what: "a reference error while loading",
    text: `${head}export const usersPlugin = undefinedThing;`,
    phase: "load",
    code: "load-failed",
    line: 2 + 1,
  },
  {
    what: "a load that never ends",
    text: `${head}await new Promise(() => {});\nexport const usersPlugin = null;`,
    phase: "load",
    code: "load-timeout",
  },
  { what: "no export", text: head, phase: "validate", code: "missing-export" },
  { what: "an empty file", text: "", phase: "validate", code: "missing-export" },
  {
    what: "another name",
    text: `${head}export const usersPlugin = createPlugin.define({ name: "somebody", service: async () => ({}) });`,
    phase: "validate",
    code: "missing-export",
  },
  {
    what: "no service",
    text: `export const usersPlugin = { name: "users", service: 5 };`,
    phase: "validate",
    code: "missing-export",
  },
  {
    what: "an unknown dependency",
    text: define(`  dependencies: ["ghost"],\n  service: async () => ({}),`),
    phase: "validate",
    code: "missing-dependency",
  },
  {
    what: "a circle",
    text: define(`  dependencies: ["orders"],\n  service: async () => ({}),`),
    phase: "validate",
    code: "circular-dependency",
  },
  {
    what: "itself as a dependency",
    text: define(`  dependencies: ["users"],\n  service: async () => ({}),`),
    phase: "validate",
    code: "circular-dependency",
  },
  {
    what: "a service that throws",
    text: define(`  service: () => {\n    throw new Error("no luck");\n  },`),
    phase: "build",
    code: "service-threw",
  },
  {
    what: "a service that rejects",
    text: define(`  service: async () => {\n    await Promise.resolve();\n    throw new TypeError("late");\n  },`),
    phase: "build",
    code: "service-threw",
  },
  {
    what: "a service that throws no error",
    text: define(`  service: () => {\n    throw "a string";\n  },`),
    phase: "build",
    code: "service-threw",
  },
  {
    what: "a service that never settles",
    text: define(`  service: () => new Promise(() => {}),`),
    phase: "build",
    code: "service-timeout",
  },
  {
    what: "a service that reads undefined",
    text: define(`  service: async (ctx) => ({ x: (ctx as any).nothing.at.all }),`),
    phase: "build",
    code: "service-threw",
  },
  {
    what: "middleware that throws",
    text: define(`  service: async () => ({}),\n  middleware: () => {\n    throw new Error("mw");\n  },`),
    phase: "build",
    code: "service-threw",
  },
  {
    what: "a promise that fails unheard in the service",
    text: define(`  service: async () => {\n    void Promise.reject(new Error("floating"));\n    return {};\n  },`),
    phase: "init",
    code: "service-threw",
  },
  {
    what: "a promise that fails unheard in init",
    text: define(
      `  service: async () => ({}),\n  init: () => {\n    void (async () => {\n      await Promise.resolve();\n      throw new Error("floating");\n    })();\n  },`,
    ),
    phase: "init",
    code: "service-threw",
  },
  {
    what: "an init that throws",
    text: define(`  service: async () => ({}),\n  init: () => {\n    throw new Error("init");\n  },`),
    phase: "init",
    code: "init-threw",
  },
  {
    what: "an init that rejects after it registered",
    text: define(`  service: async () => ({}),
  init: async (ctx) => {
    ctx.core.cron.schedule("* * * * *", () => {}, { name: "stray" });
    ctx.core.events.on("users.event", () => {});
    ctx.core.jobs.register("users-job", async () => {});
    setInterval(() => {}, 1000);
    throw new Error("after");
  },`),
    phase: "init",
    code: "init-threw",
  },
  {
    what: "an init that never settles",
    text: define(`  service: async () => ({}),\n  init: () => new Promise(() => {}),`),
    phase: "init",
    code: "service-timeout",
  },
  {
    what: "a malformed cron expression",
    text: define(
      `  service: async () => ({}),\n  init: (ctx) => {\n    ctx.core.cron.schedule("not cron", () => {});\n  },`,
    ),
    phase: "init",
    code: "init-threw",
  },
  {
    what: "a job of somebody else's name",
    text: define(
      `  service: async () => ({}),\n  init: (ctx) => {\n    ctx.core.jobs.register("orders-job", async () => {});\n  },`,
    ),
    phase: "init",
    code: "init-threw",
  },
  {
    what: "a dependant that cannot be set up",
    text: `${head}export const usersPlugin = createPlugin.define({ name: "users", service: async () => 7 as never });`,
    phase: "build",
    code: "service-threw",
  },
  {
    what: "a module that throws further down",
    text: `${head}import "./down";\nexport const usersPlugin = createPlugin.define({ name: "users", service: async () => ({}) });`,
    phase: "load",
    code: "load-failed",
  },
  {
    what: "a class used without new",
    text: define(`  service: async () => {\n    class A {}\n    return (A as any)();\n  },`),
    phase: "build",
    code: "service-threw",
  },
  {
    what: "a JSON module that is not JSON",
    text: `${head}import data from "./data.json";\nexport const usersPlugin = createPlugin.define({ name: "users", service: async () => data });`,
    phase: "load",
    code: "load-failed",
  },
  {
    what: "text that is not a program",
    text: "this is not a program at all <<<<<<< HEAD",
    phase: "load",
    code: "load-failed",
    line: 1,
  },
  {
    what: "a top-level await that rejects",
    text: `${head}\nawait Promise.reject(new Error("at the top"));`,
    phase: "load",
    code: "load-failed",
    line: 3,
  },
  { what: "a throw of nothing", text: `${head}throw undefined;`, phase: "load", code: "load-failed" },
  { what: "a throw of a number", text: `${head}throw 42;`, phase: "load", code: "load-failed" },
  {
    what: "an exit while loading",
    text: `${head}\nprocess.exit(3);`,
    phase: "load",
    code: "load-failed",
    line: 3,
  },
  {
    what: "an exit in a service, after a wait",
    text: define(`  service: async () => {\n    await Promise.resolve();\n    process.exit(0);\n  },`),
    phase: "build",
    code: "service-threw",
  },
  {
    what: "a signal to itself in init",
    text: define(`  service: async () => ({}),\n  init: () => {\n    process.kill(process.pid, "SIGTERM");\n  },`),
    phase: "init",
    code: "init-threw",
  },
  {
    what: "a recursion without an end",
    text: `${head}const deeper = (n: number): number => deeper(n + 1) + 1;\nexport const usersPlugin = deeper(0);`,
    phase: "load",
    code: "load-failed",
  },
  {
    what: "an export that throws when it is looked at",
    text: `export const usersPlugin = new Proxy({}, { get() { throw new Error("do not look"); }, has() { throw new Error("do not look"); } });`,
    phase: "load",
    code: "load-failed",
  },
  {
    what: "a service that is a promise for ever",
    text: define(`  service: () => ({ then() {} }) as never,`),
    phase: "build",
    code: "service-timeout",
  },
  {
    what: "merge markers",
    text: `${head}<<<<<<< HEAD\nconst a = 1;\n=======\nconst a = 2;\n>>>>>>> other\n`,
    phase: "load",
    code: "load-failed",
    line: 2 + 1,
  },
];

for (const runtime of runtimes()) {
  describe(`on the ${runtime.name} runtime`, () => {
    let ws: Workspace;
    let pid = 0;
    let asking: Promise<void>;
    let asked = 0;
    const failures: unknown[] = [];
    let over = false;
    /** Somebody asks all the time: no bad save may be noticed. */
    const ask = async (): Promise<void> => {
      while (!over) {
        asked++;
        const { status, body } = await ws
          .post("users.orders", { name: "Ann" })
          .catch((error) => ({ status: 0, body: error }));
        if (status !== 200) failures.push(body);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    beforeAll(async () => {
      ws = await new Workspace(runtime, {
        "src/plugins/users/index.ts": good("hello"),
        "src/plugins/users/down.ts": `throw new Error("down there");\n`,
        "src/plugins/users/data.json": "{ not json",
        "src/plugins/orders/index.ts": `${head}
export const ordersPlugin = createPlugin.define({
  name: "orders",
  dependencies: ["users"],
  service: async (ctx) => {
    const { users } = ctx.deps as { users: { hello(name: string): string } };
    if (typeof users !== "object") throw new Error("orders need an object");
    return { born: 0, list: (name: string) => users.hello(name), taken: (name: string) => users.hello(name) };
  },
  init: (ctx) => {
    ctx.core.jobs.register("orders-job", async () => {});
  },
});
`,
      }).start();
      ({ pid } = ws);
      asking = ask();
    });
    afterAll(() => ws.stop());

    const held = async () => {
      const { cron, plugins } = await ws.paddock.ask<Snapshot>("inspect");
      return { cron: cron.map(({ name }) => name), ledgers: plugins.map(({ ledger }) => ledger) };
    };

    for (const [index, { what, text, phase, code, line }] of bad.entries()) {
      test(`${what}, then a good save`, async () => {
        const before = await held();
        const answer = (await ws.body("users.hello", { name: "Ann" })).text;
        const refused = await ws.plugin("users", text, { timeoutMs: code.endsWith("timeout") ? 100 : 5000 });
        expect(refused).toMatchObject({ ok: false, phase, error: { code } });
        expect(refused.error?.message).not.toBe("");
        if (line)
          expect(refused.error).toMatchObject({
            file: ws.path("src/plugins/users/index.ts"),
            line: phase === "load" && text.startsWith(head) && line === 3 && !text.includes("\n\n") ? 2 : line,
          });
        expect((await ws.body("users.hello", { name: "Ann" })).text).toBe(answer);
        expect(await held()).toEqual(before);

        const taken = await ws.plugin("users", good(`good ${index}`));
        expect(taken).toMatchObject({ ok: true });
        expect((await ws.body("users.hello", { name: "Ann" })).text).toBe(`good ${index} Ann`);
        expect((await ws.body("users.orders", { name: "Ann" })).text).toBe(`good ${index} Ann`);
        expect(await held()).toEqual(before);
      });
    }

    test("later imports get the old code after a refusal", async () => {
      await ws.plugin("users", `${good("kept")}\nexport const mark = "old";\n`);
      await ws.plugin("users", `${head}throw new Error("bad");`);
      const asked = await ws.routes(
        "admin",
        `import { createRouter } from "@donkeylabs/server";
import { mark } from "../plugins/users";
export const adminRouter = createRouter("admin");
adminRouter.route("mark").typed({ handle: () => ({ mark }) });
`,
      );
      expect(asked.ok).toBe(true);
      expect(await ws.body("api.admin.mark")).toEqual({ mark: "old" });
    });

    test("all of that in one process, and no request failed", async () => {
      over = true;
      await asking;
      expect(failures).toEqual([]);
      expect(asked).toBeGreaterThan(bad.length);
      expect(ws.pid).toBe(pid);
      expect(ws.running).toBe(true);
      expect(ws.paddock.connections).toBe(1);
    });
  });
}
