// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Plugins and routes are swapped inside a running server; whatever fails leaves it as it was.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { runtimes } from "./support/runtimes";
import { Workspace } from "./support/workspace";

interface Result {
  ok: boolean;
  generation: number;
  phase?: string;
  plugin?: string;
  error?: { code: string; message: string; file: string; line: number };
  restart?: string | null;
  plugins: { name: string; rebuilt: string[] }[];
  routes: { name: string; change: string }[];
  proof: { inFlightOld: number };
}

for (const runtime of runtimes()) {
  describe(`on the ${runtime.name} runtime`, () => {
    let ws: Workspace;

    beforeEach(async () => {
      ws = await new Workspace(runtime).start();
    });
    afterEach(() => ws.stop());

    const swapUsers = (modules = ["greeting.ts", "index.ts"]) =>
      ws.paddock.ask<Result>("swap", {
        plugins: [{ name: "users", file: ws.path("src/plugins/users/index.ts") }],
        modules: modules.map((name) => ws.path(`src/plugins/users/${name}`)),
      });
    const greet = (text: string) =>
      ws.write("src/plugins/users/greeting.ts", `export const greeting = () => "${text}";\n`);
    const hello = async () => ((await ws.post("users.hello", { name: "Ann" })).body as { text: string }).text;

    test("says hello, inspects, answers a ping and a call", async () => {
      const greeted = await ws.paddock.event("hello");
      expect(greeted).toMatchObject({ token: ws.paddock.token, protocol: 1, pid: ws.pid });
      expect(await ws.paddock.ask("ping")).toHaveProperty("at");
      const snapshot = await ws.paddock.ask<{
        plugins: { name: string }[];
        routes: { name: string; file: string }[];
        generation: number;
      }>("inspect");
      expect(snapshot.plugins.map(({ name }) => name)).toEqual(["users", "orders", "stats"]);
      expect(snapshot.routes.map(({ name }) => name)).toContain("api.admin.deep.ping");
      expect(snapshot.routes.find(({ name }) => name === "users.hello")?.file).toBe(ws.path("src/routes/users.ts"));
      expect(await ws.paddock.ask("call", { route: "users.hello", input: { name: "Ann" } })).toMatchObject({
        status: 200,
        body: { text: "hello Ann" },
      });
    });

    test("swaps a plugin with a nested module; dependants see it", async () => {
      const born = ((await ws.post("users.orders", { name: "Ann" })).body as { born: number }).born;
      greet("good day");
      const result = await swapUsers();
      expect(result).toMatchObject({ ok: true, generation: 2, plugins: [{ name: "users", rebuilt: [] }] });
      expect(await hello()).toBe("good day Ann");
      expect((await ws.post("users.orders", { name: "Ann" })).body).toEqual({
        text: "orders of good day Ann",
        taken: "taken good day Ann",
        born,
      });
    });

    test("binds a configured plugin again, and runs methods on the real object", async () => {
      expect((await ws.post("users.count")).body).toEqual({ now: 2, count: 2 });
      const result = await ws.paddock.ask<Result>("swap", {
        plugins: [{ name: "stats", file: ws.path("src/plugins/stats/index.ts") }],
        modules: [ws.path("src/plugins/stats/index.ts")],
      });
      expect(result.ok).toBe(true);
      expect((await ws.post("users.count")).body).toEqual({ now: 2, count: 2 });
    });

    test("keeps the old code after a save that does not parse, and takes the next good one", async () => {
      greet("first");
      expect((await swapUsers()).ok).toBe(true);
      ws.write("src/plugins/users/greeting.ts", "\n\nexport const greeting = () => {{ ;\n");
      const refused = await swapUsers();
      expect(refused).toMatchObject({
        ok: false,
        phase: "load",
        plugin: "users",
        error: { code: "load-failed", file: ws.path("src/plugins/users/greeting.ts") },
      });
      expect(await hello()).toBe("first Ann");
      greet("second");
      expect((await swapUsers()).ok).toBe(true);
      expect(await hello()).toBe("second Ann");
    });

    test("keeps the old code when the service throws, with its line", async () => {
      ws.write(
        "src/plugins/users/index.ts",
        `import { createPlugin } from "@donkeylabs/server";
export const usersPlugin = createPlugin.define({
  name: "users",
  service: async () => {
    throw new Error("no luck");
  },
});
`,
      );
      const refused = await swapUsers();
      expect(refused).toMatchObject({
        ok: false,
        phase: "build",
        error: { code: "service-threw", message: "no luck", file: ws.path("src/plugins/users/index.ts"), line: 5 },
      });
      expect(await hello()).toBe("hello Ann");
    });

    test("requests in flight end on the code they began with", async () => {
      const slow = ws.post("users.slow", { gate: "a" });
      const gateReady = async () => (await ws.paddock.ask<{ inFlight: number }>("stats")).inFlight;
      while ((await gateReady()) < 1);
      greet("new");
      const result = await swapUsers();
      expect(result).toMatchObject({ ok: true, proof: { inFlightOld: 1 } });
      expect(await hello()).toBe("new Ann");
      while (!((await ws.post("users.open", { gate: "a" })).body as { opened: boolean }).opened);
      expect((await slow).body).toEqual({ text: "hello/hello", after: "hello late" });
      const retired = await ws.paddock.event(
        "retired",
        ({ proof }) => (proof as { inFlightOld: number }).inFlightOld === 1,
      );
      expect(retired.proof).toMatchObject({ drained: 1, dropped: 0 });
    });

    test("a request in flight that ends without an answer is not called drained", async () => {
      const raw = `import { createRouter } from "@donkeylabs/server";
export const adminRouter = createRouter("admin");
let open = () => {};
const gate = new Promise<void>((resolve) => { open = resolve; });
adminRouter.route("fails").raw({ handle: async () => { await gate; throw new Error("gave up"); } });
adminRouter.route("open").typed({ handle: () => { open(); return {}; } });
`;
      await ws.routes("admin", raw);
      const failing = ws.post("api.admin.fails");
      await ws.until(
        "it is in flight",
        async () => (await ws.paddock.ask<{ inFlight: number }>("stats")).inFlight,
        (count) => count === 1,
      );
      greet("new");
      expect(await swapUsers()).toMatchObject({ ok: true, proof: { inFlightOld: 1 } });
      await ws.body("api.admin.open");
      const { status, body } = await failing;
      expect(status).toBe(500);
      const { proof } = await ws.paddock.event(
        "retired",
        (one) => (one.proof as { inFlightOld: number }).inFlightOld === 1,
      );
      // The sample's framework makes an answer of any error; the real one leaves it to the runtime.
      const answered = typeof body === "object";
      expect(answered).toBe(runtime.name === "sample");
      expect(proof).toMatchObject(answered ? { drained: 1, dropped: 0 } : { drained: 0, dropped: 1 });
    });

    test("swaps routers: handlers, added, removed, nested, versioned", async () => {
      ws.write(
        "src/routes/admin.ts",
        `import { createRouter } from "@donkeylabs/server";
export const adminRouter = createRouter("admin");
adminRouter.route("ping").typed({ handle: () => ({ pong: 2 }) });
adminRouter.route("more").typed({ handle: () => ({ more: true }) });
`,
      );
      const result = await ws.paddock.ask<Result>("swap", {
        routes: [{ file: ws.path("src/routes/admin.ts") }],
        modules: [ws.path("src/routes/admin.ts")],
      });
      expect(result.ok).toBe(true);
      expect(result.routes).toEqual(
        expect.arrayContaining([
          { name: "api.admin.ping", change: "updated" },
          { name: "api.admin.more", change: "added" },
          { name: "api.admin.deep.ping", change: "removed" },
        ]),
      );
      expect((await ws.post("api.admin.ping")).body).toEqual({ pong: 2 });
      expect((await ws.post("api.admin.more")).body).toEqual({ more: true });
      expect((await ws.post("api.admin.deep.ping")).status).toBe(404);

      ws.write(
        "src/routes/versioned.ts",
        `import { createRouter } from "@donkeylabs/server";
export const versionedRouter = createRouter("v", { version: "2.1.0" });
versionedRouter.route("info").typed({ handle: () => ({ version: 2.1 }) });
`,
      );
      expect(
        (await ws.paddock.ask<Result>("swap", { routes: [{ file: ws.path("src/routes/versioned.ts") }], modules: [] }))
          .ok,
      ).toBe(true);
      expect((await ws.post("v.info", {}, { "X-API-Version": "2.1" })).body).toEqual({ version: 2.1 });
    });
  });
}
