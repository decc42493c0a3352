// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Generations. A world is what one generation consists of: every plugin's service as it was then. A request belongs to
// the world in which it began and sees that world's services to its end; what outlives its request (a timer, a stream)
// falls to the current world once the old one is retired.

import { AsyncLocalStorage } from "node:async_hooks";
import type { Owner } from "./ledger";

export interface RequestInfo {
  id: string;
  route: string;
}

/** Who runs: set around everything that belongs to a plugin's generation or to a request. */
export interface Scope {
  readonly world: World | null;
  readonly owner: Owner | null;
}

export interface Drain {
  /** How many requests ended without an answer after the switch. */
  dropped: number;
  lastEndedMs: number;
}

export class World {
  readonly generation: number;
  readonly services: Map<string, unknown>;
  inFlight = 0;
  retired = false;
  supersededAt = 0;
  scope: Scope;
  #superseded = false;
  #dropped = 0;
  #drained: ((drain: Drain) => void)[] = [];

  constructor(generation: number, services: Map<string, unknown>) {
    this.generation = generation;
    this.services = services;
    this.scope = { world: this, owner: null };
  }

  enter(): void {
    this.inFlight++;
  }

  /** A request has ended: `answered`, or by an error that nobody made an answer of. */
  leave(answered: boolean): void {
    this.inFlight--;
    if (!answered && this.#superseded) this.#dropped++;
    if (this.#superseded && this.inFlight === 0) this.#retire();
  }

  /** Called once, at the switch. `whenDrained` runs when the last request of this world has ended, perhaps at once. */
  supersede(whenDrained: (drain: Drain) => void): void {
    this.#superseded = true;
    this.supersededAt = performance.now();
    this.#drained.push(whenDrained);
    if (this.inFlight === 0) this.#retire();
  }

  #retire(): void {
    if (this.retired) return;
    this.retired = true;
    const lastEndedMs = performance.now() - this.supersededAt;
    for (const done of this.#drained) done({ dropped: this.#dropped, lastEndedMs });
    this.#drained = [];
    this.services.clear();
  }
}

export const scopes = new AsyncLocalStorage<Scope>();

export class Worlds {
  current: World = new World(1, new Map());

  /** The world that the running code belongs to. */
  here(): World {
    const world = scopes.getStore()?.world;
    return world && !world.retired ? world : this.current;
  }
}
