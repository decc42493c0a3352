// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** `createPlugin.withSchema<…>().withConfig<…>().define({ … })`, and the types that are read off the result. */
import { pathToFileURL } from "node:url";
import type { z } from "zod";
import type { PluginContext } from "./context";
import type { CustomErrorRegistry } from "./core/errors";
import type { PluginRegistry } from "./registry";

export type EventSchemas = Record<string, z.ZodType<any>>;

/** A plugin as the server sees it. */
export interface Plugin {
  name: string;
  version?: string;
  dependencies?: readonly string[];
  handlers?: Record<string, any>;
  middleware?: (ctx: any, service: any) => Record<string, any>;
  events?: EventSchemas;
  customErrors?: CustomErrorRegistry;
  service: (ctx: any) => any;
  init?: (ctx: any, service: any) => void | Promise<void>;
  /** File URL of the module that called `define`. */
  _modulePath?: string;
  /** What a configured plugin was called with. */
  _boundConfig?: any;
  /** What `middleware` returned, once the plugin is initialised. */
  _resolvedMiddleware?: Record<string, any>;
}

type Name = keyof PluginRegistry;
type Intersection<U> = (U extends any ? (value: U) => void : never) extends (value: infer I) => void ? I : never;
type Field<K, F extends string> = K extends Name ? (PluginRegistry[K] extends Record<F, infer V> ? V : never) : never;
/** Plugin name → service, for `ctx.deps`. */
type ServicesOf<Deps extends readonly unknown[]> = { [K in Deps[number] & string]: Field<K, "service"> };
/** The tables of every dependency, for `ctx.db`. */
type SchemasOf<Deps extends readonly unknown[]> = Deps extends readonly []
  ? {}
  : Intersection<Deps[number] extends infer K ? (K extends K ? Field<K, "schema"> : never) : never>;

type Context<Schema, Deps extends readonly unknown[], Config> = PluginContext<
  ServicesOf<Deps>,
  Schema & SchemasOf<Deps>,
  Config
>;

interface Definition<
  Schema,
  Config,
  N,
  Deps extends readonly unknown[],
  Handlers,
  Middleware,
  Events,
  CustomErrors,
  Service,
> {
  name: N;
  version?: string;
  dependencies?: Deps;
  handlers?: Handlers;
  /** Makes the service; everything that other code calls lives in what it returns. */
  service: (ctx: Context<Schema, Deps, Config>) => Service | Promise<Service>;
  middleware?: (ctx: Context<Schema, Deps, Config>, service: Service) => Middleware;
  /** Runs once the service exists: the place for cron tasks, event handlers and jobs. */
  init?: (ctx: Context<Schema, Deps, Config>, service: Service) => void | Promise<void>;
  events?: Events;
  customErrors?: CustomErrors;
}

/** A definition with the types that `Infer…` reads; the underscored fields exist for the compiler only. */
type Defined<D, Schema, Deps, Service> = Plugin & D & { _dependencies: Deps; _schema: Schema; _service: Service };

export type PluginFactory<Config, P extends Plugin = Plugin> = (config: Config) => P;

export class PluginBuilder<Schema = {}> {
  /** Declares the tables that this plugin owns. */
  withSchema<S>(): PluginBuilder<S> {
    return new PluginBuilder<S>();
  }

  /** Makes `define` return a function that takes the configuration. */
  withConfig<C>(): ConfiguredPluginBuilder<Schema, C> {
    return new ConfiguredPluginBuilder<Schema, C>();
  }

  define<
    N extends string,
    const Deps extends readonly Name[] = readonly [],
    const Handlers extends object = {},
    const Middleware extends object = {},
    const Events extends EventSchemas = {},
    const CustomErrors extends CustomErrorRegistry = {},
    Service = void,
  >(definition: Definition<Schema, void, N, Deps, Handlers, Middleware, Events, CustomErrors, Service>) {
    type Result = Defined<typeof definition, Schema, Deps, Service>;
    return { ...definition, _modulePath: callerUrl() } as unknown as Result;
  }
}

export class ConfiguredPluginBuilder<Schema, Config> {
  withSchema<S>(): ConfiguredPluginBuilder<S, Config> {
    return new ConfiguredPluginBuilder<S, Config>();
  }

  define<
    N extends string,
    const Deps extends readonly Name[] = readonly [],
    const Handlers extends object = {},
    const Middleware extends object = {},
    const Events extends EventSchemas = {},
    const CustomErrors extends CustomErrorRegistry = {},
    Service = void,
  >(definition: Definition<Schema, Config, N, Deps, Handlers, Middleware, Events, CustomErrors, Service>) {
    type Result = Defined<typeof definition, Schema, Deps, Service>;
    const _modulePath = callerUrl();
    return ((config) => ({ ...definition, _boundConfig: config, _modulePath })) as PluginFactory<Config, Result>;
  }
}

export const createPlugin = new PluginBuilder();

/** Declares events and what they carry; the generator reads them from `src/events.ts`. */
export const defineEvents = <T extends EventSchemas>(events: T): T => events;

type Made<T> = T extends PluginFactory<any, infer P> ? P : T;
export type InferService<T> = Made<T> extends { _service: infer S } ? S : never;
export type InferSchema<T> = Made<T> extends { _schema: infer S } ? S : never;
export type InferHandlers<T> = Made<T> extends { handlers?: infer H } ? NonNullable<H> : {};
export type InferMiddleware<T> = Made<T> extends { middleware?: (...args: any[]) => infer M } ? M : {};
export type InferDependencies<T> = Made<T> extends { _dependencies: infer D } ? D : readonly [];

/** File URL of the module that called `define`, found on the stack. */
function callerUrl(): string | undefined {
  for (const line of (new Error().stack ?? "").split("\n")) {
    const path = /\(?((?:file:\/\/)?\/[^():]+):\d+:\d+\)?$/.exec(line.trim())?.[1];
    const url = path?.startsWith("/") ? pathToFileURL(path).href : path;
    if (url && url !== import.meta.url) return url;
  }
  return undefined;
}
