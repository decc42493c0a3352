// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One runner at a time for each database. Every engine's lock ends with the process that holds it, however it ends.

import type { Opened, Kysely } from "./dialects";
import { RunnerError, type Plan } from "./plan";

export async function takeLock(plan: Plan, opened: Opened, connection: Kysely): Promise<() => Promise<void>> {
  const deadline = performance.now() + plan.lock.waitMs;
  const { sql } = opened;
  const ask = async (query: { execute(db: Kysely): Promise<{ rows: Record<string, unknown>[] }> }) =>
    Object.values((await query.execute(connection.withoutPlugins())).rows[0] ?? {})[0];
  if (plan.target.engine === "sqlite") {
    // A database of its own beside the real one: its lock is never in the server's way.
    const { Database } = await import("bun:sqlite");
    const side = new Database(plan.lock.file, { create: true, readwrite: true });
    side.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE");
    await until(deadline, () => {
      try {
        side.exec("BEGIN EXCLUSIVE");
        return true;
      } catch (error) {
        if (!/locked|busy/i.test((error as Error).message)) throw error;
        return false;
      }
    });
    return async () => {
      side.exec("ROLLBACK");
      side.close();
    };
  }
  if (plan.target.engine === "postgres") {
    const [high, low] = plan.lock.key.split(":").map(Number);
    await until(deadline, async () => (await ask(sql`select pg_try_advisory_lock(${high}, ${low})`)) === true);
    return async () => void (await ask(sql`select pg_advisory_unlock(${high}, ${low})`));
  }
  await until(deadline, async () => Number(await ask(sql`select get_lock(${plan.lock.name}, 0)`)) === 1);
  return async () => void (await ask(sql`select release_lock(${plan.lock.name})`));
}

async function until(deadline: number, attempt: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await attempt())) {
    if (performance.now() >= deadline)
      throw new RunnerError("locked-by-runner", "Another run of migrations on this database is under way.");
    await Bun.sleep(50);
  }
}
