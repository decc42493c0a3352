// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Background work: enqueued in the database, so that it survives a restart, and run one after the other. */
import type { Kysely } from "kysely";
import type { Logger, LogLevel, LogData } from "./logger";
import type { Events } from "./events";

export type JobStatus = "pending" | "scheduled" | "running" | "completed" | "failed";

export interface Job {
  id: string;
  name: string;
  data: any;
  status: JobStatus;
  createdAt: Date;
  runAt: Date;
  completedAt?: Date;
  result?: unknown;
  error?: string;
  attempts: number;
  maxAttempts: number;
}

export interface JobHandlerContext {
  logger?: Logger;
  emit?: (event: string, data?: LogData) => Promise<void>;
  log?: (level: LogLevel, message: string, data?: LogData) => void;
}

export type JobHandler<T = any, R = any> = (data: T, ctx?: JobHandlerContext) => Promise<R>;

export interface JobsConfig {
  /** How often the queue is looked at, in milliseconds. Default: 1000. */
  pollInterval?: number;
  /** How often a failing job is tried. Default: 3. */
  maxAttempts?: number;
  /** Wait before another attempt, doubled each time; false for none. */
  retryBackoff?: false | { baseMs?: number; maxMs?: number };
}

export interface Jobs {
  /** Throws if there is a handler of this name already. */
  register<T = any, R = any>(name: string, handler: JobHandler<T, R>): void;
  /** Returns the job's id. Throws if no handler has this name. */
  enqueue<T = any>(name: string, data: T, options?: { maxAttempts?: number }): Promise<string>;
  schedule<T = any>(name: string, data: T, runAt: Date, options?: { maxAttempts?: number }): Promise<string>;
  get(jobId: string): Promise<Job | null>;
  /** False if the job is running, or unknown. */
  cancel(jobId: string): Promise<boolean>;
  getByName(name: string, status?: JobStatus): Promise<Job[]>;
  /** Newest first. */
  getAll(options?: { status?: JobStatus; name?: string; limit?: number; offset?: number }): Promise<Job[]>;
  start(): void;
  stop(): Promise<void>;
}

const table = "__donkeylabs_jobs__";

class JobsImpl implements Jobs {
  private handlers = new Map<string, JobHandler>();
  private timer: ReturnType<typeof setInterval> | null = null;
  private round: Promise<void> | null = null;
  private stopping = false;

  constructor(
    private db: Kysely<any>,
    private logger: Logger,
    private events: Events,
    private config: JobsConfig,
  ) {}

  register<T, R>(name: string, handler: JobHandler<T, R>): void {
    if (this.handlers.has(name)) throw new Error(`Job handler "${name}" is already registered`);
    this.handlers.set(name, handler);
  }

  enqueue<T>(name: string, data: T, options: { maxAttempts?: number } = {}): Promise<string> {
    return this.add(name, data, "pending", new Date(), options.maxAttempts);
  }

  schedule<T>(name: string, data: T, runAt: Date, options: { maxAttempts?: number } = {}): Promise<string> {
    return this.add(name, data, "scheduled", runAt, options.maxAttempts);
  }

  async get(jobId: string): Promise<Job | null> {
    const row = await this.db.selectFrom(table).selectAll().where("id", "=", jobId).executeTakeFirst();
    return row ? toJob(row) : null;
  }

  async cancel(jobId: string): Promise<boolean> {
    const query = this.db.deleteFrom(table).where("id", "=", jobId).where("status", "!=", "running");
    return (await query.returning("id").executeTakeFirst()) !== undefined;
  }

  getByName(name: string, status?: JobStatus): Promise<Job[]> {
    return this.getAll({ name, status, limit: -1 });
  }

  async getAll(options: { status?: JobStatus; name?: string; limit?: number; offset?: number } = {}): Promise<Job[]> {
    const { status, name, limit = 100, offset = 0 } = options;
    let query = this.db.selectFrom(table).selectAll().orderBy("created_at", "desc").limit(limit).offset(offset);
    if (status) query = query.where("status", "=", status);
    if (name) query = query.where("name", "=", name);
    return (await query.execute()).map(toJob);
  }

  start(): void {
    this.timer ??= setInterval(() => this.look(), this.config.pollInterval ?? 1000);
    this.look();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    await this.round;
  }

  private async add(name: string, data: unknown, status: JobStatus, runAt: Date, attempts?: number): Promise<string> {
    if (!this.handlers.has(name)) throw new Error(`No handler registered for job "${name}"`);
    const id = `job_${crypto.randomUUID()}`;
    await this.db
      .insertInto(table)
      .values({
        id,
        name,
        status,
        data: JSON.stringify(data ?? null),
        created_at: new Date().toISOString(),
        run_at: runAt.toISOString(),
        max_attempts: attempts ?? this.config.maxAttempts ?? 3,
      })
      .execute();
    return id;
  }

  /** One round at a time; a slow job delays the next round instead of overlapping it. */
  private look(): void {
    this.round ??= this.runDue()
      .catch((error) => this.logger.error("The job queue could not be read", { error: String(error) }))
      .finally(() => (this.round = null));
  }

  private async runDue(): Promise<void> {
    const due = await this.db
      .selectFrom(table)
      .selectAll()
      .where("status", "in", ["pending", "scheduled"])
      .where("run_at", "<=", new Date().toISOString())
      .orderBy("created_at")
      .execute();
    for (const row of due) {
      if (this.stopping) return;
      const handler = this.handlers.get(row.name);
      if (handler) await this.run(toJob(row), handler);
    }
  }

  private async run(job: Job, handler: JobHandler): Promise<void> {
    const { id, name } = job;
    const attempts = job.attempts + 1;
    const logger = this.logger.scoped("job", id);
    await this.update(id, { status: "running", attempts });
    try {
      const result = await handler(job.data, {
        logger,
        log: (level, message, data) => logger[level](message, data),
        emit: (event, data) => this.events.emit("job.event", { jobId: id, name, event, data }),
      });
      const text = JSON.stringify(result ?? null);
      await this.update(id, { status: "completed", completed_at: new Date().toISOString(), result: text, error: null });
      await this.events.emit("job.completed", { jobId: id, name, result });
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown.message : String(thrown);
      const last = attempts >= job.maxAttempts;
      const runAt = new Date(Date.now() + this.backoff(attempts)).toISOString();
      await this.update(id, last ? { status: "failed", error } : { status: "scheduled", error, run_at: runAt });
      logger.warn(`Job ${name} failed (attempt ${attempts} of ${job.maxAttempts})`, { error });
      if (last) await this.events.emit("job.failed", { jobId: id, name, error, attempts });
    }
  }

  private backoff(attempts: number): number {
    if (this.config.retryBackoff === false) return 0;
    const { baseMs = 1000, maxMs = 300_000 } = this.config.retryBackoff ?? {};
    return Math.min(baseMs * 2 ** (attempts - 1), maxMs);
  }

  private async update(id: string, values: Record<string, unknown>): Promise<void> {
    await this.db.updateTable(table).set(values).where("id", "=", id).execute();
  }
}

/** Rows hold JSON, and moments as text. */
function toJob({ created_at, run_at, completed_at, max_attempts, data, result, error, ...row }: any): Job {
  const at = (moment: string | null) => (moment ? new Date(moment) : undefined);
  return {
    ...row,
    data: JSON.parse(data),
    result: result === null ? undefined : JSON.parse(result),
    error: error ?? undefined,
    createdAt: at(created_at),
    runAt: at(run_at),
    completedAt: at(completed_at),
    maxAttempts: max_attempts,
  };
}

export const createJobs = (db: Kysely<any>, logger: Logger, events: Events, config: JobsConfig = {}): Jobs =>
  new JobsImpl(db, logger, events, config);
