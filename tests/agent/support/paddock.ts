// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A stand-in for Paddock: it listens on the socket, reads what the agent says, and asks it things.

import { rmSync } from "node:fs";
import type { Socket } from "bun";

export type Message = Record<string, unknown> & { event?: string; id?: number };

interface Waiter {
  test: (message: Message) => boolean;
  resolve: (message: Message) => void;
  reject: (error: Error) => void;
  timer: ReturnType<typeof setTimeout>;
}

export class FakePaddock {
  readonly path: string;
  readonly token = "0123456789abcdef";
  readonly messages: Message[] = [];
  connections = 0;
  #socket: Socket<undefined> | null = null;
  #listener: ReturnType<typeof Bun.listen> | null = null;
  #text = "";
  #out: Buffer = Buffer.alloc(0);
  #decoder = new TextDecoder();
  #waiters: Waiter[] = [];
  #pending = new Map<number, { resolve: (value: Message) => void; reject: (error: Error) => void }>();
  #ids = 0;

  constructor(path: string) {
    this.path = path;
  }

  listen(): this {
    rmSync(this.path, { force: true });
    this.#listener = Bun.listen({
      unix: this.path,
      socket: {
        open: (socket) => {
          this.connections++;
          this.#socket = socket as Socket<undefined>;
          this.#text = "";
          this.#out = Buffer.alloc(0);
        },
        data: (_socket, chunk) => this.#receive(chunk),
        drain: () => this.#drain(),
        close: (socket) => {
          if (this.#socket === (socket as Socket<undefined>)) this.#socket = null;
        },
      },
    });
    return this;
  }

  /** Cuts the line, as a Paddock that has gone away does. */
  drop(): void {
    this.#listener?.stop(true);
    this.#socket?.end();
    this.#socket = null;
  }

  close(): void {
    this.drop();
    rmSync(this.path, { force: true });
  }

  /** The first message, already come or to come, that passes the test. */
  async when(what: string, test: (message: Message) => boolean, ms = 15000): Promise<Message> {
    const known = this.messages.find(test);
    if (known) return known;
    return await this.next(what, test, ms);
  }

  /** The next message to come that passes the test. */
  next(what: string, test: (message: Message) => boolean, ms = 15000): Promise<Message> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((waiter) => waiter.timer !== timer);
        reject(
          new Error(
            `The agent did not say: ${what}. It said: ${this.messages.map((message) => message.event).join(", ")}`,
          ),
        );
      }, ms);
      this.#waiters.push({ test, resolve, reject, timer });
    });
  }

  event(name: string, test: (message: Message) => boolean = () => true): Promise<Message> {
    return this.when(name, (message) => message.event === name && test(message));
  }

  async ask<T = Message>(method: string, params: Record<string, unknown> = {}, ms = 20000): Promise<T> {
    const socket = this.#socket;
    if (!socket) throw new Error("No agent is connected.");
    const id = ++this.#ids;
    const answer = new Promise<Message>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    this.write(JSON.stringify({ id, method, params }) + "\n");
    let timer: ReturnType<typeof setTimeout> | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`No answer to ${method} within ${ms} ms`)), ms);
    });
    try {
      return (await Promise.race([answer, limit])) as T;
    } finally {
      clearTimeout(timer);
    }
  }

  write(text: string): void {
    this.#out = Buffer.concat([this.#out, Buffer.from(text)]);
    this.#drain();
  }

  #drain(): void {
    const written = this.#socket?.write(this.#out) ?? 0;
    this.#out = this.#out.subarray(Math.max(0, written));
  }

  #receive(chunk: Uint8Array): void {
    this.#text += this.#decoder.decode(chunk, { stream: true });
    for (let end = this.#text.indexOf("\n"); end >= 0; end = this.#text.indexOf("\n")) {
      const line = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 1);
      this.#take(JSON.parse(line) as Message);
    }
  }

  #take(message: Message): void {
    if (typeof message.id === "number" && ("result" in message || "error" in message) && !message.event) {
      const pending = this.#pending.get(message.id);
      this.#pending.delete(message.id);
      if (message.error) pending?.reject(new Error(JSON.stringify(message.error)));
      else pending?.resolve(message.result as Message);
      return;
    }
    this.messages.push(message);
    for (const waiter of [...this.#waiters]) {
      if (!waiter.test(message)) continue;
      clearTimeout(waiter.timer);
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
      waiter.resolve(message);
    }
  }
}
