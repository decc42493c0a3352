// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Requests a second of an empty handler with the agent (requests counted, pinned to their generation, and told), beside
// the same without it. Each round alternates between the two servers in short turns, so that whatever else the machine
// does meets both alike; the median of five rounds counts. `cpuRatio` is the same by the servers' processor time for each
// request, which says more than the clock where the machine is busy.

import { readdirSync, readFileSync } from "node:fs";
import { runtimes } from "../support/runtimes";
import { freePort, Workspace } from "../support/workspace";
import { load, median } from "./load";

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const TURNS = Number(process.env.TURNS ?? 10);
const MS = Number(process.env.MS ?? 250);
const CONNECTIONS = 16;
const asJson = process.argv.includes("--json");

const empty = `import { createRouter } from "@donkeylabs/server";
export const adminRouter = createRouter("admin");
adminRouter.route("empty").typed({ handle: () => ({}) });
`;

type Side = "with" | "without";

/** Processor time of a process so far, of all its threads, in nanoseconds. */
function processorTime(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return tasks.reduce((sum, task) => {
    try {
      return sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]);
    } catch {
      return sum; // a thread that has just ended
    }
  }, 0);
}

const runs: object[] = [];
for (const runtime of runtimes()) {
  const start = async (agent: boolean): Promise<Workspace> => {
    const ws = new Workspace(runtime, { "src/routes/admin.ts": empty });
    ws.port = freePort();
    const { port } = ws;
    await ws.start({ agent, env: { PORT: String(port) } });
    ws.port = port;
    await ws.until(
      "the server answers",
      () =>
        fetch(`http://localhost:${port}/_health`).then(
          ({ ok }) => ok,
          () => false,
        ),
      (ok) => ok,
    );
    return ws;
  };
  const sides: Record<Side, Workspace> = { with: await start(true), without: await start(false) };
  const turn = async (side: Side, ms: number): Promise<{ requests: number; ms: number; cpu: number }> => {
    const before = processorTime(sides[side].pid);
    const { requests, failed, ms: took } = await load(sides[side].port, "api.admin.empty", CONNECTIONS, ms);
    if (failed > 0) throw new Error(`${failed} requests failed`);
    sides.with.paddock.messages.length = 0;
    return { requests, ms: took, cpu: processorTime(sides[side].pid) - before };
  };
  for (const side of ["with", "without", "with", "without"] as const) await turn(side, 1000); // warm

  const rounds: { rate: Record<Side, number>; cpu: Record<Side, number> }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const sum = { with: { requests: 0, ms: 0, cpu: 0 }, without: { requests: 0, ms: 0, cpu: 0 } };
    for (let i = 0; i < TURNS; i++) {
      const order: Side[] = i % 2 === 0 ? ["with", "without"] : ["without", "with"];
      for (const side of order) {
        const { requests, ms, cpu } = await turn(side, MS);
        sum[side].requests += requests;
        sum[side].ms += ms;
        sum[side].cpu += cpu;
      }
    }
    const rate = (side: Side): number => (sum[side].requests / sum[side].ms) * 1000;
    const cpu = (side: Side): number => sum[side].cpu / sum[side].requests / 1000;
    rounds.push({
      rate: { with: rate("with"), without: rate("without") },
      cpu: { with: cpu("with"), without: cpu("without") },
    });
  }
  await Promise.all(Object.values(sides).map((side) => side.stop()));
  const of = (pick: (round: (typeof rounds)[number]) => number): number[] => rounds.map(pick);
  const ratios = of(({ rate }) => rate.with / rate.without);
  const cpuRatios = of(({ cpu }) => cpu.without / cpu.with);
  const rates = {
    with: Math.round(median(of(({ rate }) => rate.with))),
    without: Math.round(median(of(({ rate }) => rate.without))),
  };
  const cpuUs = { with: median(of(({ cpu }) => cpu.with)), without: median(of(({ cpu }) => cpu.without)) };
  const ratio = median(ratios);
  const cpuRatio = median(cpuRatios);
  runs.push({
    runtime: runtime.name,
    connections: CONNECTIONS,
    perSecond: rates,
    ratio,
    ratios,
    cpuUs,
    cpuRatio,
    cpuRatios,
  });
  if (asJson) continue;
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  console.log(`${runtime.name}, an empty handler, ${CONNECTIONS} connections, median of ${ROUNDS} paired rounds`);
  console.log(`  without the agent ${rates.without}/s, with it ${rates.with}/s: ${percent(ratio)}`);
  console.log(`  rounds: ${ratios.map(percent).join(", ")}`);
  console.log(
    `  processor time for each request: ${cpuUs.without.toFixed(2)} µs, ${cpuUs.with.toFixed(2)} µs: ${percent(cpuRatio)}`,
  );
}
if (asJson) console.log(JSON.stringify({ benchmark: "throughput", runs }));
process.exit(0);
