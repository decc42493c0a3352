// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What is used of the API of TypeScript 5.4 and later. The package itself is the workspace's, found when it runs; so its
 * own declarations are at no known place when this is checked.
 */
declare module "typescript5" {
  export interface Node {
    getStart(): number;
    readonly end: number;
  }
  export interface Identifier extends Node {
    readonly text: string;
  }
  export interface Statement extends Node {
    readonly kind: number;
  }
  export interface TypeAliasDeclaration extends Statement {
    readonly name: Identifier;
  }
  export interface ModuleBlock extends Node {
    readonly statements: readonly Statement[];
  }
  export interface ModuleDeclaration extends Statement {
    readonly name: Identifier;
    readonly body?: Node;
  }
  export interface SourceFile extends Node {
    readonly fileName: string;
    readonly text: string;
    readonly statements: readonly Statement[];
    getLineAndCharacterOfPosition(position: number): { line: number; character: number };
    getLineStarts(): readonly number[];
  }
  export interface Signature {
    readonly parameters: readonly unknown[];
  }
  export interface Type {
    readonly flags: number;
    /** of the compiler's own types: "any", "error" */
    readonly intrinsicName?: string;
    /** of literal types */
    readonly value?: unknown;
    isUnion(): this is UnionType;
    getCallSignatures(): readonly Signature[];
    getConstructSignatures(): readonly Signature[];
  }
  export interface UnionType extends Type {
    readonly types: readonly Type[];
  }
  export interface TypeChecker {
    getTypeAtLocation(node: Node): Type;
    typeToString(type: Type, enclosing?: Node, flags?: number): string;
    isTypeAssignableTo(source: Type, target: Type): boolean;
  }
  export interface Program {
    getSourceFile(file: string): SourceFile | undefined;
    getSourceFiles(): readonly SourceFile[];
    getTypeChecker(): TypeChecker;
  }
  export interface Message {
    readonly messageText: string;
    readonly next?: readonly Message[];
  }
  export interface Diagnostic {
    readonly file?: SourceFile;
    readonly start?: number;
    readonly code: number;
    readonly category: number;
    readonly messageText: string | Message;
  }
  export interface ReferenceEntry {
    readonly fileName: string;
    readonly textSpan: { readonly start: number; readonly length: number };
    readonly isDefinition?: boolean;
  }
  export interface LanguageService {
    getProgram(): Program | undefined;
    getSyntacticDiagnostics(file: string): readonly Diagnostic[];
    getSemanticDiagnostics(file: string): readonly Diagnostic[];
    getCompilerOptionsDiagnostics(): readonly Diagnostic[];
    findReferences(file: string, position: number): readonly { readonly references: readonly ReferenceEntry[] }[] | undefined;
    dispose(): void;
  }
  export type CompilerOptions = Record<string, unknown>;
  export interface ScriptSnapshot {
    getLength(): number;
  }
  export interface System {
    fileExists(path: string): boolean;
    readFile(path: string): string | undefined;
    directoryExists(path: string): boolean;
    getDirectories(path: string): string[];
    realpath?(path: string): string;
  }
  export interface LanguageServiceHost {
    getCompilationSettings(): CompilerOptions;
    getScriptFileNames(): string[];
    getScriptVersion(file: string): string;
    getScriptSnapshot(file: string): ScriptSnapshot | undefined;
    getCurrentDirectory(): string;
    getDefaultLibFileName(options: CompilerOptions): string;
    getProjectVersion?(): string;
    fileExists(path: string): boolean;
    readFile(path: string): string | undefined;
    directoryExists?(path: string): boolean;
    getDirectories?(path: string): string[];
    realpath?(path: string): string;
  }
  export const version: string;
  export const sys: System;
  export const ScriptSnapshot: { fromString(text: string): ScriptSnapshot };
  export const DiagnosticCategory: { readonly Error: number };
  export const TypeFlags: { readonly EnumLike: number; readonly Object: number };
  export const TypeFormatFlags: { readonly NoTruncation: number; readonly InTypeAlias: number };
  export function createLanguageService(host: LanguageServiceHost, registry: unknown): LanguageService;
  export function createDocumentRegistry(): unknown;
  export function getDefaultLibFilePath(options: CompilerOptions): string;
  export function readConfigFile(file: string, read: (path: string) => string | undefined): { config?: unknown; error?: Diagnostic };
  export function parseJsonConfigFileContent(
    json: unknown,
    host: System,
    folder: string,
  ): { options: CompilerOptions; fileNames: string[]; errors: Diagnostic[] };
  export function flattenDiagnosticMessageText(text: string | Message, newLine: string): string;
  export function isTypeAliasDeclaration(node: Node): node is TypeAliasDeclaration;
  export function isModuleDeclaration(node: Node): node is ModuleDeclaration;
  export function isModuleBlock(node: Node): node is ModuleBlock;
}
