// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The two runtimes on which every test runs: the sample's own, and the real framework where PADDOCK_UPSTREAM names a
// checkout of it. Their packages are installed once and shared between workspaces.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { tmpdir } from "node:os";
import { BUN } from "./bun";

export interface Runtime {
  name: "sample" | "upstream";
  folder: string;
}

const root = resolve(import.meta.dir, "../../..");

export function runtimes(): Runtime[] {
  const found: Runtime[] = [];
  const sample = process.env.PADDOCK_SAMPLE_RUNTIME ?? join(root, "resources/sample/runtime");
  if (existsSync(join(sample, "package.json"))) found.push({ name: "sample", folder: sample });
  else console.warn(`SKIPPED: the sample runtime is not at ${sample}`);
  const upstream = process.env.PADDOCK_UPSTREAM;
  if (upstream) found.push({ name: "upstream", folder: join(upstream, "packages/server") });
  return found;
}

/** A folder with `node_modules` for this runtime. */
export function packages(runtime: Runtime): string {
  const manifest = JSON.stringify({
    name: "paddock-agent-tests",
    private: true,
    type: "module",
    dependencies: {
      "@donkeylabs/server": `file:${runtime.folder}`,
      kysely: "0.27.6",
      "kysely-bun-sqlite": "0.3.2",
      zod: "3.25.76",
    },
  });
  const key = Bun.hash(`${manifest}\n${stamp(runtime.folder)}`).toString(36);
  const folder = join(tmpdir(), `paddock-agent-tests-${process.getuid?.() ?? 0}`, `${runtime.name}-${key}`);
  mkdirSync(folder, { recursive: true });
  const mark = join(folder, ".installed");
  if (existsSync(mark)) return folder;
  writeFileSync(join(folder, "package.json"), manifest);
  const installed = Bun.spawnSync([BUN, "install", "--force", "--no-save"], {
    cwd: folder,
    stdout: "pipe",
    stderr: "pipe",
  });
  if (installed.exitCode !== 0) throw new Error(`bun install failed in ${folder}:\n${installed.stderr.toString()}`);
  writeFileSync(mark, "");
  return folder;
}

/** Changes when any file of the runtime does, since an installed package may be a copy. */
function stamp(folder: string): string {
  const glob = new Bun.Glob("src/**/*.ts");
  const files = [...glob.scanSync({ cwd: folder })].sort();
  return String(Bun.hash(files.map((file) => file + readFileSync(join(folder, file), "utf8")).join("\n")));
}
