// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Hooks around a server's life, and services of the application's own. */
import type { CoreServices } from "./context";

export interface HookContext {
  db: CoreServices["db"];
  core: CoreServices;
  /** Plugin services by name. */
  plugins: Record<string, any>;
  config: Record<string, any>;
  services: Record<string, any>;
  setService<T>(name: string, service: T): void;
}

export type OnReadyHandler = (ctx: HookContext) => void | Promise<void>;
export type OnShutdownHandler = (ctx: HookContext) => void | Promise<void>;
export type OnErrorHandler = (error: Error, ctx?: HookContext) => void | Promise<void>;
export type ServiceFactory<T> = (ctx: HookContext) => T | Promise<T>;

export interface ServiceDefinition<N extends string = string, T = any> {
  readonly name: N;
  readonly factory: ServiceFactory<T>;
}

/** A service that is not a plugin, reachable as `ctx.services.<name>`. */
export const defineService = <N extends string, T>(name: N, factory: ServiceFactory<T>): ServiceDefinition<N, T> => ({
  name,
  factory,
});
