// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One server as the agent sees it: its plugins' generations, its stand-ins, its worlds.

import { fileURLToPath } from "node:url";
import type { Dict, Framework, ManagerLike, PluginLike, ServerLike } from "./framework";
import { type DatabaseInfo, UNKNOWN } from "./database";
import { attachHot, hooksOf } from "./hot";
import { Owner } from "./ledger";
import { type Scope, scopes, type World, Worlds } from "./world";
import { shapeOf, standIn, type Shape } from "./proxy";

/** One generation of one plugin, as it is or was in service. */
export interface Unit {
  readonly name: string;
  /** The object that the user's module made. */
  readonly plugin: PluginLike;
  /** What the manager holds instead of it. */
  readonly registered: PluginLike;
  readonly owner: Owner;
  readonly generation: number;
  /** The generation whose code it is: an earlier one's, where that was put back or set up again. */
  code: number;
  file: string | null;
  /** What the plugin's module exported then; null until it is asked for. */
  exports: Dict | null;
  context: unknown;
  raw: unknown;
  setUpMs: number;
  at: number;
}

interface StandIn {
  shape: Shape;
  proxy: unknown;
}

let servers = 0;

export class Tracked {
  readonly id = ++servers;
  readonly server: ServerLike;
  readonly framework: Framework;
  readonly worlds = new Worlds();
  readonly units = new Map<string, Unit>();
  readonly standIns = new Map<string, StandIn>();
  /** What generations of a plugin hand to each other. */
  readonly #data = new Map<string, Dict>();
  /** The generation in which a route last changed, by name; those not named are the first's. */
  readonly routeGenerations = new Map<string, number>();
  generation = 1;
  mode: "server" | "in-process" = "server";
  /** start() was called: whatever it initialises belongs to a server of its own. */
  starting = false;
  state: "created" | "initialized" | "listening" | "stopping" = "created";
  /** Modules that set the server up while they are evaluated: they cannot be loaded again. */
  readonly entries = new Set<string>();
  database: DatabaseInfo = UNKNOWN;
  port: number | null = null;
  url: string | null = null;
  contextClass: Framework["PluginContext"];

  constructor(server: ServerLike, framework: Framework) {
    this.server = server;
    this.framework = framework;
    this.contextClass = framework.PluginContext;
  }

  /** What a module exports, if it is loaded. */
  peek: (file: string) => Dict | null = () => null;

  dataOf(plugin: PluginLike): Dict {
    let data = this.#data.get(plugin.name);
    if (!data) {
      const file = moduleFile(plugin);
      data = hooksOf(plugin, file ? this.peek(file) : null)?.data ?? {};
      this.#data.set(plugin.name, data);
    }
    return data;
  }

  get manager(): ManagerLike {
    return this.server.manager;
  }

  /** The stand-in that dependants get for a service of this shape; primitives stand for themselves. */
  standInFor(name: string, raw: unknown): unknown {
    const shape = shapeOf(raw);
    if (shape === "value") return raw;
    const known = this.standIns.get(name);
    if (known && known.shape === shape) return known.proxy;
    const proxy = standIn(shape, {
      resolve: () => {
        const here = this.worlds.here();
        const service = here.services.get(name) ?? this.worlds.current.services.get(name);
        if (service === undefined) throw new Error(`The plugin "${name}" is no longer part of this server.`);
        return service;
      },
      used: () => {
        const owner = scopes.getStore()?.owner;
        if (owner?.state === "building" && owner.plugin !== name) owner.used.add(name);
      },
    });
    return proxy;
  }

  keepStandIn(name: string, raw: unknown, proxy: unknown): void {
    const shape = shapeOf(raw);
    if (shape === "value") this.standIns.delete(name);
    else this.standIns.set(name, { shape, proxy });
  }

  shapeIn(name: string): Shape {
    return this.standIns.get(name)?.shape ?? "value";
  }

  /** A copy of the plugin for the manager, whose hooks run under their owner. The first set-up goes through it. */
  adopt(plugin: PluginLike): Unit {
    const owner = new Owner(plugin.name, this.generation, false);
    const registered = Object.assign(Object.create(Object.getPrototypeOf(plugin) as object) as PluginLike, plugin);
    const unit: Unit = {
      name: plugin.name,
      plugin,
      registered,
      owner,
      generation: this.generation,
      code: this.generation,
      file: moduleFile(plugin),
      exports: null,
      context: null,
      raw: undefined,
      setUpMs: 0,
      at: Date.now(),
    };
    const scope: Scope = { world: null, owner };
    let started = 0;
    registered.service = async (context) => {
      started = performance.now();
      unit.context = context;
      attachHot(context as object, owner, this.dataOf(plugin));
      this.contextClass ??= (context as object).constructor as Framework["PluginContext"];
      unit.raw = await scopes.run(scope, async () => await plugin.service(context));
      unit.setUpMs = performance.now() - started;
      this.worlds.current.services.set(plugin.name, unit.raw);
      const proxy = this.standInFor(plugin.name, unit.raw);
      this.keepStandIn(plugin.name, unit.raw, proxy);
      if (!plugin.init && typeof plugin.middleware !== "function") owner.state = "live";
      return proxy;
    };
    if (typeof plugin.middleware === "function") {
      const middleware = plugin.middleware;
      registered.middleware = (context) => {
        const resolved = scopes.run(scope, () => middleware.call(plugin, context, unit.raw));
        if (!plugin.init) owner.state = "live";
        return resolved;
      };
    }
    if (typeof plugin.init === "function") {
      const init = plugin.init;
      registered.init = async (context) => {
        await scopes.run(scope, async () => await init.call(plugin, context, unit.raw));
        unit.setUpMs = performance.now() - started;
        owner.state = "live";
      };
    }
    this.units.set(plugin.name, unit);
    return unit;
  }

  /** Makes a new generation of a plugin inside a staged world. Hooks other than `init` have run when it returns. */
  async build(
    plugin: PluginLike,
    generation: number,
    world: World,
    deps: Dict,
    staged = true,
    made: (owner: Owner) => void = () => {},
  ): Promise<Unit> {
    const owner = new Owner(plugin.name, generation, staged);
    made(owner);
    const Context = this.contextClass;
    if (!Context) throw new Error("The framework's plugin context is not known.");
    const context = new Context(this.server.coreServices, deps, plugin._boundConfig, plugin.name);
    attachHot(context, owner, this.dataOf(plugin));
    const registered = Object.assign(Object.create(Object.getPrototypeOf(plugin) as object) as PluginLike, plugin);
    delete registered._resolvedMiddleware;
    const started = performance.now();
    const scope: Scope = { world, owner };
    const raw = await scopes.run(scope, async () => await plugin.service(context));
    if (typeof plugin.middleware === "function") {
      const middleware = plugin.middleware;
      registered._resolvedMiddleware = scopes.run(scope, () => middleware.call(plugin, context, raw));
    }
    return {
      name: plugin.name,
      plugin,
      registered,
      owner,
      generation,
      code: generation,
      file: moduleFile(plugin),
      exports: null,
      context,
      raw,
      setUpMs: performance.now() - started,
      at: Date.now(),
    };
  }

  async init(unit: Unit, world: World): Promise<void> {
    const { init } = unit.plugin;
    if (typeof init !== "function") return;
    const started = performance.now();
    await scopes.run({ world, owner: unit.owner }, async () => await init.call(unit.plugin, unit.context, unit.raw));
    unit.setUpMs += performance.now() - started;
  }
}

export function moduleFile(plugin: PluginLike): string | null {
  const path = plugin._modulePath;
  if (typeof path !== "string") return null;
  return (path.startsWith("file:") ? fileURLToPath(path) : path).replace(/\?.*$/, "");
}
