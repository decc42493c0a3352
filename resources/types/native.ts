// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// TypeScript 7: the compiler is a process of its own that keeps the project checked; one request costs tenths of a
// millisecond. Its API is unstable, so the version is pinned and this file is the only one that knows it.

import type * as ts from "typescript/unstable/async";
import type * as tsAst from "typescript/unstable/ast";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Unusable, type Backend, type Printed, type Problem, type Reference } from "./backend";

type Api = typeof ts;
type Ast = typeof tsAst;

/** Opens the project of `tsconfig` (absolute, may be virtual) with the compiler package at `folder`. */
export async function openNative(
  folder: string,
  root: string,
  tsconfig: string,
  virtual: ReadonlyMap<string, string>,
): Promise<Backend> {
  let api: Api, ast: Ast, version: string;
  try {
    api = await import(pathToFileURL(join(folder, "dist/api/async/api.js")).href);
    ast = await import(pathToFileURL(join(folder, "dist/ast/index.js")).href);
    version = (await Bun.file(join(folder, "package.json")).json()).version;
  } catch (error) {
    throw new Unusable(`TypeScript 7 cannot be loaded from ${folder}: ${error instanceof Error ? error.message : error}`);
  }
  const backend = new Native(api, ast, root, tsconfig, `typescript ${version}`);
  await backend.update(virtual, []);
  return backend;
}

class Native implements Backend {
  private readonly connection: ts.API;
  private virtual: ReadonlyMap<string, string> = new Map();
  private snapshot: ts.Snapshot | null = null;

  constructor(
    private readonly api: Api,
    private readonly ast: Ast,
    private readonly root: string,
    private readonly tsconfig: string,
    readonly compiler: string,
  ) {
    this.connection = new api.API({
      cwd: root,
      fs: {
        readFile: (file) => this.virtual.get(file),
        fileExists: (file) => (this.virtual.has(file) ? true : undefined),
      },
    });
  }

  private get project(): ts.Project {
    const project = this.snapshot?.getProject(this.tsconfig);
    if (!project) throw new Unusable(`The compiler does not open ${this.tsconfig}`);
    return project;
  }

  async update(virtual: ReadonlyMap<string, string>, changed: readonly string[] | "all"): Promise<void> {
    const before = this.virtual;
    this.virtual = virtual;
    const made: string[] = [];
    const other: string[] = [];
    for (const [file, text] of virtual) {
      if (!before.has(file)) made.push(file);
      else if (before.get(file) !== text) other.push(file);
    }
    const gone = [...before.keys()].filter((file) => !virtual.has(file));
    const old = this.snapshot;
    if (!old) {
      this.snapshot = await this.connection.updateSnapshot({ openProjects: [this.tsconfig] });
      return;
    }
    if (changed !== "all" && !made.length && !other.length && !gone.length && !changed.length) return;
    const created: string[] = [...made];
    const deleted: string[] = [...gone];
    if (changed !== "all")
      for (const file of changed) {
        const known = file.endsWith(".json") || (await this.project.program.getSourceFile(file)) !== undefined;
        const there = await Bun.file(file).exists();
        if (known && !there) deleted.push(file);
        else if (!known && there) created.push(file);
        else other.push(file);
      }
    this.snapshot = await this.connection.updateSnapshot({
      fileChanges: changed === "all" ? { invalidateAll: true } : { changed: other, created, deleted },
    });
    await old.dispose();
  }

  async aliasNames(file: string): Promise<string[]> {
    if ((await this.project.program.getSourceFile(file)) === undefined) return [];
    return [...(await this.aliases(file)).keys()];
  }

  async print(file: string, names: readonly string[]): Promise<(Printed | null)[]> {
    const { checker } = this.project;
    const aliases = await this.aliases(file);
    const nodes = names.map((name) => aliases.get(name));
    const known = nodes.filter((node) => node !== undefined);
    const types = await checker.getTypeAtLocation(known.map((node) => node.name));
    const typeOf = new Map(known.map((node, at) => [node, types[at]]));
    return Promise.all(
      nodes.map(async (node) => {
        const type = node && typeOf.get(node);
        if (!type || this.api.isErrorType(type)) return null;
        const flags = this.api.NodeBuilderFlags;
        const text = await checker.typeToString(type, node, flags.NoTruncation | flags.InTypeAlias);
        const values = await this.enumValues(type);
        if (values) return { text, kind: "enum", values };
        if (!type.isObjectType()) return { text, kind: "other" };
        const [calls, made] = await Promise.all([
          checker.getSignaturesOfType(type, this.api.SignatureKind.Call),
          checker.getSignaturesOfType(type, this.api.SignatureKind.Construct),
        ]);
        return { text, kind: calls.length || made.length ? "callable" : "object" };
      }),
    );
  }

  private async enumValues(type: ts.Type): Promise<(string | number)[] | null> {
    if (!(type.flags & this.api.TypeFlags.EnumLike)) return null;
    const members = type.isUnionType() ? ((await type.getTypes()) ?? []) : [type];
    const values = members.map((member) => (member.isLiteralType() ? member.value : null));
    return values.every((value) => typeof value === "string" || typeof value === "number") ? (values as string[]) : null;
  }

  async assignable(file: string, pairs: readonly (readonly [string, string])[]): Promise<boolean[]> {
    const { checker } = this.project;
    const aliases = await this.aliases(file);
    const names = [...new Set(pairs.flat())];
    const nodes = names.map((name) => {
      const node = aliases.get(name);
      if (!node) throw new Error(`There is no alias ${name}`);
      return node.name;
    });
    const types = await checker.getTypeAtLocation(nodes);
    const typeOf = new Map(names.map((name, at) => [name, types[at]]));
    return Promise.all(
      pairs.map(([from, to]) => {
        const source = typeOf.get(from);
        const target = typeOf.get(to);
        return source && target ? checker.isTypeAssignableTo(source, target) : false;
      }),
    );
  }

  /** Aliases of a file, those inside `declare namespace X` as "X.name". */
  private async aliases(file: string): Promise<Map<string, tsAst.TypeAliasDeclaration>> {
    const source = await this.project.program.getSourceFile(file);
    if (!source) throw new Error(`The compiler does not know ${file}`);
    const { ast } = this;
    const found = new Map<string, tsAst.TypeAliasDeclaration>();
    const collect = (statements: readonly tsAst.Statement[], prefix: string) => {
      for (const statement of statements) {
        if (ast.isTypeAliasDeclaration(statement)) found.set(prefix + statement.name.text, statement);
        else if (ast.isModuleDeclaration(statement) && statement.body && ast.isModuleBlock(statement.body))
          collect(statement.body.statements, `${prefix}${(statement.name as tsAst.Identifier).text}.`);
      }
    };
    collect(source.statements, "");
    return found;
  }

  async sourceFiles(): Promise<string[]> {
    const names = await this.project.program.getSourceFileNames();
    return names.filter(
      (name) => name.startsWith(`${this.root}/`) && !name.includes("/node_modules/") && !this.virtual.has(name),
    );
  }

  async configProblems(): Promise<Problem[]> {
    const { program } = this.project;
    const found = await Promise.all([program.getConfigFileParsingDiagnostics(), program.getProgramDiagnostics()]);
    const errors = found.flat().filter(({ category }) => category === 1);
    return Promise.all(
      errors.map(async ({ fileName, pos, code, text }) => {
        const own = fileName !== undefined && !this.virtual.has(fileName);
        const at = own ? await placeIn(fileName, pos) : { line: 1, column: 1 };
        return { file: own ? fileName : this.tsconfig, ...at, code, message: text };
      }),
    );
  }

  async problems(file: string): Promise<Problem[]> {
    const { program } = this.project;
    const [syntax, meaning] = await Promise.all([
      program.getSyntacticDiagnostics(file),
      program.getSemanticDiagnostics(file),
    ]);
    const source = await program.getSourceFile(file);
    return [...syntax, ...meaning]
      .filter((found) => found.category === 1)
      .map((found) => {
        const at = source?.getLineAndCharacterOfPosition(found.pos) ?? { line: 0, character: 0 };
        return {
          file: found.fileName ?? file,
          line: at.line + 1,
          column: at.character + 1,
          code: found.code,
          message: found.text,
        };
      });
  }

  async references(file: string, offset: number): Promise<Reference[]> {
    const project = this.project;
    const source = await project.program.getSourceFile(file);
    if (!source) return [];
    const node = this.ast.getTouchingPropertyName(source, offset);
    const entries = await project.checker.getReferencedSymbolsForNode(node, offset);
    const found: Reference[] = [];
    const seen = new Set<string>();
    for (const entry of entries) {
      const declared = await entry.definition.resolve();
      for (const handle of entry.references) {
        const use = await handle.resolve();
        const where = use?.getSourceFile();
        if (!use || !where || this.virtual.has(where.fileName) || where.fileName.includes("/node_modules/")) continue;
        const start = use.getStart(where);
        if (where.fileName === file && start <= offset && offset <= use.end) continue;
        if (declared && declared.getSourceFile() === where && declared.getStart(where) === start) continue;
        const at = where.getLineAndCharacterOfPosition(start);
        const key = `${where.fileName}:${start}`;
        if (seen.has(key)) continue;
        seen.add(key);
        const begin = where.getLineStarts()[at.line] ?? 0;
        const end = where.getLineStarts()[at.line + 1] ?? where.text.length;
        found.push({
          file: where.fileName,
          line: at.line + 1,
          column: at.character + 1,
          text: where.text.slice(begin, end).trim(),
        });
      }
    }
    return found.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}

/** The place of an offset in a file on disk, from 1. */
async function placeIn(file: string, offset: number): Promise<{ line: number; column: number }> {
  const there = Bun.file(file);
  const lines = (await there.exists()) ? (await there.text()).slice(0, offset).split("\n") : [""];
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

