// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Errors that nobody caught. While a server starts they end the process, as ever. Once it serves, a slip in code that was
// just saved must not take the server and its connections down: the error is printed as the runtime would, told, and the
// process goes on. What new code lets fail unheard while it is set up is an error of its swap instead.

import { frames } from "./positions";

export type UncaughtKind = "uncaught" | "unhandled-rejection";

const guards = new Set<RejectionGuard>();

/** What must be let known about an error that nobody caught. `fatal`: the process ends of it. */
export type Tell = (kind: UncaughtKind, error: unknown, fatal: boolean) => void;

export class Uncaught {
  readonly #tell: Tell;
  #serving = false;

  constructor(tell: Tell) {
    this.#tell = tell;
    process.on("uncaughtExceptionMonitor", (error, origin) => {
      if (!this.#serving) tell(origin === "unhandledRejection" ? "unhandled-rejection" : "uncaught", error, true);
    });
  }

  /** A server serves: from here on it stays. */
  keepAlive(): void {
    if (this.#serving) return;
    this.#serving = true;
    const onError = (error: unknown): void => this.#survived("uncaughtException", "uncaught", error);
    const onRejection = (reason: unknown): void => {
      const mine = [...guards].find((guard) => guard.isMine(reason));
      if (mine) mine.failures.push(reason);
      else this.#survived("unhandledRejection", "unhandled-rejection", reason);
    };
    process.on("uncaughtException", onError);
    process.on("unhandledRejection", onRejection);
  }

  #survived(event: "uncaughtException" | "unhandledRejection", kind: UncaughtKind, error: unknown): void {
    this.#tell(kind, error, false);
    // A workspace that listens itself has its own say about what is printed.
    if (process.listenerCount(event) === 1) console.error(error);
  }
}

/** Holds while new code is set up. */
export class RejectionGuard {
  readonly #mine: (file: string) => boolean;
  readonly failures: unknown[] = [];

  constructor(mine: (file: string) => boolean) {
    this.#mine = mine;
    guards.add(this);
  }

  /** Waits until rejections so far have been told, and throws the first that belongs to the new code. */
  async check(fail: (reason: unknown) => Error): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.failures.length > 0) throw fail(this.failures[0]);
  }

  end(): void {
    guards.delete(this);
  }

  isMine(reason: unknown): boolean {
    const all = frames(reason instanceof Error ? reason.stack : undefined);
    return all.length === 0 || all.some(({ file }) => this.#mine(file));
  }
}
