// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `paddockctl dev --json` on a workspace: its events, and folders of its own. PADDOCK_CTL names the program.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const CTL = process.env.PADDOCK_CTL ?? "";

export interface SessionEvent {
  event: string;
  [field: string]: unknown;
}

export class DevSession {
  readonly events: SessionEvent[] = [];
  errors = "";
  readonly #home = mkdtempSync(join(tmpdir(), "pdk-home-"));
  readonly #child: ReturnType<typeof Bun.spawn>;
  #seen = 0;

  constructor(root: string, env: Record<string, string>) {
    const folder = (name: string): string => {
      mkdirSync(join(this.#home, name), { mode: 0o700 });
      return join(this.#home, name);
    };
    const child = Bun.spawn([CTL, "-C", root, "dev", "--trust", "--json"], {
      cwd: root,
      env: {
        ...process.env,
        BUN_OPTIONS: "",
        XDG_STATE_HOME: folder("state"),
        XDG_CACHE_HOME: folder("cache"),
        XDG_DATA_HOME: folder("data"),
        XDG_RUNTIME_DIR: folder("run"),
        ...env,
      },
      stdout: "pipe",
      stderr: "pipe",
    });
    this.#child = child;
    void this.#read();
    void (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of child.stderr as ReadableStream<Uint8Array>)
        this.errors += decoder.decode(chunk, { stream: true });
    })();
  }

  /** The next event, after the last one that was waited for, that passes. */
  async next(passes: (event: SessionEvent) => boolean, ms = 30_000): Promise<SessionEvent> {
    const end = performance.now() + ms;
    for (;;) {
      while (this.#seen < this.events.length) {
        const event = this.events[this.#seen++]!;
        if (passes(event)) return event;
      }
      if (performance.now() > end || this.#child.exitCode !== null)
        throw new Error(`It never came.\n${this.errors}\n${this.events.map((one) => JSON.stringify(one)).join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** The result of the next change of this subject. */
  async result(subject: string): Promise<SessionEvent> {
    return await this.next(({ event, subject: of }) => event === "result" && of === subject);
  }

  get server(): SessionEvent | undefined {
    return this.events.findLast(({ event }) => event === "server");
  }

  /** Ctrl+C. The exit status. */
  async interrupt(): Promise<number> {
    this.#child.kill("SIGINT");
    return await this.#child.exited;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null) {
      this.#child.kill("SIGKILL"); // its guard ends what it started
      await this.#child.exited;
    }
    rmSync(this.#home, { recursive: true, force: true });
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of this.#child.stdout as ReadableStream<Uint8Array>) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line) this.events.push(JSON.parse(line) as SessionEvent);
    }
  }
}
