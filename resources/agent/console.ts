// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Lines that the workspace's own code prints, tagged like those of the logger. Only plain values: how the runtime prints
// anything else is its own affair, and the line must be the same as on stdout to be shown once.

import { currentOwner, type Owner } from "./ledger";
import { origin } from "./positions";
import { scopes } from "./world";

export interface Printed {
  level: string;
  message: string;
  plugin: string | null;
  generation: number | null;
}

const LEVELS = { debug: "debug", log: "info", info: "info", warn: "warn", error: "error" } as const;

/** Lines tagged in a window; a flood goes untagged rather than be slowed down. */
const MOST = 300;
const WINDOW_MS = 100;

export function watchConsole(ownerOf: (file: string) => Owner | null, tell: (printed: Printed) => void): void {
  let windowEnds = 0;
  let count = 0;
  const flooded = (): boolean => {
    const now = performance.now();
    if (now > windowEnds) {
      windowEnds = now + WINDOW_MS;
      count = 0;
    }
    return ++count > MOST;
  };
  for (const [name, level] of Object.entries(LEVELS) as [keyof typeof LEVELS, string][]) {
    const print = console[name].bind(console);
    console[name] = (...args: unknown[]) => {
      print(...args);
      if (!args.every(plain) || (typeof args[0] === "string" && args[0].includes("%"))) return;
      if (flooded()) return;
      const { own, site } = origin();
      if (!own || !site) return; // the framework's lines come through its logger
      const owner = currentOwner() ?? ownerOf(site.file);
      const generation = currentOwner()?.generation ?? scopes.getStore()?.world?.generation ?? null;
      for (const message of args.join(" ").split("\n"))
        tell({ level, message, plugin: owner?.plugin ?? null, generation });
    };
  }
}

function plain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
