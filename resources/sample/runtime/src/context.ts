// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** What code is handed: the core services, and the context of a plugin and of a request. */
import type { Kysely } from "kysely";
import type { Cache } from "./core/cache";
import type { Cron } from "./core/cron";
import type { Errors } from "./core/errors";
import type { Events } from "./core/events";
import type { Health } from "./core/health";
import type { Jobs } from "./core/jobs";
import type { Logger } from "./core/logger";
import type { Processes, WebSocketService, Workflows } from "./core/minimal";
import type { RateLimiter } from "./core/rate-limiter";
import type { SSE } from "./core/sse";
import type { PluginRegistry, ServiceRegistry } from "./registry";

export interface CoreServices {
  db: Kysely<any>;
  config: Record<string, any>;
  logger: Logger;
  cache: Cache;
  events: Events;
  cron: Cron;
  jobs: Jobs;
  sse: SSE;
  rateLimiter: RateLimiter;
  errors: Errors;
  workflows: Workflows;
  processes: Processes;
  websocket: WebSocketService;
  health: Health;
}

/** Handed to a plugin's `service`, `middleware` and `init`. */
export class PluginContext<Deps = any, Schema = any, Config = void> {
  private _taggedCore?: CoreServices;

  constructor(
    private _core: CoreServices,
    /** The services of the plugins named in `dependencies`. */
    readonly deps: Deps,
    /** What the plugin was configured with. */
    readonly config: Config,
    private _pluginName: string,
  ) {}

  /** The core services, with a logger that names the plugin. */
  get core(): CoreServices {
    return (this._taggedCore ??= { ...this._core, logger: this._core.logger.tag(this._pluginName) });
  }

  get db(): Kysely<Schema> {
    return this._core.db;
  }
}

type ServiceOf<R> = R extends { service: infer S } ? S : never;

/** Handed to every route and every middleware. */
export interface GlobalContext {
  db: Kysely<any>;
  plugins: { [K in keyof PluginRegistry]: ServiceOf<PluginRegistry[K]> };
  core: Omit<CoreServices, "db" | "config" | "errors">;
  errors: Errors;
  config: Record<string, any>;
  services: ServiceRegistry;
  ip: string;
  requestId: string;
  traceId: string;
  /** Set by middleware that knows who is asking. */
  user?: any;
  /** Fires when the client goes away. */
  signal?: AbortSignal;
}

export type ServerContext = GlobalContext;
