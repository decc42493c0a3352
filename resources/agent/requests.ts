// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Requests as they end, told in batches. Of a flood only a few are listed, the rest are counted: to follow each of tens of
// thousands a second would cost more than it tells. What is listed is read off the request at once, so that none is kept
// alive for it.

import type { Notification } from "./protocol";
import { native } from "./runtimeledger";

const ID = "x-request-id";
const EVERY_MS = 100;
const MOST = 200;
const MOST_OF_FLOOD = 20;

/** As much of a request as is told. */
export interface Asked {
  readonly url: string;
  readonly method: string;
}

interface Item {
  id: string;
  route: string;
  method: string;
  status: number;
  ms: number;
  generation: number;
  at: number;
  error: string | null;
}

export class RequestLog {
  readonly #server: number;
  readonly #notify: (message: Notification) => void;
  readonly #wanted: () => boolean;
  #items: Item[] = [];
  #more = 0;
  #most = MOST;
  #armed = false;
  #count = 0;

  constructor(server: number, wanted: () => boolean, notify: (message: Notification) => void) {
    this.#server = server;
    this.#wanted = wanted;
    this.#notify = notify;
  }

  /** Whether a request that comes in now is to be told when it ends. */
  get lists(): boolean {
    return this.#items.length < this.#most && this.#wanted();
  }

  /** One that is only counted. */
  skip(): void {
    this.#count++;
    this.#more++;
  }

  /**
   * `result` is a response, what a call within the process returned, or nothing where no route was found. `began` on the
   * monotonic clock.
   */
  ended(request: Asked, result: unknown, began: number, generation: number): void {
    if (result instanceof Response) this.#list(request, result.status, result.headers.get(ID), null, began, generation);
    else this.#list(request, result === null ? 404 : 200, null, null, began, generation);
  }

  failed(request: Asked, error: unknown, began: number, generation: number): void {
    this.#list(request, 500, null, error instanceof Error ? error.message : String(error), began, generation);
  }

  #list(
    request: Asked,
    status: number,
    id: string | null,
    error: string | null,
    began: number,
    generation: number,
  ): void {
    this.#count++;
    if (!this.lists) {
      this.#more++;
      return;
    }
    this.#items.push({
      id: id ?? `r${this.#count}`,
      route: routeOf(request.url),
      method: request.method,
      status,
      ms: performance.now() - began,
      generation,
      at: Date.now(),
      error,
    });
    if (this.#armed) return;
    this.#armed = true;
    native.setTimeout(this.#send, EVERY_MS).unref();
  }

  readonly #send = (): void => {
    this.#armed = false;
    const items = this.#items;
    const more = this.#more;
    if (more > 0) this.#most = MOST_OF_FLOOD;
    else if (items.length < MOST_OF_FLOOD) this.#most = MOST;
    this.#items = [];
    this.#more = 0;
    this.#notify({ event: "requests", server: this.#server, items, more });
  };
}

function routeOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2) + 1;
  const query = url.indexOf("?", start);
  const path = query < 0 ? url.slice(start) : url.slice(start, query);
  if (!path.includes("%")) return path;
  try {
    return decodeURI(path);
  } catch {
    return path; // not everything that comes in is well formed
  }
}
