// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** What a server is made with, and the core services that it makes of it. */
import type { Kysely } from "kysely";
import type { CoreServices } from "./context";
import { createCache, type CacheConfig } from "./core/cache";
import { createCron } from "./core/cron";
import { createErrors, type CustomErrorRegistry } from "./core/errors";
import { createEvents, type EventsConfig } from "./core/events";
import { createHealth, type HealthConfig } from "./core/health";
import { createJobs, type JobsConfig } from "./core/jobs";
import { createLogger, type LoggerConfig } from "./core/logger";
import { Processes, WebSocketService, Workflows } from "./core/minimal";
import { createRateLimiter } from "./core/rate-limiter";
import { createSSE, type SSEConfig } from "./core/sse";
import type { VersioningConfig } from "./versioning";

export interface ShutdownConfig {
  /** The whole shut-down, in milliseconds, before the process is ended by force. Default: 30000. */
  timeout?: number;
  /** Time for requests in flight, in milliseconds. Default: 10000. */
  drainTimeout?: number;
  /** Whether the process is ended by force after `timeout`. Default: true. */
  forceExit?: boolean;
}

export interface ServerConfig {
  db: Kysely<any>;
  /** Default: PORT from the environment, else 3000. */
  port?: number;
  /** How many ports to try, counting up from `port`. Default: 5. */
  maxPortAttempts?: number;
  /** Whatever the application likes: `ctx.config`. */
  config?: Record<string, any>;
  logger?: LoggerConfig;
  cache?: CacheConfig;
  events?: EventsConfig;
  jobs?: JobsConfig;
  sse?: SSEConfig;
  errors?: { customErrors?: CustomErrorRegistry };
  versioning?: VersioningConfig;
  health?: HealthConfig;
  shutdown?: ShutdownConfig;
}

export function createCore(options: ServerConfig): CoreServices {
  const { db } = options;
  const logger = createLogger(options.logger);
  const events = createEvents(options.events);
  const core: CoreServices = {
    db,
    config: options.config ?? {},
    logger,
    events,
    cache: createCache(options.cache),
    cron: createCron(logger, events),
    jobs: createJobs(db, logger, events, options.jobs),
    sse: createSSE(options.sse),
    rateLimiter: createRateLimiter(),
    errors: createErrors(options.errors),
    workflows: new Workflows(),
    processes: new Processes(),
    websocket: new WebSocketService(),
    health: createHealth(db, options.health),
  };
  core.workflows.setCore(core);
  return core;
}
