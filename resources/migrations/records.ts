// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The two tables: the framework's, which says what is applied, and Paddock's own, which says how it came about.

import type { Kysely, Opened } from "./dialects";
import type { Plan, Step } from "./plan";

export interface Finish {
  outcome: "done" | "failed" | "cancelled";
  ms: number;
  error: string;
  output: string;
}

export class Records {
  constructor(
    private readonly plan: Plan,
    private readonly opened: Opened,
    connection: Kysely,
  ) {
    this.db = connection.withoutPlugins();
  }

  private readonly db: Kysely;

  /** Silences the telling of SQL: these statements are not the migration's. */
  private async own<T>(work: () => Promise<T>): Promise<T> {
    const before = this.opened.quiet;
    this.opened.quiet = true;
    try {
      return await work();
    } finally {
      this.opened.quiet = before;
    }
  }

  async statement(text: string): Promise<void> {
    await this.own(() => this.opened.sql.raw(text).execute(this.db));
  }

  async makeTables(): Promise<void> {
    for (const text of this.plan.ddl) await this.statement(text);
  }

  /** PostgreSQL: what this transaction holds, the runner's own tables left out. */
  async locks(): Promise<string[]> {
    const { rows } = await this.own(() =>
      this.opened.sql`select c.relname as name, l.mode as mode from pg_locks l join pg_class c on c.oid = l.relation
        where l.pid = pg_backend_pid() and l.granted and c.relkind in ('r', 'p') and c.relname not like 'pg\\_%'
        and c.relname not like '\\_\\_%' order by 1, 2`.execute(this.db),
    );
    return rows.map(({ name, mode }) => `${String(name)} ${String(mode)}`);
  }

  private runId(step: Step): string {
    return this.plan.rehearsal ? `${this.plan.runId}-${step.pass}` : this.plan.runId;
  }

  async started(step: Step, content: string, transactional: boolean): Promise<void> {
    const { sql } = this.opened;
    await this.own(() =>
      sql`insert into __paddock_migrations__
        (run_id, plugin_name, migration_name, direction, origin, content_hash, content, transactional, started_at)
        values (${this.runId(step)}, ${step.plugin}, ${step.name}, ${step.direction}, 'run', ${step.hash}, ${content},
                ${transactional ? 1 : 0}, ${new Date().toISOString()})`.execute(this.db),
    );
  }

  /** What the framework goes by. */
  async applied(step: Step): Promise<void> {
    const { sql } = this.opened;
    await this.own(async () => {
      await sql`delete from __donkeylabs_migrations__
        where plugin_name = ${step.plugin} and migration_name = ${step.name}`.execute(this.db);
      if (step.direction === "up")
        await sql`insert into __donkeylabs_migrations__ (plugin_name, migration_name)
          values (${step.plugin}, ${step.name})`.execute(this.db);
    });
  }

  async finished(step: Step, finish: Finish): Promise<void> {
    const { sql } = this.opened;
    await this.own(() =>
      sql`update __paddock_migrations__ set finished_at = ${new Date().toISOString()}, duration_ms = ${finish.ms},
        outcome = ${finish.outcome}, error = ${finish.error}, output = ${finish.output}
        where run_id = ${this.runId(step)} and plugin_name = ${step.plugin} and migration_name = ${step.name}
        and direction = ${step.direction}`.execute(this.db),
    );
  }
}
