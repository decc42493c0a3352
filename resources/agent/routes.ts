// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Routers. Everything done to a router is recorded, so that a router can be put in the place of another wherever that one
// was mounted: in the server, or merged into a parent whose routes are then replayed.

import { isRouter, type Dict, type RouteLike, type RouterLike, type SemVer, type ServerLike, type VersionedEntry } from "./framework";
import { callSite, SwapError, type Frame } from "./positions";
import type { RouteChange } from "./protocol";

type Step =
  | { op: "route"; name: string; handler: string; config: unknown; middleware: unknown[] }
  | { op: "mount"; child: RouterLike; middleware: unknown[] }
  | { op: "nest"; child: RouterLike };

const steps = new WeakMap<RouterLike, Step[]>();
const sites = new WeakMap<object, Frame>();
let quiet = 0; // inside a step that is recorded as a whole, or replayed
let original: { addRoute: NonNullable<RouterLike["addRoute"]>; router: RouterLike["router"] } | null = null;

function stepsOf(router: RouterLike): Step[] {
  let list = steps.get(router);
  if (!list) steps.set(router, (list = []));
  return list;
}

/** Records what is done to routers from now on. */
export function watchRouters(sample: RouterLike): void {
  const prototype = Object.getPrototypeOf(sample) as RouterLike;
  if (original || typeof prototype.addRoute !== "function") return;
  const { addRoute, router } = prototype;
  original = { addRoute, router };
  prototype.addRoute = function (this: RouterLike, name, handler, config, middleware = []) {
    const result = addRoute.call(this, name, handler, config, middleware);
    if (quiet > 0) return result;
    stepsOf(this).push({ op: "route", name, handler, config, middleware: [...middleware] });
    const site = callSite();
    if (site) {
      const handle = (config as Dict | null)?.handle;
      if (typeof handle === "function") sites.set(handle, site);
      if (!sites.has(this)) sites.set(this, site);
    }
    return result;
  };
  prototype.router = function (this: RouterLike, child) {
    const result = quietly(() => router.call(this, child));
    if (quiet > 0) return result;
    if (typeof child === "string") stepsOf(this).push({ op: "nest", child: result });
    else stepsOf(this).push({ op: "mount", child, middleware: [...(this._middlewareStack ?? [])] });
    return result;
  };
}

export function siteOf(route: RouteLike): Frame | null {
  return typeof route.handle === "function" ? (sites.get(route.handle) ?? null) : null;
}

/** Every router that serves: those given to the server and all below them. */
export function reachable(server: ServerLike): Set<RouterLike> {
  const seen = new Set<RouterLike>();
  const walk = (router: RouterLike): void => {
    if (seen.has(router)) return;
    seen.add(router);
    for (const step of steps.get(router) ?? []) if (step.op !== "route") walk(step.child);
    for (const child of router.childRouters ?? []) walk(child);
  };
  server.routers.forEach(walk);
  return seen;
}

export interface RouterPair {
  old: RouterLike;
  fresh: RouterLike;
}

/** Which new router takes the place of which live one, by the names under which a module exports them. */
export function pairRouters(server: ServerLike, before: Dict, after: Dict, file: string): RouterPair[] {
  const live = reachable(server);
  const olds = Object.entries(before).filter((entry): entry is [string, RouterLike] => isRouter(entry[1]) && live.has(entry[1]));
  const news = Object.entries(after).filter((entry): entry is [string, RouterLike] => isRouter(entry[1]));
  const pairs: RouterPair[] = [];
  for (const [key, old] of olds) {
    if (pairs.some((pair) => pair.old === old)) continue; // exported under two names
    const fresh = after[key];
    if (isRouter(fresh)) {
      pairs.push({ old, fresh });
    } else if (olds.length === 1 && news.length === 1) {
      pairs.push({ old, fresh: news[0]![1] }); // the export was renamed
    } else {
      throw new SwapError("validate", "missing-export", null, `This module no longer exports the router "${key}".`,
        `the entry imports "${key}", which is gone: the entry must change`, file);
    }
  }
  return pairs;
}

/** Puts routers in place of others. Returns how to undo it; the route maps are not touched. */
export function replaceRouters(server: ServerLike, pairs: RouterPair[]): () => void {
  const swaps = new Map(pairs.map(({ old, fresh }) => [old, fresh]));
  const undo: (() => void)[] = [];
  const affected = new Map<RouterLike, boolean>();

  const renew = (router: RouterLike): boolean => {
    const known = affected.get(router);
    if (known !== undefined) return known;
    affected.set(router, false);
    let changed = false;
    for (const step of steps.get(router) ?? []) {
      if (step.op === "route") continue;
      const fresh = swaps.get(step.child);
      if (fresh && fresh !== step.child) {
        const old = step.child;
        step.child = fresh;
        undo.push(() => { step.child = old; });
        changed = true;
      }
      if (renew(step.child)) changed = true;
    }
    if (changed) replay(router, undo);
    affected.set(router, changed);
    return changed;
  };

  const before = [...server.routers];
  undo.push(() => { server.routers.splice(0, server.routers.length, ...before); });
  for (const [index, router] of before.entries()) server.routers[index] = swaps.get(router) ?? router;
  for (const router of server.routers) renew(router);
  return () => { for (const step of undo.reverse()) step(); };
}

/** Builds a router's own routes again from what was done to it. */
function replay(router: RouterLike, undo: (() => void)[]): void {
  const { routes, childRouters } = router;
  if (!original || !routes) return;
  const oldRoutes = new Map(routes);
  const oldChildren = [...(childRouters ?? [])];
  undo.push(() => {
    routes.clear();
    for (const [name, route] of oldRoutes) routes.set(name, route);
    childRouters?.splice(0, childRouters.length, ...oldChildren);
  });
  const { addRoute, router: mount } = original;
  routes.clear();
  if (childRouters) childRouters.length = 0;
  for (const step of steps.get(router) ?? []) {
    if (step.op === "route") {
      addRoute.call(router, step.name, step.handler, step.config, step.middleware);
    } else if (step.op === "nest") {
      childRouters?.push(step.child);
    } else {
      const stack = router._middlewareStack;
      router._middlewareStack = step.middleware;
      try {
        quietly(() => mount.call(router, step.child));
      } finally {
        router._middlewareStack = stack;
      }
    }
  }
}

function quietly<T>(run: () => T): T {
  quiet++;
  try {
    return run();
  } finally {
    quiet--;
  }
}

/** Fills the server's route maps from its routers, in one synchronous step. Returns how to undo it, and what changed. */
export function rebuildRouteMap(server: ServerLike): { undo: () => void; changes: RouteChange[] } {
  const { routeMap, versionedRouteMap } = server;
  const plain = new Map<string, RouteLike>();
  const versioned = new Map<string, VersionedEntry[]>();
  for (const router of server.routers) {
    const raw = router.getVersion?.();
    for (const route of router.getRoutes()) {
      if (!raw) {
        plain.set(route.name, route);
        continue;
      }
      const entries = versioned.get(route.name) ?? [];
      entries.push({ version: parseVersion(raw), route, deprecated: router.getDeprecation?.(), versionRaw: raw });
      versioned.set(route.name, entries);
    }
  }
  for (const entries of versioned.values()) entries.sort(byVersion);

  const changes = compare(routesIn(routeMap, versionedRouteMap), routesIn(plain, versioned));
  const oldPlain = new Map(routeMap);
  const oldVersioned = new Map(versionedRouteMap);
  refill(routeMap, plain);
  refill(versionedRouteMap, versioned);
  return {
    changes,
    undo: () => {
      refill(routeMap, oldPlain);
      refill(versionedRouteMap, oldVersioned);
    },
  };
}

function refill<K, V>(map: Map<K, V>, from: Map<K, V>): void {
  map.clear();
  for (const [key, value] of from) map.set(key, value);
}

function routesIn(plain: Map<string, RouteLike>, versioned: Map<string, VersionedEntry[]>): Map<string, RouteLike> {
  const all = new Map<string, RouteLike>(plain);
  for (const [name, entries] of versioned) for (const entry of entries) all.set(`${name}@${entry.versionRaw}`, entry.route);
  return all;
}

function compare(before: Map<string, RouteLike>, after: Map<string, RouteLike>): RouteChange[] {
  const changes: RouteChange[] = [];
  for (const [key, route] of after) {
    const old = before.get(key);
    if (!old) changes.push({ name: route.name, change: "added" });
    else if (old.handle !== route.handle || old.input !== route.input || old.output !== route.output) changes.push({ name: route.name, change: "updated" });
  }
  for (const [key, route] of before) if (!after.has(key)) changes.push({ name: route.name, change: "removed" });
  return changes;
}

function parseVersion(raw: string): SemVer | undefined {
  const parts = raw.trim().replace(/^v/i, "").split(".").map((part) => Number.parseInt(part, 10));
  if (parts.length > 3 || parts.some((part) => Number.isNaN(part) || part < 0)) return undefined;
  const [major = 0, minor = 0, patch = 0] = parts;
  return { major, minor, patch, raw: `${major}.${minor}.${patch}` };
}

function byVersion(a: VersionedEntry, b: VersionedEntry): number {
  if (!a.version || !b.version) return a.version ? -1 : b.version ? 1 : 0;
  return b.version.major - a.version.major || b.version.minor - a.version.minor || b.version.patch - a.version.patch;
}
