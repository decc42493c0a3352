// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Drives the types child over its standard input and output, on a small workspace of its own.
import { mkdtemp, mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface Answer {
  id: number;
  result?: any;
  error?: { code: string; message: string };
  progress?: { done: number; total: number };
  ms?: number;
}

const MAIN = join(import.meta.dir, "../../resources/types/main.ts");

export class Workspace {
  private constructor(readonly root: string) {}

  static async make(files: Record<string, string> = {}): Promise<Workspace> {
    const workspace = new Workspace(await mkdtemp(join(tmpdir(), "paddock-types-")));
    for (const [path, text] of Object.entries({ ...FILES, ...files })) await workspace.write(path, text);
    return workspace;
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.root, path)), { recursive: true });
    await Bun.write(join(this.root, path), text);
  }

  async remove(path = ""): Promise<void> {
    await rm(join(this.root, path), { recursive: true, force: true });
  }
}

export class Child {
  private readonly process = Bun.spawn([process.execPath, MAIN], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private lastId = 0;
  readonly progress: Answer[] = [];

  constructor() {
    void this.read();
  }

  private async read(): Promise<void> {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of this.process.stdout) {
      rest += decoder.decode(chunk, { stream: true });
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const answer = JSON.parse(line) as Answer;
        if (answer.progress) this.progress.push(answer);
        else this.waiting.get(answer.id)?.(answer);
      }
    }
  }

  send(method: string, params: unknown): number {
    this.process.stdin.write(`${JSON.stringify({ id: ++this.lastId, method, params })}\n`);
    void this.process.stdin.flush();
    return this.lastId;
  }

  answer(id: number): Promise<Answer> {
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }

  ask(method: string, params: unknown): Promise<Answer> {
    return this.answer(this.send(method, params));
  }

  async open(workspace: Workspace, compilers = [pinned()]): Promise<Answer> {
    return this.ask("open", { root: workspace.root, framework: "@donkeylabs/server", compilers });
  }

  /** Ends its input and waits for it to go. */
  async end(): Promise<number> {
    await this.process.stdin.end();
    return this.process.exited;
  }
}

export function pinned(): { kind: "native" | "classic"; folder: string } {
  const npm = process.env.PADDOCK_NPM ?? join(dirname(process.env.PADDOCK_FALLBACK_BUN ?? ""), "../..");
  return { kind: "native", folder: join(npm, "node_modules/typescript") };
}

export const USERS = {
  name: "users",
  file: "src/users.ts",
  export: "usersPlugin",
  parts: ["service", "schema", "events", "errors"],
};

/** The framework, as far as the compiler looks at it. */
const FRAMEWORK = `
type Made<T> = T extends (config: any) => infer P ? P : T;
export type InferService<T> = Made<T> extends { _service: infer S } ? S : never;
export type InferSchema<T> = Made<T> extends { _schema: infer S } ? S : never;
export declare function plugin<S, D = {}, E = {}, X = {}>(parts: {
  service: () => S; schema?: D; events?: E; customErrors?: X;
}): { _service: S; _schema: D; events?: E; customErrors?: X };
`;

const FILES = {
  "package.json": '{"name":"small"}',
  "tsconfig.json": `{
  // with a comment
  "compilerOptions": { "strict": true, "target": "ESNext", "module": "Preserve", "moduleResolution": "bundler",
    "lib": ["ESNext"], "types": [], "noEmit": true },
  "include": ["src"],
}`,
  "node_modules/@donkeylabs/server/package.json": '{"name":"@donkeylabs/server","types":"index.d.ts"}',
  "node_modules/@donkeylabs/server/index.d.ts": FRAMEWORK,
  "src/model.ts": `
export interface User { id: string; name: string; team: Team }
export interface Team { id: string; members: User[] }
export enum Role { Admin = "admin", Guest = "guest" }
export interface Page<T> { items: T[]; total: number }
`,
  "src/users.ts": `
import { plugin } from "@donkeylabs/server";
import { Role, type Page, type User } from "./model";
const all: User[] = [];
export const usersPlugin = plugin({
  schema: {} as { users: { id: string; email: string | null } },
  events: {} as { "user.created": { _output: { id: string } } },
  customErrors: {} as { UserNotFound: { status: 404 } },
  service: () => ({
    find: (id: string) => all.find((user) => user.id === id),
    async list() { return { items: all, total: all.length } as Page<User>; },
    role: Role.Admin as Role,
    get first() { return all.length ? (all[0] as User).name : null; },
    over: over,
  }),
});
function over(id: string): string;
function over(id: number): number;
function over(id: any): any { return id; }
`,
  "src/routes.ts": `
import { usersPlugin } from "./users";
const service = usersPlugin._service;
export const found = service.find("1");
export const wrong: number = service.first;
`,
};
