// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Puts fresh routers in the place of live ones, and the server's route maps with them.

import {
  isRouter,
  type Dict,
  type RouteLike,
  type RouterLike,
  type SemVer,
  type ServerLike,
  type VersionedEntry,
} from "./framework";
import { SwapError } from "./positions";
import type { RouteChange } from "./protocol";
import { refill, replay, type RouterWatch, stepsOf, useSiteOf } from "./routers";

export interface RouterPair {
  old: RouterLike;
  fresh: RouterLike;
}

/** What took a router's place: code outside the agent (a dev adapter) exchanges routers of modules too. */
const heirs = new WeakMap<RouterLike, RouterLike>();

function liveHeir(router: RouterLike, live: Set<RouterLike>): RouterLike | null {
  const seen = new Set<RouterLike>();
  for (let next: RouterLike | undefined = router; next && !seen.has(next); next = heirs.get(next)) {
    if (live.has(next)) return next;
    seen.add(next);
  }
  return null;
}

/** Gives a router of a module to the server, as the entry does; none is given twice. Counts from the switch on. */
export function useRouter(server: ServerLike, exports: Dict, name: string, file: string): void {
  const router = exports[name];
  if (!isRouter(router)) {
    const message = `This module exports no router "${name}".`;
    throw new SwapError("validate", "missing-export", null, message, null, file);
  }
  if (!liveHeir(router, new Set(server.routers))) server.use(router);
}

/** Takes a router from the server again: what its module exports, or what took the place of that. */
export function dropRouter(
  server: ServerLike,
  watch: RouterWatch,
  modules: (Dict | null | undefined)[],
  name: string,
): void {
  const given = new Set(server.routers);
  for (const exports of modules) {
    const router = exports?.[name];
    const live = isRouter(router) ? liveHeir(router, given) : null;
    if (live) return watch.take(live);
  }
}

/**
 * Which new router takes the place of which live one: by the names under which the module exports them, or by calling
 * again the function with which it made or filled them. Nothing found is an error unless the module, while it was
 * loaded, added to a live router or gave one to the server.
 */
export function pairRouters(
  server: ServerLike,
  watch: RouterWatch,
  before: Dict,
  after: Dict,
  file: string,
): RouterPair[] {
  const live = watch.known;
  const olds = Object.entries(before).flatMap(([key, value]): [string, RouterLike][] => {
    const old = isRouter(value) ? liveHeir(value, live) : null;
    return old ? [[key, old]] : [];
  });
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
      throw new SwapError(
        "validate",
        "missing-export",
        null,
        `This module no longer exports the router "${key}".`,
        `the entry imports "${key}", which is gone: the entry must change`,
        file,
      );
    }
  }
  if (pairs.length > 0) return pairs;
  const made = callAgain(server, watch, before, after, file);
  if (made.found || watch.touched.length > 0 || watch.used.length > 0) return made.pairs;
  throw new SwapError(
    "validate",
    "unsupported",
    null,
    "This module has no router that the server uses.",
    "the module's routes are not defined on a router that it exports, makes by a function, or is given",
    file,
  );
}

/** Calls the functions of a module again that made a live router, or were given one to fill. */
function callAgain(
  server: ServerLike,
  watch: RouterWatch,
  before: Dict,
  after: Dict,
  file: string,
): { found: boolean; pairs: RouterPair[] } {
  const pairs: RouterPair[] = [];
  let found = false;
  for (const [key, value] of Object.entries(before)) {
    const fresh = after[key];
    if (typeof value !== "function" || typeof fresh !== "function") continue;
    const names = new Set([key, value.name]);
    const filled = [...watch.known].filter((router) =>
      stepsOf(router)
        .slice(0, watch.stepsBefore(router))
        .some(({ site }) => site?.file === file && names.has(site.name)),
    );
    const below = new Set(
      filled.flatMap((router) => stepsOf(router).flatMap((step) => (step.op === "nest" ? [step.child] : []))),
    );
    const tops = filled.filter((router) => !below.has(router));
    if (tops.length === 0) continue;
    found = true;
    const call = fresh as (argument?: unknown) => unknown;
    if (tops.some((router) => useSiteOf(router)?.file === file)) {
      call(server);
    } else if (value.length === 0) {
      const made = call();
      if (!isRouter(made))
        throw new SwapError("validate", "missing-export", null, `${key}() no longer returns a router.`, null, file);
      for (const old of tops) pairs.push({ old, fresh: made });
    } else {
      for (const router of tops) call(router);
    }
  }
  return { found, pairs };
}

/**
 * Exchanges the routers and takes away what the dropped modules had added to routers that stay. Synchronous. Returns how
 * to undo it; the route maps are not touched.
 */
export function replaceRouters(
  server: ServerLike,
  watch: RouterWatch,
  pairs: RouterPair[],
  dropped: Set<string>,
): () => void {
  const swaps = new Map(pairs.map(({ old, fresh }) => [old, fresh]));
  for (const { old, fresh } of pairs) if (old !== fresh) heirs.set(old, fresh);
  const touched = new Set(watch.touched);
  const used = new Set(watch.used);
  const done = new Map<RouterLike, boolean>();

  for (const router of touched) {
    const kept = watch.stepsBefore(router);
    const all = stepsOf(router);
    const left = all.filter(({ site }, index) => index >= kept || !site || !dropped.has(site.file));
    all.splice(0, all.length, ...left);
  }

  const renew = (router: RouterLike): boolean => {
    const known = done.get(router);
    if (known !== undefined) return known;
    done.set(router, false);
    let changed = touched.has(router);
    for (const step of stepsOf(router)) {
      if (step.op === "route") continue;
      const fresh = swaps.get(step.child);
      if (fresh && fresh !== step.child) {
        watch.note(router);
        step.child = fresh;
        changed = true;
      }
      if (renew(step.child)) changed = true;
    }
    if (changed) {
      watch.note(router);
      replay(router);
    }
    done.set(router, changed);
    return changed;
  };

  const routers = server.routers
    .filter((router) => !watch.taken.has(router))
    .filter((router) => used.has(router) || used.size === 0 || !dropped.has(useSiteOf(router)?.file ?? ""))
    .map((router) => swaps.get(router) ?? router);
  server.routers.splice(0, server.routers.length, ...routers);
  for (const router of server.routers) renew(router);
  return () => watch.undo();
}

/** Fills the server's route maps from its routers, in one synchronous step, and says what changed. */
export function rebuildRouteMap(server: ServerLike): RouteChange[] {
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
  const changes = compare(routesIn(server.routeMap, server.versionedRouteMap), routesIn(plain, versioned));
  refill(server.routeMap, plain);
  refill(server.versionedRouteMap, versioned);
  return changes;
}

function routesIn(plain: Map<string, RouteLike>, versioned: Map<string, VersionedEntry[]>): Map<string, RouteLike> {
  const all = new Map<string, RouteLike>(plain);
  for (const [name, entries] of versioned)
    for (const entry of entries) all.set(`${name}@${entry.versionRaw}`, entry.route);
  return all;
}

function compare(before: Map<string, RouteLike>, after: Map<string, RouteLike>): RouteChange[] {
  const changes: RouteChange[] = [];
  for (const [key, route] of after) {
    const old = before.get(key);
    if (!old) changes.push({ name: route.name, change: "added" });
    else if (old.handle !== route.handle || old.input !== route.input || old.output !== route.output)
      changes.push({ name: route.name, change: "updated" });
  }
  for (const [key, route] of before) if (!after.has(key)) changes.push({ name: route.name, change: "removed" });
  return changes;
}

function parseVersion(raw: string): SemVer | undefined {
  const parts = raw
    .trim()
    .replace(/^v/i, "")
    .split(".")
    .map((part) => Number.parseInt(part, 10));
  if (parts.length > 3 || parts.some((part) => Number.isNaN(part) || part < 0)) return undefined;
  const [major = 0, minor = 0, patch = 0] = parts;
  return { major, minor, patch, raw: `${major}.${minor}.${patch}` };
}

function byVersion(a: VersionedEntry, b: VersionedEntry): number {
  if (!a.version || !b.version) return a.version ? -1 : b.version ? 1 : 0;
  return b.version.major - a.version.major || b.version.minor - a.version.minor || b.version.patch - a.version.patch;
}
