// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// From the rename of a saved file to the first answer of new code, seen from outside, at 16 connections: ours beside
// `bun --watch`, `bun --hot` and nodemon, in one run on one machine. PADDOCK_UPSTREAM adds the real framework.
import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const build = need("PADDOCK_BUILD");
const sample = need("PADDOCK_SAMPLE");
const npm = need("PADDOCK_NPM");
const bun = process.env.PADDOCK_BUN || need("PADDOCK_FALLBACK_BUN");
const asJson = process.argv.includes("--json");
const rounds = Number(process.env.PADDOCK_BENCH_ROUNDS || 40);
const peerRounds = Number(process.env.PADDOCK_BENCH_PEER_ROUNDS || 10);
const connections = 16;

interface Tool {
  name: string;
  rounds: number;
  command(workspace: string): { program: string; args: string[] };
}

const tools: Tool[] = [
  {
    name: "paddock",
    rounds,
    command: (workspace) => ({
      program: join(build, "bin", "paddockctl"),
      args: ["-C", workspace, "dev", "--trust", "--json"],
    }),
  },
  { name: "bun --watch", rounds: peerRounds, command: () => ({ program: bun, args: ["--watch", "src/index.ts"] }) },
  { name: "bun --hot", rounds: peerRounds, command: () => ({ program: bun, args: ["--hot", "src/index.ts"] }) },
  {
    name: "nodemon",
    rounds: peerRounds,
    command: () => ({
      program: bun,
      args: [join(npm, "node_modules/nodemon/bin/nodemon.js"), "-q", "-w", "src", "-e", "ts", "-x", bun, "src/index.ts"],
    }),
  },
];

function need(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run this through ./dev bench`);
  return value;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid) process.kill(-child.pid, signal);
  } catch {
    // it has ended
  }
}

async function freePort(): Promise<number> {
  return await new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

function prepare(upstream: string | undefined): string {
  const root = mkdtempSync(join(tmpdir(), "paddock-bench-"));
  const workspace = join(root, "shop");
  cpSync(sample, workspace, { recursive: true, verbatimSymlinks: true });
  rmSync(join(workspace, "data"), { recursive: true, force: true });
  for (const name of ["state", "cache", "data", "run"]) mkdirSync(join(root, name), { mode: 0o700 });
  if (upstream) {
    const file = join(workspace, "package.json");
    writeFileSync(file, readFileSync(file, "utf8").replace("file:./runtime", `file:${upstream}/packages/server`));
    for (const name of ["bun.lock", "runtime", "node_modules"]) rmSync(join(workspace, name), { recursive: true, force: true });
    const install = Bun.spawnSync([bun, "install"], { cwd: workspace });
    if (install.exitCode !== 0) throw new Error(`bun install failed: ${install.stderr}`);
  }
  return root;
}

async function ask(port: number): Promise<string | null> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/shop.quote`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"items":[{"productId":"apple","quantity":10}]}',
    });
    if (!response.ok) return null;
    return ((await response.json()) as { discount: string }).discount;
  } catch {
    return null;
  }
}

const percentile = (sorted: number[], p: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? NaN;

async function measure(tool: Tool, upstream: string | undefined) {
  const root = prepare(upstream);
  const workspace = join(root, "shop");
  const port = await freePort();
  const { program, args } = tool.command(workspace);
  const child: ChildProcess = spawn(program, args, {
    cwd: workspace,
    stdio: ["ignore", "ignore", "ignore"],
    detached: true, // a group of its own: a peer that is ended may leave its server behind
    env: {
      ...process.env,
      PORT: String(port),
      XDG_STATE_HOME: join(root, "state"),
      XDG_CACHE_HOME: join(root, "cache"),
      XDG_DATA_HOME: join(root, "data"),
      XDG_RUNTIME_DIR: join(root, "run"),
    },
  });
  const times: number[] = [];
  let failed = 0;
  let requests = 0;
  let loading = false;
  let stopped = false;
  try {
    const limit = performance.now() + 60_000;
    while ((await ask(port)) === null) {
      if (performance.now() > limit || child.exitCode !== null) throw new Error(`${tool.name} did not come up`);
      await Bun.sleep(50);
    }
    await Bun.sleep(1500); // every tool may finish setting up its watcher
    const load = Array.from({ length: connections - 1 }, async () => {
      while (!stopped) {
        await Bun.sleep(5);
        if (!loading) continue;
        requests += 1;
        if ((await ask(port)) === null && loading) failed += 1;
      }
    });
    const file = join(workspace, "src/plugins/pricing/discounts.ts");
    const original = readFileSync(file, "utf8");
    for (let round = 1; round <= tool.rounds; round++) {
      const name = `bulk${round}`;
      const beside = `${file}.tmp${round}~`;
      writeFileSync(beside, original.replace('name: "bulk"', `name: "${name}"`));
      loading = true;
      const start = performance.now();
      renameSync(beside, file);
      for (;;) {
        requests += 1;
        const answer = await ask(port);
        if (answer === name) break;
        if (answer === null) failed += 1;
        if (performance.now() - start > 20_000) throw new Error(`${tool.name} never served round ${round}`);
      }
      times.push(performance.now() - start);
      await Bun.sleep(120);
      loading = false;
      await Bun.sleep(tool.name === "paddock" ? 60 : 400);
    }
    stopped = true;
    await Promise.all(load);
  } finally {
    stopped = true;
    signalGroup(child, "SIGTERM");
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => { signalGroup(child, "SIGKILL"); resolve(); }, 10_000);
      child.once("exit", () => { clearTimeout(timer); resolve(); });
      if (child.exitCode !== null || child.signalCode !== null) { clearTimeout(timer); resolve(); }
    });
    signalGroup(child, "SIGKILL");
    rmSync(root, { recursive: true, force: true });
  }
  return { times, failed, requests };
}

type Part = Awaited<ReturnType<typeof measure>>;

function summary(tool: Tool, parts: Part[]) {
  const times = parts.flatMap((part) => part.times).sort((a, b) => a - b);
  return {
    tool: tool.name,
    rounds: times.length,
    medianMs: percentile(times, 0.5),
    p95Ms: percentile(times, 0.95),
    maxMs: times.at(-1) ?? NaN,
    failedRequests: parts.reduce((sum, part) => sum + part.failed, 0),
    requests: parts.reduce((sum, part) => sum + part.requests, 0),
  };
}

const upstream = process.env.PADDOCK_UPSTREAM;
const runtimes = [undefined, ...(upstream && existsSync(join(upstream, "packages/server")) ? [upstream] : [])];
const only = process.env.PADDOCK_BENCH_TOOLS?.split(",");
const report = [];
for (const runtime of runtimes) {
  const asked = tools.filter((tool) => !only || only.includes(tool.name));
  // There and back: a machine grows faster and slower within minutes, and the ratio must not show that.
  const parts = new Map<Tool, Part[] | string>(asked.map((tool) => [tool, []]));
  for (const tool of [...asked, ...asked.toReversed()]) {
    const so = parts.get(tool)!;
    if (typeof so === "string") continue;
    try {
      so.push(await measure(tool, runtime));
    } catch (error) {
      parts.set(tool, String(error));
    }
  }
  const results = [...parts].map(([tool, so]) =>
    typeof so === "string" ? { tool: tool.name, error: so } : summary(tool, so),
  );
  const ours = results[0] && "medianMs" in results[0] ? results[0].medianMs : NaN;
  const watch = results.find((result) => result.tool === "bun --watch");
  const ratio = watch && "medianMs" in watch ? watch.medianMs / ours : null;
  report.push({ runtime: runtime ? "@donkeylabs/server" : "sample runtime", connections, results, timesFasterThanBunWatch: ratio });
}
if (asJson) {
  console.log(JSON.stringify({ benchmark: "save-to-served", runs: report }));
} else {
  for (const run of report) {
    console.log(`${run.runtime}, ${run.connections} connections`);
    console.log("  tool           rounds   median      p95      max   failed / requests");
    for (const r of run.results) {
      if ("error" in r) console.log(`  ${r.tool.padEnd(14)} ${r.error}`);
      else
        console.log(
          `  ${r.tool.padEnd(14)} ${String(r.rounds).padStart(6)} ${r.medianMs.toFixed(1).padStart(8)} ${r.p95Ms.toFixed(1).padStart(8)} ${r.maxMs.toFixed(1).padStart(8)}   ${r.failedRequests} / ${r.requests}`,
        );
    }
    if (run.timesFasterThanBunWatch) console.log(`  ${run.timesFasterThanBunWatch.toFixed(1)} times faster than bun --watch (median)`);
  }
}
process.exit(0);
