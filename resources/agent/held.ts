// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Earlier code of a plugin for a process that starts: PADDOCK_HELD names a JSON file {path: text}, and these paths load
// as the texts until a swap drops them. So a generation can be put back although the process that had it hangs.

import { readFileSync } from "node:fs";
import { extname } from "node:path";

const LOADERS: Record<string, "ts" | "tsx" | "js" | "jsx"> = {
  ".ts": "ts",
  ".mts": "ts",
  ".cts": "ts",
  ".tsx": "tsx",
  ".js": "js",
  ".mjs": "js",
  ".cjs": "js",
  ".jsx": "jsx",
};
const texts = new Map<string, string>();

/** Before anything of the workspace is loaded. */
export function holdTexts(list: string): void {
  for (const [file, text] of Object.entries(JSON.parse(readFileSync(list, "utf8")) as Record<string, unknown>)) {
    const loader = LOADERS[extname(file)];
    if (!loader || typeof text !== "string") continue;
    texts.set(file, text);
    void Bun.plugin({
      name: "paddock-held",
      setup: (build) => {
        build.module(file, () => ({ contents: texts.get(file) ?? readFileSync(file, "utf8"), loader }));
      },
    });
  }
}

/** From now on the file loads as it is on disk. */
export function releaseText(file: string): void {
  texts.delete(file);
}
