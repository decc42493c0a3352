// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/**
 * Empty interfaces that generated types fill in with `declare module "@donkeylabs/server"`. They are how a route
 * knows the type of `ctx.plugins.orders`, and `ctx.core.events` what "order.placed" carries.
 */

/** Plugin name → what `Register` says of it. */
export interface PluginRegistry {}
/** Kinds of handler that plugins add. */
export interface PluginHandlerRegistry {}
/** Middleware that plugins offer. */
export interface PluginMiddlewareRegistry {}
/** Event name → its data. */
export interface EventRegistry {}
/** Service name → service, for `ctx.services`. */
export interface ServiceRegistry {}
export interface ProcessRegistry {}

/** One plugin's line in the registry. */
export interface Register<
  Service = void,
  Schema = {},
  Handlers = {},
  Dependencies = readonly [],
  Middleware = {},
  Config = void,
> {
  service: Service;
  schema: Schema;
  handlers: Handlers;
  _dependencies: Dependencies;
  middleware: Middleware;
  config: Config;
}
