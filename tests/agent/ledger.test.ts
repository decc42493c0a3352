// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a generation registers ends with it; what cannot be ended is named with its line.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Snapshot, SwapAnswer } from "./support/result";
import { runtimes } from "./support/runtimes";
import { Workspace } from "./support/workspace";

const head = `import { createPlugin } from "@donkeylabs/server";\n`;
const busy = (mark: string) => `${head}
export const usersPlugin = createPlugin.define({
  name: "users",
  customErrors: { Odd${mark}: { status: 418, code: "ODD" } },
  service: async (ctx) => {
    const heard: string[] = [];
    return { mark: "${mark}", heard, hello: (name: string) => heard.join() };
  },
  init: async (ctx, service) => {
    ctx.core.cron.schedule("0 0 1 1 *", () => {}, { name: "yearly-${mark}" });
    ctx.core.events.on("tick", () => { (globalThis as any).ticks.push("${mark}"); });
    const own = () => { (globalThis as any).ticks.push("never"); };
    ctx.core.events.on("tick", own);
    ctx.core.events.off("tick", own);
    ctx.core.events.once("tick-once", () => { (globalThis as any).ticks.push("once-${mark}"); });
    ctx.core.jobs.register("work", async () => "${mark}");
    (ctx.core.processes as any).register({ name: "helper", command: ["true"], config: { command: "true" } });
    ctx.core.health.register({ name: "users-${mark}", check: async () => ({ status: "healthy" }) });
    ctx.core.errors.register("Special", { status: 499, code: "${mark}" });
    setInterval(() => {}, 60_000);
    setTimeout(() => {}, 60_000);
    const chain = () => { (globalThis as any).chains["${mark}"] = ((globalThis as any).chains["${mark}"] ?? 0) + 1; setTimeout(chain, 1); };
    chain();
    process.on("SIGUSR2", () => {});
    Bun.spawn(["sleep", "600"]);
  },
});
`;
const tools = `import { createRouter } from "@donkeylabs/server";
(globalThis as any).ticks = []; (globalThis as any).chains = {};
export const adminRouter = createRouter("admin");
adminRouter.route("tick").typed({ handle: async (_input, ctx) => {
  (globalThis as any).ticks.length = 0;
  await ctx.core.events.emit("tick", {});
  await ctx.core.events.emit("tick-once", {});
  return { ticks: [...(globalThis as any).ticks] };
} });
adminRouter.route("chains").typed({ handle: () => ({ ...(globalThis as any).chains }) });
adminRouter.route("errors").typed({ handle: (_input, ctx) => {
  const errors = ctx.errors as any;
  return { a: typeof errors.Odda, b: typeof errors.Oddb, special: errors.Special?.("x").code };
} });
adminRouter.route("listeners").typed({ handle: () => ({ count: process.listenerCount("SIGUSR2") }) });
`;

for (const runtime of runtimes()) {
  describe(`on the ${runtime.name} runtime`, () => {
    let ws: Workspace;
    beforeEach(async () => {
      ws = await new Workspace(runtime, {
        "src/plugins/users/index.ts": busy("a"),
        "src/routes/admin.ts": tools,
      }).start();
    });
    afterEach(() => ws.stop());

    test("everything of the old generation ends at the switch", async () => {
      const first = await ws.paddock.ask<Snapshot>("inspect");
      expect(first.plugins[0]!.ledger).toMatchObject({
        cron: 1,
        listener: 2,
        job: 1,
        "health-check": 1,
        error: 1,
        interval: 1,
        process: 1,
        "process-listener": 1,
        "process-definition": 1,
      });
      expect(await ws.body("api.admin.tick")).toEqual({ ticks: ["a", "once-a"] });
      expect(await ws.body("api.admin.errors")).toEqual({ a: "function", b: "undefined", special: "a" });
      const children = () =>
        Bun.spawnSync(["pgrep", "-P", String(ws.pid), "sleep"])
          .stdout.toString()
          .trim()
          .split("\n")
          .filter(Boolean).length;
      expect(children()).toBe(1);

      const result = await ws.plugin("users", busy("b"));
      expect(result.ok).toBe(true);
      expect(result.ledger.undisposed).toEqual([]);
      expect(result.ledger.disposed).toMatchObject({
        cron: 1,
        listener: 1,
        job: 1,
        "health-check": 1,
        error: 1,
        interval: 1,
        process: 1,
        "process-listener": 1,
        "process-definition": 1,
      });
      const second = await ws.paddock.ask<Snapshot>("inspect");
      expect(second.cron).toEqual([expect.objectContaining({ name: "yearly-b", plugin: "users" })]);
      expect(second.plugins[0]!.ledger).toEqual(first.plugins[0]!.ledger);
      expect(await ws.body("api.admin.tick")).toEqual({ ticks: ["b", "once-b"] });
      expect(await ws.body("api.admin.tick")).toEqual({ ticks: ["b"] });
      expect(await ws.body("api.admin.errors")).toEqual({ a: "undefined", b: "function", special: "b" });
      expect(await ws.body("api.admin.listeners")).toEqual({ count: 1 });
      await ws.until("one child is left", children, (count) => count === 1);
      const chains = async () => (await ws.body("api.admin.chains")) as { a: number; b: number };
      const { a } = await chains();
      const moved = await ws.until("the new chain goes on", chains, ({ b }) => b > 50);
      expect(moved.a - a).toBeLessThanOrEqual(1);
    });

    test("workflows, sockets' handlers and streams pass from one generation to the next", async () => {
      const sockets = runtime.name === "upstream";
      const code = (mark: string) => `${head}
${sockets ? `import { workflow } from "@donkeylabs/server";` : ""}
export const usersPlugin = createPlugin.define({
  name: "users",
  service: async () => ({ hello: (name: string) => "${mark}" }),
  init: async (ctx) => {
    const { workflows, websocket, sse } = ctx.core as any;
    workflows.register(${sockets ? `workflow("work").isolated(false).task("one", { handler: async () => "${mark}" }).build()` : `{ name: "work", steps: [{ name: "one", run: () => "${mark}" }] }`});
    ${sockets ? `websocket.onMessage(() => {});` : ""}
    sse.addClient();
    const gone = sse.addClient();
    sse.removeClient(gone.client.id);
  },
});
`;
      const streams = `import { createRouter } from "@donkeylabs/server";
export const adminRouter = createRouter("admin");
adminRouter.route("held").typed({ handle: (_input, ctx) => {
  const core = ctx.core as any;
  return { streams: core.sse.getClients().length, handlers: (core.websocket.messageHandlers ?? []).length, workflows: [...core.workflows.definitions.keys()] };
} });
`;
      expect(await ws.routes("admin", streams)).toMatchObject({ ok: true });
      const expected: Record<string, number> = {
        workflow: 1,
        stream: 1,
        ...(sockets ? { "websocket-handler": 1 } : {}),
      };
      await ws.plugin("users", code("one"));
      const held = await ws.body("api.admin.held");
      expect(held).toEqual({ streams: 1, handlers: sockets ? 1 : 0, workflows: ["work"] });
      for (const mark of ["two", "three", "four"]) {
        const result = await ws.plugin("users", code(mark));
        expect(result).toMatchObject({ ok: true, ledger: { disposed: expected, undisposed: [] } });
        expect(await ws.body("api.admin.held")).toEqual(held);
      }
      await ws.plugin("users", busy("z"));
      expect(await ws.body("api.admin.held")).toEqual({ streams: 0, handlers: 0, workflows: [] });
    });

    test("an interval that a library set is named with the line that made it", async () => {
      await ws
        .plugin(
          "users",
          `${head}
import { Poller } from "../../../lib/node_modules/poller/index";
export const usersPlugin = createPlugin.define({
  name: "users",
  service: async () => {
    new Poller();
    return { hello: () => "polling" };
  },
});
`,
        )
        .then((refused) => expect(refused.ok).toBe(false));
      ws.write(
        "lib/node_modules/poller/index.ts",
        "export class Poller { constructor() { setInterval(() => {}, 60_000); } }\n",
      );
      const polling = `${head}
import { Poller } from "../../../lib/node_modules/poller/index";
export const usersPlugin = createPlugin.define({
  name: "users",
  service: async () => {
    new Poller();
    return { hello: () => "polling" };
  },
});
`;
      expect((await ws.plugin("users", polling)).ok).toBe(true);
      const result = await ws.plugin("users", busy("c"));
      expect(result.ledger.undisposed).toEqual([
        expect.objectContaining({ kind: "interval", file: ws.path("src/plugins/users/index.ts"), line: 7 }),
      ]);
    });

    test("what a module registers while it is evaluated ends when it is loaded afresh", async () => {
      const eager = (mark: string, end = "") => `${head}
import { Ticker } from "./ticker";
new Ticker("${mark}");
setInterval(() => { (globalThis as any).beats = "${mark}"; }, 1);
export const usersPlugin = createPlugin.define({ name: "users", service: async () => ({ hello: () => (globalThis as any).beats + (globalThis as any).ticker }) });
${end}`;
      ws.write(
        "src/plugins/users/ticker.ts",
        `export class Ticker { constructor(mark: string) { setInterval(() => { (globalThis as any).ticker = mark; }, 1); } }\n`,
      );
      const said = async () => (await ws.body("users.hello")).text;
      await ws.plugin("users", eager("a"));
      await ws.until("both beat", said, (text) => text === "aa");
      const result = await ws.plugin("users", eager("b"));
      expect(result.ledger.disposed).toEqual({ interval: 2 });
      await ws.until("both beat again", said, (text) => text === "bb");
      const refused = await ws.plugin("users", eager("c", `throw new Error("late");`));
      expect(refused.ok).toBe(false);
      await ws.plugin(
        "stats",
        `${head}export const statsPlugin = createPlugin.withConfig<{ step: number }>().define({ name: "stats", service: async () => ({ add: () => 1, count: 1 }) });`,
      );
      expect(await said()).toBe("bb");
      expect((await ws.plugin("users", eager("d"))).ledger.disposed).toEqual({ interval: 2 });
      await ws.until("only the last beat", said, (text) => text === "dd");
    });

    test("a loop that nobody ends is named with its line", async () => {
      const looping = (
        mark: string,
      ) => `${head}export const usersPlugin = createPlugin.define({ name: "users", service: async () => {
  (async () => {
    for (;;) {
      (globalThis as any).chains.${mark} = ((globalThis as any).chains.${mark} ?? 0) + 1;
      await Bun.sleep(1);
    }
  })();
  return { hello: () => "${mark}" };
} });\n`;
      await ws.plugin("users", looping("x"));
      await ws.plugin(
        "users",
        `${head}export const usersPlugin = createPlugin.define({ name: "users", service: async () => ({}) });\n`,
      );
      expect(await ws.paddock.event("undisposed")).toMatchObject({
        plugin: "users",
        generation: 2,
        items: [{ kind: "loop", file: ws.path("src/plugins/users/index.ts"), line: 6 }],
      });
    });

    test("a service that settles after it was given up registers nothing", async () => {
      const before = await ws.paddock.ask<Snapshot>("inspect");
      const refused = await ws.plugin(
        "users",
        `${head}export const usersPlugin = createPlugin.define({ name: "users", service: async (ctx) => {
  await Bun.sleep(150);
  ctx.core.cron.schedule("* * * * *", () => {}, { name: "late" });
  ctx.core.events.on("tick", () => { (globalThis as any).ticks.push("late"); });
  ctx.core.jobs.register("late", async () => {});
  setInterval(() => {}, 1000);
  (globalThis as any).chains.late = 1;
  return {};
} });\n`,
        { timeoutMs: 50 },
      );
      expect(refused).toMatchObject({ ok: false, error: { code: "service-timeout" } });
      await ws.until(
        "it has settled",
        () => ws.body("api.admin.chains"),
        ({ late }) => late === 1,
      );
      expect((await ws.paddock.ask<Snapshot>("inspect")).cron).toEqual(
        before.cron.map(() => expect.objectContaining({ name: "yearly-a" })),
      );
      expect((await ws.body("api.admin.tick")).ticks).toEqual(["a", "once-a"]);
    });

    test("new code that exits is refused, the server stays", async () => {
      for (const text of [
        `process.exit(1);\n${head}export const usersPlugin = null;`,
        `${head}export const usersPlugin = createPlugin.define({ name: "users", service: async () => process.exit(3) });`,
        `${head}export const usersPlugin = createPlugin.define({ name: "users", service: async () => ({}), init: async () => { await Promise.resolve(); process.exit(0); } });`,
      ]) {
        const refused = await ws.plugin("users", text);
        expect(refused).toMatchObject({ ok: false, error: { message: expect.stringContaining("process.exit") } });
      }
      expect(ws.running).toBe(true);
    });

    test("servers on a fixed port, watchers and sockets pass from one generation to the next", async () => {
      const serving = (mark: string) => `${head}
import { watch } from "node:fs";
export const usersPlugin = createPlugin.define({
  name: "users",
  service: async () => {
    const own = Bun.serve({ port: (globalThis as any).ownPort ?? 0, fetch: (req, server) => server.upgrade(req) ? undefined : new Response("${mark}"), websocket: { message() {} } });
    (globalThis as any).ownPort = own.port;
    watch(import.meta.dir, () => {});
    const socket = new WebSocket("ws://localhost:" + own.port);
    await new Promise((resolve) => { socket.onopen = resolve; });
    return { hello: () => String(own.port) };
  },
});
`;
      expect((await ws.plugin("users", serving("one"))).ok).toBe(true);
      const port = (await ws.body("users.hello")).text;
      const ask = async () => await (await fetch(`http://localhost:${port}`)).text();
      expect(await ask()).toBe("one");
      const result = await ws.plugin("users", serving("two"));
      expect(result).toMatchObject({
        ok: true,
        ledger: { disposed: { server: 1, "file-watcher": 1, websocket: 1 }, undisposed: [] },
      });
      expect((await ws.body("users.hello")).text).toBe(port);
      await ws.until("the new one answers alone", ask, (text) => text === "two");
    });

    const counter = (version: string, hooks: string) => `${head}
export const hot = ${hooks};
export const usersPlugin = createPlugin.define({
  name: "users",
  service: async (ctx) => {
    const data = (ctx as any).hot.data;
    const state = { count: data.count ?? 0 };
    return { state, hello: (name: string) => { if (name === "+") state.count++; return "${version}:" + state.count + ":" + (data.log ?? ""); } };
  },
});
`;

    test("state is handed over by dispose(service, data), and kept if the next generation fails", async () => {
      const handing = `{ dispose(service: any, data: any) { data.count = service.state.count; data.log = (data.log ?? "") + "d"; } }`;
      await ws.plugin("users", counter("v1", handing));
      for (let i = 0; i < 3; i++) await ws.body("users.hello", { name: "+" });
      const result = await ws.plugin("users", counter("v2", handing));
      expect(result).toMatchObject({ ok: true, ledger: { disposed: { dispose: 1 } } });
      expect(await ws.body("users.hello", { name: "x" })).toEqual({ text: "v2:3:d" });
      const refused = await ws.plugin(
        "users",
        counter("v3", handing).replace("return {", "throw new Error('v3'); return {"),
      );
      expect(refused).toMatchObject({ ok: false, phase: "build", restart: null });
      expect(await ws.body("users.hello", { name: "+" })).toEqual({ text: "v2:4:dd" });
      expect((await ws.plugin("users", counter("v4", handing))).ok).toBe(true);
      expect(await ws.body("users.hello", { name: "x" })).toEqual({ text: "v4:4:ddd" });
    });

    test("the first generation finds the data that its module gives", async () => {
      const own = (version: string) => counter(version, `{ data: { count: 40, log: "given" } }`);
      ws.write("src/plugins/extra/index.ts", own("e").replaceAll("users", "extra"));
      const file = ws.path("src/plugins/extra/index.ts");
      expect(await ws.paddock.ask("swap", { plugins: [{ name: "extra", file }] })).toMatchObject({ ok: true });
      await ws.routes(
        "admin",
        `import { createRouter } from "@donkeylabs/server";
export const adminRouter = createRouter("admin");
adminRouter.route("extra").typed({ handle: (_input, ctx) => ({ text: (ctx.plugins as any).extra.hello("+") }) });
`,
      );
      expect(await ws.body("api.admin.extra")).toEqual({ text: "e:41:given" });
    });

    test("requests wait while state is handed over, and none fails", async () => {
      const handing = `{ async dispose(service: any, data: any) { data.count = service.state.count; await Bun.sleep(30); } }`;
      await ws.plugin("users", counter("v1", handing));
      let stop = false;
      const answers: Promise<number>[] = [];
      const load = (async () => {
        while (!stop) {
          answers.push(ws.post("users.hello", { name: "+" }).then(({ status }) => status));
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      })();
      const result: SwapAnswer = await ws.plugin("users", counter("v2", handing));
      stop = true;
      await load;
      expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
      expect(result.proof.held).toBeGreaterThan(0);
      const { text } = await ws.body("users.hello", { name: "x" });
      expect(text).toBe(`v2:${answers.length}:`); // no count was lost between the generations
    });

    test("dispose(service) runs once the last old request has ended", async () => {
      const closing = `{ dispose(service: any) { (globalThis as any).closed = ((globalThis as any).closed ?? 0) + 1; } }`;
      await ws.plugin("users", counter("v1", closing));
      const result = await ws.plugin("users", counter("v2", closing));
      expect(result.ledger.disposed).toEqual({ dispose: 1 });
    });
  });
}
