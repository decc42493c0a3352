// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a plugin registers with the runtime itself: timers, child processes, servers, sockets, listeners on the process.
// Timeouts of a request pass untouched: a request ends by itself. Timers that a library sets are left to the library,
// which may be handed over to the next generation; an interval of that sort that outlives its generation is named.

import { createRequire } from "node:module";
import type { Dict } from "./framework";
import { isBehindTheScenes, isSettingUp, responsible, type Entry, type Owner } from "./ledger";
import { callSite, origin, type Frame } from "./positions";
import { scopes } from "./world";

type Any = (...args: unknown[]) => unknown;

/** The runtime's own timers, for the agent itself. */
export const native = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };

const entries = new WeakMap<object, { owner: Owner; entry: Entry }>();
let ownerOfFile: (file: string) => Owner | null = () => null;

/** How to tell whose code a file is, for what is registered outside any generation's own scope. */
export function attributeBy(find: (file: string) => Owner | null): void {
  ownerOfFile = find;
}

/**
 * Must run before anything imports `node:fs` or `node:child_process`: what an import statement gets of the runtime's own
 * modules is settled by the first one.
 */
export function watchRuntime(): void {
  watchTimers();
  watchChildren();
  watchProcess();
  watchOpenings();
  watchSleep();
  guardExit();
}

function watchTimers(): void {
  const scope = globalThis as unknown as Record<string, Any>;
  const {
    setTimeout: later,
    setInterval: often,
    setImmediate: soon,
    clearTimeout: cancelLater,
    clearInterval: cancelOften,
  } = scope as Record<string, Any>;
  if (!later || !often || !soon || !cancelLater || !cancelOften) return;

  const forget = (timer: unknown): void => {
    if (typeof timer !== "object" || timer === null) return;
    const known = entries.get(timer);
    if (!known) return;
    entries.delete(timer);
    known.owner.forget(known.entry);
  };

  const timeout = function setTimeout(callback: unknown, ...rest: unknown[]): unknown {
    const owner = responsible();
    if (!owner || typeof callback !== "function") return later(callback, ...rest);
    if (owner.state === "disposed" && rearmed(owner, callback))
      return dead(
        later(() => {}, 0),
        cancelLater,
      );
    if (owner.state === "disposed") outlives(owner);
    const { own, site } = origin();
    if (!own) return later(callback, ...rest);
    const timer = later(
      (...args: unknown[]) => {
        forget(timer);
        return (callback as Any)(...args);
      },
      ...rest,
    ) as object;
    if (owner.state !== "disposed")
      entries.set(timer, { owner, entry: owner.add("timeout", () => cancelLater(timer), "", site) });
    return timer;
  };
  const interval = function setInterval(callback: unknown, ...rest: unknown[]): unknown {
    if (isBehindTheScenes()) return often(callback, ...rest);
    const { own, site } = origin();
    const owner = responsible() ?? (site ? ownerOfFile(site.file) : null);
    if (!owner || typeof callback !== "function") return often(callback, ...rest);
    if (owner.state === "disposed")
      return dead(
        often(() => {}, 1e9),
        cancelOften,
      );
    const timer = often(callback, ...rest) as object;
    const entry = own
      ? owner.add("interval", () => cancelOften(timer), "", site)
      : owner.add("interval", null, "set by a library: close the library's object in dispose()", site);
    entries.set(timer, { owner, entry });
    return timer;
  };
  const clear = (original: Any) =>
    function (timer: unknown): unknown {
      forget(timer);
      return original(timer);
    };

  scope.setTimeout = dressed(timeout, later);
  scope.setInterval = dressed(interval, often);
  scope.clearTimeout = clear(cancelLater);
  scope.clearInterval = clear(cancelOften);
}

/** Gives a wrapper what hangs on the original: its name, its length, how it is made a promise of. */
function dressed(wrapper: Any, original: Any): Any {
  const { prototype: _, ...own } = Object.getOwnPropertyDescriptors(original) as PropertyDescriptorMap;
  return Object.defineProperties(wrapper, own);
}

const lateCallbacks = new WeakMap<Owner, WeakSet<object>>();

const ROUNDS = 5;
const rounds = new WeakMap<Owner, Map<string, number>>();
let tellOutlived: (owner: Owner, site: Frame) => void = () => {};

/** Who is to be told of a loop that goes on although its generation is over. */
export function onOutlived(tell: (owner: Owner, site: Frame) => void): void {
  tellOutlived = tell;
}

/** Code of a generation that is over waits again, at a line where it has done so before: it is a loop, and nobody ends it. */
function outlives(owner: Owner): void {
  const { site } = origin();
  if (!site) return;
  const key = `${site.file}:${site.line}`;
  const counts = rounds.get(owner) ?? new Map<string, number>();
  rounds.set(owner, counts);
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  if (count === ROUNDS) tellOutlived(owner, site);
}

function watchSleep(): void {
  const bun = Bun as unknown as Record<string, Any>;
  const sleep = bun.sleep!;
  bun.sleep = dressed(function (this: unknown, ...args: unknown[]) {
    const owner = scopes.getStore()?.owner;
    if (owner?.state === "disposed") outlives(owner);
    return sleep.apply(Bun, args);
  }, sleep);
}

/** A chain of timeouts that goes on after its generation was disposed of: the same callback for the second time. */
function rearmed(owner: Owner, callback: object): boolean {
  let seen = lateCallbacks.get(owner);
  if (!seen) lateCallbacks.set(owner, (seen = new WeakSet()));
  if (seen.has(callback)) return true;
  seen.add(callback);
  return false;
}

function dead(timer: unknown, cancel: Any): unknown {
  cancel(timer);
  return timer;
}

interface Child {
  kill(signal?: unknown): unknown;
  exitCode: number | null;
  exited?: Promise<unknown>;
  once?(event: string, listener: () => void): unknown;
}

function watchChildren(): void {
  const take = (child: unknown): void => {
    const owner = responsible();
    if (!owner || owner.state === "disposed" || typeof child !== "object" || child === null || !("kill" in child))
      return;
    const process = child as Child;
    const entry = owner.add("process", () => {
      if (process.exitCode === null) process.kill();
    });
    const gone = (): void => owner.forget(entry);
    if (process.exited) void process.exited.then(gone, gone);
    else process.once?.("exit", gone);
  };
  const wrap = (holder: Record<string, Any>, name: string, prepare = (args: unknown[]): unknown[] => args): void => {
    const original = holder[name];
    if (typeof original !== "function") return;
    holder[name] = dressed(function (this: unknown, ...args: unknown[]) {
      const child = original.apply(this, prepare(args));
      take(child);
      return child;
    }, original);
  };
  // Bun hands children the environment as it was at the start, without the agent's mark.
  const marked = ([command, options]: unknown[]): unknown[] => {
    if (typeof command === "object" && command !== null && !Array.isArray(command))
      return [withEnvironment(command as Dict)];
    return [command, withEnvironment((options ?? {}) as Dict)];
  };
  wrap(Bun as unknown as Record<string, Any>, "spawn", marked);
  wrap(Bun as unknown as Record<string, Any>, "spawnSync", marked);
  const processes = createRequire(import.meta.url)("node:child_process") as Record<string, Any>;
  for (const name of ["spawn", "fork", "exec", "execFile"]) wrap(processes, name);
}

/** Servers, watchers and sockets that a plugin opens for itself. */
function watchOpenings(): void {
  const bun = Bun as unknown as Record<string, Any>;
  const serve = bun.serve!;
  bun.serve = dressed(function (this: unknown, options: unknown) {
    const owner = responsible();
    if (!owner || owner.state === "disposed" || typeof options !== "object" || options === null)
      return serve.call(Bun, options);
    // Two generations listen on the port between the build of the new one and the end of the old one.
    const server = serve.call(Bun, { reusePort: true, ...options }) as { stop(): unknown };
    owner.add("server", () => void server.stop());
    return server;
  }, serve);

  const files = createRequire(import.meta.url)("node:fs") as Record<string, Any>;
  const watch = files.watch!;
  files.watch = dressed(function (this: unknown, ...args: unknown[]) {
    const watcher = watch.apply(this, args) as { close(): void };
    const owner = responsible();
    if (owner && owner.state !== "disposed") owner.add("file-watcher", () => watcher.close());
    return watcher;
  }, watch);

  const scope = globalThis as unknown as {
    WebSocket?: new (...args: unknown[]) => {
      close(): void;
      addEventListener(event: string, listener: () => void): void;
    };
  };
  if (!scope.WebSocket) return;
  scope.WebSocket = new Proxy(scope.WebSocket, {
    construct(target, args, newTarget) {
      const socket = Reflect.construct(target, args, newTarget) as {
        close(): void;
        addEventListener(event: string, listener: () => void): void;
      };
      const owner = responsible();
      if (owner && owner.state !== "disposed") {
        const entry = owner.add("websocket", () => socket.close());
        socket.addEventListener("close", () => owner.forget(entry));
      }
      return socket;
    },
  });
}

function withEnvironment(options: Dict): Dict {
  return options.env === undefined ? { ...options, env: process.env } : options;
}

/** New code that gives up must not take the server with it: its exit is an error, and the swap is refused. */
function guardExit(): void {
  const exit = process.exit.bind(process);
  process.exit = ((code?: number | string | null) => {
    if (isSettingUp()) throw new Error(`process.exit(${code ?? ""}) was called while new code was set up.`);
    const isFailure = code !== undefined && code !== null && Number(code) !== 0;
    if (isFailure || callSite()) tellExit(new Error(`process.exit(${code ?? ""}) was called.`));
    return exit(code);
  }) as typeof process.exit;
  const kill = process.kill.bind(process);
  process.kill = ((pid: number, signal?: string | number) => {
    if (pid === process.pid && signal !== 0 && isSettingUp())
      throw new Error(`The process was sent ${signal ?? "SIGTERM"} by new code while that was set up.`);
    return kill(pid, signal);
  }) as typeof process.kill;
}

let tellExit: (error: Error) => void = () => {};

/** Who is to be told that the workspace's own code ends the process. */
export function onExit(tell: (error: Error) => void): void {
  tellExit = tell;
}

/** Listeners on the process itself. */
function watchProcess(): void {
  const emitter = process as unknown as Record<string, Any>;
  for (const name of ["on", "addListener", "once", "prependListener"]) {
    const original = emitter[name]!;
    emitter[name] = function (this: unknown, ...args: unknown[]) {
      const owner = responsible();
      const result = original.apply(this, args);
      const [event, listener] = args;
      if (owner && owner.state !== "disposed" && callSite())
        owner.add("process-listener", () => process.off(event as string, listener as () => void));
      return result;
    };
  }
}
