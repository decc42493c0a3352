// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the process holds, counted after a collection.

import { readdirSync } from "node:fs";
import { heapStats } from "bun:jsc";
import type { Dict } from "./framework";
import { native } from "./runtimeledger";
import type { Tracked } from "./tracked";

export async function collect(servers: Iterable<Tracked>): Promise<Dict> {
  const heapUsed = heapStats().heapSize;
  shrink();
  await Bun.sleep(20); // the engine sheds its caches when idle
  Bun.gc(true);
  const counts: Record<string, number> = { timers: 0, intervals: 0, cron: 0, listeners: 0, fds: descriptors() };
  for (const tracked of servers) {
    for (const unit of tracked.units.values()) {
      for (const { kind } of unit.owner.entries) {
        if (kind === "timeout") counts.timers!++;
        if (kind === "interval") counts.intervals!++;
      }
    }
    const { cron, events } = tracked.server.coreServices as {
      cron?: { list?: () => unknown[] };
      events?: { handlers?: Map<string, Set<unknown>> };
    };
    counts.cron! += cron?.list?.().length ?? 0;
    for (const handlers of events?.handlers?.values() ?? []) counts.listeners! += handlers.size;
  }
  return { heapUsed, heapAfter: heapStats().heapSize, rss: process.memoryUsage().rss, counts };
}

function descriptors(): number {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return 0;
  }
}

/** The engine keeps compiled code by source text; what no longer runs goes with that cache. */
export function shrink(): void {
  const { shrink: shed } = Bun as unknown as { shrink?: () => void };
  shed?.();
}

const MIB = 1 << 20;
const STEP = 0.25;

export interface MemoryNews {
  rss: number;
  heapUsed: number;
  budget: number;
  swaps: number;
}

/** Watches what swaps add to the process, against a budget: `PADDOCK_MEMORY_BUDGET` MiB beyond the first swap. */
export class MemoryWatch {
  readonly #tell: (news: MemoryNews) => void;
  readonly #budget = (Number(process.env.PADDOCK_MEMORY_BUDGET) || 512) * MIB;
  #base = 0;
  #told = 0;
  #swaps = 0;
  #waiting = false;

  constructor(tell: (news: MemoryNews) => void) {
    this.#tell = tell;
  }

  swapped(): void {
    this.#swaps++;
    if (this.#waiting) return;
    this.#waiting = true;
    native.setTimeout(() => this.#look(), 0); // requests first
  }

  #look(): void {
    this.#waiting = false;
    if (this.#base === 0) this.#base = process.memoryUsage.rss();
    const limit = this.#base + this.#budget * (1 + this.#told * STEP);
    if (process.memoryUsage.rss() < limit) return;
    shrink();
    Bun.gc(true);
    const rss = process.memoryUsage.rss();
    if (rss < limit) return;
    this.#told = Math.floor(((rss - this.#base) / this.#budget - 1) / STEP) + 1;
    this.#tell({ rss, heapUsed: heapStats().heapSize, budget: this.#budget, swaps: this.#swaps });
  }
}
