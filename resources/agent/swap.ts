// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The swap: load, validate, build and initialise beside the running generation, switch in one synchronous step, then
// dispose of the old one. Whatever fails before the switch leaves everything as it was.

import type { Dict, PluginLike } from "./framework";
import { findPlugin } from "./find";
import { inOrder } from "./order";
import type { LedgerReport, Proof, RouteChange, SwapParams, SwapPhase, SwapResult } from "./protocol";
import type { Modules, Saved } from "./modules";
import { describe, inWorkspace, SwapError } from "./positions";
import { pairRouters, rebuildRouteMap, replaceRouters, type RouterPair } from "./routes";
import { moduleFile, type Tracked, type Unit } from "./tracked";
import { TimeoutError, within } from "./limit";
import { World } from "./world";
import { shapeOf } from "./proxy";

export interface Retired {
  plugins: string[];
  routers: string[];
  generation: number;
  proof: Proof;
}

export interface SwapHooks {
  /** The current world is another one now. */
  switched(): void;
  /** The last request of an old generation has ended. */
  retired(what: Retired): void;
  /** Disposes of what a generation registered. */
  dispose(unit: Unit): LedgerReport | Promise<LedgerReport>;
  /** Makes what a staged generation registered count. */
  commit(unit: Unit): void;
  /** Takes back what a staged generation registered. */
  abandon(unit: Unit): void;
}

const TIMEOUT_MS = 5000;

export class Swapper {
  readonly #tracked: Tracked;
  readonly #modules: Modules;
  readonly #hooks: SwapHooks;
  #last: Promise<unknown> = Promise.resolve();

  constructor(tracked: Tracked, modules: Modules, hooks: SwapHooks) {
    this.#tracked = tracked;
    this.#modules = modules;
    this.#hooks = hooks;
  }

  /** Swaps run one after the other, in the order in which they are asked for. */
  swap(params: SwapParams): Promise<SwapResult> {
    const run = this.#last.then(() => this.#transact(params));
    this.#last = run.catch(() => {});
    return run;
  }

  async #transact(params: SwapParams): Promise<SwapResult> {
    const tracked = this.#tracked;
    const began = performance.now();
    const timeout = params.timeoutMs ?? TIMEOUT_MS;
    const generation = tracked.generation + 1;
    const phases = { loadMs: 0, buildMs: 0, switchMs: 0, initMs: 0, disposeMs: 0 };
    const staged: Unit[] = [];
    let saved: Saved = new Map();
    let loadedBefore: Set<string> | null = null;
    let phase: SwapPhase = "load";
    let mark = began;
    const lap = (): number => {
      const now = performance.now();
      const ms = now - mark;
      mark = now;
      return ms;
    };

    try {
      // Load
      const files = new Set(params.modules ?? []);
      for (const { file } of params.routes ?? []) files.add(file);
      for (const plugin of params.plugins ?? []) {
        const file = this.#fileOf(plugin.name, plugin.file);
        if (file && !plugin.remove && params.force !== false) files.add(file);
      }
      loadedBefore = new Set(this.#modules.loaded());
      saved = this.#modules.drop(files);
      const fresh = new Map<string, Dict>();
      const load = async (file: string, plugin: string | null): Promise<Dict> => {
        const known = fresh.get(file);
        if (known) return known;
        try {
          const exports = await within(this.#modules.load(file), timeout, `${file} did not finish loading within ${timeout} ms.`);
          fresh.set(file, exports);
          return exports;
        } catch (error) {
          throw new SwapError("load", error instanceof TimeoutError ? "service-timeout" : "load-failed", plugin, error, null, file);
        }
      };

      const definitions = new Map<string, PluginLike>();
      const removed = new Set<string>();
      const renamed = new Map<string, string>();
      for (const asked of params.plugins ?? []) {
        if (asked.remove) {
          removed.add(asked.name);
          continue;
        }
        const previous = asked.renamedFrom ?? asked.name;
        const old = tracked.units.get(previous);
        const file = this.#fileOf(previous, asked.file);
        if (!file) {
          throw new SwapError("validate", "unsupported", asked.name, `The module of the plugin "${asked.name}" is not known.`, `the file of ${asked.name} is not known`);
        }
        definitions.set(asked.name, findPlugin(await load(file, asked.name), asked.name, old?.plugin ?? null, asked.config, file));
        if (asked.renamedFrom) {
          removed.add(asked.renamedFrom);
          renamed.set(asked.name, asked.renamedFrom);
        }
      }
      const pairs: RouterPair[] = [];
      for (const { file } of params.routes ?? []) {
        const before = saved.get(file);
        const after = await load(file, null);
        const found = before ? pairRouters(tracked.server, before, after, file) : [];
        if (found.length === 0) {
          throw new SwapError("validate", "unsupported", null, "This module exports no router that the server uses.",
            "the module's routes are not defined on a router that it exports", file);
        }
        pairs.push(...found);
      }
      phases.loadMs = lap();

      // Validate
      phase = "validate";
      const plugins = new Map<string, PluginLike>();
      for (const [name, unit] of tracked.units) {
        const successor = [...renamed].find(([, from]) => from === name)?.[0];
        if (successor) plugins.set(successor, definitions.get(successor)!);
        else if (!removed.has(name)) plugins.set(name, definitions.get(name) ?? unit.plugin);
      }
      for (const [name, plugin] of definitions) if (!plugins.has(name)) plugins.set(name, plugin);
      const order = inOrder(plugins, (name) => moduleFile(plugins.get(name)!));

      // Build and initialise, in dependency order, beside what runs
      phase = "build";
      const world = new World(generation, new Map());
      for (const name of order) {
        const unit = tracked.units.get(name);
        if (unit) world.services.set(name, unit.raw);
      }
      const standIns = new Map<string, unknown>();
      for (const name of plugins.keys()) if (name in tracked.manager.services) standIns.set(name, tracked.manager.services[name]);
      const changed = new Map<string, "same" | "shape">();
      for (const name of removed) changed.set(name, "shape");
      const rebuiltBy = new Map<string, string[]>();
      for (const name of order) {
        const plugin = plugins.get(name)!;
        const old = tracked.units.get(name);
        if (!definitions.has(name)) {
          const causes = (plugin.dependencies ?? []).filter((dep) => changed.has(dep) && (changed.get(dep) === "shape" || old?.owner.used.has(dep)));
          if (causes.length === 0) continue;
          for (const cause of causes) rebuiltBy.set(cause, [...(rebuiltBy.get(cause) ?? []), name]);
        }
        phase = "build";
        const deps: Dict = {};
        for (const dep of plugin.dependencies ?? []) deps[dep] = standIns.get(dep);
        let next: Unit;
        try {
          next = await within(tracked.build(plugin, generation, world, deps), timeout, `The service of "${name}" did not settle within ${timeout} ms.`);
        } catch (error) {
          throw new SwapError("build", error instanceof TimeoutError ? "service-timeout" : "service-threw", name, error, null, moduleFile(plugin) ?? undefined);
        }
        staged.push(next);
        world.services.set(name, next.raw);
        const shape = shapeOf(next.raw);
        changed.set(name, shape === "value" || shape !== tracked.shapeIn(name) ? "shape" : "same");
        if (next.raw) standIns.set(name, tracked.standInFor(name, next.raw));
        else standIns.delete(name);
        phases.buildMs += lap();
        phase = "init";
        try {
          await within(tracked.init(next, world), timeout, `init of "${name}" did not settle within ${timeout} ms.`);
        } catch (error) {
          throw new SwapError("init", error instanceof TimeoutError ? "service-timeout" : "init-threw", name, error, null, moduleFile(plugin) ?? undefined);
        }
        phases.initMs += lap();
      }

      // Switch: nothing below awaits until it is done, and nothing in it may throw
      phase = "switch";
      let changes: RouteChange[] = [];
      if (pairs.length > 0) {
        const undo = replaceRouters(tracked.server, pairs);
        try {
          changes = rebuildRouteMap(tracked.server).changes;
        } catch (error) {
          undo();
          throw error;
        }
      }
      const outgoing: Unit[] = [];
      const results: { name: string; generation: number; rebuilt: string[]; change: "updated" | "added" | "removed" }[] = [];
      for (const name of removed) {
        const unit = tracked.units.get(name);
        if (!unit) continue;
        outgoing.push(unit);
        if (![...renamed.values()].includes(name)) results.push({ name, generation, rebuilt: rebuiltBy.get(name) ?? [], change: "removed" });
      }
      for (const next of staged) {
        const old = tracked.units.get(next.name);
        if (old) outgoing.push(old);
        if (definitions.has(next.name)) results.push({ name: next.name, generation, rebuilt: rebuiltBy.get(next.name) ?? [], change: old ? "updated" : "added" });
      }
      this.#install(plugins, staged, removed, standIns);
      const old = tracked.worlds.current;
      const proof: Proof = { inFlightOld: old.inFlight, drained: 0, held: 0, dropped: 0, lastEndedMs: 0 };
      tracked.worlds.current = world;
      tracked.generation = generation;
      this.#hooks.switched();
      for (const unit of outgoing) unit.owner.state = "disposed";
      for (const unit of staged) {
        unit.owner.state = "live";
        this.#hooks.commit(unit);
      }
      old.supersede(({ lastEndedMs }) => {
        proof.drained = proof.inFlightOld;
        proof.lastEndedMs = proof.inFlightOld > 0 ? lastEndedMs : 0;
        this.#hooks.retired({ plugins: results.map(({ name }) => name), routers: (params.routes ?? []).map(({ file }) => file), generation: old.generation, proof: { ...proof } });
      });
      phases.switchMs = lap();

      // Dispose
      const ledger: LedgerReport = { disposed: {}, undisposed: [] };
      for (const unit of outgoing) {
        const report = await this.#hooks.dispose(unit);
        for (const [kind, count] of Object.entries(report.disposed)) ledger.disposed[kind] = (ledger.disposed[kind] ?? 0) + count;
        ledger.undisposed.push(...report.undisposed);
      }
      phases.disposeMs = lap();
      return { ok: true, generation, ms: performance.now() - began, phases, plugins: results, routes: changes, proof, ledger, restart: null };
    } catch (error) {
      for (const unit of staged.reverse()) {
        unit.owner.state = "disposed";
        this.#hooks.abandon(unit);
      }
      if (loadedBefore) {
        const before = loadedBefore;
        const strays = this.#modules.loaded().filter((file) => !before.has(file) && inWorkspace(file));
        this.#modules.drop(strays);
      }
      this.#modules.restore(saved);
      const refusal = error instanceof SwapError ? error : null;
      return {
        ok: false,
        generation: tracked.generation,
        phase: refusal?.phase ?? phase,
        plugin: refusal?.plugin ?? null,
        error: refusal?.info ?? describe(error, "unsupported"),
        restart: refusal?.restart ?? null,
      };
    }
  }

  #fileOf(name: string, given: string | undefined): string | null {
    return given ?? this.#tracked.units.get(name)?.file ?? null;
  }

  #install(plugins: Map<string, PluginLike>, staged: Unit[], removed: Set<string>, standIns: Map<string, unknown>): void {
    const tracked = this.#tracked;
    const { manager } = tracked;
    const registered = new Map<string, PluginLike>();
    for (const name of plugins.keys()) {
      const next = staged.find((unit) => unit.name === name);
      registered.set(name, next?.registered ?? manager.plugins.get(name)!);
    }
    manager.plugins.clear();
    for (const [name, plugin] of registered) manager.plugins.set(name, plugin);
    const units = new Map(tracked.units);
    tracked.units.clear();
    for (const name of plugins.keys()) tracked.units.set(name, staged.find((unit) => unit.name === name) ?? units.get(name)!);
    for (const name of removed) {
      delete manager.services[name];
      tracked.standIns.delete(name);
    }
    for (const unit of staged) {
      const standIn = standIns.get(unit.name);
      if (standIn === undefined) delete manager.services[unit.name];
      else manager.services[unit.name] = standIn;
      tracked.keepStandIn(unit.name, unit.raw, standIn);
    }
  }
}
