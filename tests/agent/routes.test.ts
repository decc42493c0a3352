// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Routers in every shape that a workspace gives them.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { SwapAnswer } from "./support/result";
import { runtimes } from "./support/runtimes";
import { Workspace } from "./support/workspace";

const head = `import { createRouter } from "@donkeylabs/server";\n`;
const route = (router: string, name: string, value: string) =>
  `${router}.route("${name}").typed({ handle: () => ({ v: "${value}" }) });\n`;

const shapes: Record<string, string> = {
  "src/routes/shared.ts": `${head}export const one = createRouter("one");\n${route("one", "a", "1")}export const two = createRouter("two");\n${route("two", "a", "1")}`,
  "src/routes/factory.ts": `${head}export function makeRouter() {\n  const made = createRouter("made");\n  ${route("made", "a", "1")}  return made;\n}\n`,
  "src/routes/filler.ts": `${head}export const fill = (router: ReturnType<typeof createRouter>) => {\n  ${route("router", "filled", "1")}  const deep = router.router("deep");\n  ${route("deep", "er", "1")}};\n`,
  "src/routes/giver.ts": `${head}export function give(server: any) {\n  const given = createRouter("given");\n  ${route("given", "a", "1")}  server.use(given);\n}\n`,
  "src/routes/base.ts": `${head}export const base = createRouter("base");\n`,
  "src/routes/onbase.ts": `import { base } from "./base";\n${route("base", "a", "1")}${route("base", "b", "1")}`,
  "src/routes/default.ts": `${head}const d = createRouter("def");\n${route("d", "a", "1")}export default d;\n`,
  "src/routes/list.ts": `export const list = () => ({ v: "1" });\n`,
  "src/routes/uses.ts": `${head}import { list } from "./list";\nexport const uses = createRouter("uses");\nuses.route("list").typed({ handle: list });\n`,
  "src/routes/index.ts": `export * from "./shared";\nexport { default as d } from "./default";\n`,
  "src/index.ts": `import { AppServer, createRouter } from "@donkeylabs/server";
import { Database } from "bun:sqlite";
import { Kysely } from "kysely";
import { BunSqliteDialect } from "kysely-bun-sqlite";
import { d, one, two } from "./routes/index";
import { makeRouter } from "./routes/factory";
import { fill } from "./routes/filler";
import { give } from "./routes/giver";
import { base } from "./routes/base";
import "./routes/onbase";
import { uses } from "./routes/uses";

const server = new AppServer({
  db: new Kysely<unknown>({ dialect: new BunSqliteDialect({ database: new Database(":memory:") }) }), port: 0, logs: { dbPath: ":memory:" },
});
const api = createRouter("api");
const inner = createRouter("inner");
inner.router(two);
api.router(one);
api.router(inner);
fill(api);
server.use(api);
server.use(makeRouter());
give(server);
server.use(base);
server.use(d);
server.use(uses);
await server.start();
`,
};

for (const runtime of runtimes()) {
  describe(`on the ${runtime.name} runtime`, () => {
    let ws: Workspace;
    beforeEach(async () => {
      ws = await new Workspace(runtime, shapes).start();
    });
    afterEach(() => ws.stop());

    const value = async (name: string) => {
      const { status, body } = await ws.post(name);
      return status === 200 ? (body as { v: string }).v : status;
    };
    const all = async (...names: string[]) =>
      Object.fromEntries(await Promise.all(names.map(async (name) => [name, await value(name)] as const)));

    test("two routers that share a file, one of them mounted twice over", async () => {
      const result = await ws.routes(
        "shared",
        shapes["src/routes/shared.ts"]!.replaceAll('"1"', '"2"').replace('route("a")', 'route("renamed")'),
      );
      expect(result.ok).toBe(true);
      expect(await all("api.one.renamed", "api.one.a", "api.inner.two.a", "api.filled")).toEqual({
        "api.one.renamed": "2",
        "api.one.a": 404,
        "api.inner.two.a": "2",
        "api.filled": "1",
      });
      expect(result.routes).toEqual(
        expect.arrayContaining([
          { name: "api.one.renamed", change: "added" },
          { name: "api.one.a", change: "removed" },
          { name: "api.inner.two.a", change: "updated" },
        ]),
      );
      expect((await ws.routes("shared", shapes["src/routes/shared.ts"]!)).ok).toBe(true);
      expect(await all("api.one.a", "api.one.renamed", "api.inner.two.a")).toEqual({
        "api.one.a": "1",
        "api.one.renamed": 404,
        "api.inner.two.a": "1",
      });
    });

    test("a router that a function makes, one that a function fills, one that a function gives to the server", async () => {
      for (const round of ["2", "3"]) {
        expect((await ws.routes("factory", shapes["src/routes/factory.ts"]!.replaceAll('"1"', `"${round}"`))).ok).toBe(
          true,
        );
        expect(
          (
            await ws.routes(
              "filler",
              shapes["src/routes/filler.ts"]!.replaceAll('"1"', `"${round}"`).replace("filled", `filled${round}`),
            )
          ).ok,
        ).toBe(true);
        expect((await ws.routes("giver", shapes["src/routes/giver.ts"]!.replaceAll('"1"', `"${round}"`))).ok).toBe(
          true,
        );
        expect(await all("made.a", `api.filled${round}`, "api.filled", "api.deep.er", "given.a")).toEqual({
          "made.a": round,
          [`api.filled${round}`]: round,
          "api.filled": 404,
          "api.deep.er": round,
          "given.a": round,
        });
      }
    });

    test("routes that a module adds to somebody else's router, and a default export", async () => {
      expect((await ws.routes("onbase", `import { base } from "./base";\n${route("base", "a", "2")}`)).ok).toBe(true);
      expect(await all("base.a", "base.b")).toEqual({ "base.a": "2", "base.b": 404 });
      expect((await ws.routes("default", shapes["src/routes/default.ts"]!.replace('"1"', '"2"'))).ok).toBe(true);
      expect(await value("def.a")).toBe("2");
    });

    test("a module that only a router uses", async () => {
      const list = ws.write("src/routes/list.ts", `export const list = () => ({ v: "2" });\n`);
      expect(
        await ws.paddock.ask("swap", { routes: [{ file: ws.path("src/routes/uses.ts") }], modules: [list] }),
      ).toMatchObject({ ok: true });
      expect(await value("uses.list")).toBe("2");
    });

    test("refusals leave every router as it was", async () => {
      const names = [
        "api.one.a",
        "api.inner.two.a",
        "api.filled",
        "api.deep.er",
        "made.a",
        "given.a",
        "base.a",
        "base.b",
        "def.a",
        "uses.list",
      ];
      const before = await all(...names);
      const count = (await ws.paddock.ask<{ routes: unknown[] }>("inspect")).routes.length;
      const bad: [string, string][] = [
        ["shared", `${head}export const one = createRouter("one");\nthrow new Error("x");`],
        ["shared", `${head}export const one = createRouter("one");`],
        ["factory", `${head}export function makeRouter() { return 5; }`],
        ["factory", `${head}export function makeRouter() { throw new Error("x"); }`],
        [
          "filler",
          `${head}export const fill = (router: any) => {\n  router.route("half").typed({ handle: () => 1 });\n  throw new Error("half");\n};\n`,
        ],
        [
          "giver",
          `${head}export function give(server: any) {\n  server.use(createRouter("stray"));\n  throw new Error("after");\n}\n`,
        ],
        ["onbase", `import { base } from "./base";\n${route("base", "a", "bad")}throw new Error("late");\n`],
        ["default", `export default 5;\n`],
        ["uses", `${head}import { list } from "./gone";\n`],
      ];
      for (const [name, text] of bad) {
        expect(await ws.routes(name, text)).toMatchObject({ ok: false });
        expect(await all(...names)).toEqual(before);
        ws.write(`src/routes/${name}.ts`, shapes[`src/routes/${name}.ts`]!);
      }
      expect((await ws.paddock.ask<{ routes: unknown[] }>("inspect")).routes.length).toBe(count);
      for (const name of ["shared", "factory", "filler", "giver", "onbase", "default"])
        expect((await ws.routes(name, shapes[`src/routes/${name}.ts`]!.replaceAll('"1"', '"9"'))).ok).toBe(true);
      expect(await all(...names)).toEqual(
        Object.fromEntries(names.map((name) => [name, name === "uses.list" ? "1" : "9"])),
      );
    });

    test("a router that the entry gives to the server, then takes from it, then gives again", async () => {
      const file = ws.write(
        "src/routes/extra.ts",
        `${head}export const extra = createRouter("extra");\n${route("extra", "a", "1")}`,
      );
      const give = (remove: boolean, more: object = {}) =>
        ws.paddock.ask<SwapAnswer>("swap", { routers: [{ file, export: "extra", remove }], ...more });
      expect((await ws.post("extra.a")).status).toBe(404);
      expect(await give(false)).toMatchObject({ ok: true, routes: [{ name: "extra.a", change: "added" }] });
      expect(await ws.body("extra.a")).toEqual({ v: "1" });
      expect(await give(false)).toMatchObject({ ok: true, routes: [] }); // it is there already
      expect(
        (await ws.routes("extra", `${head}export const extra = createRouter("extra");\n${route("extra", "a", "2")}`))
          .ok,
      ).toBe(true);
      expect(await ws.body("extra.a")).toEqual({ v: "2" });
      expect(await give(true)).toMatchObject({ ok: true, routes: [{ name: "extra.a", change: "removed" }] });
      expect((await ws.post("extra.a")).status).toBe(404);
      ws.write(
        "src/routes/extra.ts",
        `${head}export const extra = createRouter("extra");\n${route("extra", "b", "3")}`,
      );
      expect(await give(false, { modules: [file] })).toMatchObject({ ok: true });
      expect(await ws.body("extra.b")).toEqual({ v: "3" });
      const wrong = await ws.paddock.ask<SwapAnswer>("swap", { routers: [{ file, export: "other" }] });
      expect(wrong).toMatchObject({ ok: false, error: { code: "missing-export", file } });
      expect(await ws.body("extra.b")).toEqual({ v: "3" });
    });

    test("contracts are told as TypeScript", async () => {
      await ws.routes(
        "uses",
        `${head}import { z } from "zod";
export const uses = createRouter("uses");
const cases = z.discriminatedUnion("k", [z.object({ k: z.literal("a"), n: z.number() }), z.object({ k: z.literal("b") })]);
uses.route("list").typed({ input: z.object({ n: z.number() }), output: z.object({ s: z.string() }), handle: () => ({ s: "" }) });
uses.route("exact").typed({ input: z.object({ page: z.number().default(1), cases }), output: z.object({ page: z.number().default(1) }), handle: () => ({ page: 1 }) });
uses.route("feed").sse({ events: { tick: z.object({ at: z.date().optional() }) }, handle: () => undefined });
`,
      );
      interface Contract {
        name: string;
        input: string;
        output: string;
        exact: { input: string | null; output: string | null; events: Record<string, string | null> | null };
      }
      const { routes } = await ws.paddock.ask<{ routes: Contract[] }>("contracts");
      const of = (name: string) => routes.find((route) => route.name === name)!;
      expect(of("uses.list").input).toContain("n: number");
      expect(of("uses.list").output).toContain("s: string");
      // what the framework's own text leaves out
      expect(of("uses.exact").exact).toEqual({
        input: '{ page?: number; cases: { k: "a"; n: number } | { k: "b" } }',
        output: "{ page: number }",
        events: null,
      });
      expect(of("uses.feed").exact.events).toEqual({ tick: "{ at?: Date }" });
    });

    test("schemas that are not known are not guessed", async () => {
      const { schemaType } = await import("../../resources/agent/zodtypes");
      expect(schemaType({ parse: () => 1 }, "accepts")).toBeNull();
      expect(schemaType({ _def: { typeName: "ZodObject", shape: () => ({ a: { _def: { typeName: "ZodNovelty" } } }) } }, "accepts")).toBeNull();
      const tree = { _def: { typeName: "ZodLazy", getter: (): unknown => tree } };
      expect(schemaType(tree, "gives")).toBe("unknown");
    });
  });
}
