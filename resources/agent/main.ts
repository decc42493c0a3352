// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Puts the agent together: wraps the workspace's AppServer before the entry makes one, and answers Paddock.

import { existsSync, realpathSync } from "node:fs";
import { hotReloadOf, pluginFiles, Refused } from "./api";
import { findSession, workspaceToAttach, type Meeting } from "./attach";
import { call } from "./call";
import { watchConsole } from "./console";
import { contracts } from "./contracts";
import { watchCore } from "./coreledger";
import { loadFramework, type Dict, type Framework, type ServerLike } from "./framework";
import { generations, inspect } from "./inspect";
import { currentOwner, type Owner } from "./ledger";
import { within } from "./limit";
import { watchLogger } from "./logs";
import { collect, MemoryWatch, shrink } from "./memory";
import { migrate } from "./migrate";
import { Modules } from "./modules";
import { pastAndPresent, pastSource } from "./past";
import { describe, hideFramework, locate } from "./positions";
import type { Notification, SwapParams, SwapResult } from "./protocol";
import { RequestLog } from "./requests";
import { ServeHook } from "./serve";
import { Swapper, withRealPaths, type Source } from "./swap";
import { attributeBy, native, onExit, onOutlived } from "./runtimeledger";
import { Tracked } from "./tracked";
import { Uncaught } from "./uncaught";
import { Wire } from "./wire";
import { scopes } from "./world";
import { wrapServer } from "./wrap";

export interface AgentOptions {
  /** The session that started this process, or null: then the one that is open on the workspace is looked for. */
  session: Meeting | null;
  workspace: string | undefined;
  /** What `PADDOCK_ATTACH` says. */
  attach: string | undefined;
}

interface Server {
  tracked: Tracked;
  swapper: Swapper;
  http: ServeHook;
  requests: RequestLog;
}

const PROTOCOL = 1;
const INSPECT_AFTER_MS = 10;

export async function startAgent({ session, workspace: given, attach }: AgentOptions): Promise<void> {
  const workspace = session ? (given ?? process.cwd()) : workspaceToAttach(attach ?? "", given);
  locate(existsSync(workspace) ? realpathSync(workspace) : workspace);
  const startedAt = Date.now();
  const wire = new Wire(
    () => session ?? findSession(workspace),
    (token) => ({
      event: "hello",
      token,
      protocol: PROTOCOL,
      pid: process.pid,
      ppid: process.ppid,
      runtime: { name: "bun", version: Bun.version },
      main: Bun.main,
      argv: process.argv,
      startedAt,
      workspace,
      attached: session === null,
    }),
    session !== null,
  );
  // A process that a server process started has no say unless it makes a server too: it must not take its parent's line.
  // Nor has one that Paddock did not start.
  const silent = session === null || process.env.PADDOCK_AGENT !== undefined;
  process.env.PADDOCK_AGENT = String(process.pid);
  const agent = new Agent(wire);
  agent.answer();
  const dialled = silent ? null : agent.dial();
  const framework = await loadFramework(workspace);
  if (framework) {
    hideFramework(framework.folder);
    agent.wrap(framework);
    agent.watch();
  }
  await dialled;
}

class Agent {
  readonly #wire: Wire;
  readonly #servers = new Map<ServerLike, Server>();
  readonly #modules = new Modules();
  readonly #toInspect = new Set<Tracked>();
  readonly #uncaught = new Uncaught((kind, error, fatal) => this.#failed(kind, error, fatal));
  readonly #memory = new MemoryWatch((news) => this.#wire.notify({ event: "memory", ...news }));
  #dialled: Promise<void> | null = null;

  constructor(wire: Wire) {
    this.#wire = wire;
    wire.onConnected = () => {
      for (const { tracked } of this.#servers.values()) this.#report(tracked);
    };
  }

  dial(): Promise<void> {
    return (this.#dialled ??= this.#wire.dial());
  }

  answer(): void {
    const wire = this.#wire;
    const tracked = (): Tracked => this.#latest().tracked;
    wire.on("ping", () => ({ at: Date.now() }));
    wire.on("inspect", () => inspect(tracked()));
    wire.on("stats", () => ({ inFlight: tracked().worlds.current.inFlight }));
    wire.on("contracts", () => contracts(tracked()));
    wire.on("call", (params) => call(tracked(), params));
    wire.on("swap", (params) => this.#swap(this.#latest(), { params: withRealPaths(params as SwapParams) }));
    wire.on("withdraw", () => this.#latest().swapper.withdraw());
    wire.on("migrate", () => migrate(tracked(), this.#modules));
    wire.on("rollback", (params) => this.#rollback(this.#latest(), String(params.plugin ?? ""), params.generation));
    wire.on("generations", () => pastAndPresent(tracked(), this.#latest().swapper.history));
    wire.on("hot-step", (params) =>
      hotReloadOf(tracked().server).onPluginChange?.(String(params.plugin), String(params.step)),
    );
    wire.on("gc", () => collect([...this.#servers.values()].map((server) => server.tracked)));
    wire.on("shutdown", (params) => this.#shutdown(typeof params.timeoutMs === "number" ? params.timeoutMs : 30000));
  }

  /** What is registered outside the framework: timers, children, listeners on the process. */
  watch(): void {
    const ownerOf = (file: string): Owner | null => this.#ownerOf(file);
    attributeBy(ownerOf);
    onOutlived(({ plugin, generation }, { file, line }) => {
      const item = { kind: "loop", file, line, note: "goes on although its generation is over: end it in dispose()" };
      this.#wire.notify({ event: "undisposed", plugin, generation, items: [item] });
    });
    watchConsole(ownerOf, ({ level, message, plugin, generation }) => {
      const current = this.#servers.values().next().value?.tracked.generation ?? 1;
      this.#wire.notify({
        event: "log",
        source: "console",
        level,
        message,
        plugin,
        tags: [],
        data: null,
        generation: generation ?? current,
        requestId: null,
        text: message,
        at: Date.now(),
      });
    });
    this.#modules.watchQueries((file) => {
      for (const server of this.#servers.values()) {
        const unit = [...server.tracked.units.values()].find((one) => one.file === file);
        if (!unit || server.tracked.state === "created") continue;
        const modules = pluginFiles(file, this.#modules.loaded());
        return this.#swap(server, { params: { plugins: [{ name: unit.name }], modules } }).then((result) => {
          if (!result.ok) throw new Refused(result);
        });
      }
      return null;
    });
    onExit((error) => {
      const stopping = [...this.#servers.values()].some(({ tracked }) => tracked.state === "stopping");
      if (!stopping) this.#failed("exit", error, true);
    });
  }

  /** The plugin in service that a file is part of. */
  #ownerOf(file: string): Owner | null {
    for (const { tracked } of this.#servers.values()) {
      for (const unit of tracked.units.values()) if (pluginFiles(unit.file, [file]).includes(file)) return unit.owner;
    }
    return null;
  }

  wrap(framework: Framework): void {
    wrapServer(framework, {
      known: (server) => this.#track(server, framework),
      state: (tracked, state) => this.#state(tracked, state),
      swap: (server, source) => this.#swap(this.#track(server, framework), source),
      changed: (tracked) => this.#swapped(tracked),
      loaded: () => this.#modules.loaded(),
    });
  }

  #track(server: ServerLike, framework: Framework): Server {
    const known = this.#servers.get(server);
    if (known) return known;
    void this.dial();
    const tracked = new Tracked(server, framework);
    const notify = (message: Notification): void => this.#wire.notify(message);
    tracked.peek = (file) => this.#modules.peek(file);
    const requests = new RequestLog(tracked.id, () => this.#wire.connected, notify);
    const http = new ServeHook(tracked, requests);
    const swapper = new Swapper(tracked, this.#modules, {
      switched: () => http.rebind(),
      retired: (what) =>
        notify({
          event: "retired",
          server: tracked.id,
          plugin: what.plugins[0] ?? null,
          router: what.routers[0] ?? null,
          ...what,
        }),
      hold: () => http.hold(),
      release: () => http.release(),
      step: (plugin, step) => {
        this.#wire.notify({ event: "hot", server: tracked.id, plugin, step }, "later");
        return this.#tell(server, plugin, step);
      },
      failed: (kind, error) => this.#failed(kind, error),
      running: (what) => this.#wire.notify({ event: "swapping", server: tracked.id, ...what }, "now"),
    });
    watchCore(server.coreServices);
    watchLogger(tracked, server.coreServices, notify);
    const entry = { tracked, swapper, http, requests };
    this.#servers.set(server, entry);
    this.#state(tracked, "created");
    return entry;
  }

  async #tell(server: ServerLike, plugin: string, step: string): Promise<void> {
    try {
      await hotReloadOf(server).onPluginChange?.(plugin, step);
    } catch (error) {
      this.#failed("onPluginChange", error);
    }
  }

  async #swap({ tracked, swapper }: Server, source: Source): Promise<SwapResult> {
    const refuse = (message: string, restart: string | null): SwapResult => ({
      ok: false,
      generation: tracked.generation,
      phase: "validate",
      plugin: null,
      restart,
      error: { code: "unsupported", message, file: null, line: null, stack: null },
    });
    if (tracked.state === "created" || tracked.state === "stopping")
      return refuse(`The server is ${tracked.state === "created" ? "still starting" : "shutting down"}.`, null);
    if (hotReloadOf(tracked.server).plugins === false && (source.params.plugins ?? []).length > 0) {
      const message = "The entry turns the reload of plugins off (hotReload.plugins is false).";
      return refuse(message, message);
    }
    const result = await swapper.swap(source);
    if (result.ok) this.#swapped(tracked);
    if (result.ok) this.#memory.swapped();
    if (result.ok && result.generation % 100 === 0) shrink();
    return result;
  }

  async #rollback(server: Server, plugin: string, asked: unknown): Promise<SwapResult> {
    const source = pastSource(server.swapper.history, plugin, typeof asked === "number" ? asked : null);
    if (source) return await this.#swap(server, source);
    const which = typeof asked === "number" ? ` ${asked}` : "";
    const message = `There is no earlier generation${which} of "${plugin}" in this session.`;
    return {
      ok: false,
      generation: server.tracked.generation,
      phase: "validate",
      plugin,
      error: { code: "unknown-generation", message, file: null, line: null, stack: null },
      restart: null,
    };
  }

  async #shutdown(timeoutMs: number): Promise<Dict> {
    for (const { tracked } of this.#servers.values()) {
      await within(
        tracked.server.shutdown(),
        timeoutMs,
        `The server's own shut-down did not end within ${timeoutMs} ms.`,
      );
    }
    return {};
  }

  #latest(): Server {
    const all = [...this.#servers.values()];
    const server = all.find(({ tracked }) => tracked.state !== "created") ?? all[0];
    if (!server) throw new Error("There is no server in this process yet.");
    return server;
  }

  #state(tracked: Tracked, state: Tracked["state"]): void {
    tracked.state = state;
    if (state === "listening" || state === "initialized") this.#uncaught.keepAlive();
    this.#wire.notify(this.#stateOf(tracked));
    if (state === "listening" || state === "initialized") this.#swapped(tracked);
  }

  #stateOf(tracked: Tracked): Notification {
    const { id, state, port, url, mode, framework } = tracked;
    return {
      event: "server",
      server: id,
      state,
      port,
      url,
      mode,
      framework: { name: framework.name, version: framework.version },
    };
  }

  /** Code was exchanged. What takes time to tell is told when the requests that waited have been served. */
  #swapped(tracked: Tracked): void {
    this.#wire.notify(generations(tracked) as Notification, "later");
    if (this.#toInspect.has(tracked)) return;
    this.#toInspect.add(tracked);
    native.setTimeout(() => this.#inspected(tracked), INSPECT_AFTER_MS);
  }

  #inspected(tracked: Tracked): void {
    this.#toInspect.delete(tracked);
    this.#modules.remember();
    try {
      this.#wire.notify({ event: "inspect", snapshot: inspect(tracked) });
    } catch (error) {
      this.#failed("inspect", error); // a service may be anything, a proxy that throws too
    }
  }

  #report(tracked: Tracked): void {
    this.#wire.notify(this.#stateOf(tracked));
    if (tracked.state !== "created") this.#swapped(tracked);
  }

  #failed(kind: string, error: unknown, fatal = false): void {
    const { message, stack, file, line } = describe(error, kind);
    const owner = currentOwner() ?? (file ? this.#ownerOf(file) : null);
    const current = this.#servers.values().next().value?.tracked.generation ?? null;
    const generation = owner?.generation ?? scopes.getStore()?.world?.generation ?? current;
    const plugin = owner?.plugin ?? null;
    this.#wire.notify(
      { event: "error", kind, message, stack, file, line, plugin, generation, fatal, at: Date.now() },
      "now",
    );
  }
}
