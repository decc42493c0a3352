// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The workspace's own Kysely with the workspace's own driver, on a database that the plan names. Types of packages that
// only the workspace has are described here as far as they are used.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RunnerError, type Plan, type Target } from "./plan";
import { tell } from "./events";

export interface Raw {
  execute(db: Kysely): Promise<{ rows: Record<string, unknown>[] }>;
}
export interface Sql {
  (text: TemplateStringsArray, ...values: unknown[]): Raw;
  raw(text: string): Raw;
}
export interface Kysely {
  connection(): { execute<T>(use: (db: Kysely) => Promise<T>): Promise<T> };
  withoutPlugins(): Kysely;
  withPlugin(plugin: object): Kysely;
  destroy(): Promise<void>;
}
interface QueryEvent {
  level: "query" | "error";
  query: { sql: string; parameters: readonly unknown[] };
  queryDurationMillis: number;
  error?: unknown;
}
type Class = new (...args: unknown[]) => object;
export interface KyselyModule {
  Kysely: new (config: { dialect: object; log: (event: QueryEvent) => void; plugins: object[] }) => Kysely;
  sql: Sql;
  [name: string]: unknown;
}

export interface Opened {
  db: Kysely;
  sql: Sql;
  /** While true, statements are Paddock's own and are not told. */
  quiet: boolean;
}

export async function open(plan: Plan): Promise<Opened> {
  const kysely = (await load(plan.root, "kysely")) as KyselyModule | undefined;
  if (!kysely) throw new RunnerError("no-kysely", "The workspace has no package “kysely”: run its install first.");
  const state = { quiet: true };
  const opened: Opened = Object.assign(state, {
    db: new kysely.Kysely({
      dialect: await dialectFor(plan, kysely, state),
      plugins: plan.plugins.map((name) => new (kysely[name] as Class)()),
      log: (event) => {
        if (!state.quiet) tellQuery(event);
      },
    }),
    sql: kysely.sql,
  });
  return opened;
}

function tellQuery({ level, query, queryDurationMillis, error }: QueryEvent): void {
  tell("sql", {
    sql: cut(query.sql, 20_000),
    parameters: query.parameters.slice(0, 50).map((value) => (value === null ? "null" : cut(shown(value), 200))),
    ms: queryDurationMillis,
    ...(level === "error" ? { error: error instanceof Error ? error.message : String(error) } : {}),
  });
}

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return `<${value.length} bytes>`;
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? (JSON.stringify(value) ?? "") : String(value);
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** A package as the workspace sees it; none: it has no such package. */
async function load(root: string, name: string): Promise<Record<string, unknown> | undefined> {
  let file: string;
  try {
    file = Bun.resolveSync(name, root);
  } catch {
    return undefined;
  }
  return (await import(file)) as Record<string, unknown>;
}

function constructorIn(module: Record<string, unknown>, name: string): Class {
  const holder = module[name] ?? (module.default as Record<string, unknown> | undefined)?.[name];
  if (typeof holder !== "function") throw new RunnerError("driver", `The driver has no “${name}”.`);
  return holder as Class;
}

async function dialectFor(plan: Plan, kysely: KyselyModule, opened: { quiet: boolean }): Promise<object> {
  const { root, target } = plan;
  const dialect = (name: string, config: object): object => new (kysely[name] as Class)(config);
  if (target.engine === "sqlite") {
    const { Database } = await import("bun:sqlite");
    const database = new Database(target.file, { readwrite: true, create: false });
    database.exec("PRAGMA busy_timeout = 5000");
    const own = await load(root, "kysely-bun-sqlite");
    if (own) return new (constructorIn(own, "BunSqliteDialect"))({ database });
    return dialect("SqliteDialect", { database: asBetterSqlite(database) });
  }
  if (target.engine === "postgres") {
    const pg = await load(root, "pg");
    if (pg) {
      const pool = new (constructorIn(pg, "Pool"))(postgresOptions(target)) as PostgresPool;
      if (plan.rollBack) pool.on("connect", (client) => keepTransaction(client, opened));
      return dialect("PostgresDialect", { pool });
    }
    if (plan.rollBack)
      throw new RunnerError("no-driver", "While the database is in use, it takes the driver “pg” to rehearse on it.");
    const [postgres, js] = [await load(root, "postgres"), await load(root, "kysely-postgres-js")];
    if (postgres && js) {
      const connect = postgres.default as (options: object) => object;
      const { user: username, ...rest } = postgresOptions(target);
      return new (constructorIn(js, "PostgresJSDialect"))({ postgres: connect({ ...rest, username }) });
    }
    throw new RunnerError("no-driver", "The workspace has no PostgreSQL driver: neither “pg” nor “kysely-postgres-js”.");
  }
  const mysql = await load(root, "mysql2");
  if (!mysql) throw new RunnerError("no-driver", "The workspace has no driver for MySQL and MariaDB: “mysql2”.");
  const createPool = (mysql.createPool ?? (mysql.default as Record<string, unknown>).createPool) as (o: object) => object;
  return dialect("MysqlDialect", { pool: createPool(mysqlOptions(target)) });
}

interface PostgresClient {
  query(...args: unknown[]): unknown;
}
interface PostgresPool {
  on(event: "connect", listener: (client: PostgresClient) => void): void;
}

const ENDS_TRANSACTION =
  /(^|;)\s*(commit|end|abort|begin|start\s+transaction|prepare\s+transaction|rollback(?!\s+((work|transaction)\s+)?to\b))\b/i;

/** What would end the one transaction that is rolled back afterwards is refused, before the database hears of it. */
function keepTransaction(client: PostgresClient, opened: { quiet: boolean }): void {
  const query = client.query;
  client.query = (...args) => {
    const [first] = args;
    const text = typeof first === "string" ? first : String((first as { text?: unknown } | null)?.text ?? "");
    if (!opened.quiet && ENDS_TRANSACTION.test(text.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, " ")))
      throw new RunnerError(
        "rehearsal-refused",
        "This migration begins or ends transactions by itself, so it cannot be rehearsed while the database is in use: stop the server first.",
      );
    return query.apply(client, args);
  };
}

function postgresOptions(target: Target) {
  return {
    host: target.socket || target.host,
    port: target.port || 5432,
    database: target.database,
    user: target.user,
    password: target.password,
    ssl: target.tls ? { rejectUnauthorized: false } : undefined,
    max: 1, // one connection, which holds the lock as well
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 10_000,
    application_name: "paddock",
  };
}

function mysqlOptions(target: Target) {
  return {
    ...(target.socket ? { socketPath: target.socket } : { host: target.host, port: target.port || 3306 }),
    database: target.database,
    user: target.user,
    password: target.password,
    ssl: target.tls ? {} : undefined,
    connectionLimit: 1,
    connectTimeout: 10_000,
  };
}

/** bun:sqlite in the shape that Kysely's own dialect wants, for workspaces without a dialect package. */
function asBetterSqlite(database: import("bun:sqlite").Database): object {
  return {
    close: () => database.close(),
    prepare(text: string) {
      const statement = database.prepare(text);
      type Values = import("bun:sqlite").SQLQueryBindings[];
      return {
        reader: statement.columnNames.length > 0,
        all: (values: Values) => statement.all(...values),
        run: (values: Values) => statement.run(...values),
        iterate: (values: Values) => statement.iterate(...values),
      };
    },
  };
}

/** Kysely's own plugins that the workspace's sources use: with them, names in migrations mean something else. */
export function usedPlugins(root: string): string[] {
  const found = new Set<string>();
  for (const place of ["src", "plugins", "lib"]) {
    const folder = join(root, place);
    if (!existsSync(folder)) continue;
    for (const file of new Bun.Glob("**/*.{ts,js}").scanSync({ cwd: folder, followSymlinks: false })) {
      if (file.includes("node_modules") || /\.(test|spec)\./.test(file)) continue;
      for (const [, name] of readFileSync(join(folder, file), "utf8").matchAll(/new\s+(CamelCasePlugin)\s*\(/g))
        found.add(name!);
    }
  }
  return [...found];
}
