// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Which database the server is on. The connection itself is private to its dialect, so SQLite is asked for its file.

import { resolve } from "node:path";
import type { Dict, ServerLike } from "./framework";

export interface DatabaseInfo {
  kind: "sqlite" | "postgres" | "mysql" | "unknown";
  /** Of SQLite; null also for one in memory. */
  file: string | null;
  url: string | null;
  /** The URL without its password. */
  masked: string | null;
}

export const UNKNOWN: DatabaseInfo = { kind: "unknown", file: null, url: null, masked: null };

const PASSWORD = /(:\/\/[^:/@\s]*:)[^@/\s]*@/;
const LIST = "PRAGMA database_list";

interface Kysely {
  getExecutor?(): { adapter?: object };
  executeQuery?(query: object): Promise<{ rows: Dict[] }>;
}

export async function findDatabase(server: ServerLike): Promise<DatabaseInfo> {
  const given = (server.options as { database?: { type?: string; connectionString?: string } }).database;
  const db = server.coreServices.db as Kysely | undefined;
  const url = given?.connectionString ?? null;
  const info: DatabaseInfo = {
    ...UNKNOWN,
    kind: kindOf(given?.type, db),
    masked: url?.replace(PASSWORD, "$1***@") ?? null,
  };
  if (info.kind !== "sqlite") return { ...info, url };
  try {
    const query = {
      sql: LIST,
      parameters: [],
      query: { kind: "RawNode", sqlFragments: [LIST], parameters: [] },
      queryId: { queryId: "paddock" },
    };
    const { rows } = (await db?.executeQuery?.(query)) ?? { rows: [] };
    const file = rows.find(({ name }) => name === "main")?.file;
    if (typeof file === "string" && file !== "") return { ...info, file };
  } catch {
    // a dialect that does not take the question
  }
  return { ...info, file: url && url !== ":memory:" ? resolve(url.replace(/^(sqlite|file):(\/\/)?/, "")) : null };
}

function kindOf(type: string | undefined, db: Kysely | undefined): DatabaseInfo["kind"] {
  if (type === "sqlite" || type === "postgres" || type === "mysql") return type;
  const adapter = db?.getExecutor?.().adapter?.constructor.name.toLowerCase() ?? "";
  if (adapter.includes("postgres")) return "postgres";
  if (adapter.includes("mysql")) return "mysql";
  return adapter.includes("sqlite") ? "sqlite" : "unknown";
}
