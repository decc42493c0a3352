// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Changes of a plugin's structure, in place: dependencies, middleware, handlers, events, errors, kinds of service, names.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Snapshot } from "./support/result";
import { runtimes } from "./support/runtimes";
import { Workspace } from "./support/workspace";

const head = `import { createPlugin, createHandler, createMiddleware } from "@donkeylabs/server";\n`;
const plugin = (name: string, body: string) =>
  `${head}export const ${name}Plugin = createPlugin.define({\n  name: "${name}",\n${body}\n});\n`;

for (const runtime of runtimes()) {
  describe(`on the ${runtime.name} runtime`, () => {
    let ws: Workspace;
    beforeEach(async () => {
      ws = await new Workspace(runtime).start();
    });
    afterEach(() => ws.stop());

    const orders = () => ws.body("users.orders", { name: "Ann" });

    test("a dependant that used a service while it was set up is rebuilt, one that only captured it is not", async () => {
      await ws.plugin(
        "orders",
        plugin(
          "orders",
          `  dependencies: ["users"],
  service: async (ctx) => {
    const first = (ctx.deps as any).users.hello("early");
    return { born: first, list: (n: string) => first, taken: (n: string) => first };
  },`,
        ),
      );
      expect(await orders()).toMatchObject({ born: "hello early" });
      const result = await ws.plugin(
        "users",
        plugin("users", `  service: async () => ({ hello: (name: string) => "new " + name }),`),
      );
      expect(result.plugins).toEqual([expect.objectContaining({ name: "users", rebuilt: ["orders"] })]);
      expect(await orders()).toMatchObject({ born: "new early" });
      const again = await ws.plugin(
        "stats",
        `${head}export const statsPlugin = createPlugin.withConfig<{ step: number }>().define({ name: "stats", service: async () => ({ add: () => 1, count: 1 }) });`,
      );
      expect(again.plugins[0]!.rebuilt).toEqual([]);
    });

    test("a service becomes a function, a primitive, nothing, and an object again", async () => {
      const using = plugin(
        "orders",
        `  dependencies: ["users"],
  service: async (ctx) => {
    const { users } = ctx.deps as any;
    return { born: typeof users, list: () => (typeof users === "function" ? users("f") : String(users)), taken: () => "" };
  },`,
      );
      await ws.plugin("orders", using);
      const kinds: [string, string, string][] = [
        [`service: async () => (name: string) => "called " + name,`, "function", "called f"],
        [`service: async () => 42 as never,`, "number", "42"],
        [`service: async () => undefined as never,`, "undefined", "undefined"],
        [`service: async () => ["a", "b"] as never,`, "object", "a,b"],
        [
          `service: async () => new (class Named { #p = 1; toString() { return "private " + this.#p; } })() as never,`,
          "object",
          "private 1",
        ],
      ];
      for (const [service, born, text] of kinds) {
        expect((await ws.plugin("users", plugin("users", `  ${service}`))).ok).toBe(true);
        expect(await orders()).toMatchObject({ born, text });
      }
      await ws.plugin(
        "users",
        plugin("users", `  service: async () => ({ hello: (name: string) => "back " + name }),`),
      );
      expect(await ws.body("users.hello", { name: "Ann" })).toEqual({ text: "back Ann" });
    });

    test("stand-ins behave as the services do", async () => {
      await ws.plugin(
        "users",
        `${head}
export class Users {
  #secret = "s";
  static made = 0;
  tags = ["x"];
  constructor() { Users.made++; }
  get secret() { return this.#secret; }
  set secret(value: string) { this.#secret = value; }
  hello(name: string) { return this.#secret + name; }
  self() { return this; }
  Inner = class Inner { constructor(public value: number) {} };
  *[Symbol.iterator]() { yield 1; yield 2; }
}
export const usersPlugin = createPlugin.define({ name: "users", service: async () => new Users() });
`,
      );
      const result = await ws.routes(
        "admin",
        `import { createRouter } from "@donkeylabs/server";
import { Users } from "../plugins/users";
export const adminRouter = createRouter("admin");
adminRouter.route("check").typed({ handle: (_input, ctx) => {
  const u = ctx.plugins.users;
  const { hello } = u;
  u.secret = "t";
  return {
    instance: u instanceof Users, self: u.self() === u, taken: hello("a"), bound: hello.call(u, "b"), same: u.hello === u.hello,
    iterated: [...u], inner: new u.Inner(5).value, innerIs: new u.Inner(6) instanceof u.Inner, keys: Object.keys(u), has: "tags" in u,
    json: JSON.stringify(u), spread: Object.keys({ ...u }), tag: u.tags[0], type: typeof u, length: u.hello.length, name: u.constructor.name,
  };
} });
`,
      );
      expect(result.ok).toBe(true);
      expect(await ws.body("api.admin.check")).toEqual({
        instance: true,
        self: true,
        taken: "ta",
        bound: "tb",
        same: true,
        iterated: [1, 2],
        inner: 5,
        innerIs: true,
        keys: ["tags", "Inner"],
        has: true,
        json: '{"tags":["x"]}',
        spread: ["tags", "Inner"],
        tag: "x",
        type: "object",
        length: 1,
        name: "Users",
      });
    });

    test("a method that is gone says so to whoever took it earlier", async () => {
      await ws.plugin("users", plugin("users", `  service: async () => ({ greet: (name: string) => name }),`));
      const { status, body } = await ws.post("users.orders", { name: "Ann" });
      expect(status).toBe(500);
      expect(JSON.stringify(body)).toContain("users.hello is not a function");
      await ws.plugin(
        "orders",
        plugin(
          "orders",
          `  dependencies: ["users"],
  service: async (ctx) => {
    const { greet } = (ctx.deps as any).users;
    return { born: 0, list: (n: string) => greet(n), taken: () => "" };
  },`,
        ),
      );
      expect((await orders()).text).toBe("Ann");
      await ws.plugin("users", plugin("users", `  service: async () => ({ hello: (name: string) => name }),`));
      expect(JSON.stringify((await ws.post("users.orders", { name: "Ann" })).body)).toContain(
        "is no longer a method of this service",
      );
    });

    test("middleware, handlers, events and errors change in place", async () => {
      await ws.plugin(
        "users",
        plugin(
          "users",
          `  handlers: { shout: createHandler(async (req: Request, _def: unknown, handle: any, ctx: unknown) => Response.json({ shout: String(await handle(await req.json(), ctx)).toUpperCase() })) },
  customErrors: { Gone2: { status: 410, code: "GONE2" } },
  events: {},
  service: async () => ({ hello: (name: string) => "hi " + name }),
  middleware: (_ctx: unknown, service: any) => ({ stamp: createMiddleware(async (_req: Request, _ctx: unknown, next: any) => {
    const response = await next();
    response.headers.set("x-stamp", service.hello("mw"));
    return response;
  }) }),`,
        ),
      );
      expect(
        (
          await ws.routes(
            "admin",
            `import { createRouter } from "@donkeylabs/server";
export const adminRouter = createRouter("admin");
(adminRouter.middleware as any).stamp({}).route("stamped").typed({ handle: () => ({ ok: true }) });
(adminRouter.route("loud") as any).addHandler("shout", { handle: () => "quiet" });
adminRouter.route("gone").typed({ handle: (_input, ctx) => ({ has: typeof (ctx.errors as any).Gone2 }) });
`,
          )
        ).ok,
      ).toBe(true);
      const stamp = async () =>
        (await fetch(`http://localhost:${ws.port}/api.admin.stamped`, { method: "POST", body: "{}" })).headers.get(
          "x-stamp",
        );
      expect(await stamp()).toBe("hi mw");
      expect(await ws.body("api.admin.loud")).toEqual({ shout: "QUIET" });
      expect(await ws.body("api.admin.gone")).toEqual({ has: "function" });
      const snapshot = await ws.paddock.ask<Snapshot>("inspect");
      expect(snapshot.plugins[0]).toMatchObject({ middleware: ["stamp"], handlers: ["shout"], errors: ["Gone2"] });
      await ws.plugin(
        "users",
        plugin(
          "users",
          `  service: async () => ({ hello: (name: string) => "ho " + name }),
  middleware: (_ctx: unknown, service: any) => ({ stamp: createMiddleware(async (_req: Request, _ctx: unknown, next: any) => {
    const response = await next();
    response.headers.set("x-stamp", service.hello("two"));
    return response;
  }) }),`,
        ),
      );
      expect(await stamp()).toBe("ho two");
      expect((await ws.post("api.admin.loud")).status).toBe(500);
      expect(await ws.body("api.admin.gone")).toEqual({ has: "undefined" });
    });

    test("plugins are added, removed and renamed", async () => {
      const added = await ws.plugin(
        "mail",
        plugin(
          "mail",
          `  dependencies: ["users"],\n  service: async (ctx) => ({ send: (n: string) => "mail " + (ctx.deps as any).users.hello(n) }),`,
        ),
      );
      expect(added.plugins).toEqual([expect.objectContaining({ name: "mail", change: "added" })]);
      await ws.routes(
        "admin",
        `import { createRouter } from "@donkeylabs/server";
export const adminRouter = createRouter("admin");
adminRouter.route("send").typed({ handle: (_input, ctx) => ({ mail: ctx.plugins.mail?.send("Ann") ?? null, post: (ctx.plugins as any).post?.send("Ann") ?? null }) });
`,
      );
      expect(await ws.body("api.admin.send")).toEqual({ mail: "mail hello Ann", post: null });

      const refused = await ws.paddock.ask("swap", { plugins: [{ name: "users", remove: true }] });
      expect(refused).toMatchObject({ ok: false, error: { code: "missing-dependency" } });

      ws.write(
        "src/plugins/mail/index.ts",
        plugin("post", `  service: async () => ({ send: (n: string) => "post " + n }),`),
      );
      const renamed = await ws.paddock.ask("swap", {
        plugins: [{ name: "post", renamedFrom: "mail", file: ws.path("src/plugins/mail/index.ts") }],
      });
      expect(renamed).toMatchObject({ ok: true });
      expect(await ws.body("api.admin.send")).toEqual({ mail: null, post: "post Ann" });
      const removed = await ws.paddock.ask("swap", { plugins: [{ name: "post", remove: true }] });
      expect(removed).toMatchObject({ ok: true, plugins: [{ name: "post", change: "removed" }] });
      expect(await ws.body("api.admin.send")).toEqual({ mail: null, post: null });
      expect((await ws.paddock.ask<Snapshot>("inspect")).plugins.map(({ name }) => name)).toEqual([
        "users",
        "orders",
        "stats",
      ]);
    });

    test("a plugin that comes with migrations has its tables", async () => {
      const migration = (body: string) =>
        ws.write(
          "src/plugins/notes/migrations/001_notes.ts",
          `export const up = async (db: any) => {\n  ${body}\n};\n`,
        );
      const notes = plugin(
        "notes",
        `  dependencies: ["users"],
  service: async (ctx) => {
    const rows = await (ctx as any).db.selectFrom("notes").selectAll().execute();
    return { count: () => rows.length };
  },`,
      );
      const file = migration(`throw new Error("no such luck");`);
      expect(await ws.plugin("notes", notes)).toMatchObject({
        ok: false,
        plugin: "notes",
        error: { code: "migration-failed", message: "no such luck", file, line: 2 },
      });
      migration(`await db.schema.createTable("notes").addColumn("id", "text").execute();`);
      expect(await ws.plugin("notes", notes)).toMatchObject({
        ok: true,
        plugins: [{ name: "notes", change: "added" }],
      });
      expect(await ws.paddock.ask("migrate")).toMatchObject({ applied: [] });
    });

    test("two plugins that change together see each other's new code", async () => {
      const users = ws.write(
        "src/plugins/users/index.ts",
        plugin("users", `  service: async () => ({ hello: (n: string) => "u2 " + n, fresh: () => "fresh" }),`),
      );
      const file = ws.write(
        "src/plugins/orders/index.ts",
        plugin(
          "orders",
          `  dependencies: ["users"],
  service: async (ctx) => { const f = (ctx.deps as any).users.fresh(); return { born: f, list: () => f, taken: () => f }; },`,
        ),
      );
      const result = await ws.paddock.ask("swap", {
        plugins: [
          { name: "orders", file },
          { name: "users", file: users },
        ],
        modules: [users, file],
      });
      expect(result).toMatchObject({ ok: true });
      expect(await orders()).toMatchObject({ born: "fresh" });
    });

    test("a new dependency, then a configuration that the entry does not give", async () => {
      expect(
        (
          await ws.plugin(
            "orders",
            plugin(
              "orders",
              `  dependencies: ["users", "stats"],
  service: async (ctx) => ({ born: 1, list: () => String((ctx.deps as any).stats.add()), taken: () => "" }),`,
            ),
          )
        ).ok,
      ).toBe(true);
      expect(await orders()).toMatchObject({ text: "2" });
      const refused = await ws.plugin(
        "users",
        `${head}export const usersPlugin = createPlugin.withConfig<{ a: 1 }>().define({ name: "users", service: async () => ({}) });`,
      );
      expect(refused).toMatchObject({ ok: false, error: { code: "unsupported" } });
      expect(refused.restart).toContain("entry");
    });

    test("another configuration, as the entry would hand it over, and the next swap keeps it", async () => {
      const code = `${head}export const statsPlugin = createPlugin.withConfig<{ step: number }>().define({
  name: "stats", service: async (ctx) => { let count = 0; return { add: () => (count += ctx.config.step), get count() { return count; } }; },
});
`;
      expect((await ws.plugin("stats", code, { config: { step: 7 } })).ok).toBe(true);
      expect(await ws.body("users.count")).toEqual({ now: 7, count: 7 });
      expect((await ws.plugin("stats", code.replace("count = 0", "count = 100"))).ok).toBe(true);
      expect(await ws.body("users.count")).toEqual({ now: 107, count: 107 });
    });

    test("steps back to earlier generations, with their code", async () => {
      const say = (text: string) =>
        ws.plugin("users", plugin("users", `  service: async () => ({ hello: (n: string) => "${text} " + n }),`));
      await say("two");
      await say("three");
      const list = await ws.paddock.ask<{ plugins: Record<string, { generation: number; current: boolean }[]> }>(
        "generations",
      );
      expect(list.plugins.users!.map(({ generation, current }) => [generation, current])).toEqual([
        [1, false],
        [2, false],
        [3, true],
      ]);
      expect(await ws.paddock.ask("rollback", { plugin: "users", generation: 1 })).toMatchObject({
        ok: true,
        generation: 4,
      });
      expect(await ws.body("users.hello", { name: "Ann" })).toEqual({ text: "hello Ann" });
      expect(await ws.paddock.ask("rollback", { plugin: "users" })).toMatchObject({ ok: true, generation: 5 });
      expect(await ws.body("users.hello", { name: "Ann" })).toEqual({ text: "three Ann" });
      const codes = await ws.paddock.ask<{ plugins: Record<string, { generation: number; code: number }[]> }>(
        "generations",
      );
      expect(codes.plugins.users!.map(({ generation, code }) => [generation, code]).slice(-2)).toEqual([
        [4, 1],
        [5, 3],
      ]);
      expect(await ws.paddock.ask("rollback", { plugin: "users", generation: 99 })).toMatchObject({
        ok: false,
        error: { code: "unknown-generation" },
      });
      expect((await say("four")).ok).toBe(true);
      expect(await ws.body("users.hello", { name: "Ann" })).toEqual({ text: "four Ann" });
    });
  });
}
