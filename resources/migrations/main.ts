// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Runs migrations in the workspace's own runtime. Paddock starts it with a plan, waits until it has the lock, looks
// at the database once more, makes a backup, and then lets it go on (SIGUSR2). Nothing has been changed before that.

import { readFileSync, unlinkSync } from "node:fs";
import { confine } from "./confine";
import { open, usedPlugins, type Kysely, type Opened } from "./dialects";
import { openEvents, tell } from "./events";
import { takeLock } from "./lock";
import { failureOf, RunnerError, type Plan } from "./plan";
import { Records } from "./records";
import { cancellation, runSteps } from "./steps";

const planFile = process.argv[2] ?? "";
const plan = JSON.parse(readFileSync(planFile, "utf8")) as Plan;
unlinkSync(planFile); // it holds a password
openEvents(plan.mark, plan.journal);
process.chdir(plan.root);
plan.plugins = usedPlugins(plan.root);

const go = Promise.withResolvers<void>();
process.on("SIGUSR2", () => go.resolve());
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.on(signal, () => {
    const error = new RunnerError("cancelled", "The run was cancelled.");
    go.reject(error);
    cancellation.reject(error);
  });
const alive = setInterval(() => {}, 60_000);

async function run(opened: Opened, connection: Kysely): Promise<void> {
  const release = plan.rehearsal && !plan.rollBack ? async () => {} : await takeLock(plan, opened, connection);
  try {
    tell("locked", { pid: process.pid, plugins: plan.plugins, confined: process.env.PADDOCK_CONFINED === "1" });
    await go.promise;
    const records = new Records(plan, opened, connection);
    if (plan.rehearsal) await confine(plan.target);
    if (!plan.rollBack) {
      await records.makeTables();
      tell("ready");
      await runSteps(plan, opened, connection, records);
      return;
    }
    // Locks are waited for only briefly: the server's requests come first.
    await records.statement("begin");
    try {
      await records.statement("set local lock_timeout = '2s'");
      await records.makeTables();
      tell("ready");
      await runSteps(plan, opened, connection, records);
      tell("looking");
    } finally {
      await records.statement("rollback");
    }
  } finally {
    await release().catch(() => {}); // the connection's end releases it in any case
  }
}

let status = 0;
try {
  const opened = await open(plan);
  await opened.db.connection().execute(async (connection) => {
    if (plan.target.engine !== "sqlite") await opened.sql.raw("select 1").execute(connection.withoutPlugins());
    await run(opened, connection);
  });
  tell("done");
} catch (error) {
  tell("failed", { error: failureOf(error, "migration-failed") });
  status = 1;
}
clearInterval(alive);
process.exit(status); // not what a migration left running
