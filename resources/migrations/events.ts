// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One JSON object a line, written at once: a kill right behind an event must not lose it.

import fs from "node:fs";
import { masked, withoutLiterals } from "./mask";

let mark = "";
let journal = -1;

export function openEvents(lineMark: string, journalFile: string): void {
  mark = lineMark;
  if (journalFile !== "") journal = fs.openSync(journalFile, "a", 0o600);
}

export function tell(event: string, fields: Record<string, unknown> = {}): void {
  const at = new Date().toISOString();
  if (journal >= 0) {
    // The journal stays on the disk: what it says of a statement holds no values.
    const kept = event === "sql" ? { sql: withoutLiterals(String(fields.sql)) } : fields;
    write(journal, `${masked(JSON.stringify({ event, at, ...kept }))}\n`);
  }
  write(1, `\n${mark}${JSON.stringify({ event, at, ...fields })}\n`);
}

function write(fd: number, text: string): void {
  let bytes: Uint8Array = new TextEncoder().encode(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(fs.writeSync(fd, bytes));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EAGAIN") Bun.sleepSync(1);
      else if (fd === journal || code === "EPIPE") return; // the record in the database is what counts
      else throw error;
    }
  }
}
