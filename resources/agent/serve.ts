// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The HTTP server that the framework starts. Its handler runs in the scope of the world that is current when a request
// comes in; the runtime carries that scope natively, so pinning costs no closure for each request.

import type { Asked, RequestLog } from "./requests";
import type { Tracked } from "./tracked";
import { scopes, type World } from "./world";

type Handler = (this: unknown, request: Request, server: unknown) => Response | Promise<Response>;
interface HttpServer {
  port?: number;
  url?: URL;
  reload(options: Record<string, unknown>): unknown;
}
type Serve = (options: Record<string, unknown>) => HttpServer;

interface Binding {
  server: HttpServer;
  options: Record<string, unknown>;
}

export class ServeHook {
  readonly #tracked: Tracked;
  readonly #log: RequestLog;
  #bindings: Binding[] = [];
  #gate: { open: () => void; wait: Promise<void>; held: number } | null = null;

  constructor(tracked: Tracked, log: RequestLog) {
    this.#tracked = tracked;
    this.#log = log;
  }

  /** While `start` runs, the server that it opens is taken note of. */
  async during<T>(start: () => Promise<T>, listening: (server: HttpServer) => void): Promise<T> {
    const bun = Bun as unknown as { serve: Serve };
    const original = bun.serve;
    const hook = this;
    bun.serve = function serve(options) {
      if (typeof options.fetch !== "function") return original.call(Bun, options);
      const wrapped = { ...options, fetch: hook.#handler(options.fetch as Handler) };
      const server = scopes.run(hook.#tracked.worlds.current.scope, () => original.call(Bun, wrapped));
      hook.#bindings.push({ server, options: wrapped });
      listening(server);
      return server;
    };
    try {
      return await start();
    } finally {
      bun.serve = original;
    }
  }

  /** New requests belong to the current world from here on. */
  rebind(): void {
    this.#bindings = this.#bindings.filter(({ server, options }) => {
      try {
        scopes.run(this.#tracked.worlds.current.scope, () => server.reload(options));
        return true;
      } catch {
        return false; // stopped meanwhile
      }
    });
  }

  /** Counts and pins a request that does not come through an HTTP server of its own. */
  async count<T>(request: Asked, handle: () => Promise<T>): Promise<T> {
    if (this.#gate) {
      this.#gate.held++;
      await this.#gate.wait;
    }
    const world = this.#tracked.worlds.current;
    const began = performance.now();
    world.enter();
    let result: T;
    try {
      result = await scopes.run(world.scope, handle);
    } catch (error) {
      world.leave(false);
      this.#log.failed(request, error, began, world.generation);
      throw error;
    }
    world.leave(true);
    this.#log.ended(request, result, began, world.generation);
    return result;
  }

  /** Requests that come in from now on wait. */
  hold(): void {
    if (this.#gate) return;
    let open = (): void => {};
    const wait = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#gate = { open, wait, held: 0 };
  }

  /** Lets the waiting requests go on, in the world that is current then. Returns how many there were. */
  release(): number {
    const gate = this.#gate;
    this.#gate = null;
    gate?.open();
    return gate?.held ?? 0;
  }

  // Runs for every request: no closure, no object of its own for each.
  #handler(handler: Handler): Handler {
    const hook = this;
    const { worlds } = this.#tracked;
    const log = this.#log;
    const follow = async (
      result: Promise<Response>,
      request: Request,
      world: World,
      began: number,
    ): Promise<Response> => {
      let response: Response;
      try {
        response = await result;
      } catch (error) {
        world.leave(false);
        log.failed(request, error, began, world.generation);
        throw error;
      }
      world.leave(true);
      log.ended(request, response, began, world.generation);
      return response;
    };
    const handle: Handler = function (request, server) {
      const world = worlds.current;
      world.enter();
      if (!log.lists) {
        log.skip();
        let result: Response | Promise<Response>;
        try {
          result = handler.call(this, request, server);
        } catch (error) {
          world.leave(false);
          throw error;
        }
        if (result instanceof Promise) result.then(world.answered, world.lost);
        else world.leave(true);
        return result;
      }
      const began = performance.now();
      let result: Response | Promise<Response>;
      try {
        result = handler.call(this, request, server);
      } catch (error) {
        world.leave(false);
        log.failed(request, error, began, world.generation);
        throw error;
      }
      if (result instanceof Promise) return follow(result, request, world, began);
      world.leave(true);
      log.ended(request, result, began, world.generation);
      return result;
    };
    return function (request, server) {
      const gate = hook.#gate;
      if (!gate) return handle.call(this, request, server);
      gate.held++;
      return gate.wait.then(() => scopes.run(worlds.current.scope, () => handle.call(this, request, server)));
    };
  }
}
