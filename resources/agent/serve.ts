// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The HTTP server that the framework starts. Its handler runs in the scope of the world that is current when a request
// comes in; the runtime carries that scope natively, so pinning costs no closure for each request.

import type { Tracked } from "./tracked";
import { scopes } from "./world";

type Handler = (this: unknown, request: Request, server: unknown) => Response | Promise<Response>;
interface HttpServer {
  port?: number;
  url?: URL;
  reload(options: Record<string, unknown>): unknown;
}
type Serve = (options: Record<string, unknown>) => HttpServer;

export interface Served {
  request: Request;
  response: Response | null;
  error: unknown;
  ms: number;
  generation: number;
}

interface Binding {
  server: HttpServer;
  options: Record<string, unknown>;
}

export class ServeHook {
  readonly #tracked: Tracked;
  readonly #served: (served: Served) => void;
  readonly #bindings: Binding[] = [];

  constructor(tracked: Tracked, served: (served: Served) => void) {
    this.#tracked = tracked;
    this.#served = served;
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
    for (const { server, options } of this.#bindings) {
      scopes.run(this.#tracked.worlds.current.scope, () => server.reload(options));
    }
  }

  #handler(handler: Handler): Handler {
    const tracked = this.#tracked;
    const served = this.#served;
    return function (request, server) {
      const world = tracked.worlds.current;
      const began = performance.now();
      world.inFlight++;
      const end = (response: Response | null, error: unknown): void => {
        world.leave();
        served({ request, response, error, ms: performance.now() - began, generation: world.generation });
      };
      let result: Response | Promise<Response>;
      try {
        result = handler.call(this, request, server);
      } catch (error) {
        end(null, error);
        throw error;
      }
      if (result instanceof Promise) result.then((response) => end(response, null), (error: unknown) => end(null, error));
      else end(result, null);
      return result;
    };
  }
}
