// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Dependencies: every one registered, none in a circle, each before what depends on it.

import type { PluginLike } from "./framework";
import { SwapError } from "./positions";

export function inOrder(plugins: Map<string, PluginLike>, files: (name: string) => string | null): string[] {
  const order: string[] = [];
  const state = new Map<string, "open" | "done">();
  const path: string[] = [];

  const visit = (name: string): void => {
    if (state.get(name) === "done") return;
    if (state.get(name) === "open") {
      const circle = [...path.slice(path.indexOf(name)), name].join(" → ");
      throw new SwapError(
        "validate",
        "circular-dependency",
        name,
        `Circular dependency: ${circle}.`,
        null,
        files(name) ?? undefined,
      );
    }
    state.set(name, "open");
    path.push(name);
    for (const dependency of plugins.get(name)?.dependencies ?? []) {
      if (!plugins.has(dependency)) {
        throw new SwapError(
          "validate",
          "missing-dependency",
          name,
          `The plugin "${name}" depends on "${dependency}", which is not registered.`,
          null,
          files(name) ?? undefined,
        );
      }
      visit(dependency);
    }
    path.pop();
    state.set(name, "done");
    order.push(name);
  };

  for (const name of plugins.keys()) visit(name);
  return order;
}
