// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Everything that a workspace imports from "@donkeylabs/server". */
export { AppServer } from "./server";
export type { ServerConfig, ShutdownConfig } from "./config";
export {
  defineService,
  type HookContext,
  type OnErrorHandler,
  type OnReadyHandler,
  type OnShutdownHandler,
  type ServiceDefinition,
  type ServiceFactory,
} from "./lifecycle";
export { PluginContext, type CoreServices, type GlobalContext, type ServerContext } from "./context";
export { PluginManager } from "./manager";
export {
  createPlugin,
  defineEvents,
  type EventSchemas,
  type InferDependencies,
  type InferHandlers,
  type InferMiddleware,
  type InferSchema,
  type InferService,
  type Plugin,
} from "./plugin";
export type {
  EventRegistry,
  PluginHandlerRegistry,
  PluginMiddlewareRegistry,
  PluginRegistry,
  ProcessRegistry,
  Register,
  ServiceRegistry,
} from "./registry";
export {
  createRouter,
  defineRoute,
  type IMiddlewareBuilder,
  type IRouteBuilder,
  type IRouter,
  type RouteBuilder,
  type Router,
  type TypedRouteConfig,
} from "./router";
export { createHandler, Handlers, RawHandler, TypedHandler, type HandlerRuntime } from "./handlers";
export { createMiddleware, type MiddlewareRuntime } from "./middleware";
export {
  parseSemVer,
  type DeprecationInfo,
  type RouterOptions,
  type SemVer,
  type VersioningConfig,
} from "./versioning";
export { HttpError, type ErrorFactories, type ErrorFactory, type Errors } from "./core/errors";
export type { Logger, LogLevel } from "./core/logger";
export type { EventMetadata } from "./core/events";
export type { Health, HealthCheck, HealthCheckResult, HealthConfig, HealthResponse, HealthStatus } from "./core/health";

/** `donkeylabs.config.ts`. */
export interface DonkeylabsConfig {
  /** Where the plugins are; without a leading `./`, which the framework's own generator does not find. */
  plugins: string[];
  /** Where generated types go. */
  outDir: string;
  /** The server's entry. */
  entry?: string;
  routes?: string;
  client?: { output: string };
  adapter?: string;
}

export const defineConfig = (config: DonkeylabsConfig): DonkeylabsConfig => config;
