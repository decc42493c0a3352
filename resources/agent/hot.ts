// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Handing over from one generation to the next. A plugin may carry hooks, as `hot` in its definition or as
// `export const hot` of its module; a service may also use `ctx.hot`. Without the agent `ctx.hot` is undefined and the
// hooks are never called, so code that uses them as below runs unchanged in production.
//
//   export const hot: HotHooks<UsersService> = {
//     dispose(service, data) { data.cache = service.cache; },     // hand over: the next service finds it in ctx.hot.data
//   };
//   service: async (ctx) => ({ cache: (ctx as Partial<HotContext>).hot?.data.cache ?? new Map(), … })

import { isObject, type Dict } from "./framework";
import type { Owner } from "./ledger";
import { scopes } from "./world";

/**
 * `dispose` ends a generation. With two parameters it hands state over, and runs before the next service is built, while
 * new requests wait and those in flight have ended (a second at most): if the next service then fails, the old code is
 * set up again from the same data. With one parameter it runs after the switch, once the last request on the old
 * generation has ended.
 */
export interface HotHooks<Service = unknown, Data extends object = Dict> {
  dispose?: ((service: Service) => unknown) | ((service: Service, data: Data) => unknown);
  /** What the first generation finds in `ctx.hot.data`. */
  data?: Data;
}

/** What the agent adds to a plugin's context. */
export interface HotContext<Data extends object = Dict> {
  hot: {
    /** Lives as long as the server process; whatever is put here, the next generation finds. */
    data: Data;
    generation: number;
    /** Calls back when this generation ends, as `HotHooks.dispose` does: with a parameter, it is given `data`. */
    dispose(callback: (data: Data) => unknown): void;
  };
}

type Hook = (...args: unknown[]) => unknown;
const callbacks = new WeakMap<Owner, Hook[]>();

export function attachHot(context: object, owner: Owner, data: Dict): void {
  const hot: HotContext["hot"] = {
    data,
    generation: owner.generation,
    dispose(callback) {
      callbacks.set(owner, [...(callbacks.get(owner) ?? []), callback as Hook]);
    },
  };
  try {
    Object.defineProperty(context, "hot", { value: hot, configurable: true });
  } catch {
    // a context that is frozen goes without
  }
}

export function hooksOf(plugin: { hot?: unknown }, exports: Dict | null): HotHooks | null {
  const own = plugin.hot ?? exports?.hot;
  return isObject(own) ? (own as HotHooks) : null;
}

export interface Disposal {
  /** Hands state over: must run before the next service is built. */
  before: (() => Promise<void>) | null;
  /** Runs when the old generation is out of use. */
  after: (() => Promise<void>) | null;
}

export function disposalOf(owner: Owner, hooks: HotHooks | null, service: unknown, data: Dict): Disposal {
  const before: Hook[] = [];
  const after: Hook[] = [];
  const hook = hooks?.dispose as Hook | undefined;
  if (typeof hook === "function") (hook.length >= 2 ? before : after).push(() => hook.call(hooks, service, data));
  for (const callback of callbacks.get(owner) ?? []) (callback.length >= 1 ? before : after).push(() => callback(data));
  const all = (list: Hook[]): (() => Promise<void>) | null =>
    list.length === 0
      ? null
      : () =>
          scopes.run({ world: null, owner }, async () => {
            for (const run of list) await run();
          });
  return { before: all(before), after: all(after) };
}
