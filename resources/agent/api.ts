// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Reloads that the workspace's own code asks for: the calls that the framework's guides propose and its dev adapter makes.
// Without the agent the server has none of them, so call them as `server.reloadPluginService?.(…)`.

import { isRouter, type PluginLike, type RouterLike, type ServerLike } from "./framework";
import type { SwapDone, SwapResult } from "./protocol";
import { rebuildRouteMap, replaceRouters } from "./routes";
import { reachable, RouterWatch } from "./routers";
import type { Source } from "./swap";
import type { Tracked } from "./tracked";

/** What the agent adds to `AppServer`. */
export interface HotServer {
  /**
   * Replaces the service of a plugin by what the factory makes; dependencies, configuration and hooks stay. Rejects, and
   * leaves the old service in place, if the factory throws.
   */
  reloadPluginService(name: string, factory: (ctx: unknown) => unknown): Promise<SwapDone>;
  /** Loads a plugin's files afresh and swaps it. */
  hotReload(name: string): Promise<SwapDone>;
  /** Puts a router in the place of the live one with this prefix, or adds it. */
  reloadRouter(prefix: string, router: RouterLike): void;
  /** Builds the route maps again from the routers. */
  rebuildRouteMap(): void;
}

/** `new AppServer({ hotReload })`. */
export interface HotReloadOptions {
  plugins?: boolean;
  /** Called at each step of each plugin's reload: "cache", "import", "types", "registry", in this order as they happen. */
  onPluginChange?: (plugin: string, step: string) => unknown;
}

export function hotReloadOf(server: ServerLike): HotReloadOptions {
  const given = server.options.hotReload;
  return typeof given === "object" && given !== null ? (given as HotReloadOptions) : {};
}

export class Refused extends Error {
  readonly code: string;
  readonly file: string | null;
  readonly line: number | null;

  constructor(result: Exclude<SwapResult, SwapDone>) {
    super(result.error.message);
    this.code = result.error.code;
    this.file = result.error.file;
    this.line = result.error.line;
  }
}

export interface ApiOptions {
  tracked(server: ServerLike): Tracked;
  swap(server: ServerLike, source: Source): Promise<SwapResult>;
  filesOf(server: ServerLike, plugin: string): string[];
  changed(server: ServerLike): void;
}

export function addApi(prototype: ServerLike, options: ApiOptions): void {
  const done = (result: SwapResult): SwapDone => {
    if (!result.ok) throw new Refused(result);
    return result;
  };
  const known = (server: ServerLike, name: string): PluginLike => {
    const unit = options.tracked(server).units.get(name);
    if (!unit) throw new Error(`There is no plugin "${name}".`);
    return unit.plugin;
  };
  const methods: HotServer & ThisType<ServerLike> = {
    async reloadPluginService(name, factory) {
      const plugin = { ...known(this, name), service: factory };
      return done(await options.swap(this, { params: { plugins: [{ name }] }, ready: new Map([[name, plugin]]) }));
    },
    async hotReload(name) {
      known(this, name);
      return done(await options.swap(this, { params: { plugins: [{ name }], modules: options.filesOf(this, name) } }));
    },
    reloadRouter(prefix, router) {
      if (!isRouter(router)) throw new Error("reloadRouter needs a router.");
      const watch = new RouterWatch(this);
      watch.stop();
      const old = [...reachable(this)].find((live) => live.getPrefix() === prefix);
      if (old) replaceRouters(this, watch, [{ old, fresh: router }], new Set());
      else this.routers.push(router);
      rebuildRouteMap(this);
      options.changed(this);
    },
    rebuildRouteMap() {
      rebuildRouteMap(this);
      options.changed(this);
    },
  };
  for (const [name, method] of Object.entries(methods)) {
    if (name in prototype) continue; // a framework that has its own keeps it
    Object.defineProperty(prototype, name, { value: method as unknown, configurable: true, writable: true });
  }
}

/** A plugin's module and what is loaded from its folder. */
export function pluginFiles(file: string | null, loaded: string[]): string[] {
  if (!file) return [];
  const folder = /\/index\.[cm]?[jt]sx?$/.test(file) ? file.slice(0, file.lastIndexOf("/") + 1) : null;
  if (!folder) return [file];
  return [
    ...new Set([
      file,
      ...loaded.filter(
        (other) =>
          other.startsWith(folder) && !other.includes("/node_modules/") && !other.startsWith(`${folder}migrations/`),
      ),
    ]),
  ];
}
