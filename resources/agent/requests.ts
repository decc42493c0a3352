// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Requests as they end, told in batches. Of a flood only the first of each batch are listed, the rest are counted: what is
// listed is read off the request at once, so that none is kept alive for it.

import type { Notification } from "./protocol";
import { native } from "./runtimeledger";

const EVERY_MS = 100;
const MOST = 200;

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
  #armed = false;
  #count = 0;

  constructor(server: number, wanted: () => boolean, notify: (message: Notification) => void) {
    this.#server = server;
    this.#wanted = wanted;
    this.#notify = notify;
  }

  /** `began` on the monotonic clock. */
  ended(request: Asked, response: Response | null, began: number, generation: number): void {
    this.#count++;
    if (this.#items.length >= MOST) this.#more++;
    else if (this.#wanted()) this.#list(request, response, null, began, generation);
  }

  failed(request: Asked, error: unknown, began: number, generation: number): void {
    this.#count++;
    if (this.#items.length >= MOST) this.#more++;
    else if (this.#wanted())
      this.#list(request, null, error instanceof Error ? error.message : String(error), began, generation);
  }

  #list(request: Asked, response: Response | null, error: string | null, began: number, generation: number): void {
    this.#items.push({
      id: response?.headers.get("x-request-id") ?? `r${this.#count}`,
      route: routeOf(request.url),
      method: request.method,
      status: response?.status ?? (error === null ? 200 : 500),
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
