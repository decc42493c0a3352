// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The module cache. Dropping a file makes the next import load it afresh. The loader's registry cannot take an entry
// back, so a module that has to be restored is held instead: a virtual module stands in for its path and answers with
// the old exports while it is held, and with the file's contents otherwise.

import { readFileSync } from "node:fs";
import { dirname, extname } from "node:path";
import type { Dict } from "./framework";
import { releaseText } from "./held";
import { inWorkspace } from "./positions";

export type Namespace = Dict;
export type Saved = Map<string, Namespace | null>;

const LOADERS: Record<string, "ts" | "tsx" | "js" | "jsx" | "json"> = {
  ".ts": "ts",
  ".mts": "ts",
  ".tsx": "tsx",
  ".js": "js",
  ".mjs": "js",
  ".jsx": "jsx",
  ".json": "json",
};

const transpilers = { ts: new Bun.Transpiler({ loader: "ts" }), tsx: new Bun.Transpiler({ loader: "tsx" }) };

/** The files of the workspace that a file imports; none where it cannot be read or does not parse. */
function importsOf(file: string): string[] {
  if (!(extname(file) in LOADERS) || !inWorkspace(file)) return [];
  try {
    const transpiler = extname(file).endsWith("x") ? transpilers.tsx : transpilers.ts;
    return transpiler.scanImports(readFileSync(file)).flatMap(({ path }) => {
      try {
        return [Bun.resolveSync(path, dirname(file))];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

export class Modules {
  readonly #held = new Map<string, Namespace>();
  readonly #virtual = new Set<string>();
  #remembered: Set<string> | null = null;

  /** The exports of a file that is loaded, without loading it. */
  peek(file: string): Namespace | null {
    const held = this.#held.get(file);
    if (held) return held;
    const entry = require.cache[file] as { exports?: unknown; loaded?: boolean } | undefined;
    const exports = entry?.exports;
    return typeof exports === "object" && exports !== null ? (exports as Namespace) : null;
  }

  loaded(): string[] {
    return Object.keys(require.cache);
  }

  /** Takes note of what is loaded. Asking takes a good part of a swap's time, so it is done between swaps. */
  remember(): void {
    this.#remembered = new Set(this.loaded());
  }

  /** What was loaded when last noted. */
  get remembered(): ReadonlySet<string> {
    if (!this.#remembered) this.remember();
    return this.#remembered!;
  }

  /** What loading these files has brought in since: they are followed from import to import. */
  broughtBy(files: Iterable<string>): string[] {
    const { remembered } = this;
    const fresh = new Set(this.loaded().filter((file) => !remembered.has(file)));
    const reached = new Set<string>();
    const follow = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const imported of importsOf(file)) follow(imported);
    };
    for (const file of files) follow(file);
    return [...fresh].filter((file) => reached.has(file));
  }

  /** Drops the files; what they were comes back, for `restore`. */
  drop(files: Iterable<string>): Saved {
    const saved: Saved = new Map();
    for (const file of files) {
      saved.set(file, this.peek(file));
      this.#held.delete(file);
      releaseText(file);
      delete require.cache[file];
    }
    return saved;
  }

  /**
   * Loads a file; whatever was dropped before is loaded afresh on the way. At once, if it can be: `import` alone gives the
   * loop away for each module, and behind its requests a swap waits several times. What fails so, or awaits at its top
   * level, is not run again: `import` goes on with it, or throws the same error.
   */
  async load(file: string): Promise<Namespace> {
    try {
      require(file);
    } catch {
      // import says what is wrong, if anything is
    }
    return (await import(file)) as Namespace;
  }

  /**
   * Makes later imports get the old code again. `stuck`: a module among them never finished loading; the registry keeps
   * such an entry until another virtual module takes its path.
   */
  restore(saved: Saved, stuck = false): void {
    for (const [file, exports] of saved) {
      delete require.cache[file];
      if (stuck) this.#virtual.delete(file);
      if (exports) this.hold(file, exports);
      else if (stuck) this.#standIn(file);
    }
  }

  /** Later imports of the file get these exports, until it is dropped. */
  hold(file: string, exports: Namespace): void {
    if (!(extname(file) in LOADERS)) return;
    delete require.cache[file];
    this.#held.set(file, exports);
    this.#standIn(file);
  }

  /**
   * `import("../users/index.ts?" + Date.now())`, as the framework's guide reloads a plugin: `reload` is asked first, and the
   * importer then gets the module as it is in service.
   */
  watchQueries(reload: (file: string) => Promise<void> | null): void {
    void Bun.plugin({
      name: "paddock-reload",
      setup: (build) => {
        build.onLoad({ filter: /\.[cm]?[jt]sx?\?\d{10,}$/ }, async ({ path }) => {
          const file = path.slice(0, path.indexOf("?"));
          const reloading = reload(file);
          if (!reloading) return { contents: readFileSync(file, "utf8"), loader: LOADERS[extname(file)] ?? "js" };
          await reloading;
          return { exports: await this.load(file), loader: "object" };
        });
      },
    });
  }

  #standIn(file: string): void {
    const loader = LOADERS[extname(file)];
    if (!loader || this.#virtual.has(file)) return;
    this.#virtual.add(file);
    void Bun.plugin({
      name: "paddock",
      setup: (build) => {
        build.module(file, () => {
          const held = this.#held.get(file);
          return held ? { exports: held, loader: "object" } : { contents: readFileSync(file, "utf8"), loader };
        });
      },
    });
  }
}
