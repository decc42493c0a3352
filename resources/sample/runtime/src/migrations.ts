// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/**
 * Migrations from the file system: `<plugin>/migrations/001_name.ts` with `up(db)` and `down(db)`, run by file name,
 * each once, and recorded in a table.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { sql, type Kysely } from "kysely";
import type { Logger } from "./core/logger";

const table = "__donkeylabs_migrations__";

interface Migration {
  up?(db: Kysely<any>): Promise<void>;
  down?(db: Kysely<any>): Promise<void>;
}

export class MigrationRunner {
  constructor(
    private db: Kysely<any>,
    private logger: Logger,
  ) {}

  async ensureTable(): Promise<void> {
    await this.db.schema
      .createTable(table)
      .ifNotExists()
      .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("plugin_name", "text", (column) => column.notNull())
      .addColumn("migration_name", "text", (column) => column.notNull())
      .addColumn("executed_at", "text", (column) => column.defaultTo(sql`CURRENT_TIMESTAMP`))
      .execute();
    await this.db.schema
      .createIndex("idx_migrations_unique")
      .ifNotExists()
      .unique()
      .on(table)
      .columns(["plugin_name", "migration_name"])
      .execute();
  }

  /** Runs what is pending in a folder. Throws at the first that fails: those after it may rely on it. */
  async run(owner: string, folder: string): Promise<void> {
    const rows = await this.db.selectFrom(table).select("migration_name").where("plugin_name", "=", owner).execute();
    const applied = new Set(rows.map((row) => row.migration_name as string));
    for (const file of migrationFiles(folder)) {
      if (applied.has(file)) continue;
      const migration: Migration = await import(join(folder, file));
      await migration.up?.(this.db);
      await this.db.insertInto(table).values({ plugin_name: owner, migration_name: file }).execute();
      this.logger.info(`Applied migration ${file}`, { plugin: owner });
    }
  }
}

/** The first of the usual places that exists for a plugin, seen from the working folder. */
export function migrationFolder(plugin: string): string | undefined {
  return ["src/server/plugins", "src/plugins", "plugins"]
    .map((place) => join(process.cwd(), place, plugin, "migrations"))
    .find((folder) => migrationFiles(folder).length > 0);
}

/** Names of the migrations in a folder, in order; none if there is no such folder. */
export function migrationFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
