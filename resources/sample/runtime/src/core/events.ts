// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Publish and subscribe inside the process, with a short history. */
import type { EventRegistry } from "../registry";

export type EventHandler<T = unknown> = (data: T) => void | Promise<void>;

export interface Subscription {
  unsubscribe(): void;
}

export interface EventMetadata {
  traceId?: string;
  source?: string;
  [key: string]: unknown;
}

export interface EventRecord {
  event: string;
  data: unknown;
  timestamp: Date;
  metadata?: EventMetadata;
}

/** What an event carries: from the generated registry where the name is known, anything elsewhere. */
type Payload<K> = K extends keyof EventRegistry ? EventRegistry[K] : any;

export interface Events {
  /** Resolves when every handler has finished. A handler that throws is reported and does not stop the others. */
  emit<K extends keyof EventRegistry | (string & {})>(
    event: K,
    data: Payload<K>,
    metadata?: EventMetadata,
  ): Promise<void>;
  /** `event` may hold `*`: `order.*` hears every event of orders. */
  on<K extends keyof EventRegistry | (string & {})>(event: K, handler: EventHandler<Payload<K>>): Subscription;
  once<K extends keyof EventRegistry | (string & {})>(event: K, handler: EventHandler<Payload<K>>): Subscription;
  off(event: string, handler?: EventHandler<any>): void;
  getHistory(event: string, limit?: number): Promise<EventRecord[]>;
  stop(): Promise<void>;
}

export interface EventsConfig {
  maxHistorySize?: number;
}

class EventsImpl implements Events {
  private handlers = new Map<string, Set<EventHandler<any>>>();
  private history: EventRecord[] = [];
  private stopped = false;

  constructor(private config: EventsConfig) {}

  async emit(event: string, data: any, metadata?: EventMetadata): Promise<void> {
    if (this.stopped) return;
    this.history.push({ event, data, timestamp: new Date(), metadata });
    if (this.history.length > (this.config.maxHistorySize ?? 1000)) this.history.shift();

    const running: Promise<void>[] = [];
    for (const [pattern, handlers] of this.handlers) {
      if (!matches(event, pattern)) continue;
      for (const handler of handlers) running.push(this.run(event, handler, data));
    }
    await Promise.all(running);
  }

  on(event: string, handler: EventHandler<any>): Subscription {
    const handlers = this.handlers.get(event) ?? new Set();
    this.handlers.set(event, handlers.add(handler));
    return { unsubscribe: () => void handlers.delete(handler) };
  }

  once(event: string, handler: EventHandler<any>): Subscription {
    const subscription = this.on(event, (data) => {
      subscription.unsubscribe();
      return handler(data);
    });
    return subscription;
  }

  off(event: string, handler?: EventHandler<any>): void {
    if (handler) this.handlers.get(event)?.delete(handler);
    else this.handlers.delete(event);
  }

  async getHistory(event: string, limit = 100): Promise<EventRecord[]> {
    return this.history.filter((record) => matches(record.event, event)).slice(-limit);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.handlers.clear();
  }

  private async run(event: string, handler: EventHandler<any>, data: unknown): Promise<void> {
    try {
      await handler(data);
    } catch (error) {
      console.error(`[Events] a handler of "${event}" failed:`, error);
    }
  }
}

function matches(event: string, pattern: string): boolean {
  return event === pattern || (pattern.includes("*") && new Bun.Glob(pattern).match(event));
}

export const createEvents = (config: EventsConfig = {}): Events => new EventsImpl(config);
