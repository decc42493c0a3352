// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What is done to routers, recorded: every route, every mount, every nested router, each with the line that did it. From
// the record a router's routes can be built again after something below it was exchanged.

import type { Dict, RouteLike, RouterLike, ServerLike } from "./framework";
import { callSite, type Frame } from "./positions";

export type Step = { site: Frame | null } & (
  | { op: "route"; name: string; handler: string; config: unknown; middleware: unknown[] }
  | { op: "mount"; child: RouterLike; middleware: unknown[] }
  | { op: "nest"; child: RouterLike }
);

interface Before {
  steps: Step[];
  routes: Map<string, RouteLike>;
  children: RouterLike[];
}

const steps = new WeakMap<RouterLike, Step[]>();
const handlers = new WeakMap<object, Frame>();
const uses = new WeakMap<RouterLike, Frame>();
let original: { addRoute: NonNullable<RouterLike["addRoute"]>; router: RouterLike["router"] } | null = null;
let quiet = 0; // inside a step that is recorded as a whole, or replayed
let watching: RouterWatch | null = null;

export function stepsOf(router: RouterLike): Step[] {
  let list = steps.get(router);
  if (!list) steps.set(router, (list = []));
  return list;
}

export function siteOf(route: RouteLike): Frame | null {
  return typeof route.handle === "function" ? (handlers.get(route.handle) ?? null) : null;
}

/** Where a router was given to the server. */
export function useSiteOf(router: RouterLike): Frame | null {
  return uses.get(router) ?? null;
}

export function noteUse(router: RouterLike): void {
  const site = callSite();
  if (site) uses.set(router, site);
}

/** Records what is done to routers from now on. */
export function watchRouters(sample: RouterLike): void {
  const prototype = Object.getPrototypeOf(sample) as RouterLike;
  if (original || typeof prototype.addRoute !== "function") return;
  const { addRoute, router } = prototype;
  original = { addRoute, router };
  prototype.addRoute = function (this: RouterLike, name, handler, config, middleware = []) {
    if (quiet > 0) return addRoute.call(this, name, handler, config, middleware);
    watching?.note(this);
    const result = addRoute.call(this, name, handler, config, middleware);
    const site = callSite();
    stepsOf(this).push({ op: "route", site, name, handler, config, middleware: [...middleware] });
    const handle = (config as Dict | null)?.handle;
    if (site && typeof handle === "function") handlers.set(handle, site);
    return result;
  };
  prototype.router = function (this: RouterLike, child) {
    if (quiet > 0) return router.call(this, child);
    watching?.note(this);
    const result = quietly(() => router.call(this, child));
    const site = callSite();
    if (typeof child === "string") stepsOf(this).push({ op: "nest", site, child: result });
    else stepsOf(this).push({ op: "mount", site, child, middleware: [...(this._middlewareStack ?? [])] });
    return result;
  };
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

/** Builds a router's own routes again from what was done to it. */
export function replay(router: RouterLike): void {
  const { routes, childRouters } = router;
  if (!original || !routes) return;
  const { addRoute, router: mount } = original;
  routes.clear();
  if (childRouters) childRouters.length = 0;
  for (const step of stepsOf(router)) {
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

/**
 * While modules are loaded afresh they may add to routers that already serve, or give new ones to the server. Nothing of
 * it counts before the switch: the route maps are built from routers then, and `undo` puts every touched router back.
 */
export class RouterWatch {
  readonly #server: ServerLike;
  readonly #known: Set<RouterLike>;
  readonly #routers: RouterLike[];
  readonly #before = new Map<RouterLike, Before>();
  readonly taken = new Set<RouterLike>();

  constructor(server: ServerLike) {
    this.#server = server;
    this.#known = reachable(server);
    this.#routers = [...server.routers];
    watching = this;
  }

  stop(): void {
    if (watching === this) watching = null;
  }

  /** Keeps what a serving router is like before it is changed. */
  note(router: RouterLike): void {
    if (!this.#known.has(router) || this.#before.has(router)) return;
    this.#before.set(router, {
      steps: stepsOf(router).map((step) => ({ ...step })),
      routes: new Map(router.routes ?? []),
      children: [...(router.childRouters ?? [])],
    });
  }

  get known(): Set<RouterLike> {
    return this.#known;
  }

  get routersBefore(): RouterLike[] {
    return this.#routers;
  }

  /** Serving routers to which the loaded modules added something. */
  get touched(): RouterLike[] {
    return [...this.#before.keys()];
  }

  /** Routers that the loaded modules gave to the server. */
  get used(): RouterLike[] {
    return this.#server.routers.filter((router) => !this.#routers.includes(router));
  }

  /** From the switch on the server goes without this router. */
  take(router: RouterLike): void {
    this.taken.add(router);
  }

  /** How many of a touched router's steps are old. */
  stepsBefore(router: RouterLike): number {
    return this.#before.get(router)?.steps.length ?? stepsOf(router).length;
  }

  undo(): void {
    this.stop();
    this.#server.routers.splice(0, this.#server.routers.length, ...this.#routers);
    for (const [router, before] of this.#before) {
      steps.set(router, before.steps);
      if (router.routes) refill(router.routes, before.routes);
      router.childRouters?.splice(0, router.childRouters.length, ...before.children);
    }
  }
}

export function refill<K, V>(map: Map<K, V>, from: Map<K, V>): void {
  map.clear();
  for (const [key, value] of from) map.set(key, value);
}
