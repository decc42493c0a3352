// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What is asked of a compiler: TypeScript 7 (`native.ts`), or the workspace's own (`classic.ts`). */
export interface Backend {
  /** "typescript 7.0.2" */
  readonly compiler: string;

  /**
   * Takes the texts of files that exist for the compiler only, and the files on disk that changed since.
   * `"all"`: any file may have changed.
   */
  update(virtual: ReadonlyMap<string, string>, changed: readonly string[] | "all"): Promise<void>;

  /** The exported type aliases of a file, those inside namespaces as "Shop.Quote.Input". */
  aliasNames(file: string): Promise<string[]>;

  /** The types of the exported type aliases `names` of a virtual file, each null if the compiler cannot make sense of it. */
  print(file: string, names: readonly string[]): Promise<(Printed | null)[]>;

  /** For each pair of exported aliases of a virtual file: may a value of the first be used where the second is asked for? */
  assignable(file: string, pairs: readonly (readonly [string, string])[]): Promise<boolean[]>;

  /** The workspace's own files, without libraries and declarations of packages. */
  sourceFiles(): Promise<string[]>;

  /** What is wrong with the workspace's configuration of the compiler; it goes on without what it cannot read. */
  configProblems(): Promise<Problem[]>;

  /** Errors of one file, as the compiler's check finds them. */
  problems(file: string): Promise<Problem[]>;

  /** Where what is declared or named at an offset (UTF-16 units) of a file is used, its declaration left out. */
  references(file: string, offset: number): Promise<Reference[]>;

  close(): Promise<void>;
}

export interface Printed {
  /** One line, whole, other modules' types as `import("./path").Name`. */
  text: string;
  kind: "object" | "callable" | "enum" | "other";
  /** Values of an enum's members. */
  values?: (string | number)[];
}

export interface Problem {
  file: string;
  /** from 1 */
  line: number;
  column: number;
  code: number;
  message: string;
}

export interface Reference {
  file: string;
  /** from 1 */
  line: number;
  column: number;
  /** the line's text, trimmed */
  text: string;
}

export class Unusable extends Error {}
