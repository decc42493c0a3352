// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Recurring tasks by cron expression: five fields, or six with seconds first. */
import type { Logger, LogLevel, LogData } from "./logger";
import type { Events } from "./events";

export interface CronRunContext {
  taskId: string;
  name: string;
  logger?: Logger;
  emit?: (event: string, data?: LogData) => Promise<void>;
  log?: (level: LogLevel, message: string, data?: LogData) => void;
}

export type CronHandler = (logger?: Logger, ctx?: CronRunContext) => void | Promise<void>;

export interface CronTask {
  id: string;
  name: string;
  expression: string;
  handler: CronHandler;
  enabled: boolean;
  lastRun?: Date;
  nextRun?: Date;
}

export interface Cron {
  /** Returns the id by which the task can be paused or removed. Throws on a malformed expression. */
  schedule(expression: string, handler: CronHandler, options?: { name?: string; enabled?: boolean }): string;
  unschedule(taskId: string): boolean;
  pause(taskId: string): void;
  resume(taskId: string): void;
  list(): CronTask[];
  get(taskId: string): CronTask | undefined;
  /** Runs the task now, whatever its expression says. */
  trigger(taskId: string): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

/** Lowest and highest value of: second, minute, hour, day of month, month, day of week. */
const limits: [number, number][] = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
];

export class CronExpression {
  private fields: Set<number>[];
  private anyDay: { ofMonth: boolean; ofWeek: boolean };

  constructor(text: string) {
    const parts = text.trim().split(/\s+/);
    if (parts.length === 5) parts.unshift("0");
    if (parts.length !== 6) throw new Error(`Invalid cron expression: ${text}`);
    this.fields = parts.map((part, i) => {
      const values = expand(part, ...limits[i]!);
      if (values.size === 0) throw new Error(`Invalid cron expression: ${text}`);
      return values;
    });
    this.anyDay = { ofMonth: parts[3] === "*", ofWeek: parts[5] === "*" };
  }

  matches(at: Date): boolean {
    const [second, minute, hour] = this.fields as [Set<number>, Set<number>, Set<number>];
    return second.has(at.getSeconds()) && minute.has(at.getMinutes()) && hour.has(at.getHours()) && this.matchesDay(at);
  }

  /** The next moment after `from`; undefined if there is none within four years (30 February). */
  next(from: Date): Date | undefined {
    const [seconds, minutes, hours] = this.fields as [Set<number>, Set<number>, Set<number>];
    const at = new Date(from);
    at.setMilliseconds(0);
    at.setSeconds(at.getSeconds() + 1);
    const end = from.getTime() + 4 * 366 * 24 * 3600_000;
    while (at.getTime() < end) {
      // Skip the largest unit that cannot match, so that a yearly task takes hundreds of steps and not millions.
      if (!this.matchesDay(at)) at.setHours(24, 0, 0, 0);
      else if (!hours.has(at.getHours())) at.setHours(at.getHours() + 1, 0, 0, 0);
      else if (!minutes.has(at.getMinutes())) at.setMinutes(at.getMinutes() + 1, 0, 0);
      else if (!seconds.has(at.getSeconds())) at.setSeconds(at.getSeconds() + 1);
      else return at;
    }
    return undefined;
  }

  private matchesDay(at: Date): boolean {
    const [ofMonth, month, ofWeek] = this.fields.slice(3) as [Set<number>, Set<number>, Set<number>];
    if (!month.has(at.getMonth() + 1)) return false;
    const dayOfMonth = ofMonth.has(at.getDate());
    const dayOfWeek = ofWeek.has(at.getDay());
    // As in every cron: where both kinds of day are given, either will do.
    return this.anyDay.ofMonth || this.anyDay.ofWeek ? dayOfMonth && dayOfWeek : dayOfMonth || dayOfWeek;
  }
}

/** A star, `5`, `1-5`, a step after a slash as in `20-40/5`, and lists of these. */
function expand(field: string, low: number, high: number): Set<number> {
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) return new Set();
    const [, first, last, step] = match;
    const from = first === undefined ? low : Number(first);
    const to = last !== undefined ? Number(last) : first === undefined || step !== undefined ? high : from;
    if (from < low || to > high || Number(step ?? 1) < 1) return new Set();
    for (let value = from; value <= to; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

interface ScheduledTask extends CronTask {
  parsed: CronExpression;
}

class CronImpl implements Cron {
  private tasks = new Map<string, ScheduledTask>();
  private timer: ReturnType<typeof setInterval> | null = null;
  private count = 0;

  constructor(
    private logger: Logger,
    private events: Events,
  ) {}

  schedule(expression: string, handler: CronHandler, options: { name?: string; enabled?: boolean } = {}): string {
    const parsed = new CronExpression(expression);
    const id = `cron_${++this.count}_${Date.now()}`;
    const { name = id, enabled = true } = options;
    this.tasks.set(id, { id, name, expression, handler, enabled, nextRun: parsed.next(new Date()), parsed });
    return id;
  }

  unschedule(taskId: string): boolean {
    return this.tasks.delete(taskId);
  }

  pause(taskId: string): void {
    const task = this.tasks.get(taskId);
    if (task) Object.assign(task, { enabled: false, nextRun: undefined });
  }

  resume(taskId: string): void {
    const task = this.tasks.get(taskId);
    if (task) Object.assign(task, { enabled: true, nextRun: task.parsed.next(new Date()) });
  }

  list(): CronTask[] {
    return [...this.tasks.values()].map(({ parsed: _, ...task }) => task);
  }

  get(taskId: string): CronTask | undefined {
    return this.list().find((task) => task.id === taskId);
  }

  async trigger(taskId: string): Promise<void> {
    const task = this.tasks.get(taskId);
    if (!task) throw new Error(`There is no task ${taskId}`);
    const logger = this.logger.scoped("cron", task.name);
    task.lastRun = new Date();
    await task.handler(logger, {
      taskId,
      name: task.name,
      logger,
      log: (level, message, data) => logger[level](message, data),
      emit: (event, data) => this.events.emit("cron.event", { taskId, name: task.name, event, data }),
    });
  }

  start(): void {
    this.timer ??= setInterval(() => this.tick(new Date()), 1000);
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private tick(now: Date): void {
    for (const task of this.tasks.values()) {
      // Due by its next moment, not by the current second: a late tick misses nothing and repeats nothing.
      if (!task.enabled || !task.nextRun || task.nextRun > now) continue;
      task.nextRun = task.parsed.next(now);
      this.trigger(task.id).catch((error) => console.error(`[Cron] task "${task.name}" failed:`, error));
    }
  }
}

export const createCron = (logger: Logger, events: Events): Cron => new CronImpl(logger, events);
