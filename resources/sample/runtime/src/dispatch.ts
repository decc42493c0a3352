// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** From a route to its answer: middleware, handler, errors, headers. */
import type { ServerContext } from "./context";
import { HttpError } from "./core/errors";
import { Handlers, type HandlerRuntime } from "./handlers";
import type { PluginManager } from "./manager";
import type { MiddlewareDefinition, NextFn } from "./middleware";
import type { RouteDefinition } from "./router";
import type { ResolvedRoute, VersioningConfig } from "./versioning";

export class Dispatcher {
  /** Plugins are asked for at every request: whoever replaces one needs to tell nobody. */
  constructor(
    private manager: PluginManager,
    private report: (error: Error) => Promise<void>,
  ) {}

  /** Whatever a handler throws becomes an answer: its own where it is an HttpError, a 500 otherwise. */
  async answer(request: Request, route: RouteDefinition, ctx: ServerContext): Promise<Response> {
    const { logger } = ctx.core;
    try {
      const handler = this.findHandler(route.handler);
      if (!handler) throw new Error(`No handler of kind '${route.handler}'`);
      const handle = () => handler.execute(request, route, route.handle, ctx);
      return await this.throughMiddleware(request, ctx, route.middleware ?? [], handle);
    } catch (error) {
      if (error instanceof HttpError) {
        logger.warn(error.message, { route: route.name, status: error.status, code: error.code });
        return Response.json(error.toJSON(), { status: error.status });
      }
      const thrown = error instanceof Error ? error : new Error(String(error));
      logger.error(thrown.message, { route: route.name, stack: thrown.stack });
      await this.report(thrown);
      return Response.json({ error: thrown.message }, { status: 500 });
    }
  }

  /** The first middleware is the outermost. One that no plugin offers is skipped, with a warning. */
  throughMiddleware(
    request: Request,
    ctx: ServerContext,
    stack: MiddlewareDefinition[],
    handler: NextFn,
  ): Promise<Response> {
    const plugins = this.manager.getPlugins();
    return stack.reduceRight<NextFn>((next, { name, config }) => {
      const middleware = plugins.find((plugin) => plugin._resolvedMiddleware?.[name])?._resolvedMiddleware?.[name];
      if (middleware) return () => middleware.execute(request, ctx, next, config);
      ctx.core.logger.warn(`Middleware '${name}' not found, skipping`);
      return next;
    }, handler)();
  }

  private findHandler(kind: string): HandlerRuntime<any> | undefined {
    return Handlers[kind] ?? this.manager.getPlugins().find((plugin) => plugin.handlers?.[kind])?.handlers?.[kind];
  }
}

/** Says which request this was, which version answered, and whether that one is on its way out. */
export function addHeaders(
  headers: Headers,
  ctx: ServerContext,
  resolved: ResolvedRoute,
  config: VersioningConfig = {},
): void {
  const { version, deprecated } = resolved;
  headers.set("X-Request-Id", ctx.requestId);
  headers.set("X-Trace-Id", ctx.traceId);
  if (version && config.echoVersion !== false) headers.set(config.headerName ?? "X-API-Version", version);
  if (!deprecated) return;
  headers.set("Deprecation", "true");
  if (deprecated.sunsetDate) headers.set("Sunset", deprecated.sunsetDate);
  if (deprecated.message) headers.set("X-Deprecation-Notice", deprecated.message);
}
