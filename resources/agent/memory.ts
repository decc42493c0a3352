// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the process holds, counted after a collection.

import { readdirSync } from "node:fs";
import { heapStats } from "bun:jsc";
import type { Dict } from "./framework";
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
