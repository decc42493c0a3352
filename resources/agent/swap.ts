// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Swaps, one after the other.

import { realpathSync } from "node:fs";
import type { Dict, PluginLike } from "./framework";
import { History } from "./history";
import type { Modules, Saved } from "./modules";
import type { Proof, SwapParams, SwapResult } from "./protocol";
import type { Tracked } from "./tracked";
import { Transaction } from "./transaction";

export interface Retired {
  plugins: string[];
  routers: string[];
  generation: number;
  proof: Proof;
}

/** A step of a swap that runs new code. */
export interface Running {
  changeId: number | null;
  phase: "load" | "build" | "init" | "dispose";
  plugin: string | null;
  file: string | null;
  generation: number;
}

export interface SwapHooks {
  /** The current world is another one now. */
  switched(): void;
  /** The last request of an old generation has ended. */
  retired(what: Retired): void;
  /** New requests wait until `release`, which says how many did. */
  hold(): void;
  release(): number;
  /** A step of the swap of one plugin, for `hotReload.onPluginChange`. */
  step(plugin: string, step: "cache" | "import" | "registry"): unknown;
  /** Code is about to run that may never give the event loop back. */
  running(what: Running): void;
  /** Something went wrong that changes nothing about the swap. */
  failed(kind: string, error: unknown): void;
}

/** What a swap works from: modules loaded afresh, or code that is there already. */
export interface Source {
  params: SwapParams;
  /** Plugins that need no loading. */
  ready?: Map<string, PluginLike>;
  /** The generation whose code that is, where it was in service before. */
  code?: number;
  /** Modules that later imports shall get. */
  modules?: Saved;
}

export class Swapper {
  readonly history = new History();
  readonly #tracked: Tracked;
  readonly #modules: Modules;
  readonly #hooks: SwapHooks;
  /** Modules that were dropped on the way while routers of theirs went on serving. */
  readonly #serving = new Map<string, Dict>();
  #last: Promise<unknown> = Promise.resolve();
  #asked = 0;
  #withdrawn = 0;

  constructor(tracked: Tracked, modules: Modules, hooks: SwapHooks) {
    this.#tracked = tracked;
    this.#modules = modules;
    this.#hooks = hooks;
  }

  /** Swaps run one after the other, in the order in which they are asked for. */
  swap(source: Source): Promise<SwapResult> {
    const number = ++this.#asked;
    const isWithdrawn = (): boolean => number <= this.#withdrawn;
    const run = this.#last.then(() =>
      new Transaction(this.#tracked, this.#modules, this.#hooks, this.history, this.#serving, source, isWithdrawn).run(),
    );
    this.#last = run.catch(() => {});
    return run;
  }

  /** Whoever asked for the swaps up to now no longer waits for them: those that are not in service yet are refused. */
  withdraw(): void {
    this.#withdrawn = this.#asked;
  }
}

/** The module cache knows files by their real paths. */
export function withRealPaths(params: SwapParams): SwapParams {
  const real = (file: string): string => {
    try {
      return realpathSync.native(file);
    } catch {
      return file; // gone, which is for the load to say
    }
  };
  return {
    ...params,
    modules: params.modules?.map(real),
    routes: params.routes?.map(({ file }) => ({ file: real(file) })),
    routers: params.routers?.map((router) => ({ ...router, file: real(router.file) })),
    plugins: params.plugins?.map((plugin) => (plugin.file ? { ...plugin, file: real(plugin.file) } : plugin)),
  };
}
