// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the live server looks like, as plain values.

import type { Dict, RouteLike } from "./framework";
import { isObject } from "./framework";
import { siteOf } from "./routers";
import { cronOwner } from "./coreledger";
import type { Tracked, Unit } from "./tracked";

interface MethodInfo {
  name: string;
  kind: "method" | "getter" | "value";
  arity: number;
}

export function inspect(tracked: Tracked): Dict {
  const { server, framework } = tracked;
  const { rss, heapUsed } = process.memoryUsage();
  return {
    server: tracked.id,
    framework: { name: framework.name, version: framework.version },
    generation: tracked.generation,
    port: tracked.port,
    url: tracked.url,
    mode: tracked.mode,
    state: tracked.state,
    pid: process.pid,
    plugins: [...tracked.units.values()].map(pluginInfo),
    routes: routeInfos(tracked),
    core: Object.keys(server.coreServices),
    cron: cronTasks(tracked),
    database: tracked.database,
    memory: { rss, heapUsed },
  };
}

export function generations(tracked: Tracked): Dict {
  return {
    event: "generation",
    generation: tracked.generation,
    plugins: Object.fromEntries([...tracked.units].map(([name, unit]) => [name, unit.generation])),
    routes: Object.fromEntries(tracked.routeGenerations),
  };
}

function pluginInfo(unit: Unit): Dict {
  const { plugin, registered } = unit;
  return {
    name: unit.name,
    version: plugin.version ?? null,
    file: unit.file,
    dependencies: [...(plugin.dependencies ?? [])],
    methods: methods(unit.raw),
    handlers: names(plugin.handlers),
    middleware: names(registered._resolvedMiddleware),
    events: names(plugin.events),
    errors: names(plugin.customErrors),
    hasInit: typeof plugin.init === "function",
    configured: plugin._boundConfig !== undefined,
    generation: unit.generation,
    initMs: unit.setUpMs,
    at: unit.at,
    ledger: unit.owner.counts(),
  };
}

function names(value: unknown): string[] {
  return isObject(value) ? Object.keys(value) : [];
}

/** The members of a service, own ones and those of its class, without running any getter. */
function methods(service: unknown): MethodInfo[] {
  if (!isObject(service)) return [];
  const found = new Map<string, MethodInfo>();
  let holder: object | null = service;
  while (holder && holder !== Object.prototype && holder !== Function.prototype && holder !== Array.prototype) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      if (name === "constructor" || name === "prototype" || found.has(name)) continue;
      if (typeof service === "function" && (name === "name" || name === "length")) continue;
      const value: unknown = descriptor.value;
      if (typeof value === "function") found.set(name, { name, kind: "method", arity: value.length });
      else found.set(name, { name, kind: descriptor.get ? "getter" : "value", arity: 0 });
    }
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  return [...found.values()];
}

function routeInfos(tracked: Tracked): Dict[] {
  const routes: Dict[] = [];
  for (const router of tracked.server.routers) {
    for (const route of router.getRoutes())
      routes.push(
        routeInfo(
          route,
          router.getPrefix(),
          router.getVersion?.() ?? null,
          tracked.routeGenerations.get(route.name) ?? 1,
        ),
      );
  }
  return routes;
}

function routeInfo(route: RouteLike, router: string, version: string | null, generation: number): Dict {
  const site = siteOf(route);
  return {
    name: route.name,
    handler: route.handler ?? "typed",
    hasInput: route.input !== undefined,
    hasOutput: route.output !== undefined,
    middleware: (route.middleware ?? []).map(({ name }) => name),
    version,
    router,
    file: site?.file ?? null,
    line: site?.line ?? null,
    generation,
  };
}

function cronTasks(tracked: Tracked): Dict[] {
  const cron = tracked.server.coreServices.cron as { list?: () => Dict[] } | undefined;
  if (typeof cron?.list !== "function") return [];
  return cron.list().map((task) => ({
    id: task.id,
    name: task.name,
    expression: task.expression,
    enabled: task.enabled ?? true,
    plugin: cronOwner(tracked.server.coreServices, task.id)?.plugin ?? null,
    lastRun: moment(task.lastRun),
    nextRun: moment(task.nextRun),
  }));
}

function moment(value: unknown): number | null {
  return value instanceof Date ? value.getTime() : null;
}
