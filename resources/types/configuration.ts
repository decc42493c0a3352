// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The configuration that the compiler gets: the workspace's own, with the modules that exist for the compiler only. While
// the own one cannot be read, or what it extends is gone, the last good one stays in force: types would change all over,
// although nobody changed them.

import { join } from "node:path";

interface Own {
  extends?: string | string[];
  compilerOptions?: Record<string, unknown>;
  include?: string[];
  files?: string[];
}

export class Configuration {
  private good: Own | null = null;

  constructor(
    private readonly root: string,
    /** the workspace's own, relative */
    readonly own: string,
    /** modules that exist for the compiler only, relative */
    private readonly modules: readonly string[],
  ) {}

  /** The text of a configuration in the root. */
  async text(): Promise<string> {
    const file = Bun.file(join(this.root, this.own));
    const there = await file.exists();
    const read = there ? parsed(await file.text()) : null;
    const usable = read && (await this.findsItsBases(read));
    if (usable) this.good = read;
    if (!there) this.good = null;
    const base = `./${this.own}`;
    const used = this.good ?? { compilerOptions: await this.defaults(), include: EVERYTHING };
    return JSON.stringify({
      // an unreadable one stays a base all the same: the compiler says what is wrong with it
      ...(usable ? { extends: base } : { extends: [...asList(used.extends), ...(there ? [base] : [])] }),
      ...(usable ? {} : { compilerOptions: used.compilerOptions ?? {} }),
      files: this.modules,
      include: used.include ?? used.files ?? EVERYTHING, // not inherited together with `files`
    });
  }

  private async findsItsBases(config: Own): Promise<boolean> {
    for (const base of asList(config.extends).filter((path) => /^\.{1,2}\//.test(path))) {
      const path = join(this.root, this.own, "..", base);
      if (!(await Bun.file(path).exists()) && !(await Bun.file(`${path}.json`).exists())) return false;
    }
    return true;
  }

  /** What most workspaces use. */
  private async defaults(): Promise<Record<string, unknown>> {
    const types = [];
    for (const name of ["bun", "node"])
      if (await Bun.file(join(this.root, "node_modules/@types", name, "package.json")).exists()) types.push(name);
    return {
      target: "ESNext",
      module: "Preserve",
      moduleResolution: "bundler",
      lib: ["ESNext"],
      types: types.slice(0, 1),
      strict: true,
      skipLibCheck: true,
      noEmit: true,
      allowImportingTsExtensions: true,
    };
  }
}

/** Folders that begin with a dot are left out unless they are named; type generation writes into one. */
const EVERYTHING = ["**/*.ts", "**/*.tsx", ".@donkeylabs/**/*.ts"];

function parsed(text: string): Own | null {
  try {
    const config = (Bun as unknown as { JSONC: { parse(text: string): unknown } }).JSONC.parse(text);
    return typeof config === "object" && config !== null && !Array.isArray(config) ? (config as Own) : null;
  } catch {
    return null; // the compiler will say what is wrong with it
  }
}

function asList(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
