// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The socket to Paddock: NDJSON both ways. It never keeps the server process alive, and never brings it down: a lost
// socket is dialled again, what was to be said meanwhile is kept in bounds or dropped and counted.

import type { Meeting } from "./attach";
import type { ErrorInfo, Notification, WireRequest } from "./protocol";
import { native } from "./runtimeledger";

type Urgency = "now" | "soon" | "later";
type Handler = (params: Record<string, unknown>) => unknown;
interface Connection {
  write(data: Uint8Array): number;
  end(): unknown;
  unref(): void;
}

const MAX_QUEUE = 8 << 20;
const MAX_LINE = 16 << 20;
const BACKOFF_MS = [50, 100, 200, 400, 800, 1000];
const SELDOM_MS = 1000;
const LATER_MS = 20;
const encoder = new TextEncoder();

/** An error that a request is answered with, as it is. */
export class AgentError extends Error {
  readonly info: ErrorInfo;

  constructor(info: ErrorInfo) {
    super(info.message);
    this.info = info;
  }
}

export class Wire {
  readonly #find: () => Meeting | null;
  readonly #hello: (token: string) => Notification;
  readonly #expected: boolean;
  readonly #handlers = new Map<string, Handler>();
  #connection: Connection | null = null;
  #attempt = 0;
  #blocked = false;
  #queue: Uint8Array[] = [];
  #queued = 0;
  /** When the queue goes out: in so many milliseconds, or not yet. */
  #flushes = Infinity;
  #dropped = 0;
  #input: Uint8Array[] = [];
  #inputSize = 0;
  /** Called after each hello, so that a Paddock that has just come back learns how things stand. */
  onConnected: () => void = () => {};

  /**
   * `find` says anew before each attempt where Paddock listens: null, if nowhere. Where none is `expected`, it is looked
   * for seldom, and nothing is kept for it.
   */
  constructor(find: () => Meeting | null, hello: (token: string) => Notification, expected: boolean) {
    this.#find = find;
    this.#hello = hello;
    this.#expected = expected;
  }

  on(method: string, handler: Handler): void {
    this.#handlers.set(method, handler);
  }

  get connected(): boolean {
    return this.#connection !== null;
  }

  async dial(): Promise<void> {
    const meeting = this.#find();
    if (!meeting) return this.#retry();
    try {
      await Bun.connect({
        unix: meeting.socket,
        socket: {
          open: (socket) => {
            socket.unref();
            this.#connection = socket;
            this.#attempt = 0;
            this.#blocked = false;
            this.#input = [];
            this.#inputSize = 0;
            const waiting = this.#queue;
            this.#queue = [];
            this.#queued = 0;
            this.#push(this.#line(this.#hello(meeting.token)));
            for (const line of waiting) this.#push(line);
            this.onConnected();
          },
          data: (_socket, chunk) => this.#receive(chunk),
          drain: () => {
            this.#blocked = false;
            this.#flush();
          },
          close: () => this.#lost(),
          error: () => this.#lost(),
          connectError: () => {},
        },
      });
    } catch {
      this.#retry();
    }
  }

  /**
   * `soon`: with whatever else is said in this turn of the loop. `now`: before this returns, where the process may be about
   * to end, or its loop to stand still. `later`: with whatever is sent next, in a moment at the latest: a message costs the
   * server a call of the system, and wakes Paddock up.
   */
  notify(message: Notification, urgency: Urgency = "soon"): void {
    this.#push(this.#line(message), urgency);
  }

  #line(message: object): Uint8Array {
    return encoder.encode(JSON.stringify(message) + "\n");
  }

  #push(line: Uint8Array, urgency: Urgency = "now"): void {
    const atOnce = urgency === "now";
    if (!this.#connection && !this.#expected) return;
    if ((!atOnce || !this.#connection) && this.#queued + line.length > MAX_QUEUE) {
      this.#dropped++;
      return;
    }
    this.#queue.push(line);
    this.#queued += line.length;
    if (atOnce) this.#flush();
    else if (urgency === "later") this.#flushBy(LATER_MS);
    else this.#flushBy(0);
  }

  /** 0: at the end of this turn. */
  #flushBy(ms: number): void {
    if (this.#flushes <= ms) return;
    this.#flushes = ms;
    if (ms === 0) queueMicrotask(() => this.#flush());
    else native.setTimeout(() => this.#flush(), ms).unref();
  }

  #flush(): void {
    this.#flushes = Infinity;
    const connection = this.#connection;
    if (!connection || this.#blocked) return;
    while (this.#queue.length > 0) {
      const data = this.#queue.length === 1 ? this.#queue[0]! : Buffer.concat(this.#queue);
      const written = connection.write(data);
      if (written < data.length) {
        this.#queue = [data.subarray(Math.max(0, written))];
        this.#queued = this.#queue[0]!.length;
        this.#blocked = true; // until the socket drains
        return;
      }
      this.#queue = [];
      this.#queued = 0;
    }
    if (this.#dropped > 0) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      this.notify({ event: "dropped", messages: dropped });
    }
  }

  #lost(): void {
    if (!this.#connection) return;
    this.#connection = null;
    this.#queue = []; // half a line may have gone out: a new connection starts clean
    this.#queued = 0;
    this.#retry();
  }

  #retry(): void {
    const wait = this.#expected ? BACKOFF_MS[Math.min(this.#attempt++, BACKOFF_MS.length - 1)]! : SELDOM_MS;
    const timer = native.setTimeout(() => void this.dial(), wait);
    timer.unref?.();
  }

  #receive(chunk: Uint8Array): void {
    let rest = chunk;
    for (;;) {
      const end = rest.indexOf(10);
      if (end < 0) break;
      const line = Buffer.concat([...this.#input, rest.subarray(0, end)]).toString("utf8");
      this.#input = [];
      this.#inputSize = 0;
      rest = rest.subarray(end + 1);
      if (line.length > 0) void this.#answer(line);
    }
    if (rest.length === 0) return;
    this.#inputSize += rest.length;
    if (this.#inputSize > MAX_LINE) {
      this.#connection?.end();
      return;
    }
    this.#input.push(Uint8Array.from(rest));
  }

  async #answer(line: string): Promise<void> {
    let request: Partial<WireRequest>;
    try {
      request = JSON.parse(line) as Partial<WireRequest>;
    } catch {
      return;
    }
    if (typeof request?.id !== "number" || typeof request.method !== "string") return;
    const { id, method } = request;
    const handler = this.#handlers.get(method);
    if (!handler) {
      this.#push(this.#line({ id, error: { code: "unknown-method", message: `The agent has no method ${method}.` } }));
      return;
    }
    try {
      const params = request.params !== null && typeof request.params === "object" ? request.params : {};
      const result = (await handler(params)) ?? {};
      this.#push(this.#line({ id, result }));
    } catch (error) {
      if (error instanceof AgentError) {
        this.#push(this.#line({ id, error: error.info }));
        return;
      }
      const at = error instanceof Error ? error : new Error(String(error));
      this.#push(
        this.#line({
          id,
          error: { code: "agent-failed", message: at.message, file: null, line: null, stack: at.stack ?? null },
        }),
      );
    }
  }
}
