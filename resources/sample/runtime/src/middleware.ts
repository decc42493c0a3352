// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Code around a handler: it may answer itself, or call `next()` and change what comes back. */
import type { ServerContext } from "./context";

export type NextFn = () => Promise<Response>;
export type MiddlewareFn<Config = void> = (
  request: Request,
  ctx: ServerContext,
  next: NextFn,
  config: Config,
) => Promise<Response>;

export interface MiddlewareRuntime<Config = void> {
  execute: MiddlewareFn<Config>;
  /** Never set: it carries the type of the configuration to the generated types. */
  readonly __config: Config;
}

/** One use of a middleware on a route. */
export interface MiddlewareDefinition {
  name: string;
  config: any;
}

export function createMiddleware<Config = void>(execute: MiddlewareFn<Config>): MiddlewareRuntime<Config> {
  return { execute, __config: undefined as Config };
}
