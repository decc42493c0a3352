// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Log lines, tagged with the plugin and the generation that wrote them. What goes to stdout stays as it is.

import type { CoreLike, Dict } from "./framework";
import type { Notification } from "./protocol";
import type { Tracked } from "./tracked";
import { scopes } from "./world";

interface Entry {
  timestamp?: Date;
  level: string;
  message: string;
  tags?: string[];
  data?: Dict;
  context?: Dict;
}

interface Transport {
  log(entry: Entry): void;
}

/** Adds to a server's logger what tells Paddock. */
export function watchLogger(tracked: Tracked, core: CoreLike, notify: (message: Notification) => void): void {
  const transports = core.logger.transports as Transport[] | undefined;
  if (!Array.isArray(transports)) return;
  let printed: string | null = null;
  for (const transport of transports) {
    const log = transport.log.bind(transport);
    transport.log = (entry) => {
      const print = console.log;
      console.log = (...args: unknown[]) => {
        if (typeof args[0] === "string") printed = args[0];
        print.apply(console, args);
      };
      try {
        log(entry);
      } finally {
        console.log = print;
      }
    };
  }
  transports.push({
    log(entry) {
      const text = printed;
      printed = null;
      if (typeof entry.message !== "string") return; // a logger's own check, not the agent's
      const scope = scopes.getStore();
      const tag = entry.tags?.find((name) => tracked.units.has(name)) ?? null;
      const plugin = tag ?? scope?.owner?.plugin ?? null;
      notify({
        event: "log",
        source: "logger",
        server: tracked.id,
        level: entry.level,
        message: entry.message,
        plugin,
        tags: entry.tags ?? [],
        data: harmless(entry.data),
        generation: generationOf(tracked, plugin),
        text,
        requestId: requestIdOf(entry),
        at: (entry.timestamp ?? new Date()).getTime(),
      });
    },
  });
}

/** The generation of the code that runs: a request's own, a background task's own, else the current one. */
function generationOf(tracked: Tracked, plugin: string | null): number {
  const scope = scopes.getStore();
  if (scope?.owner && (plugin === null || scope.owner.plugin === plugin)) return scope.owner.generation;
  return scope?.world ? scope.world.generation : tracked.generation;
}

function requestIdOf(entry: Entry): string | null {
  const id = entry.data?.requestId ?? entry.context?.requestId;
  return typeof id === "string" ? id : null;
}

function harmless(data: Dict | undefined): unknown {
  if (!data) return null;
  try {
    const text = JSON.stringify(data, (_key, value: unknown) =>
      value instanceof Error
        ? { name: value.name, message: value.message }
        : typeof value === "bigint"
          ? String(value)
          : value,
    );
    return text.length > 16384 ? { truncated: text.slice(0, 16384) } : (JSON.parse(text) as unknown);
  } catch {
    return null;
  }
}
