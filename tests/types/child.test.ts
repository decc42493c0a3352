// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, beforeEach, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Child, pinned, USERS, Workspace } from "./child";

let child: Child;
let workspace: Workspace;

beforeEach(async () => {
  workspace = await Workspace.make();
  child = new Child();
});

afterEach(async () => {
  expect(await child.end()).toBe(0);
  await workspace.remove();
});

const snapshot = async (changed: string[] | "all" = [], more = {}) =>
  (await child.ask("snapshot", { plugins: [USERS], changed, ...more })).result;

test("inferred services come whole, with the named types that they mention", async () => {
  expect((await child.open(workspace)).result.compiler).toStartWith("typescript 7");
  const { plugins, definitions } = await snapshot();
  const { service, schema, events, errors } = plugins[0];
  expect(service).toContain("find: (id: string) => User | undefined");
  expect(service).toContain("list: () => Promise<Page<User>>");
  expect(service).toContain("first: string | null");
  expect(service).toContain("(id: number): number");
  expect(schema).toBe("{ users: { id: string; email: string | null; }; }");
  expect(events).toBe('{ "user.created": { id: string; }; }');
  expect(errors).toBe("{ UserNotFound: { status: 404; }; }");
  expect(definitions.User.text).toBe("{ id: string; name: string; team: Team; }");
  expect(definitions.Team.text).toBe("{ id: string; members: User[]; }");
  expect(definitions.Page).toEqual({ text: "{ items: T0[]; total: number; }", parameters: ["T0"] });
  expect(definitions.Role.text).toBe('"admin" | "guest"');
});

test("a save shows in the next snapshot; what is no longer mentioned goes", async () => {
  await child.open(workspace);
  await snapshot();
  const file = join(workspace.root, "src/users.ts");
  await Bun.write(file, (await Bun.file(file).text()).replace("as Page<User>", ".total"));
  const after = await snapshot(["src/users.ts"]);
  expect(after.plugins[0].service).toContain("list: () => Promise<number>");
  expect(after.definitions.Page).toBeUndefined();
  expect(after.definitions.User).toBeDefined();
});

test("a file that is made, and one that goes", async () => {
  await child.open(workspace);
  await workspace.write("src/pets.ts", 'import { plugin } from "@donkeylabs/server"; export default plugin({ service: () => 7 });');
  const pets = { name: "pets", file: "src/pets.ts", export: "default", parts: ["service"] };
  const both = async (changed: string[]) => (await child.ask("snapshot", { plugins: [USERS, pets], changed })).result.plugins;
  expect((await both(["src/pets.ts"]))[1].service).toBe("number");
  await workspace.remove("src/pets.ts");
  const after = await both(["src/pets.ts"]);
  expect(after[1].service === null || after[1].service === "any").toBe(true);
  expect(after[0].service).toContain("find:");
});

test("what type generation wrote of routes and events", async () => {
  await workspace.write(
    ".gen/routes.ts",
    "export namespace Shop { export namespace Get { export type Input = { id: string }; export type Output = number[] } }",
  );
  await workspace.write(".gen/events.ts", 'export interface EventMap { "a.b": { id: string } }');
  await child.open(workspace);
  const taken = await snapshot([], { generated: { routes: ".gen/routes.ts", events: ".gen/events.ts" } });
  expect(taken.routes).toEqual({ "Shop.Get.Input": "{ id: string; }", "Shop.Get.Output": "number[]" });
  expect(taken.events).toBe('{ "a.b": { id: string; }; }');
});

test("the compiler decides what may stand for what, each side by its own definitions", async () => {
  await child.open(workspace);
  const side = (user: string, types: string[]) => ({ definitions: { User: { text: user, parameters: [] } }, types });
  const { answers } = (
    await child.ask("compare", {
      before: side("{ id: string }", ["User", "(user: User) => void", "string | null", "import('./gone').X"]),
      after: side("{ id: string; name: string }", ["User", "(user: User) => void", "string", "import('./gone').Y"]),
      questions: [0, 1, 2, 3].flatMap((at) => [
        { from: at, to: at, direction: "before-to-after" },
        { from: at, to: at, direction: "after-to-before" },
      ]),
    })
  ).result;
  expect(answers).toEqual([false, true, true, false, false, true, null, null]);
});

test("uses across files, and what no longer compiles", async () => {
  await child.open(workspace);
  const text = await Bun.file(join(workspace.root, "src/users.ts")).text();
  const { references } = (await child.ask("references", { file: "src/users.ts", offset: text.indexOf("find: (id") })).result;
  expect(references).toEqual([
    { file: "src/routes.ts", line: 4, column: 30, text: 'export const found = service.find("1");' },
  ]);
  const { problems, files } = (await child.ask("check", {})).result;
  expect(files).toBe(3);
  expect(problems.map((problem: { file: string; line: number }) => [problem.file, problem.line])).toEqual([["src/routes.ts", 5]]);
  expect(child.progress.length).toBeGreaterThan(0);
});

test("a check is cancelled", async () => {
  for (let i = 0; i < 60; ++i) await workspace.write(`src/many/m${i}.ts`, `export const v${i} = ${i};`);
  await child.open(workspace);
  const id = child.send("check", {});
  const answer = child.answer(id);
  child.send("cancel", { id });
  expect((await answer).error?.code).toBe("cancelled");
  expect((await child.ask("check", { files: ["src/routes.ts"] })).result.problems.length).toBe(1);
});

test("a workspace that does not type-check is still read", async () => {
  await workspace.write("src/broken.ts", "export const x: = {;");
  await child.open(workspace);
  expect((await snapshot()).plugins[0].service).toContain("find:");
});

test("a configuration that the compiler cannot use is told, and read anew when it is saved", async () => {
  const good = await Bun.file(join(workspace.root, "tsconfig.json")).text();
  const problems = async () => (await child.ask("check", {})).result.problems as { file: string; line: number }[];
  await workspace.write("tsconfig.json", '{\n  "compilerOptions": { "strict": true,');
  await child.open(workspace);
  expect((await snapshot()).plugins[0].service).toContain("find:"); // what is known
  expect((await problems())[0]).toMatchObject({ file: "tsconfig.json", line: 2 });
  await workspace.write("tsconfig.json", good);
  const known = await snapshot(["tsconfig.json"]);
  await child.ask("compare", { before: { definitions: {}, types: ["1"] }, after: { definitions: {}, types: ["1"] }, questions: [] });
  expect((await problems()).map(({ file }) => file)).toEqual(["src/routes.ts"]);
  // broken again: what it said before stays in force, so that no type seems to have changed
  for (const broken of ['{ "extends": "./gone.json" }', "{ nothing", "[]", ""]) {
    await workspace.write("tsconfig.json", broken);
    expect(await snapshot(["tsconfig.json"])).toEqual(known);
    if (broken) expect((await problems())[0]).toMatchObject({ file: "tsconfig.json" });
  }
  await workspace.write("tsconfig.json", good.replace('"strict": true', '"strict": false'));
  expect((await snapshot(["tsconfig.json"])).plugins[0].service).toContain("find: (id: string) => User;");
});

test("faults come as errors, and the child goes on", async () => {
  expect((await child.ask("snapshot", { plugins: [], changed: [] })).error?.message).toContain("open");
  const nowhere = await child.open(workspace, [{ kind: "native", folder: join(workspace.root, "nowhere") }]);
  expect(nowhere.error?.code).toBe("compiler");
  expect((await child.open(workspace, [])).error?.code).toBe("compiler");
  expect((await child.ask("frobnicate", {})).error?.code).toBe("failed");
  expect((await child.open(workspace, [{ kind: "native", folder: "/nowhere" }, pinned()])).result.notes.length).toBe(1);
});

test("nothing is written into the workspace", async () => {
  const before = (await readdir(workspace.root, { recursive: true })).sort();
  await child.open(workspace);
  await snapshot();
  await child.ask("compare", { before: { definitions: {}, types: ["1"] }, after: { definitions: {}, types: ["1"] }, questions: [] });
  expect((await readdir(workspace.root, { recursive: true })).sort()).toEqual(before);
});

/** Where a TypeScript 5 is at hand: PADDOCK_TYPESCRIPT5 names its folder; a checkout of the framework has one. */
const upstream = process.env.PADDOCK_UPSTREAM;
const typescript5 = process.env.PADDOCK_TYPESCRIPT5 ?? (upstream ? join(upstream, "node_modules/typescript") : "");

/** The same through the workspace's own compiler. */
test.if(typescript5 !== "")("TypeScript 5, through its language service", async () => {
  const own = { kind: "classic" as const, folder: typescript5 };
  expect((await child.open(workspace, [own])).result.compiler).toStartWith("typescript 5");
  const { plugins, definitions } = await snapshot();
  expect(plugins[0].service).toContain("find: (id: string) => User | undefined");
  expect(plugins[0].events).toBe('{ "user.created": { id: string; }; }');
  expect(definitions.Page).toEqual({ text: "{ items: T0[]; total: number; }", parameters: ["T0"] });
  expect(definitions.Role.text).toBe('"admin" | "guest"');
  const file = join(workspace.root, "src/users.ts");
  const text = await Bun.file(file).text();
  const { references } = (await child.ask("references", { file: "src/users.ts", offset: text.indexOf("find: (id") })).result;
  expect(references).toEqual([
    { file: "src/routes.ts", line: 4, column: 30, text: 'export const found = service.find("1");' },
  ]);
  await Bun.write(file, text.replace("as Page<User>", ".total"));
  expect((await snapshot(["src/users.ts"])).plugins[0].service).toContain("list: () => Promise<number>");
  const { problems } = (await child.ask("check", {})).result;
  expect(problems.map((problem: { file: string; line: number }) => [problem.file, problem.line])).toEqual([["src/routes.ts", 5]]);
  const { answers } = (
    await child.ask("compare", {
      before: { definitions: {}, types: ["string | null"] },
      after: { definitions: {}, types: ["string"] },
      questions: [
        { from: 0, to: 0, direction: "before-to-after" },
        { from: 0, to: 0, direction: "after-to-before" },
      ],
    })
  ).result;
  expect(answers).toEqual([false, true]);
  await workspace.write("tsconfig.json", "{ nothing");
  await snapshot(["tsconfig.json"]);
  expect((await child.ask("check", {})).result.problems[0]).toMatchObject({ file: "tsconfig.json", line: 1 });
});
