// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Runs the framework's own migrations inside the server, on its own connection.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Dict, ManagerLike, PluginLike } from "./framework";
import type { Modules } from "./modules";
import { describe, inWorkspace } from "./positions";
import type { ErrorInfo } from "./protocol";
import type { Tracked } from "./tracked";
import { AgentError } from "./wire";

const TABLE = "__donkeylabs_migrations__";
const MIGRATION = /\/migrations\/[^/]+\.[cm]?[jt]s$/;

/** Where the framework looks for plugins' migrations. */
const PLACES = ["src/server/plugins", "src/plugins", "plugins"];

interface Applied {
  plugin: string;
  name: string;
}

export async function migrate(tracked: Tracked, modules: Modules): Promise<Dict> {
  const manager = tracked.manager as unknown as { migrate?: () => Promise<unknown> };
  if (typeof manager.migrate !== "function")
    throw new AgentError({
      code: "unsupported",
      message: "This framework has no migrations of its own.",
      file: null,
      line: null,
      stack: null,
    });
  // One that failed may have been edited since: it must be read again, and so must what it imports beside it.
  modules.drop(modules.loaded().filter((file) => MIGRATION.test(file) && inWorkspace(file)));
  const before = new Set((await applied(tracked)).map(key));
  const began = performance.now();
  let failure: ErrorInfo | null = null;
  try {
    await manager.migrate();
  } catch (error) {
    failure = describe(error, "migration-failed");
  }
  const done = (await applied(tracked)).filter((one) => !before.has(key(one)));
  if (failure) throw new AgentError(failure);
  return { applied: done, ms: performance.now() - began };
}

/**
 * Runs the migrations of a plugin that comes into a running server, as the framework does for it at the next start: its
 * service may need the tables. Other plugins' migrations are left alone.
 */
export async function migrateNewcomer(tracked: Tracked, modules: Modules, plugin: PluginLike): Promise<void> {
  const places = PLACES.map((place) => join(process.cwd(), place, plugin.name, "migrations"));
  const { manager } = tracked;
  if (!places.some((place) => existsSync(place))) return;
  const alone = Object.create(manager) as ManagerLike & { migrate?: () => Promise<unknown> };
  if (typeof alone.migrate !== "function") return;
  alone.plugins = new Map([[plugin.name, { ...plugin, dependencies: [] }]]);
  modules.drop(modules.loaded().filter((file) => places.some((place) => file.startsWith(`${place}/`))));
  await alone.migrate();
}

function key({ plugin, name }: Applied): string {
  return `${plugin}/${name}`;
}

async function applied(tracked: Tracked): Promise<Applied[]> {
  interface Query {
    select(columns: string[]): Query;
    execute(): Promise<Record<string, unknown>[]>;
  }
  const db = tracked.server.coreServices.db as { selectFrom?: (table: string) => Query } | undefined;
  try {
    const rows = (await db?.selectFrom?.(TABLE).select(["plugin_name", "migration_name"]).execute()) ?? [];
    return rows.map((row) => ({ plugin: String(row.plugin_name), name: String(row.migration_name) }));
  } catch {
    return []; // no table yet
  }
}
