// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A small workspace of its own for each test, and the server that runs in it with the agent.

import { cpSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { BUN } from "./bun";
import { FakePaddock } from "./paddock";
import type { SwapAnswer } from "./result";
import { packages, type Runtime } from "./runtimes";

export const AGENT = resolve(import.meta.dir, "../../../resources/agent/agent.ts");
const fixture = resolve(import.meta.dir, "../fixture");

export interface Reply {
  status: number;
  body: unknown;
}

export interface StartOptions {
  env?: Record<string, string>;
  args?: string[];
  entry?: string;
  agent?: boolean;
}

export function freePort(): number {
  const server = Bun.serve({ port: 0, fetch: () => new Response() });
  const port = server.port ?? 0;
  void server.stop(true);
  return port;
}

export class Workspace {
  readonly root: string;
  readonly paddock: FakePaddock;
  output = "";
  #process: ReturnType<typeof Bun.spawn> | null = null;
  port = 0;

  constructor(runtime: Runtime, files: Record<string, string> = {}) {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), "pdk-")));
    cpSync(fixture, this.root, { recursive: true });
    symlinkSync(join(packages(runtime), "node_modules"), join(this.root, "node_modules"));
    for (const [name, text] of Object.entries(files)) this.write(name, text);
    this.paddock = new FakePaddock(join(this.root, "p.sock")).listen();
  }

  path(name: string): string {
    return join(this.root, name);
  }

  /** Saves as editors do: a new file that takes the place of the old one. */
  write(name: string, text: string): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path + ".new", text);
    renameSync(path + ".new", path);
    return path;
  }

  async start({ env = {}, args = [], entry = "src/index.ts", agent = true }: StartOptions = {}): Promise<this> {
    const preload = agent ? ["--preload", AGENT] : [];
    const child = Bun.spawn([BUN, ...preload, ...args, this.path(entry)], {
      cwd: this.root,
      env: {
        ...process.env,
        BUN_OPTIONS: "",
        NODE_ENV: "development",
        PORT: "0",
        ...(agent
          ? { PADDOCK_SOCKET: this.paddock.path, PADDOCK_TOKEN: this.paddock.token, PADDOCK_WORKSPACE: this.root }
          : {}),
        ...env,
      },
      stdout: "pipe",
      stderr: "pipe",
    });
    this.#process = child;
    void this.#collect(child.stdout as ReadableStream<Uint8Array>);
    void this.#collect(child.stderr as ReadableStream<Uint8Array>);
    if (!agent) return this;
    const failed = child.exited.then((code) => {
      throw new Error(`The server ended with ${code}:\n${this.output}`);
    });
    const listening = await Promise.race([
      this.paddock.event("server", ({ state }) => state === "listening"),
      failed,
    ]).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.output}`);
    });
    failed.catch(() => {});
    this.port = listening.port as number;
    return this;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get exited(): Promise<number> {
    return this.#process?.exited ?? Promise.resolve(0);
  }

  get running(): boolean {
    return this.#process !== null && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  async post(route: string, input: unknown = {}, headers: Record<string, string> = {}): Promise<Reply> {
    const response = await fetch(`http://localhost:${this.port}/${route}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(input),
    });
    const text = await response.text();
    try {
      return { status: response.status, body: JSON.parse(text) };
    } catch {
      return { status: response.status, body: text };
    }
  }

  /** Saves a plugin's module and swaps it. */
  async plugin(
    name: string,
    text: string,
    more: Partial<{ modules: string[]; timeoutMs: number; config: unknown; renamedFrom: string }> = {},
  ): Promise<SwapAnswer> {
    const file = this.write(`src/plugins/${name}/index.ts`, text);
    const { modules = [], timeoutMs = 2000, ...rest } = more;
    return await this.paddock.ask<SwapAnswer>("swap", {
      plugins: [{ name, file, ...rest }],
      modules: [file, ...modules.map((module) => this.path(module))],
      timeoutMs,
    });
  }

  async routes(name: string, text: string, modules: string[] = []): Promise<SwapAnswer> {
    const file = this.write(`src/routes/${name}.ts`, text);
    return await this.paddock.ask<SwapAnswer>("swap", {
      routes: [{ file }],
      modules: [file, ...modules.map((module) => this.path(module))],
    });
  }

  async body(
    route: string,
    input: unknown = {},
    headers: Record<string, string> = {},
  ): Promise<Record<string, unknown>> {
    return (await this.post(route, input, headers)).body as Record<string, unknown>;
  }

  /** Asks until the answer passes; there is no fixed wait anywhere. */
  async until<T>(what: string, ask: () => Promise<T> | T, test: (value: T) => boolean, ms = 15000): Promise<T> {
    const end = performance.now() + ms;
    let last: T | undefined;
    while (performance.now() < end) {
      last = await ask();
      if (test(last)) return last;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`Never came true: ${what}. Last: ${JSON.stringify(last)}\n${this.output}`);
  }

  async stop(): Promise<void> {
    if (this.running) {
      this.#process?.kill("SIGKILL");
      await this.#process?.exited;
    }
    this.paddock.close();
    rmSync(this.root, { recursive: true, force: true });
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) this.output += decoder.decode(chunk, { stream: true });
  }
}
