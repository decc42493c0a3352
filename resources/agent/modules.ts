// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The module cache. Dropping a file makes the next import load it afresh. The loader's registry cannot take an entry
// back, so a module that has to be restored is held instead: a virtual module stands in for its path and answers with
// the old exports while it is held, and with the file's contents otherwise.

import { readFileSync } from "node:fs";
import { extname } from "node:path";
import type { Dict } from "./framework";

export type Namespace = Dict;
export type Saved = Map<string, Namespace | null>;

const LOADERS: Record<string, "ts" | "tsx" | "js" | "jsx" | "json"> = {
  ".ts": "ts", ".mts": "ts", ".tsx": "tsx", ".js": "js", ".mjs": "js", ".jsx": "jsx", ".json": "json",
};

export class Modules {
  readonly #held = new Map<string, Namespace>();
  readonly #virtual = new Set<string>();

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

  /** Drops the files; what they were comes back, for `restore`. */
  drop(files: Iterable<string>): Saved {
    const saved: Saved = new Map();
    for (const file of files) {
      saved.set(file, this.peek(file));
      this.#held.delete(file);
      delete require.cache[file];
    }
    return saved;
  }

  /** Loads a file; whatever was dropped before is loaded afresh on the way. */
  async load(file: string): Promise<Namespace> {
    return (await import(file)) as Namespace;
  }

  /** Makes later imports get the old code again. */
  restore(saved: Saved): void {
    for (const [file, exports] of saved) {
      delete require.cache[file];
      if (exports) this.#hold(file, exports);
    }
  }

  #hold(file: string, exports: Namespace): void {
    const loader = LOADERS[extname(file)];
    if (!loader) return;
    this.#held.set(file, exports);
    if (this.#virtual.has(file)) return;
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
