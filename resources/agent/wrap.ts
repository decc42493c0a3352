// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Wraps the framework's AppServer, so that every server of the process is known from its first call on.

import { addApi, pluginFiles } from "./api";
import { findDatabase, UNKNOWN } from "./database";
import { isRouter, type Framework, type PluginLike, type ServerLike } from "./framework";
import { callSite } from "./positions";
import type { SwapResult } from "./protocol";
import { noteUse, watchRouters } from "./routers";
import type { ServeHook } from "./serve";
import type { Source } from "./swap";
import type { Tracked } from "./tracked";
import { scopes } from "./world";

/** What the wrapped methods need of the agent. */
export interface Agent {
  known(server: ServerLike): { tracked: Tracked; http: ServeHook };
  state(tracked: Tracked, state: Tracked["state"]): void;
  swap(server: ServerLike, source: Source): Promise<SwapResult>;
  /** Routes were exchanged by other means than a swap. */
  changed(tracked: Tracked): void;
  /** Files of the module cache. */
  loaded(): string[];
}

export function wrapServer(framework: Framework, agent: Agent): void {
  if (framework.createRouter) {
    const sample = framework.createRouter("");
    if (isRouter(sample)) watchRouters(sample);
  }
  const prototype = framework.AppServer.prototype;
  const { registerPlugin, use, start, initialize, handleRequest, callRoute, shutdown } = prototype;
  const { known } = agent;

  prototype.registerPlugin = function (this: ServerLike, plugin: PluginLike) {
    const { tracked } = known(this);
    const site = callSite();
    if (site?.name === "") tracked.entries.add(site.file);
    return registerPlugin.call(this, tracked.adopt(plugin).registered);
  };
  prototype.use = function (this: ServerLike, router) {
    known(this);
    noteUse(router);
    return use.call(this, router);
  };
  prototype.start = async function (this: ServerLike) {
    const { tracked, http } = known(this);
    tracked.starting = true; // its start() may well call its own initialize()
    if (typeof this.maxPortAttempts === "number") this.maxPortAttempts = 1; // a taken port is reported, not dodged
    const result = await http.during(
      () => start.call(this),
      (server) => {
        tracked.port = server.port ?? null;
        tracked.url = server.url?.href ?? null;
        tracked.mode = "server";
      },
    );
    tracked.database = await findDatabase(this);
    agent.state(tracked, "listening");
    return result;
  };
  prototype.initialize = async function (this: ServerLike) {
    const { tracked } = known(this);
    if (tracked.state === "created" && !tracked.starting) tracked.mode = "in-process";
    const result = await initialize.call(this);
    if (tracked.database === UNKNOWN) tracked.database = await findDatabase(this);
    if (tracked.state === "created" && !tracked.starting) agent.state(tracked, "initialized");
    return result;
  };
  prototype.handleRequest = function (this: ServerLike, request, route, ip, extra) {
    if (scopes.getStore()?.world) return handleRequest.call(this, request, route, ip, extra); // within a counted request
    return known(this).http.count(request, () => handleRequest.call(this, request, route, ip, extra));
  };
  if (typeof callRoute === "function") {
    prototype.callRoute = function (this: ServerLike, route, ...rest) {
      if (scopes.getStore()?.world) return callRoute.call(this, route, ...rest);
      return known(this).http.count({ url: `in-process://server/${route}`, method: "CALL" }, () =>
        callRoute.call(this, route, ...rest),
      );
    };
  }
  prototype.shutdown = function (this: ServerLike) {
    const { tracked } = known(this);
    if (tracked.state !== "stopping") agent.state(tracked, "stopping");
    return shutdown.call(this);
  };
  addApi(prototype, {
    tracked: (server) => known(server).tracked,
    swap: (server, source) => agent.swap(server, source),
    filesOf: (server, plugin) => pluginFiles(known(server).tracked.units.get(plugin)?.file ?? null, agent.loaded()),
    changed: (server) => agent.changed(known(server).tracked),
  });
}
