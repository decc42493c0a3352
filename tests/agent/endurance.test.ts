// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Many swaps of three plugins: what a generation registers does not pile up. (`./dev bench leak` does it at length, and
// looks at the heap.)

import { afterEach, describe, expect, test } from "bun:test";
import type { Snapshot, SwapAnswer } from "./support/result";
import { runtimes } from "./support/runtimes";
import { Workspace } from "./support/workspace";

const SWAPS = 150;
const EARLY = 30;

const users = (mark: number) => `import { createPlugin } from "@donkeylabs/server";
import { greeting } from "./greeting";
process.on("beforeExit", () => {});
export const usersPlugin = createPlugin.define({
  name: "users",
  customErrors: { Odd${mark % 2}: { status: 499, code: "ODD", message: "odd" } },
  middleware: () => ({}),
  service: async () => ({ hello: (name: string) => greeting() + " ${mark} " + name, table: new Array(1000).fill(${mark}) }),
  init: async (ctx) => {
    ctx.core.cron.schedule("0 0 1 1 *", () => {}, { name: "yearly" });
    ctx.core.events.on("tick", () => {});
    ctx.core.jobs.register("users-job", async () => {});
    ctx.core.errors.register("Own", { status: 498, code: "OWN", message: "own" });
    setInterval(() => {}, 60_000);
    setTimeout(() => {}, 60_000);
    process.on("SIGUSR2", () => {});
    Bun.spawn(["sleep", "600"]);
  },
});
`;

interface Counts {
  heapAfter: number;
  counts: Record<string, number>;
}

for (const runtime of runtimes()) {
  describe(`on the ${runtime.name} runtime`, () => {
    let ws: Workspace;
    afterEach(() => ws.stop());

    test("swaps of three plugins leave nothing behind", async () => {
      ws = await new Workspace(runtime, { "src/plugins/users/index.ts": users(0) }).start();
      const counted = async (): Promise<object> => {
        const { counts } = await ws.paddock.ask<Counts>("gc");
        const { plugins, cron } = await ws.paddock.ask<Snapshot>("inspect");
        return {
          counts,
          cron: cron.length,
          ledgers: plugins.map(({ ledger }) => ledger),
          errors: plugins.map(({ errors }) => errors),
        };
      };
      const children = (): number =>
        Bun.spawnSync(["ps", "-o", "pid=", "--ppid", String(ws.pid)])
          .stdout.toString()
          .split("\n")
          .filter((line) => line.trim() !== "").length;
      const names = ["orders", "stats", "users"];
      const { pid } = ws;
      let early: object = {};
      for (let i = 1; i <= SWAPS; i++) {
        const name = names[i % 3]!;
        if (name === "users") ws.write("src/plugins/users/index.ts", users(Math.floor(i / 3)));
        const result = await ws.paddock.ask<SwapAnswer>("swap", {
          plugins: [{ name }],
          modules: [
            ws.path("src/plugins/users/greeting.ts"),
            ws.path("src/plugins/users/index.ts"),
            ws.path(`src/plugins/${name}/index.ts`),
          ],
        });
        expect(result).toMatchObject({ ok: true, generation: i + 1, ledger: { undisposed: [] } });
        if (i === EARLY) early = await counted();
      }
      expect(await counted()).toEqual(early);
      await ws.until("one child is left", children, (count) => count === 1);
      expect(ws.pid).toBe(pid);
      expect(await ws.body("users.hello", { name: "Ann" })).toEqual({
        text: `hello ${Math.floor((SWAPS - 1) / 3)} Ann`,
      });
    });
  });
}
