// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One swap: load, validate, build and initialise beside the running generation, switch in one synchronous step, then
// dispose of the old one. Whatever fails before the switch leaves everything as it was.

import type { Dict, PluginLike } from "./framework";
import { hooksOf, disposalOf } from "./hot";
import { History } from "./history";
import { merge, type Owner } from "./ledger";
import { within, TimeoutError } from "./limit";
import { loadAll, type Loaded } from "./load";
import type { Modules } from "./modules";
import { inOrder } from "./order";
import { describe, inWorkspace, SwapError } from "./positions";
import type { LedgerReport, PluginResult, Proof, RouteChange, SwapParams, SwapPhase, SwapResult } from "./protocol";
import { shapeOf } from "./proxy";
import { rebuildRouteMap, replaceRouters } from "./routes";
import { RouterWatch } from "./routers";
import { moduleFile, type Tracked, type Unit } from "./tracked";
import { RejectionGuard } from "./uncaught";
import { World } from "./world";
import { install } from "./install";
import type { Running, Source, SwapHooks } from "./swap";

interface Staged {
  unit: Unit;
  old: Unit | null;
}

const TIMEOUT_MS = 5000;
const DRAIN_MS = 1000;

export class Transaction {
  readonly #tracked: Tracked;
  readonly #modules: Modules;
  readonly #hooks: SwapHooks;
  readonly #history: History;
  readonly #serving: Map<string, Dict>;
  readonly #source: Source;
  readonly #params: SwapParams;
  readonly #timeout: number;
  readonly #generation: number;
  readonly #phases = { loadMs: 0, buildMs: 0, switchMs: 0, initMs: 0, disposeMs: 0 };
  readonly #staged: Staged[] = [];
  /** Old generations whose state was handed over: set up again if the swap fails. */
  readonly #handedOver: Unit[] = [];
  readonly #began = performance.now();
  #mark = this.#began;
  #lastBuilt: string | null = null;
  #phase: SwapPhase = "load";

  constructor(
    tracked: Tracked,
    modules: Modules,
    hooks: SwapHooks,
    history: History,
    serving: Map<string, Dict>,
    source: Source,
  ) {
    this.#tracked = tracked;
    this.#modules = modules;
    this.#hooks = hooks;
    this.#history = history;
    this.#serving = serving;
    this.#source = source;
    this.#params = source.params;
    this.#timeout = source.params.timeoutMs ?? TIMEOUT_MS;
    this.#generation = tracked.generation + 1;
  }

  async run(): Promise<SwapResult> {
    const before = this.#modules.remembered;
    const watch = new RouterWatch(this.#tracked.server);
    const files = new Set<string>();
    const guard = new RejectionGuard((file) => files.has(file) || (inWorkspace(file) && !before.has(file)));
    let loaded: Loaded | null = null;
    try {
      loaded = await loadAll({
        tracked: this.#tracked,
        modules: this.#modules,
        watch,
        source: this.#source,
        timeoutMs: this.#timeout,
        serving: this.#serving,
        dropping: (file) => files.add(file),
        loading: (plugin, file) => this.#running("load", plugin, file),
        step: (plugin, step) => this.#hooks.step(plugin, step),
      });
      this.#lap("loadMs");
      const { pairs, dropped } = loaded;
      this.#phase = "validate";
      const plugins = this.#planned(loaded);
      const order = inOrder(plugins, (name) => moduleFile(plugins.get(name)!));
      const world = this.#stagedWorld(order);
      const standIns = this.#standIns(plugins);
      const rebuiltBy = await this.#build(order, plugins, loaded, world, standIns);

      await guard.check((reason) => new SwapError(this.#phase, "service-threw", this.#lastBuilt, reason));

      // From here to the end of the switch nothing awaits, and nothing may throw but the routers' own getters.
      this.#phase = "switch";
      watch.stop();
      let changes: RouteChange[] = [];
      if (pairs.length > 0 || watch.touched.length > 0 || watch.used.length > 0) {
        replaceRouters(this.#tracked.server, watch, pairs, dropped);
        changes = rebuildRouteMap(this.#tracked.server);
      }
      return await this.#switch(plugins, loaded, world, standIns, rebuiltBy, changes);
    } catch (error) {
      watch.undo();
      return await this.#refuse(error, loaded, files);
    } finally {
      guard.end();
    }
  }

  #running(phase: Running["phase"], plugin: string | null, file: string | null): void {
    const changeId = this.#params.changeId ?? null;
    this.#hooks.running({ changeId, phase, plugin, file, generation: this.#generation });
  }

  #lap(phase: "loadMs" | "buildMs" | "switchMs" | "initMs" | "disposeMs"): void {
    const now = performance.now();
    this.#phases[phase] += now - this.#mark;
    this.#mark = now;
  }

  /** The plugins as they will be, in the order of their registration. */
  #planned(loaded: Loaded): Map<string, PluginLike> {
    const plugins = new Map<string, PluginLike>();
    for (const [name, unit] of this.#tracked.units) {
      const heir = loaded.heirs.get(name);
      if (heir) plugins.set(heir, loaded.definitions.get(heir)!);
      else if (!loaded.removed.has(name)) plugins.set(name, loaded.definitions.get(name) ?? unit.plugin);
    }
    for (const [name, plugin] of loaded.definitions) if (!plugins.has(name)) plugins.set(name, plugin);
    return plugins;
  }

  #stagedWorld(order: string[]): World {
    const world = new World(this.#generation, new Map());
    for (const name of order) {
      const unit = this.#tracked.units.get(name);
      if (unit) world.services.set(name, unit.raw);
    }
    return world;
  }

  #standIns(plugins: Map<string, PluginLike>): Map<string, unknown> {
    const { services } = this.#tracked.manager;
    return new Map([...plugins.keys()].filter((name) => name in services).map((name) => [name, services[name]]));
  }

  /** Builds and initialises what is new and what must be rebuilt for it, each after what it depends on. */
  async #build(
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
      this.#lastBuilt = name;
      this.#phase = "build";
      const deps = Object.fromEntries((plugin.dependencies ?? []).map((dep) => [dep, standIns.get(dep)]));
      const file = moduleFile(plugin) ?? undefined;
      const owners: Owner[] = [];
      this.#running("build", name, file ?? null);
      const building = tracked.build(plugin, this.#generation, world, deps, true, (owner) => owners.push(owner));
      const unit = await within(
        building,
        this.#timeout,
        `The service of "${name}" did not settle within ${this.#timeout} ms.`,
      ).catch((error: unknown) => {
        for (const owner of owners) owner.dispose();
        building.catch(() => {});
        throw new SwapError(
          "build",
          error instanceof TimeoutError ? "service-timeout" : "service-threw",
          name,
          error,
          portTaken(name, error),
          file,
        );
      });
      if (!loaded.definitions.has(name)) unit.code = old?.code ?? unit.code;
      else if (this.#source.code !== undefined) unit.code = this.#source.code;
      this.#staged.push({ unit, old });
      world.services.set(name, unit.raw);
      const shape = shapeOf(unit.raw);
      changed.set(name, shape === "value" || shape !== tracked.shapeIn(name) ? "shape" : "same");
      if (unit.raw) standIns.set(name, tracked.standInFor(name, unit.raw));
      else standIns.delete(name);
      this.#lap("buildMs");
      this.#phase = "init";
      if (typeof plugin.init === "function") this.#running("init", name, file ?? null);
      const starting = tracked.init(unit, world);
      await within(starting, this.#timeout, `init of "${name}" did not settle within ${this.#timeout} ms.`).catch(
        (error: unknown) => {
          starting.catch(() => {});
          throw new SwapError(
            "init",
            error instanceof TimeoutError ? "service-timeout" : "init-threw",
            name,
            error,
            portTaken(name, error),
            file,
          );
        },
      );
      this.#lap("initMs");
    }
    return rebuiltBy;
  }

  /** Lets an old generation hand its state over, if it has a hook for that: requests wait meanwhile. */
  async #handOver(unit: Unit): Promise<void> {
    const { before } = this.#disposal(unit);
    if (!before) return;
    this.#hooks.hold();
    const { current } = this.#tracked.worlds;
    const limit = performance.now() + DRAIN_MS;
    while (current.inFlight > 0 && performance.now() < limit) await Bun.sleep(1);
    this.#handedOver.push(unit);
    this.#running("dispose", unit.name, unit.file);
    await within(before(), this.#timeout, `dispose of "${unit.name}" did not settle within ${this.#timeout} ms.`).catch(
      (error: unknown) => {
        throw new SwapError("build", "dispose-threw", unit.name, error, null, unit.file ?? undefined);
      },
    );
  }

  #disposal(unit: Unit): ReturnType<typeof disposalOf> {
    return disposalOf(unit.owner, hooksOf(unit.plugin, unit.exports), unit.raw, this.#tracked.dataOf(unit.plugin));
  }

  async #switch(
    plugins: Map<string, PluginLike>,
    loaded: Loaded,
    world: World,
    standIns: Map<string, unknown>,
    rebuiltBy: Map<string, string[]>,
    routes: RouteChange[],
  ): Promise<SwapResult> {
    const tracked = this.#tracked;
    const generation = this.#generation;
    const outgoing: Unit[] = [];
    const results: PluginResult[] = [];
    for (const name of loaded.removed) {
      const unit = tracked.units.get(name);
      if (!unit) continue;
      outgoing.push(unit);
      if (!loaded.heirs.has(name))
        results.push({ name, generation, rebuilt: rebuiltBy.get(name) ?? [], change: "removed" });
    }
    for (const { unit, old } of this.#staged) {
      if (old && !outgoing.includes(old)) outgoing.push(old);
      if (loaded.definitions.has(unit.name))
        results.push({
          name: unit.name,
          generation,
          rebuilt: rebuiltBy.get(unit.name) ?? [],
          change: old ? "updated" : "added",
        });
    }
    for (const unit of outgoing) this.#history.add(unit, loaded.saved);
    for (const { unit } of this.#staged) unit.exports = loaded.exports.get(unit.file ?? "") ?? null;
    loaded.commit();
    install(
      tracked,
      this.#staged.map(({ unit }) => unit),
      plugins,
      loaded.removed,
      standIns,
    );
    for (const { name, change } of routes) {
      if (change === "removed") tracked.routeGenerations.delete(name);
      else tracked.routeGenerations.set(name, generation);
    }
    const oldWorld = tracked.worlds.current;
    const proof: Proof = { inFlightOld: oldWorld.inFlight, drained: 0, held: 0, dropped: 0, lastEndedMs: 0 };
    tracked.worlds.current = world;
    tracked.generation = generation;
    this.#hooks.switched();
    const ledger: LedgerReport = { disposed: {}, undisposed: [] };
    for (const unit of outgoing) merge(ledger, unit.owner.dispose());
    merge(ledger, loaded.ledgers.commit());
    for (const { unit } of this.#staged)
      for (const error of unit.owner.live()) this.#hooks.failed("registration", error);
    proof.held = this.#hooks.release();
    const handedOver = new Set(this.#handedOver);
    const finish: (() => Promise<void>)[] = [];
    oldWorld.supersede(({ dropped, lastEndedMs }) => {
      proof.dropped = dropped;
      proof.drained = proof.inFlightOld - dropped;
      proof.lastEndedMs = proof.inFlightOld > 0 ? lastEndedMs : 0;
      for (const unit of outgoing) {
        const { after } = this.#disposal(unit);
        if (after)
          finish.push(() =>
            within(after(), this.#timeout, `dispose of "${unit.name}" did not settle.`).then(
              () => {
                ledger.disposed.dispose = (ledger.disposed.dispose ?? 0) + 1;
              },
              (error: unknown) => {
                const { file, line, message } = describe(error, "dispose-threw");
                ledger.undisposed.push({ kind: "dispose", file: file ?? unit.file, line, note: message });
                this.#hooks.failed("dispose", error);
              },
            ),
          );
      }
      if (proof.inFlightOld > 0) for (const run of finish) void run();
      this.#hooks.retired({
        plugins: results.map(({ name }) => name),
        routers: (this.#params.routes ?? []).map(({ file }) => file),
        generation: oldWorld.generation,
        proof: { ...proof },
      });
    });
    if (handedOver.size > 0) ledger.disposed.dispose = handedOver.size;
    for (const { name } of results) this.#hooks.step(name, "registry");
    this.#lap("switchMs");
    if (proof.inFlightOld === 0) for (const run of finish) await run();
    this.#lap("disposeMs");
    return {
      ok: true,
      generation,
      ms: performance.now() - this.#began,
      phases: this.#phases,
      plugins: results,
      routes,
      proof,
      ledger,
      restart: null,
    };
  }

  /** Takes back whatever was done, and says why. */
  async #refuse(error: unknown, loaded: Loaded | null, files: Set<string>): Promise<SwapResult> {
    let failure = error;
    for (const { unit } of this.#staged.reverse()) unit.owner.dispose();
    const partial = loaded ?? (failure instanceof SwapError ? (failure.loaded as Loaded | null) : null);
    this.#modules.drop(this.#modules.broughtBy(files).filter(inWorkspace));
    partial?.ledgers.abandon();
    if (partial) this.#modules.restore(partial.saved, failure instanceof SwapError && failure.code === "load-timeout");
    for (const unit of this.#handedOver) {
      try {
        await this.#setUpAgain(unit);
      } catch (again) {
        failure = new SwapError(
          "build",
          "restore-failed",
          unit.name,
          again,
          `"${unit.name}" had handed its state over, and its old code could not be set up again`,
          unit.file ?? undefined,
        );
      }
    }
    this.#hooks.release();
    const refusal = failure instanceof SwapError ? failure : null;
    return {
      ok: false,
      generation: this.#tracked.generation,
      phase: refusal?.phase ?? this.#phase,
      plugin: refusal?.plugin ?? null,
      error: refusal?.info ?? describe(failure, "unsupported"),
      restart: refusal?.restart ?? null,
    };
  }

  /** An old generation that handed its state over starts anew, from its own code and that state. */
  async #setUpAgain(old: Unit): Promise<void> {
    const tracked = this.#tracked;
    const world = tracked.worlds.current;
    old.owner.dispose();
    const deps = Object.fromEntries((old.plugin.dependencies ?? []).map((dep) => [dep, tracked.manager.services[dep]]));
    const unit = await within(
      tracked.build(old.plugin, old.generation, world, deps, false),
      this.#timeout,
      "The old service did not settle.",
    );
    world.services.set(old.name, unit.raw);
    await within(tracked.init(unit, world), this.#timeout, "The old init did not settle.");
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
