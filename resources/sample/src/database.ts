// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** The shop's database: one SQLite file inside the workspace. */
import { Database } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely } from "kysely";
import { BunSqliteDialect } from "kysely-bun-sqlite";

export function openDatabase(file = process.env.SHOP_DATABASE || "data/shop.db"): Kysely<any> {
  mkdirSync(dirname(file), { recursive: true });
  const database = new Database(file, { create: true });
  database.exec("PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000");
  return new Kysely({ dialect: new BunSqliteDialect({ database }) });
}
