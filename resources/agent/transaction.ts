// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One swap: load, validate, build and initialise beside the running generation, switch in one synchronous step, then
// dispose of the old one. Whatever fails before the switch leaves everything as it was.

import { Builder } from "./build";
import type { Dict, PluginLike } from "./framework";
import { History } from "./history";
import { merge } from "./ledger";
import { within } from "./limit";
import { loadAll, type Loaded } from "./load";
import type { Modules } from "./modules";
import { inOrder } from "./order";
import { describe, inWorkspace, SwapError } from "./positions";
import type { LedgerReport, PluginResult, Proof, RouteChange, SwapResult } from "./protocol";
import { rebuildRouteMap, replaceRouters } from "./routes";
import { RouterWatch } from "./routers";
import { moduleFile, type Tracked, type Unit } from "./tracked";
import { RejectionGuard } from "./uncaught";
import { World } from "./world";
import { install } from "./install";
import type { Source, SwapHooks } from "./swap";

export class Transaction {
  readonly #tracked: Tracked;
  readonly #modules: Modules;
  readonly #hooks: SwapHooks;
  readonly #history: History;
  readonly #serving: Map<string, Dict>;
  readonly #source: Source;
  readonly #builder: Builder;
  readonly #isWithdrawn: () => boolean;

  constructor(
    tracked: Tracked,
    modules: Modules,
    hooks: SwapHooks,
    history: History,
    serving: Map<string, Dict>,
    source: Source,
    isWithdrawn: () => boolean,
  ) {
    this.#tracked = tracked;
    this.#modules = modules;
    this.#hooks = hooks;
    this.#history = history;
    this.#serving = serving;
    this.#source = source;
    this.#isWithdrawn = isWithdrawn;
    this.#builder = new Builder(tracked, modules, hooks, source);
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
        timeoutMs: this.#builder.timeout,
        serving: this.#serving,
        dropping: (file) => files.add(file),
        loading: (plugin, file) => this.#builder.running("load", plugin, file),
        step: (plugin, step) => this.#hooks.step(plugin, step),
      });
      this.#builder.lap("loadMs");
      const { pairs, dropped } = loaded;
      this.#builder.phase = "validate";
      const plugins = this.#planned(loaded);
      const order = inOrder(plugins, (name) => moduleFile(plugins.get(name)!));
      const world = this.#stagedWorld(order);
      const standIns = this.#standIns(plugins);
      const rebuiltBy = await this.#builder.build(order, plugins, loaded, world, standIns);

      await guard.check(
        (reason) => new SwapError(this.#builder.phase, "service-threw", this.#builder.lastBuilt, reason),
      );
      await this.#stillWanted();

      // From here to the end of the switch nothing awaits, and nothing may throw but the routers' own getters.
      this.#builder.phase = "switch";
      watch.stop();
      let changes: RouteChange[] = [];
      if (pairs.length + watch.touched.length + watch.used.length + watch.taken.size > 0) {
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

  /** New code that blocked the loop for long may have been given up meanwhile; what is told as kept out stays out. */
  async #stillWanted(): Promise<void> {
    const { began, timeout, lastBuilt } = this.#builder;
    if (performance.now() - began > timeout) await Bun.sleep(1); // for what has come through the socket meanwhile
    if (!this.#isWithdrawn()) return;
    const seconds = Math.round((performance.now() - began) / 1000);
    const message = `It held the server up for ${seconds} s, and was given up before it was ready.`;
    throw new SwapError(this.#builder.phase, "withdrawn", lastBuilt, message);
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
    const world = new World(this.#builder.generation, new Map());
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

  async #switch(
    plugins: Map<string, PluginLike>,
    loaded: Loaded,
    world: World,
    standIns: Map<string, unknown>,
    rebuiltBy: Map<string, string[]>,
    routes: RouteChange[],
  ): Promise<SwapResult> {
    const tracked = this.#tracked;
    const generation = this.#builder.generation;
    const outgoing: Unit[] = [];
    const results: PluginResult[] = [];
    for (const name of loaded.removed) {
      const unit = tracked.units.get(name);
      if (!unit) continue;
      outgoing.push(unit);
      if (!loaded.heirs.has(name))
        results.push({ name, generation, rebuilt: rebuiltBy.get(name) ?? [], change: "removed" });
    }
    for (const { unit, old } of this.#builder.staged) {
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
    for (const { unit } of this.#builder.staged) unit.exports = loaded.exports.get(unit.file ?? "") ?? null;
    loaded.commit();
    install(
      tracked,
      this.#builder.staged.map(({ unit }) => unit),
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
    for (const { unit } of this.#builder.staged)
      for (const error of unit.owner.live()) this.#hooks.failed("registration", error);
    proof.held = this.#hooks.release();
    const handedOver = new Set(this.#builder.handedOver);
    const finish: (() => Promise<void>)[] = [];
    oldWorld.supersede(({ dropped, lastEndedMs }) => {
      proof.dropped = dropped;
      proof.drained = proof.inFlightOld - dropped;
      proof.lastEndedMs = proof.inFlightOld > 0 ? lastEndedMs : 0;
      for (const unit of outgoing) {
        const { after } = this.#builder.disposal(unit);
        if (after)
          finish.push(() =>
            within(after(), this.#builder.timeout, `dispose of "${unit.name}" did not settle.`).then(
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
        routers: (this.#source.params.routes ?? []).map(({ file }) => file),
        generation: oldWorld.generation,
        proof: { ...proof },
      });
    });
    if (handedOver.size > 0) ledger.disposed.dispose = handedOver.size;
    for (const { name } of results) this.#hooks.step(name, "registry");
    this.#builder.lap("switchMs");
    if (proof.inFlightOld === 0) for (const run of finish) await run();
    this.#builder.lap("disposeMs");
    return {
      ok: true,
      generation,
      ms: performance.now() - this.#builder.began,
      phases: this.#builder.phases,
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
    for (const { unit } of this.#builder.staged.reverse()) unit.owner.dispose();
    const partial = loaded ?? (failure instanceof SwapError ? (failure.loaded as Loaded | null) : null);
    this.#modules.drop(this.#modules.broughtBy(files).filter(inWorkspace));
    partial?.ledgers.abandon();
    if (partial) this.#modules.restore(partial.saved, failure instanceof SwapError && failure.code === "load-timeout");
    for (const unit of this.#builder.handedOver) {
      try {
        await this.#builder.setUpAgain(unit);
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
      phase: refusal?.phase ?? this.#builder.phase,
      plugin: refusal?.plugin ?? null,
      error: refusal?.info ?? describe(failure, "unsupported"),
      restart: refusal?.restart ?? null,
    };
  }
}
