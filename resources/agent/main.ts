// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Puts the agent together: wraps the workspace's AppServer before the entry makes one, and answers Paddock.

import { isRouter, loadFramework, type Dict, type Framework, type PluginLike, type ServerLike } from "./framework";
import { call } from "./call";
import { generations, inspect } from "./inspect";
import { Modules } from "./modules";
import { describe, hideFramework, locate } from "./positions";
import type { SwapParams } from "./protocol";
import { ServeHook } from "./serve";
import { Swapper } from "./swap";
import { watchRouters } from "./routes";
import { Tracked } from "./tracked";
import { scopes } from "./world";
import { Wire } from "./wire";

export interface AgentOptions {
  socket: string;
  token: string;
  workspace: string;
}

interface Server {
  tracked: Tracked;
  swapper: Swapper;
  http: ServeHook;
}

const PROTOCOL = 1;

export async function startAgent(options: AgentOptions): Promise<void> {
  locate(options.workspace);
  const startedAt = Date.now();
  const wire = new Wire(options.socket, () => ({
    event: "hello", token: options.token, protocol: PROTOCOL, pid: process.pid, ppid: process.ppid,
    runtime: { name: "bun", version: Bun.version }, main: Bun.main, argv: process.argv, startedAt,
  }));
  const agent = new Agent(wire);
  agent.answer();
  const dialled = wire.dial();
  const framework = await loadFramework(options.workspace);
  if (framework) {
    hideFramework(framework.folder);
    agent.wrap(framework);
  }
  await dialled;
}

class Agent {
  readonly #wire: Wire;
  readonly #servers = new Map<ServerLike, Server>();
  readonly #modules = new Modules();

  constructor(wire: Wire) {
    this.#wire = wire;
    wire.onConnected = () => {
      for (const { tracked } of this.#servers.values()) this.#report(tracked);
    };
  }

  answer(): void {
    const wire = this.#wire;
    wire.on("ping", () => ({ at: Date.now() }));
    wire.on("inspect", () => inspect(this.#latest().tracked));
    wire.on("swap", async (params) => {
      const { tracked, swapper } = this.#latest();
      const result = await swapper.swap(params as SwapParams);
      if (result.ok) this.#swapped(tracked);
      return result;
    });
    wire.on("stats", () => ({ inFlight: this.#latest().tracked.worlds.current.inFlight }));
    wire.on("call", (params) => call(this.#latest().tracked, params));
    wire.on("shutdown", async () => {
      for (const { tracked } of this.#servers.values()) {
        this.#state(tracked, "stopping");
        await tracked.server.shutdown();
      }
      return {};
    });
  }

  wrap(framework: Framework): void {
    if (framework.createRouter) {
      const sample = framework.createRouter("");
      if (isRouter(sample)) watchRouters(sample);
    }
    const agent = this;
    const prototype = framework.AppServer.prototype;
    const { registerPlugin, use, start, initialize, handleRequest } = prototype;
    const known = (server: ServerLike): Server => agent.#track(server, framework);

    prototype.registerPlugin = function (this: ServerLike, plugin: PluginLike) {
      const { tracked } = known(this);
      return registerPlugin.call(this, tracked.adopt(plugin).registered);
    };
    prototype.use = function (this: ServerLike, router) {
      known(this);
      return use.call(this, router);
    };
    prototype.start = async function (this: ServerLike) {
      const { tracked, http } = known(this);
      if (typeof this.maxPortAttempts === "number") this.maxPortAttempts = 1; // a taken port is reported, not dodged
      const result = await http.during(() => start.call(this) as Promise<unknown>, (server) => {
        tracked.port = server.port ?? null;
        tracked.url = server.url?.href ?? null;
      });
      agent.#state(tracked, "listening");
      return result;
    };
    prototype.initialize = async function (this: ServerLike) {
      const { tracked } = known(this);
      if (tracked.state === "created") tracked.mode = "in-process";
      const result = await initialize.call(this);
      if (tracked.state === "created") agent.#state(tracked, "initialized");
      return result;
    };
    prototype.handleRequest = function (this: ServerLike, request, route, ip, extra) {
      const { tracked } = known(this);
      if (scopes.getStore()?.world) return handleRequest.call(this, request, route, ip, extra); // within a counted request
      const world = tracked.worlds.current;
      world.enter();
      return scopes.run(world.scope, () => handleRequest.call(this, request, route, ip, extra)).finally(() => world.leave());
    };
  }

  #track(server: ServerLike, framework: Framework): Server {
    const known = this.#servers.get(server);
    if (known) return known;
    const tracked = new Tracked(server, framework);
    const http = new ServeHook(tracked, () => {});
    const swapper = new Swapper(tracked, this.#modules, {
      switched: () => http.rebind(),
      retired: ({ plugins, routers, generation, proof }) => {
        this.#wire.notify({ event: "retired", server: tracked.id, plugin: plugins[0] ?? null, plugins, router: routers[0] ?? null, routers, generation, proof });
      },
      dispose: () => ({ disposed: {}, undisposed: [] }),
      commit: () => {},
      abandon: () => {},
    });
    const entry = { tracked, swapper, http };
    this.#servers.set(server, entry);
    this.#state(tracked, "created");
    return entry;
  }

  #latest(): Server {
    const all = [...this.#servers.values()];
    const server = all.find(({ tracked }) => tracked.state !== "created") ?? all[0];
    if (!server) throw new Error("There is no server in this process yet.");
    return server;
  }

  #state(tracked: Tracked, state: Tracked["state"]): void {
    tracked.state = state;
    this.#wire.notify(this.#stateOf(tracked));
    if (state === "listening" || state === "initialized") this.#swapped(tracked);
  }

  #stateOf(tracked: Tracked): { event: string } & Dict {
    const { id, state, port, url, mode, framework } = tracked;
    return { event: "server", server: id, state, port, url, mode, framework: { name: framework.name, version: framework.version } };
  }

  #swapped(tracked: Tracked): void {
    this.#wire.notify(generations(tracked) as { event: string });
    this.#wire.notify({ event: "inspect", snapshot: inspect(tracked) });
  }

  #report(tracked: Tracked): void {
    this.#wire.notify(this.#stateOf(tracked));
    if (tracked.state !== "created") this.#swapped(tracked);
  }

  failed(kind: string, error: unknown): void {
    const { message, stack, file, line } = describe(error, kind);
    this.#wire.notify({ event: "error", kind, message, stack, file, line, at: Date.now() });
  }
}
