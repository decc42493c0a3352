// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The workspace's own TypeScript, 5.4 or later, through its language service: slower, but the one that its authors use.

import type * as typescript from "typescript5";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Unusable, type Backend, type Printed, type Problem, type Reference } from "./backend";

type Compiler = typeof typescript;

export async function openClassic(
  folder: string,
  root: string,
  tsconfig: string,
  virtual: ReadonlyMap<string, string>,
): Promise<Backend> {
  let compiler: Compiler;
  try {
    compiler = createRequire(join(folder, "package.json"))(folder) as Compiler;
  } catch (error) {
    throw new Unusable(`TypeScript cannot be loaded from ${folder}: ${error instanceof Error ? error.message : error}`);
  }
  const [major = 0, minor = 0] = (compiler.version ?? "0").split(".").map(Number);
  if (major < 5 || (major === 5 && minor < 4))
    throw new Unusable(`TypeScript ${compiler.version} in ${folder} is too old to compare types: 5.4 or later can`);
  if (!compiler.createLanguageService) throw new Unusable(`TypeScript ${compiler.version} in ${folder} has no language service`);
  return new Classic(compiler, root, tsconfig, virtual);
}

class Classic implements Backend {
  readonly compiler: string;
  private readonly service: typescript.LanguageService;
  private readonly versions = new Map<string, number>();
  private files: string[] = [];
  private options: typescript.CompilerOptions = {};
  private configErrors: readonly typescript.Diagnostic[] = [];
  private revision = 0;

  constructor(
    private readonly ts: Compiler,
    private readonly root: string,
    private readonly tsconfig: string,
    private virtual: ReadonlyMap<string, string>,
  ) {
    this.compiler = `typescript ${ts.version}`;
    this.readConfig();
    const host: typescript.LanguageServiceHost = {
      getCompilationSettings: () => this.options,
      getScriptFileNames: () => this.files,
      getScriptVersion: (file) => String(this.versions.get(file) ?? 0),
      getScriptSnapshot: (file) => {
        const text = this.read(file);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => root,
      getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
      getProjectVersion: () => String(this.revision),
      fileExists: (file) => this.virtual.has(file) || ts.sys.fileExists(file),
      readFile: (file) => this.read(file),
      directoryExists: (folder) => ts.sys.directoryExists(folder),
      getDirectories: (folder) => ts.sys.getDirectories(folder),
      realpath: (path) => (this.virtual.has(path) ? path : (ts.sys.realpath?.(path) ?? path)),
    };
    this.service = ts.createLanguageService(host, ts.createDocumentRegistry());
  }

  private read(file: string): string | undefined {
    return this.virtual.get(file) ?? this.ts.sys.readFile(file);
  }

  private readConfig(): void {
    const { ts } = this;
    const read = ts.readConfigFile(this.tsconfig, (file) => this.read(file));
    const parsed = ts.parseJsonConfigFileContent(
      read.config ?? {},
      { ...ts.sys, readFile: (file) => this.read(file), fileExists: (file) => this.virtual.has(file) || ts.sys.fileExists(file) },
      dirname(this.tsconfig),
    );
    this.options = parsed.options;
    this.configErrors = [...(read.error ? [read.error] : []), ...parsed.errors];
    this.files = [...new Set([...parsed.fileNames, ...[...this.virtual.keys()].filter((file) => file.endsWith(".ts"))])];
  }

  private get program(): typescript.Program {
    const program = this.service.getProgram();
    if (!program) throw new Unusable("The compiler made no program of the workspace");
    return program;
  }

  async update(virtual: ReadonlyMap<string, string>, changed: readonly string[] | "all"): Promise<void> {
    const other = [...virtual].filter(([file, text]) => this.virtual.get(file) !== text).map(([file]) => file);
    this.virtual = virtual;
    ++this.revision;
    for (const file of [...other, ...(changed === "all" ? this.files : changed)])
      this.versions.set(file, (this.versions.get(file) ?? 0) + 1);
    if (changed === "all" || changed.some((file) => !this.files.includes(file) || !this.ts.sys.fileExists(file)))
      this.readConfig();
  }

  private aliases(file: string): Map<string, typescript.TypeAliasDeclaration> {
    const { ts } = this;
    const source = this.program.getSourceFile(file);
    if (!source) throw new Error(`The compiler does not know ${file}`);
    const found = new Map<string, typescript.TypeAliasDeclaration>();
    const collect = (statements: readonly typescript.Statement[], prefix: string) => {
      for (const statement of statements) {
        if (ts.isTypeAliasDeclaration(statement)) found.set(prefix + statement.name.text, statement);
        else if (ts.isModuleDeclaration(statement) && statement.body && ts.isModuleBlock(statement.body))
          collect(statement.body.statements, `${prefix}${statement.name.text}.`);
      }
    };
    collect(source.statements, "");
    return found;
  }

  async aliasNames(file: string): Promise<string[]> {
    return this.program.getSourceFile(file) ? [...this.aliases(file).keys()] : [];
  }

  async print(file: string, names: readonly string[]): Promise<(Printed | null)[]> {
    const { ts } = this;
    const aliases = this.aliases(file);
    const checker = this.program.getTypeChecker();
    return names.map((name) => {
      const node = aliases.get(name);
      const type = node && checker.getTypeAtLocation(node.name);
      if (!type || type.intrinsicName === "error") return null;
      const printed = checker.typeToString(type, node, ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias);
      const text = printed.replaceAll(`import("${this.root}/`, 'import("./'); // as seen from the root
      if (type.flags & ts.TypeFlags.EnumLike) {
        const members = type.isUnion() ? type.types : [type];
        const values = members.map((member) => member.value);
        if (values.every((value) => typeof value === "string" || typeof value === "number"))
          return { text, kind: "enum", values: values as (string | number)[] };
      }
      if (!(type.flags & ts.TypeFlags.Object)) return { text, kind: "other" };
      return { text, kind: type.getCallSignatures().length || type.getConstructSignatures().length ? "callable" : "object" };
    });
  }

  async assignable(file: string, pairs: readonly (readonly [string, string])[]): Promise<boolean[]> {
    const aliases = this.aliases(file);
    const checker = this.program.getTypeChecker();
    const typeOf = (name: string) => {
      const node = aliases.get(name);
      if (!node) throw new Error(`There is no alias ${name}`);
      return checker.getTypeAtLocation(node.name);
    };
    return pairs.map(([from, to]) => checker.isTypeAssignableTo(typeOf(from), typeOf(to)));
  }

  async sourceFiles(): Promise<string[]> {
    return this.program
      .getSourceFiles()
      .map((file) => file.fileName)
      .filter((name) => name.startsWith(`${this.root}/`) && !name.includes("/node_modules/") && !this.virtual.has(name));
  }

  async configProblems(): Promise<Problem[]> {
    return this.said([...this.configErrors, ...this.service.getCompilerOptionsDiagnostics()], this.tsconfig);
  }

  async problems(file: string): Promise<Problem[]> {
    return this.said([...this.service.getSyntacticDiagnostics(file), ...this.service.getSemanticDiagnostics(file)], file);
  }

  private said(diagnostics: readonly typescript.Diagnostic[], file: string): Problem[] {
    const { ts } = this;
    return diagnostics
      .filter((found) => found.category === ts.DiagnosticCategory.Error)
      .map((found) => {
        const at = found.file?.getLineAndCharacterOfPosition(found.start ?? 0) ?? { line: 0, character: 0 };
        return {
          file: found.file?.fileName ?? file,
          line: at.line + 1,
          column: at.character + 1,
          code: found.code,
          message: ts.flattenDiagnosticMessageText(found.messageText, " "),
        };
      });
  }

  async references(file: string, offset: number): Promise<Reference[]> {
    const found: Reference[] = [];
    for (const symbol of this.service.findReferences(file, offset) ?? [])
      for (const use of symbol.references) {
        if (use.isDefinition || this.virtual.has(use.fileName) || use.fileName.includes("/node_modules/")) continue;
        if (use.fileName === file && use.textSpan.start <= offset && offset <= use.textSpan.start + use.textSpan.length) continue;
        const source = this.program.getSourceFile(use.fileName);
        if (!source) continue;
        const at = source.getLineAndCharacterOfPosition(use.textSpan.start);
        const starts = source.getLineStarts();
        found.push({
          file: use.fileName,
          line: at.line + 1,
          column: at.character + 1,
          text: source.text.slice(starts[at.line] ?? 0, starts[at.line + 1] ?? source.text.length).trim(),
        });
      }
    return found.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
  }

  async close(): Promise<void> {
    this.service.dispose();
  }
}
