// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Requests a second of an empty handler with the agent, beside the same without it: paired runs, median of five. On a
// machine that is busy otherwise the server's processor time for each request says more than the clock does: `cpuRatio`.

import { readFileSync } from "node:fs";
import { runtimes } from "../support/runtimes";
import { Workspace } from "../support/workspace";
import { load, median } from "./load";

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const MS = Number(process.env.MS ?? 2000);
const PORTS = 18460;

const empty = `import { createRouter } from "@donkeylabs/server";
export const adminRouter = createRouter("admin");
adminRouter.route("empty").typed({ handle: () => ({}) });
`;

/** Processor time of a process so far, in clock ticks. */
function ticks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

for (const runtime of runtimes()) {
  const ratios: number[] = [];
  const cpuRatios: number[] = [];
  const rates: { with: number[]; without: number[] } = { with: [], without: [] };
  const start = async (agent: boolean): Promise<Workspace> => {
    const ws = await new Workspace(runtime, { "src/routes/admin.ts": empty }).start({
      agent,
      env: { PORT: String(PORTS + (agent ? 1 : 0)) },
    });
    ws.port = PORTS + (agent ? 1 : 0);
    await ws.until(
      "the server answers",
      () =>
        fetch(`http://localhost:${ws.port}/_health`).then(
          ({ ok }) => ok,
          () => false,
        ),
      (ok) => ok,
    );
    return ws;
  };
  const sides = { with: await start(true), without: await start(false) };
  for (const side of Object.values(sides)) await load(side.port, "api.admin.empty", 16, 1000); // warm
  for (let round = 0; round < ROUNDS; round++) {
    const rate = { with: 0, without: 0 };
    const cpu = { with: 0, without: 0 };
    for (const side of (round % 2 ? ["with", "without"] : ["without", "with"]) as ("with" | "without")[]) {
      const before = ticks(sides[side].pid);
      const { requests, failed, ms } = await load(sides[side].port, "api.admin.empty", 16, MS);
      if (failed > 0) throw new Error(`${failed} requests failed`);
      rate[side] = requests / (ms / 1000);
      rates[side].push(rate[side]);
      cpu[side] = (ticks(sides[side].pid) - before) / requests;
    }
    ratios.push(rate.with / rate.without);
    cpuRatios.push(cpu.without / cpu.with);
  }
  await Promise.all(Object.values(sides).map((side) => side.stop()));
  console.log(
    JSON.stringify({
      bench: "throughput",
      runtime: runtime.name,
      with: Math.round(median(rates.with)),
      without: Math.round(median(rates.without)),
      cpuRatio: Number(median(cpuRatios).toFixed(3)),
      cpuRatios: cpuRatios.map((ratio) => Number(ratio.toFixed(3))),
      ratio: Number(median(ratios).toFixed(3)),
      ratios: ratios.map((ratio) => Number(ratio.toFixed(3))),
    }),
  );
}
