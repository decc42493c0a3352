// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A thousand swaps of three plugins: heap, timers, cron tasks, listeners and descriptors against those after fifty; and
// how long a swap takes.

import { runtimes } from "../support/runtimes";
import type { SwapAnswer } from "../support/result";
import { Workspace } from "../support/workspace";
import { quantile } from "./load";

const SWAPS = Number(process.env.SWAPS ?? 1000);
const asJson = process.argv.includes("--json");

const users = (mark: number) => `import { createPlugin } from "@donkeylabs/server";
import { greeting } from "./greeting";
export const usersPlugin = createPlugin.define({
  name: "users",
  service: async () => ({ hello: (name: string) => greeting() + " ${mark} " + name, table: new Array(1000).fill(${mark}) }),
  init: async (ctx) => {
    ctx.core.cron.schedule("0 0 1 1 *", () => {}, { name: "yearly" });
    ctx.core.events.on("tick", () => {});
    ctx.core.jobs.register("users-job", async () => {});
    setInterval(() => {}, 60_000);
  },
});
`;

interface Counts {
  heapAfter: number;
  rss: number;
  counts: Record<string, number>;
}

const runs: object[] = [];
for (const runtime of runtimes()) {
  const ws = await new Workspace(runtime, { "src/plugins/users/index.ts": users(0) }).start();
  const plugins = ["users", "orders", "stats"];
  const times: number[] = [];
  let early: Counts | null = null;
  for (let i = 1; i <= SWAPS; i++) {
    if (i % 3 === 0) ws.write("src/plugins/users/index.ts", users(i));
    const name = plugins[i % 3]!;
    const result = await ws.paddock.ask<SwapAnswer>("swap", {
      plugins: [{ name }],
      modules: [
        ws.path("src/plugins/users/greeting.ts"),
        ws.path("src/plugins/users/index.ts"),
        ws.path(`src/plugins/${name}/index.ts`),
      ],
    });
    if (!result.ok) throw new Error(JSON.stringify(result));
    times.push(result.ms);
    if (i === 50) early = await ws.paddock.ask<Counts>("gc");
    if ((i === 50 || i % 250 === 0) && process.env.VERBOSE)
      console.error(i, JSON.stringify(await ws.paddock.ask<Counts>("gc")));
    ws.paddock.messages.length = 0;
  }
  const late = await ws.paddock.ask<Counts>("gc");
  const heapRatio = late.heapAfter / (early?.heapAfter ?? NaN);
  const swapMs = { median: quantile(times, 0.5), p95: quantile(times, 0.95) };
  runs.push({
    runtime: runtime.name,
    swaps: SWAPS,
    heapRatio,
    rssRatio: late.rss / (early?.rss ?? NaN),
    counts: { early: early?.counts, late: late.counts },
    swapMs,
  });
  await ws.stop();
  if (asJson) continue;
  const mib = (bytes: number): string => `${(bytes / (1 << 20)).toFixed(1)} MiB`;
  console.log(`${runtime.name}, ${SWAPS} swaps of three plugins`);
  console.log(
    `  heap after collection ${mib(early?.heapAfter ?? NaN)} → ${mib(late.heapAfter)}: ${(heapRatio * 100).toFixed(1)} % of that after 50; resident ${mib(early?.rss ?? NaN)} → ${mib(late.rss)}`,
  );
  for (const [name, count] of Object.entries(late.counts))
    console.log(`  ${name.padEnd(10)} ${early?.counts[name]} → ${count}`);
  console.log(`  a swap inside the server: median ${swapMs.median.toFixed(1)} ms, p95 ${swapMs.p95.toFixed(1)} ms`);
}
if (asJson) console.log(JSON.stringify({ benchmark: "leak", runs }));
process.exit(0);
