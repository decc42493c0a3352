// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Requests as they end, told in batches.

import type { Notification } from "./protocol";
import { native } from "./runtimeledger";
import type { Served } from "./serve";

const EVERY_MS = 100;
const MOST = 200;

export class RequestLog {
  readonly #server: number;
  readonly #notify: (message: Notification) => void;
  readonly #wanted: () => boolean;
  #items: Served[] = [];
  #more = 0;
  #armed = false;
  #count = 0;

  constructor(server: number, wanted: () => boolean, notify: (message: Notification) => void) {
    this.#server = server;
    this.#wanted = wanted;
    this.#notify = notify;
  }

  readonly add = (served: Served): void => {
    this.#count++;
    if (this.#items.length >= MOST) {
      this.#more++;
      return;
    }
    if (!this.#wanted()) return;
    served.id = this.#count;
    served.at = Date.now();
    this.#items.push(served);
    if (this.#armed) return;
    this.#armed = true;
    native.setTimeout(this.#send, EVERY_MS).unref();
  };

  readonly #send = (): void => {
    this.#armed = false;
    const items = this.#items.map(({ id, at, request, response, error, ms, generation }) => ({
      id: response?.headers.get("x-request-id") ?? `r${id}`,
      route: routeOf(request.url),
      method: request.method,
      status: response?.status ?? (error === null ? 200 : 500),
      ms,
      generation,
      at,
      error: error === null ? null : error instanceof Error ? error.message : String(error),
    }));
    this.#items = [];
    const more = this.#more;
    this.#more = 0;
    this.#notify({ event: "requests", server: this.#server, items, more });
  };
}

function routeOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2) + 1;
  const query = url.indexOf("?", start);
  const path = query < 0 ? url.slice(start) : url.slice(start, query);
  try {
    return decodeURI(path);
  } catch {
    return path; // not everything that comes in is well formed
  }
}
