// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Earlier generations of plugins, with their code, so that they can be put back.

import type { PluginLike } from "./framework";
import type { Saved } from "./modules";
import type { Unit } from "./tracked";

const KEPT = 10;

export interface Past {
  generation: number;
  /** The generation whose code it is. */
  code: number;
  at: number;
  plugin: PluginLike;
  modules: Saved;
}

export class History {
  readonly #past = new Map<string, Past[]>();

  add(unit: Unit, saved: Saved): void {
    const list = (this.#past.get(unit.name) ?? []).filter(({ generation }) => generation !== unit.generation);
    list.push({
      generation: unit.generation,
      code: unit.code,
      at: unit.at,
      plugin: unit.plugin,
      modules: new Map(saved),
    });
    this.#past.set(unit.name, list.slice(-KEPT));
  }

  of(plugin: string): readonly Past[] {
    return this.#past.get(plugin) ?? [];
  }

  find(plugin: string, generation: number | null): Past | null {
    const list = this.of(plugin);
    return (generation === null ? list.at(-1) : list.find((past) => past.generation === generation)) ?? null;
  }

  names(): string[] {
    return [...this.#past.keys()];
  }
}
