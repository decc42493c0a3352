// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The types child: one for each session, kept warm. It reads a workspace's files through a compiler and runs none of
// them. Requests and answers are JSON, one a line, on stdin and stdout; PROTOCOL.md lists them. It ends with its stdin.

import { isAbsolute, join } from "node:path";
import { Unusable, type Backend } from "./backend";
import { openClassic } from "./classic";
import { Configuration } from "./configuration";
import { compare, type Question, type Side } from "./compare";
import { openNative } from "./native";
import { Snapshots, type Generated, type PluginSource } from "./snapshot";

interface Request {
  id: number;
  method: string;
  params?: Record<string, unknown>;
}

interface SnapshotRequest {
  plugins: PluginSource[];
  generated?: Generated;
  /** relative to the root */
  changed: string[] | "all";
}

const PROBE = ".paddock-probe.ts";
const COMPARISON = ".paddock-comparison.ts";
const CONFIG = ".paddock-tsconfig.json";

class Child {
  private root = "";
  private configuration = new Configuration("", "", []);
  private backend: Backend | null = null;
  private snapshots: Snapshots | null = null;
  private config = new Map<string, string>();
  private readings = 0;
  private readonly cancelled = new Set<number>();
  private queue: Promise<void> = Promise.resolve();

  take(request: Request): void {
    if (request.method === "cancel") {
      this.cancelled.add(Number(request.params?.id));
      return;
    }
    this.queue = this.queue.then(() => this.answer(request)); // one compiler, one request at a time
  }

  private async answer({ id, method, params = {} }: Request): Promise<void> {
    const began = performance.now();
    try {
      const result = await this.run(id, method, params);
      send({ id, result, ms: round(performance.now() - began) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const code = error instanceof Unusable ? "compiler" : error instanceof Cancelled ? "cancelled" : "failed";
      send({ id, error: { code, message } });
    }
    this.cancelled.delete(id);
  }

  private async run(id: number, method: string, params: Record<string, unknown>): Promise<unknown> {
    switch (method) {
      case "open":
        return this.open(params as unknown as { root: string; tsconfig?: string; framework: string; compilers: Compiler[] });
      case "snapshot": {
        const { plugins, generated, changed } = params as unknown as SnapshotRequest;
        await this.configureAfter(changed);
        return this.opened().snapshots.take(this.located(plugins), generated ?? {}, this.config, this.absolute(changed));
      }
      case "compare": {
        const { before, after, questions } = params as unknown as { before: Side; after: Side; questions: Question[] };
        const module = join(this.root, COMPARISON);
        return { answers: await compare(this.opened().backend, module, this.virtual(), before, after, questions) };
      }
      case "references": {
        const { file, offset } = params as { file: string; offset: number };
        const found = await this.opened().backend.references(join(this.root, file), offset);
        return { references: found.map((use) => ({ ...use, file: this.relative(use.file) })) };
      }
      case "check":
        return this.check(id, params as { files?: string[]; changed?: string[] | "all" });
      default:
        throw new Error(`There is no request "${method}"`);
    }
  }

  private async open(given: {
    root: string;
    tsconfig?: string;
    framework: string;
    compilers: Compiler[];
  }): Promise<{ compiler: string; notes: string[] }> {
    this.root = given.root;
    this.configuration = new Configuration(given.root, given.tsconfig ?? "tsconfig.json", [PROBE, COMPARISON]);
    await this.configure();
    const tsconfig = join(given.root, CONFIG);
    const virtual = this.virtual();
    const notes: string[] = [];
    for (const { kind, folder } of given.compilers) {
      try {
        const begin = kind === "native" ? openNative : openClassic;
        this.backend = await begin(folder, given.root, tsconfig, virtual);
        break;
      } catch (error) {
        notes.push(error instanceof Error ? error.message : String(error));
      }
    }
    if (!this.backend) throw new Unusable(notes.join("; ") || "No TypeScript compiler was found");
    this.snapshots = new Snapshots(this.backend, join(given.root, PROBE), given.framework);
    return { compiler: this.backend.compiler, notes };
  }

  /** The workspace's own settings and files, and the module for comparisons, which exists for the compiler only. */
  private async configure(): Promise<void> {
    this.config = new Map([
      [join(this.root, CONFIG), await this.configuration.text()],
      [join(this.root, COMPARISON), ""],
    ]);
  }

  private async configureAfter(changed: string[] | "all"): Promise<void> {
    if (changed !== "all" && !changed.some((file) => /(?:^|\/)tsconfig[^/]*\.json$/.test(file))) return;
    await this.configure();
    // A project is read anew when its own file changes, so that file differs each time.
    for (const [file, text] of this.config) if (file.endsWith(CONFIG)) this.config.set(file, `${text}\n// ${++this.readings}`);
  }

  private async check(id: number, { files, changed }: { files?: string[]; changed?: string[] | "all" }): Promise<unknown> {
    const { backend } = this.opened();
    if (changed) await this.configureAfter(changed);
    await backend.update(this.virtual(), this.absolute(changed ?? [])); // with both modules, which the project names
    const list = files?.map((file) => join(this.root, file)) ?? (await backend.sourceFiles());
    const problems = files ? [] : await backend.configProblems();
    for (const [at, file] of list.entries()) {
      await Promise.resolve();
      await new Promise((resume) => setImmediate(resume)); // lets a cancel in
      if (this.cancelled.has(id)) throw new Cancelled("The check was cancelled");
      problems.push(...(await backend.problems(file)));
      if (at % 16 === 0) send({ id, progress: { done: at, total: list.length } });
    }
    const configuration = join(this.root, CONFIG); // which only says what the workspace's own says
    return {
      files: list.length,
      problems: problems.map((found) => ({
        ...found,
        file: found.file === configuration ? this.configuration.own : this.relative(found.file),
      })),
    };
  }

  private opened(): { backend: Backend; snapshots: Snapshots } {
    if (!this.backend || !this.snapshots) throw new Error("No workspace is open: send `open` first");
    return { backend: this.backend, snapshots: this.snapshots };
  }

  /** All that exists for the compiler only. A project that misses one of its files says so, so none ever goes. */
  private virtual(): ReadonlyMap<string, string> {
    return new Map([...this.config, [join(this.root, PROBE), this.snapshots?.probeText ?? ""]]);
  }

  /** The probe stands in the root and imports plugins from there. */
  private located(plugins: PluginSource[]): PluginSource[] {
    return plugins.map((plugin) => ({
      ...plugin,
      file: isAbsolute(plugin.file) ? plugin.file : `./${plugin.file}`,
    }));
  }

  private absolute(files: string[] | "all"): string[] | "all" {
    return files === "all" ? files : files.map((file) => (isAbsolute(file) ? file : join(this.root, file)));
  }

  private relative(file: string): string {
    return file.startsWith(`${this.root}/`) ? file.slice(this.root.length + 1) : file;
  }
}

interface Compiler {
  kind: "native" | "classic";
  /** the package's folder */
  folder: string;
}

class Cancelled extends Error {}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function send(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

const child = new Child();
let rest = "";
const decoder = new TextDecoder();
for await (const chunk of Bun.stdin.stream()) {
  rest += decoder.decode(chunk, { stream: true });
  const lines = rest.split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) if (line.trim()) child.take(JSON.parse(line) as Request);
}
process.exit(0);
