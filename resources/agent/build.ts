// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The middle of a swap: sets up, beside the running generation, what is new and what must be set up again because of it.
// Nothing of it is in service yet.

import type { PluginLike } from "./framework";
import { disposalOf, hooksOf } from "./hot";
import type { Owner } from "./ledger";
import { TimeoutError, within } from "./limit";
import type { Loaded } from "./load";
import { migrateNewcomer } from "./migrate";
import type { Modules } from "./modules";
import { SwapError } from "./positions";
import type { SwapPhase } from "./protocol";
import { shapeOf } from "./proxy";
import type { Running, Source, SwapHooks } from "./swap";
import { moduleFile, type Tracked, type Unit } from "./tracked";
import type { World } from "./world";

export interface Staged {
  unit: Unit;
  old: Unit | null;
}

type Phases = Record<"loadMs" | "buildMs" | "switchMs" | "initMs" | "disposeMs", number>;

const TIMEOUT_MS = 5000;
const DRAIN_MS = 1000;

export class Builder {
  readonly staged: Staged[] = [];
  /** Old generations whose state was handed over: set up again if the swap fails. */
  readonly handedOver: Unit[] = [];
  readonly phases: Phases = { loadMs: 0, buildMs: 0, switchMs: 0, initMs: 0, disposeMs: 0 };
  readonly began = performance.now();
  readonly timeout: number;
  readonly generation: number;
  readonly #tracked: Tracked;
  readonly #modules: Modules;
  readonly #hooks: SwapHooks;
  readonly #source: Source;
  #mark = this.began;
  lastBuilt: string | null = null;
  phase: SwapPhase = "load";

  constructor(tracked: Tracked, modules: Modules, hooks: SwapHooks, source: Source) {
    this.#tracked = tracked;
    this.#modules = modules;
    this.#hooks = hooks;
    this.#source = source;
    this.timeout = source.params.timeoutMs ?? TIMEOUT_MS;
    this.generation = tracked.generation + 1;
  }

  running(phase: Running["phase"], plugin: string | null, file: string | null): void {
    const changeId = this.#source.params.changeId ?? null;
    this.#hooks.running({ changeId, phase, plugin, file, generation: this.generation });
  }

  lap(phase: keyof Phases): void {
    const now = performance.now();
    this.phases[phase] += now - this.#mark;
    this.#mark = now;
  }

  /** Builds and initialises what is new and what must be rebuilt for it, each after what it depends on. */
  async build(
    order: string[],
    plugins: Map<string, PluginLike>,
    loaded: Loaded,
    world: World,
    standIns: Map<string, unknown>,
  ): Promise<Map<string, string[]>> {
    const tracked = this.#tracked;
    const changed = new Map<string, "same" | "shape">([...loaded.removed].map((name) => [name, "shape"]));
    const rebuiltBy = new Map<string, string[]>();
    for (const name of order) {
      const plugin = plugins.get(name)!;
      const old =
        tracked.units.get(name) ??
        tracked.units.get([...loaded.heirs].find(([, heir]) => heir === name)?.[0] ?? "") ??
        null;
      if (!loaded.definitions.has(name)) {
        // A dependant is set up again only if it did more than hold on to what changed.
        const causes = (plugin.dependencies ?? []).filter(
          (dep) => changed.has(dep) && (changed.get(dep) === "shape" || old?.owner.used.has(dep)),
        );
        if (causes.length === 0) continue;
        for (const cause of causes) rebuiltBy.set(cause, [...(rebuiltBy.get(cause) ?? []), name]);
      }
      if (old) await this.#handOver(old);
      this.lastBuilt = name;
      this.phase = "build";
      const deps = Object.fromEntries((plugin.dependencies ?? []).map((dep) => [dep, standIns.get(dep)]));
      const file = moduleFile(plugin) ?? undefined;
      const owners: Owner[] = [];
      this.running("build", name, file ?? null);
      if (!old)
        await migrateNewcomer(tracked, this.#modules, plugin).catch((error: unknown) => {
          throw new SwapError("build", "migration-failed", name, error, null, file);
        });
      const building = tracked.build(plugin, this.generation, world, deps, true, (owner) => owners.push(owner));
      const unit = await this.#settled("build", name, file, "The service", building).catch((error: unknown) => {
        for (const owner of owners) owner.dispose();
        throw error;
      });
      if (!loaded.definitions.has(name)) unit.code = old?.code ?? unit.code;
      else if (this.#source.code !== undefined) unit.code = this.#source.code;
      this.staged.push({ unit, old });
      world.services.set(name, unit.raw);
      const shape = shapeOf(unit.raw);
      changed.set(name, shape === "value" || shape !== tracked.shapeIn(name) ? "shape" : "same");
      if (unit.raw) standIns.set(name, tracked.standInFor(name, unit.raw));
      else standIns.delete(name);
      this.lap("buildMs");
      this.phase = "init";
      if (typeof plugin.init === "function") this.running("init", name, file ?? null);
      await this.#settled("init", name, file, "init", tracked.init(unit, world));
      this.lap("initMs");
    }
    return rebuiltBy;
  }

  /** Waits for new code within the limit; where it fails, the error is the swap's. */
  async #settled<T>(
    phase: "build" | "init",
    name: string,
    file: string | undefined,
    what: string,
    running: Promise<T>,
  ): Promise<T> {
    const late = `${what} of "${name}" did not settle within ${this.timeout} ms.`;
    return await within(running, this.timeout, late).catch((error: unknown) => {
      running.catch(() => {});
      const threw = phase === "build" ? "service-threw" : "init-threw";
      const code = error instanceof TimeoutError ? "service-timeout" : threw;
      throw new SwapError(phase, code, name, error, portTaken(name, error), file);
    });
  }

  /** Lets an old generation hand its state over, if it has a hook for that: requests wait meanwhile. */
  async #handOver(unit: Unit): Promise<void> {
    const { before } = this.disposal(unit);
    if (!before) return;
    this.#hooks.hold();
    const { current } = this.#tracked.worlds;
    const limit = performance.now() + DRAIN_MS;
    while (current.inFlight > 0 && performance.now() < limit) await Bun.sleep(1);
    this.handedOver.push(unit);
    this.running("dispose", unit.name, unit.file);
    await within(before(), this.timeout, `dispose of "${unit.name}" did not settle within ${this.timeout} ms.`).catch(
      (error: unknown) => {
        throw new SwapError("build", "dispose-threw", unit.name, error, null, unit.file ?? undefined);
      },
    );
  }

  disposal(unit: Unit): ReturnType<typeof disposalOf> {
    return disposalOf(unit.owner, hooksOf(unit.plugin, unit.exports), unit.raw, this.#tracked.dataOf(unit.plugin));
  }

  /** An old generation that handed its state over starts anew, from its own code and that state. */
  async setUpAgain(old: Unit): Promise<void> {
    const tracked = this.#tracked;
    const world = tracked.worlds.current;
    old.owner.dispose();
    const deps = Object.fromEntries((old.plugin.dependencies ?? []).map((dep) => [dep, tracked.manager.services[dep]]));
    const unit = await within(
      tracked.build(old.plugin, old.generation, world, deps, false),
      this.timeout,
      "The old service did not settle.",
    );
    world.services.set(old.name, unit.raw);
    await within(tracked.init(unit, world), this.timeout, "The old init did not settle.");
    unit.owner.live();
    unit.exports = old.exports;
    tracked.units.set(old.name, unit);
    tracked.manager.plugins.set(old.name, unit.registered);
  }
}

function portTaken(name: string, error: unknown): string | null {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return code === "EADDRINUSE" || /EADDRINUSE|in use/i.test(String(message))
    ? `${name} opens a port that its old generation still holds`
    : null;
}
