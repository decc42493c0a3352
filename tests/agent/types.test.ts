// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The agent's own code passes the strict compiler, and so do the framework's guides when a workspace has a copy of
// hot.d.ts. PADDOCK_NPM names the folder of the pinned compiler.

import { afterAll, describe, expect, test } from "bun:test";
import { cpSync, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { BUN } from "./support/bun";
import { guide } from "./support/guide";
import { runtimes } from "./support/runtimes";
import { Workspace } from "./support/workspace";

const npm = process.env.PADDOCK_NPM;
const compiler = npm ? join(npm, "node_modules/typescript/bin/tsc") : "";
const found = compiler !== "" && existsSync(compiler);
if (!found) console.warn("SKIPPED: types are checked where PADDOCK_NPM names a folder with the pinned compiler");

const compile = (folder: string): { exitCode: number; text: string } => {
  const { exitCode, stdout, stderr } = Bun.spawnSync([BUN, compiler, "-p", folder], { cwd: folder });
  return { exitCode, text: stdout.toString() + stderr.toString() };
};

describe.skipIf(!found)("types", () => {
  test("the agent and its tests", () => {
    const sample = resolve(import.meta.dir, "../../resources/sample");
    if (!existsSync(join(sample, "node_modules/@types/bun")))
      Bun.spawnSync([BUN, "install", "--frozen-lockfile", "--silent"], { cwd: sample });
    expect(compile(import.meta.dir)).toEqual({ exitCode: 0, text: "" });
  });

  for (const runtime of runtimes()) {
    describe(`on the ${runtime.name} runtime`, () => {
      const ws = new Workspace(runtime, guide());
      afterAll(() => ws.stop());

      test("the guides' snippets, with hot.d.ts beside them", () => {
        ws.write(
          "tsconfig.json",
          JSON.stringify({
            compilerOptions: {
              target: "ESNext",
              module: "Preserve",
              moduleResolution: "bundler",
              lib: ["ESNext"],
              types: ["bun"],
              typeRoots: [resolve(import.meta.dir, "../../resources/sample/node_modules/@types")],
              strict: true,
              skipLibCheck: true,
              noEmit: true,
            },
            files: ["src/server.ts", "src/plugins/dev/index.ts", "src/plugins/handover/index.ts", "src/hot.d.ts"],
          }),
        );
        cpSync(resolve(import.meta.dir, "../../resources/agent/hot.d.ts"), ws.path("src/hot.d.ts"));
        const { text } = compile(ws.root);
        expect(text.split("\n").filter((line) => line.startsWith("src/"))).toEqual([]);
        // and the compiler does look: a wrong use is found
        ws.write("src/server.ts", guide()["src/server.ts"]!.replace("plugins: true", `plugins: "yes"`));
        expect(compile(ws.root).text).toContain("src/server.ts");
      });
    });
  }
});
