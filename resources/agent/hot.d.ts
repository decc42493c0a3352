// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0

// What Paddock's agent adds to a workspace's server while it runs under Paddock. Copy this file into a workspace to have
// the types there. Everything is optional: without the agent none of it exists, so call it with `?.`.

import type {} from "@donkeylabs/server";

declare global {
  namespace Paddock {
    /** `hot` in a plugin's definition, or `export const hot` of its module. */
    interface HotHooks<Service = unknown, Data extends object = Record<string, unknown>> {
      /**
       * Ends a generation. With two parameters it hands state over: it runs before the next service is built, while new
       * requests wait and those in flight have ended (for a second at most), and the next generation finds in
       * `ctx.hot.data` what was put into `data`; if that generation fails, the old code is set up again from it. With one
       * parameter it runs after the switch, once the last request on the old generation has ended.
       */
      dispose?: ((service: Service) => unknown) | ((service: Service, data: Data) => unknown);
      /** What the first generation finds in `ctx.hot.data`. */
      data?: Data;
    }

    /** `ctx.hot` in `service`, `init` and `middleware`. */
    interface Hot<Data extends object = Record<string, unknown>> {
      /** Lives as long as the process: what one generation puts here, the next one finds. */
      readonly data: Data;
      readonly generation: number;
      /** As `HotHooks.dispose`: with a parameter it is given `data` and hands over, without one it only ends. */
      dispose(callback: ((data: Data) => unknown) | (() => unknown)): void;
    }

    interface SwapDone {
      ok: true;
      generation: number;
      ms: number;
    }
  }
}

declare module "@donkeylabs/server" {
  interface ServerConfig {
    hotReload?: {
      plugins?: boolean;
      /** Called at each step of each plugin's reload: "cache", "import", "registry", then "types". */
      onPluginChange?: (plugin: string, step: string) => unknown;
    };
  }

  interface AppServer {
    /** Replaces a plugin's service by what the factory makes. Rejects, and keeps the old one, if the factory throws. */
    reloadPluginService?(
      name: string,
      factory: (ctx: PluginContext<any, any, any>) => unknown,
    ): Promise<Paddock.SwapDone>;
    /** Loads a plugin's files afresh and swaps it. */
    hotReload?(name: string): Promise<Paddock.SwapDone>;
    /** Puts a router in the place of the live one with this prefix, or adds it. */
    reloadRouter?(prefix: string, router: IRouter): void;
    /** Builds the route maps again from the routers. */
    rebuildRouteMap?(): void;
  }

  interface PluginContext {
    readonly hot?: Paddock.Hot;
  }
}
