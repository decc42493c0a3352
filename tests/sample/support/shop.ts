// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
/** A copy of the sample workspace, and its server as a child process. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const sampleDir = resolve(import.meta.dir, "../../../resources/sample");

const made: string[] = [];
process.on("exit", () => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder that is removed when the tests end. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "paddock-sample-"));
  made.push(folder);
  return folder;
}

/** The workspace as a user gets it: packages and all, without a database. */
export function copySample(): string {
  const folder = join(temporaryFolder(), "shop");
  cpSync(sampleDir, folder, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => path !== join(sampleDir, "data"),
  });
  return folder;
}

export function freePort(): number {
  const server = Bun.serve({ port: 0, fetch: () => new Response() });
  const port = server.port!;
  void server.stop(true);
  return port;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed where it is JSON. */
  body: any;
}

export class Shop {
  output = "";
  private constructor(
    readonly process: Bun.Subprocess<"ignore", "pipe", "pipe">,
    readonly url: string,
  ) {
    void this.read(process.stdout);
    void this.read(process.stderr);
  }

  /** Resolves once the server answers; fails with its output where it ends first. */
  static async start(folder: string, env: Record<string, string> = {}): Promise<Shop> {
    const port = freePort();
    const child = Bun.spawn([process.execPath, "src/index.ts"], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: "1", PORT: String(port), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const shop = new Shop(child, `http://localhost:${port}`);
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`the shop ended with ${child.exitCode}:\n${shop.output}`);
      return fetch(`${shop.url}/_health`).then(
        (response) => response.ok,
        () => false,
      );
    });
    return shop;
  }

  /** POST with JSON, as clients do it. */
  call(route: string, input: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.fetch(route, {
      method: "POST",
      body: JSON.stringify(input),
      headers: { "Content-Type": "application/json", ...headers },
    });
  }

  async fetch(path: string, init?: RequestInit): Promise<Answer> {
    const response = await fetch(`${this.url}/${path}`, init);
    const json = response.headers.get("Content-Type")?.includes("json");
    return {
      status: response.status,
      headers: response.headers,
      body: json ? await response.json() : await response.text(),
    };
  }

  /** Returns the exit status. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number> {
    this.process.kill(signal);
    return this.process.exited;
  }

  private async read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) this.output += decoder.decode(chunk, { stream: true });
  }
}

/** Waits for a condition; fails after ten seconds. */
export async function until(condition: () => unknown): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error("waited in vain");
    await Bun.sleep(10);
  }
}
