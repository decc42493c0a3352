// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What Paddock asks of the runner, and what the runner tells while it works. `core/migrations/plan.h` is the other side.

export type Engine = "sqlite" | "postgres" | "mysql";
export type Direction = "up" | "down";

export interface Target {
  engine: Engine;
  /** SQLite: absolute path. */
  file: string;
  /** Others. */
  host: string;
  port: number;
  /** Absolute: a folder (PostgreSQL) or a socket (MariaDB); empty: over TCP. */
  socket: string;
  database: string;
  user: string;
  password: string;
  tls: boolean;
}

export interface Step {
  plugin: string;
  name: string;
  /** Absolute. */
  file: string;
  /** SHA-256 of the file, in hex: what was checked is what is run. */
  hash: string;
  direction: Direction;
  /** Which pass of a rehearsal; runs have only one. */
  pass: number;
}

export interface Plan {
  root: string;
  runId: string;
  /** Starts every line of ours on standard output, so that nothing a migration prints is taken for it. */
  mark: string;
  target: Target;
  /** Makes both tables, where they are missing. */
  ddl: string[];
  lock: { name: string; key: string; file: string; waitMs: number };
  /** Every event is appended here as well: what is known after a kill. Empty: nowhere. */
  journal: string;
  steps: Step[];
  rehearsal: boolean;
  /** Rehearsal inside one transaction on the target itself, rolled back at the end. */
  rollBack: boolean;
  /** Rehearsal beside the real database on the same server: its name, which no statement may mention. Else empty. */
  forbidden: string;
  plugins: string[];
}

export interface Failure {
  code: string;
  message: string;
  detail: string;
}

export class RunnerError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly detail = "",
  ) {
    super(message);
  }
}

export function failureOf(error: unknown, code: string): Failure {
  if (error instanceof RunnerError) return { code: error.code, message: error.message, detail: error.detail };
  if (error instanceof Error)
    return { code: codeOf(error) ?? code, message: error.message || error.name, detail: error.stack ?? "" };
  return { code, message: String(error), detail: "" };
}

/** The kinds of trouble that want a word of their own. */
function codeOf(error: Error): string | undefined {
  const { code, message } = error as Error & { code?: unknown };
  const text = `${String(code)} ${message}`;
  if (/SQLITE_FULL|database or disk is full|ENOSPC|53100|disk full|\b1021\b/i.test(text)) return "disk-full";
  if (/SQLITE_READONLY|readonly database|EROFS|25006|\b1290\b/i.test(text)) return "read-only";
  if (/SQLITE_BUSY|database is locked|55P03|lock timeout|ER_LOCK_WAIT_TIMEOUT/i.test(text)) return "locked";
  if (/28P01|password authentication failed|ER_ACCESS_DENIED/i.test(text)) return "access-denied";
  if (/Connection terminated|ECONNRESET|PROTOCOL_CONNECTION_LOST|57P01|closed state|EPIPE|Connection lost/i.test(text))
    return "connection-lost";
  return undefined;
}
