// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The line to Paddock, logs and requests, reloads that the workspace's own code asks for, the end of the server.

import { afterEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import type { SwapAnswer } from "./support/result";
import { runtimes } from "./support/runtimes";
import { AGENT, Workspace } from "./support/workspace";

const head = `import { createPlugin } from "@donkeylabs/server";\n`;
const greeter = (text: string) => `${head}export const usersPlugin = createPlugin.define({
  name: "users",
  service: async (ctx) => ({ hello: (name: string) => { ctx.core.logger.info("greeting " + name); return "${text} " + name; } }),
});
`;

interface Log {
  event: string;
  message: string;
  plugin: string | null;
  generation: number;
  text: string | null;
}

for (const runtime of runtimes()) {
  describe(`on the ${runtime.name} runtime`, () => {
    let ws: Workspace;
    afterEach(() => ws.stop());

    test("log lines carry plugin, level and generation, and stdout is untouched", async () => {
      ws = await new Workspace(runtime, { "src/plugins/users/index.ts": greeter("one") }).start();
      await ws.body("users.hello", { name: "Ann" });
      const first = (await ws.paddock.event("log", ({ message }) => message === "greeting Ann")) as unknown as Log;
      expect(first).toMatchObject({ level: "info", plugin: "users", generation: 1 });
      expect(
        ws.paddock.messages.filter(({ event, message }) => event === "log" && String(message).includes("greeting Ann"))
          .length,
      ).toBe(1);
      await ws.until(
        "stdout carries the line",
        () => ws.output,
        (text) => text.includes(first.text!),
      );
      await ws.plugin("users", greeter("two"));
      await ws.body("users.hello", { name: "Bob" });
      expect(await ws.paddock.event("log", ({ message }) => message === "greeting Bob")).toMatchObject({
        plugin: "users",
        generation: 2,
      });
    });

    test("what the workspace prints is tagged, line by line", async () => {
      ws = await new Workspace(runtime).start();
      const printing = (n: number) =>
        `${head}export const usersPlugin = createPlugin.define({ name: "users", service: async () => ({ hello: (name: string) => { console.warn("two\\nlines " + name); console.log({ not: "told" }); return "${n}"; } }) });\n`;
      await ws.plugin("users", printing(1));
      await ws.body("users.hello", { name: "Ann" });
      expect(await ws.paddock.event("log", ({ message }) => message === "lines Ann")).toMatchObject({
        level: "warn",
        plugin: "users",
        generation: 2,
        source: "console",
      });
      expect(
        ws.paddock.messages.some(({ event, message }) => event === "log" && String(message).includes("told")),
      ).toBe(false);
      await ws.until(
        "it is printed too",
        () => ws.output,
        (text) => text.includes("two\nlines Ann") && text.includes('not: "told"'),
      );
    });

    test("migrations run inside the server; a failing one is told, and read again after an edit", async () => {
      ws = await new Workspace(runtime).start();
      const up = (body: string) =>
        ws.write(
          "src/plugins/users/migrations/001_things.ts",
          `import type { Kysely } from "kysely";\nexport async function up(db: Kysely<any>) {\n  ${body}\n}\n`,
        );
      up(`throw new Error("not yet");`);
      await expect(ws.paddock.ask("migrate")).rejects.toThrow(/migration-failed.*not yet.*001_things/);
      up(`await db.schema.createTable("things").addColumn("id", "integer").execute();`);
      expect(await ws.paddock.ask("migrate")).toMatchObject({ applied: [{ plugin: "users", name: "001_things.ts" }] });
      expect(await ws.paddock.ask("migrate")).toMatchObject({ applied: [] });
    });

    test("requests are told with route, status and generation", async () => {
      ws = await new Workspace(runtime).start();
      await ws.post("users.hello", { name: "Ann" });
      await ws.post("no.such.route");
      await fetch(`http://localhost:${ws.port}/%E0%A4%A`, { method: "POST" });
      await ws.paddock.ask("call", { route: "nor.this.one" }); // within the process there is no response that says so
      const seen = () =>
        ws.paddock.messages
          .filter(({ event }) => event === "requests")
          .flatMap(({ items }) => items as { route: string; status: number; generation: number; ms: number }[]);
      const items = await ws.until("the requests are told", seen, (all) => all.length >= 4);
      expect(items).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ route: "users.hello", status: 200, generation: 1 }),
          expect.objectContaining({ route: "no.such.route", status: 404 }),
          expect.objectContaining({ route: "nor.this.one", status: 404 }),
        ]),
      );
    });

    test("no request fails while plugins and routes are swapped under load", async () => {
      ws = await new Workspace(runtime).start();
      let stop = false;
      let count = 0;
      const wrong: unknown[] = [];
      const clients = Array.from({ length: 8 }, async () => {
        while (!stop) {
          const { status, body } = await ws
            .post("users.orders", { name: "Ann" })
            .catch((error: Error) => ({ status: 0, body: error.message }));
          count++;
          const { text, taken } = (body ?? {}) as { text: string; taken: string };
          // Both calls of a request come from one generation of users: pinned, never mixed.
          if (status !== 200 || text.replace("orders of ", "") !== taken.replace("taken ", "")) wrong.push(body);
        }
      });
      for (let i = 0; i < 25; i++) {
        const greeting = ws.write("src/plugins/users/greeting.ts", `export const greeting = () => "g${i}";\n`);
        const swapped = await ws.paddock.ask<SwapAnswer>("swap", {
          plugins: [{ name: "users" }],
          modules: [greeting, ws.path("src/plugins/users/index.ts")],
        });
        expect(swapped.ok).toBe(true);
        expect(await ws.body("users.hello", { name: "Ann" })).toEqual({ text: `g${i} Ann` });
        const routed = await ws.paddock.ask<SwapAnswer>("swap", { routes: [{ file: ws.path("src/routes/admin.ts") }] });
        expect(routed.ok).toBe(true);
      }
      stop = true;
      await Promise.all(clients);
      expect(wrong).toEqual([]);
      expect(count).toBeGreaterThan(50);
      const retired = ws.paddock.messages.filter(({ event }) => event === "retired");
      expect(retired.every(({ proof }) => (proof as { dropped: number }).dropped === 0)).toBe(true);
    });

    test("connections outlive swaps: a stream goes on, and ends on the code it began with", async () => {
      ws = await new Workspace(runtime, {
        "src/routes/admin.ts": `import { createRouter } from "@donkeylabs/server";
export const adminRouter = createRouter("admin");
adminRouter.route("events").sse({ handle: () => ["news"] });
adminRouter.route("tell").typed({ handle: (input, ctx) => { ctx.core.sse.broadcast("news", "news", { text: ctx.plugins.users.hello(input.name) }); return {}; } });
`,
      }).start();
      const response = await fetch(`http://localhost:${ws.port}/api.admin.events`);
      const reader = response.body!.getReader();
      let heard = "";
      const listen = (async () => {
        for (;;) {
          const { done, value } = await reader.read();
          if (done) return;
          heard += new TextDecoder().decode(value);
        }
      })();
      for (const text of ["a", "b", "c"]) {
        expect((await ws.plugin("users", greeter(text))).ok).toBe(true);
        expect(
          (await ws.paddock.ask<SwapAnswer>("swap", { routes: [{ file: ws.path("src/routes/admin.ts") }] })).ok,
        ).toBe(true);
        await ws.body("api.admin.tell", { name: "Ann" });
        await ws.until(
          `the stream says ${text}`,
          () => heard,
          (all) => all.includes(`${text} Ann`),
        );
      }
      await reader.cancel();
      await listen;
    });

    test("a database on disk is named", async () => {
      ws = new Workspace(runtime);
      ws.write(
        "src/index.ts",
        (await Bun.file(ws.path("src/index.ts")).text()).replace(
          'new Database(":memory:")',
          `new Database("${ws.path("shop.db")}")`,
        ),
      );
      await ws.start();
      expect(await ws.paddock.ask("inspect")).toMatchObject({ database: { kind: "sqlite", file: ws.path("shop.db") } });
    });

    test("the entry is never loaded twice", async () => {
      ws = await new Workspace(runtime).start();
      const entry = ws.path("src/index.ts");
      const refused = await ws.paddock.ask<SwapAnswer>("swap", {
        plugins: [{ name: "users" }],
        modules: [entry, ws.path("src/plugins/users/index.ts")],
      });
      expect(refused).toMatchObject({
        ok: false,
        error: { code: "unsupported", file: entry },
        restart: "the entry itself changed",
      });
      expect((await ws.plugin("users", greeter("still"))).ok).toBe(true);
      expect(await ws.body("users.hello", { name: "Ann" })).toEqual({ text: "still Ann" });
    });

    test("a workspace that turns the reload of plugins off is restarted instead", async () => {
      ws = new Workspace(runtime);
      ws.write(
        "src/index.ts",
        (await Bun.file(ws.path("src/index.ts")).text()).replace(
          "logs: {",
          "hotReload: { plugins: false },\n  logs: {",
        ),
      );
      await ws.start();
      const refused = await ws.plugin("users", greeter("x"));
      expect(refused.ok).toBe(false);
      expect(refused.restart).toContain("hotReload");
    });

    test("reconnects without a restart, with the same pid and generations", async () => {
      ws = await new Workspace(runtime).start();
      await ws.plugin("users", greeter("kept"));
      ws.paddock.drop();
      expect(await ws.body("users.hello", { name: "Ann" })).toEqual({ text: "kept Ann" });
      ws.paddock.messages.length = 0;
      ws.paddock.listen();
      const hello = await ws.paddock.event("hello");
      expect(hello.pid).toBe(ws.pid);
      expect(await ws.paddock.event("generation")).toMatchObject({ generation: 2, plugins: { users: 2, orders: 1 } });
      expect(ws.paddock.messages.findIndex(({ event }) => event === "hello")).toBe(0);
      expect((await ws.plugin("users", greeter("more"))).ok).toBe(true);
    });

    test("answers what it does not understand, and survives rubbish", async () => {
      ws = await new Workspace(runtime).start();
      await expect(ws.paddock.ask("no-such-method")).rejects.toThrow("unknown-method");
      ws.paddock.write('this is not JSON\n\n[]\nnull\n{"id":"x"}\n{"method":"ping"}\n');
      ws.paddock.write('{"id":990,"meth');
      ws.paddock.write('od":"ping","params":{}}\n');
      expect(await ws.paddock.ask("ping")).toHaveProperty("at");
      const big = await ws.paddock.ask("call", { route: "users.hello", input: { name: "x".repeat(900_000) } });
      expect((big as unknown as { body: { text: string } }).body.text.length).toBe(900_006);
    });

    test("a loop that never ends is silence to a ping", async () => {
      ws = await new Workspace(runtime).start();
      ws.write("src/plugins/users/index.ts", `${head}for (;;);\n`);
      const swap = ws.paddock
        .ask("swap", { plugins: [{ name: "users" }] }, 1500)
        .catch((error: Error) => error.message);
      await ws.until(
        "a ping goes unanswered",
        () =>
          ws.paddock.ask("ping", {}, 300).then(
            () => false,
            () => true,
          ),
        (silent) => silent,
      );
      expect(await swap).toContain("No answer");
    });

    test("a swap that was given up while it held the loop stays out of service", async () => {
      ws = await new Workspace(runtime).start();
      const define = (text: string, first = "") =>
        `${head}export const usersPlugin = createPlugin.define({ name: "users", service: async () => { ${first} return { hello: () => "${text}" }; } });\n`;
      ws.write("src/plugins/users/index.ts", define("late", "for (const t = Date.now(); Date.now() - t < 600; );"));
      const swap = ws.paddock.ask("swap", { plugins: [{ name: "users" }], timeoutMs: 200 });
      await ws.paddock.event("swapping", ({ phase }) => phase === "build");
      const withdrawn = ws.paddock.ask("withdraw");
      expect(await swap).toMatchObject({ ok: false, error: { code: "withdrawn" } });
      await withdrawn;
      expect((await ws.body("users.hello", { name: "Ann" })).text).toBe("hello Ann");
      ws.write("src/plugins/users/index.ts", define("next"));
      expect(await ws.paddock.ask("swap", { plugins: [{ name: "users" }] })).toMatchObject({ ok: true });
      expect((await ws.body("users.hello", { name: "Ann" })).text).toBe("next");
    });

    test("before code runs that may never end, it is named", async () => {
      const spin = `for (;;) {}`;
      const hanging: { phase: string; plugin: string | null; file: string; text: string }[] = [
        {
          phase: "load",
          plugin: "users",
          file: "src/plugins/users/index.ts",
          text: `${head}${spin}`,
        },
        {
          phase: "build",
          plugin: "users",
          file: "src/plugins/users/index.ts",
          text: `${head}export const usersPlugin = createPlugin.define({ name: "users", service: async () => { ${spin} } });`,
        },
        {
          phase: "init",
          plugin: "users",
          file: "src/plugins/users/index.ts",
          text: `${head}export const usersPlugin = createPlugin.define({ name: "users", service: async () => ({}), init: () => { ${spin} } });`,
        },
        { phase: "load", plugin: null, file: "src/routes/admin.ts", text: spin },
      ];
      for (const { phase, plugin, file, text } of hanging) {
        ws = await new Workspace(runtime).start();
        const path = ws.write(file, text);
        const params = plugin ? { plugins: [{ name: plugin, file: path }] } : { routes: [{ file: path }] };
        const swapping = ws.paddock.ask("swap", { changeId: 77, ...params }, 60_000).catch(() => {});
        await ws.paddock.event("swapping", (one) => one.phase === phase);
        await expect(ws.paddock.ask("ping", {}, 300)).rejects.toThrow();
        expect(ws.paddock.messages.filter(({ event }) => event === "swapping").at(-1)).toMatchObject({
          changeId: 77,
          phase,
          plugin,
          file: path,
          generation: 2,
        });
        await ws.stop();
        void swapping;
      }
    });

    test("what cannot be told for want of a line is bounded, and counted", async () => {
      ws = await new Workspace(runtime, {
        "src/plugins/users/index.ts": `${head}export const usersPlugin = createPlugin.define({
  name: "users",
  service: async (ctx) => ({ hello: (name: string) => {
    if (name === "flood") for (let i = 0; i < 3000; i++) ctx.core.logger.info("x".repeat(8000) + i);
    return "hello " + name;
  } }),
});
`,
      }).start();
      ws.paddock.drop();
      await ws.body("users.hello", { name: "flood" });
      ws.paddock.messages.length = 0;
      ws.paddock.listen();
      const dropped = await ws.paddock.event("dropped");
      expect(dropped.messages as number).toBeGreaterThan(1000);
      const told = (): number => ws.paddock.messages.filter(({ event }) => event === "log").length;
      await ws.until("what was kept has come", told, (count) => count > 100);
      expect(told()).toBeLessThan(2000);
      expect(await ws.body("users.hello", { name: "Ann" })).toEqual({ text: "hello Ann" });
    });

    test("memory past the budget is told", async () => {
      const greedy = (n: number) =>
        `${head}((globalThis as any).kept ??= []).push(Buffer.alloc(${n ? 40 : 0} << 20, ${n}));
export const usersPlugin = createPlugin.define({ name: "users", service: async () => ({ hello: () => "${n}" }) });
`;
      ws = await new Workspace(runtime).start({ env: { PADDOCK_MEMORY_BUDGET: "60" } });
      for (let i = 0; i < 5; i++) expect((await ws.plugin("users", greedy(i))).ok).toBe(true);
      const news = await ws.paddock.event("memory");
      expect(news.budget).toBe(60 << 20);
      expect(news.rss as number).toBeGreaterThan(60 << 20);
      expect(news.swaps as number).toBeGreaterThan(1);
    });

    test("shuts down the server's own way, and the process ends by itself", async () => {
      ws = await new Workspace(runtime, {
        "src/plugins/users/index.ts": `${greeter("x")}\n`,
        "src/hooks.ts": "",
      });
      await ws.start();
      expect<unknown>(await ws.paddock.ask("shutdown", { timeoutMs: 5000 })).toEqual({});
      await ws.paddock.event("server", ({ state }) => state === "stopping");
      await expect(fetch(`http://localhost:${ws.port}/_health`)).rejects.toThrow();
    });

    test("the proposed calls: reloadPluginService, hotReload, reloadRouter, rebuildRouteMap, onPluginChange, the dev plugin", async () => {
      ws = new Workspace(runtime);
      const entry = (await Bun.file(ws.path("src/index.ts")).text())
        .replace(
          "logs: {",
          `hotReload: { plugins: true, onPluginChange: async (pluginName: string, step: string) => { ((globalThis as any).steps ??= []).push(pluginName + ":" + step); } },\n  logs: {`,
        )
        .replace(
          "await server.start();",
          `(globalThis as any).server = server;\nserver.registerPlugin(devPlugin);\nawait server.start();`,
        )
        .replace("import { adminRouter }", `import { devPlugin } from "./plugins/dev";\nimport { adminRouter }`);
      ws.write("src/index.ts", entry);
      ws.write(
        "src/plugins/dev/index.ts",
        `${head}
export const devPlugin = createPlugin.define({
  name: "dev",
  service: async (ctx) => {
    if (process.env.NODE_ENV === "production") {
      return { hotReload: async () => {} };
    }

    return {
      hotReload: async (pluginName: string) => {
        const module = await import(\`../\${pluginName}/index.ts?\${Date.now()}\`);
        ctx.core.logger.info(\`Reloaded \${pluginName}\`);
      },
    };
  },
});
`,
      );
      ws.write(
        "src/routes/admin.ts",
        `import { createRouter } from "@donkeylabs/server";
export const adminRouter = createRouter("admin");
adminRouter.route("service").typed({ handle: async () => {
  const result = await (globalThis as any).server.reloadPluginService("users", async (ctx: any) => ({ hello: (n: string) => "factory " + n }));
  return { ok: result.ok };
} });
adminRouter.route("bad").typed({ handle: async () => {
  return (globalThis as any).server.reloadPluginService("users", async () => { throw new Error("no"); }).then(() => ({}), (e: Error) => ({ refused: e.message }));
} });
adminRouter.route("reload").typed({ handle: async () => ({ ok: (await (globalThis as any).server.hotReload("users")).ok }) });
adminRouter.route("dev").typed({ handle: async (_i, ctx) => { await (ctx.plugins as any).dev.hotReload("users"); return {}; } });
adminRouter.route("steps").typed({ handle: () => ({ steps: (globalThis as any).steps }) });
adminRouter.route("router").typed({ handle: () => {
  const fresh = createRouter("users");
  fresh.route("only").typed({ handle: () => ({ only: true }) });
  (globalThis as any).server.reloadRouter("users", fresh);
  (globalThis as any).server.rebuildRouteMap();
  return {};
} });
`,
      );
      await ws.start();
      const hello = async () => (await ws.body("users.hello", { name: "Ann" })).text;
      expect(await ws.body("api.admin.service")).toEqual({ ok: true });
      expect(await hello()).toBe("factory Ann");
      expect(await ws.body("api.admin.bad")).toEqual({ refused: "no" });
      expect(await hello()).toBe("factory Ann");
      ws.write("src/plugins/users/greeting.ts", `export const greeting = () => "by hand";\n`);
      expect(await ws.body("api.admin.reload")).toEqual({ ok: true });
      expect(await hello()).toBe("by hand Ann");
      expect((await ws.body("api.admin.steps")).steps).toEqual([
        "users:registry",
        "users:cache",
        "users:import",
        "users:registry",
      ]);
      ws.write("src/plugins/users/greeting.ts", `export const greeting = () => "by dev";\n`);
      await ws.body("api.admin.dev");
      await ws.until("the dev plugin's reload took", hello, (text) => text === "by dev Ann");
      await ws.body("api.admin.router");
      expect(await ws.body("users.only")).toEqual({ only: true });
      expect((await ws.post("users.hello")).status).toBe(404);
      expect(await ws.paddock.ask("swap", { routes: [{ file: ws.path("src/routes/users.ts") }] })).toMatchObject({
        ok: true,
      });
      expect(await hello()).toBe("by dev Ann");
      expect((await ws.post("users.only")).status).toBe(404);
    });

    test("in-process: initialize() without a server of its own", async () => {
      ws = new Workspace(runtime);
      const text = await Bun.file(ws.path("src/index.ts")).text();
      ws.write(
        "src/index.ts",
        text.replace("await server.start();", "await server.initialize();\nsetInterval(() => {}, 1000);"),
      );
      void ws.start().catch(() => {});
      expect(await ws.paddock.event("server", ({ state }) => state === "initialized")).toMatchObject({
        mode: "in-process",
        port: null,
      });
      expect((await ws.plugin("users", greeter("inside"))).ok).toBe(true);
      expect(await ws.paddock.ask("call", { route: "users.hello", input: { name: "Ann" } })).toMatchObject({
        status: 200,
        body: { text: "inside Ann" },
        generation: 2,
      });
    });

    test("a child without a server of its own keeps off the line; a chain of scripts reaches the server", async () => {
      ws = new Workspace(runtime, {
        "worker.ts": `console.log("worker has run");`,
        "shell.ts": `console.log("shell has run");`,
        "chain.ts": `const child = Bun.spawn([process.execPath, "src/index.ts"], { stdout: "inherit", stderr: "inherit" }); await child.exited;`,
        "src/plugins/stats/index.ts": `${head}export const statsPlugin = createPlugin.withConfig<{ step: number }>().define({ name: "stats", service: async () => {
  await Bun.spawn([process.execPath, "worker.ts"], { stdout: "inherit" }).exited;
  console.log(await Bun.$\`\${process.execPath} shell.ts\`.text());
  return { add: () => 1, count: 1 };
} });\n`,
      });
      await ws.start({ entry: "chain.ts", env: { BUN_OPTIONS: `--preload=${AGENT}` } });
      await ws.until(
        "the worker has run",
        () => ws.output,
        (text) => text.includes("worker has run") && text.includes("shell has run"),
      );
      const pids = ws.paddock.messages.filter(({ event }) => event === "hello").map(({ pid }) => pid as number);
      expect(pids.length).toBe(2);
      expect(await ws.body("users.hello", { name: "Ann" })).toEqual({ text: "hello Ann" });
      expect((await ws.plugin("users", greeter("chained"))).ok).toBe(true);
      process.kill(pids[1]!, "SIGKILL");
    });

    test("through BUN_OPTIONS; and nothing at all without Paddock's environment", async () => {
      ws = new Workspace(runtime);
      const child = await ws.start({ env: { BUN_OPTIONS: `--preload=${AGENT}` }, agent: true });
      expect(child.port).toBeGreaterThan(0);
      await ws.stop();
      ws = new Workspace(runtime);
      ws.write(
        "probe.ts",
        `console.log(JSON.stringify({ timers: setInterval.name + String(setInterval).length, modules: Object.keys(require.cache).length }));`,
      );
      const run = (args: string[]) =>
        Bun.spawnSync([process.execPath, ...args, ws.path("probe.ts")], {
          cwd: ws.root,
          env: { PATH: process.env.PATH ?? "" },
        }).stdout.toString();
      expect(run(["--preload", AGENT]).replace(/"modules":\d+/, "")).toBe(run([]).replace(/"modules":\d+/, ""));
      rmSync(ws.path("probe.ts"));
    });
  });
}
