// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// New code that lets a promise fail unheard would end the process. While it is set up that is an error of the swap
// instead; a rejection that has nothing to do with it goes its usual way.

import { frames } from "./positions";

export class RejectionGuard {
  readonly #mine: (file: string) => boolean;
  readonly #listener: (reason: unknown) => void;
  #failures: unknown[] = [];

  constructor(mine: (file: string) => boolean) {
    this.#mine = mine;
    this.#listener = (reason) => {
      if (this.#isMine(reason)) {
        this.#failures.push(reason);
      } else if (process.listenerCount("unhandledRejection") === 1) {
        queueMicrotask(() => {
          throw reason; // nobody else listens: what would have happened
        });
      }
    };
    process.on("unhandledRejection", this.#listener);
  }

  /** Waits until rejections so far have been told, and throws the first that belongs to the new code. */
  async check(fail: (reason: unknown) => Error): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#failures.length > 0) throw fail(this.#failures[0]);
  }

  end(): void {
    process.off("unhandledRejection", this.#listener);
  }

  #isMine(reason: unknown): boolean {
    const stack = reason instanceof Error ? reason.stack : undefined;
    const all = frames(stack);
    return all.length === 0 || all.some(({ file }) => this.#mine(file));
  }
}
