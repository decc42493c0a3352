// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Earlier generations: what there is of them, and how one of them is put back.

import type { Dict } from "./framework";
import type { History } from "./history";
import type { Source } from "./swap";
import type { Tracked } from "./tracked";

/** Puts a generation back, or without a number the one before: null where there is none such. */
export function pastSource(history: History, plugin: string, generation: number | null): Source | null {
  const past = history.find(plugin, generation);
  if (!past) return null;
  return {
    params: { plugins: [{ name: plugin }] },
    ready: new Map([[plugin, past.plugin]]),
    code: past.code,
    modules: past.modules,
  };
}

/** All generations of all plugins that can be told, oldest first. */
export function pastAndPresent(tracked: Tracked, history: History): Dict {
  const plugins: Dict = {};
  for (const name of new Set([...tracked.units.keys(), ...history.names()])) {
    const past = history
      .of(name)
      .map(({ generation, code, at, modules }) => ({
        generation,
        code,
        at,
        modules: [...modules.keys()],
        current: false,
      }));
    const unit = tracked.units.get(name);
    const modules = unit?.file ? [unit.file] : [];
    const { generation, code, at } = unit ?? {};
    plugins[name] = unit ? [...past, { generation, code, at, modules, current: true }] : past;
  }
  return { plugins };
}
