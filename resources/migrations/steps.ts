// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One migration after the other, each with its marks. Where the engine can, a migration, the framework's row and our
// finish mark are one transaction: after a kill, either all of it is there or nothing.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Kysely, Opened } from "./dialects";
import { tell } from "./events";
import { failureOf, RunnerError, type Plan, type Step } from "./plan";
import type { Records } from "./records";

type Body = (db: Kysely) => Promise<unknown>;

/** What cannot run inside a transaction of ours. */
const OWN_TRANSACTION = /\.transaction\s*\(|startTransaction|\bPRAGMA\b|\bVACUUM\b|\bCONCURRENTLY\b|sql`\s*(BEGIN|COMMIT)/i;

/** Set by a signal; whoever waits for a migration gives up then. */
export const cancellation = Promise.withResolvers<never>();
cancellation.promise.catch(() => {});

export async function runSteps(plan: Plan, opened: Opened, connection: Kysely, records: Records): Promise<void> {
  for (const step of plan.steps) await runStep(plan, opened, connection, records, step);
}

async function runStep(plan: Plan, opened: Opened, db: Kysely, records: Records, step: Step): Promise<void> {
  const content = readFileSync(step.file, "utf8");
  if (createHash("sha256").update(content).digest("hex") !== step.hash)
    throw new RunnerError("file-changed", `${step.name} was saved while this run was prepared. Run it again.`);
  const body = await bodyOf(step);
  const transactional = plan.rollBack || (plan.target.engine !== "mysql" && !OWN_TRANSACTION.test(content));
  const told = { plugin: step.plugin, name: step.name, direction: step.direction, pass: step.pass };
  await records.started(step, content, transactional);
  tell("started", { ...told, transactional });
  const output = captureOutput();
  const began = performance.now();
  const inner = plan.rollBack ? "savepoint paddock_step" : plan.target.engine === "sqlite" ? "begin immediate" : "begin";
  try {
    if (transactional) await records.statement(inner);
    tell("begun", told);
    opened.quiet = false;
    await Promise.race([body(db), cancellation.promise]);
    opened.quiet = true;
    tell("ran", told);
    if (plan.rehearsal && plan.target.engine === "postgres" && transactional)
      tell("locks", { ...told, locks: await records.locks() });
    await records.applied(step);
    tell("recorded", told);
    const ms = performance.now() - began;
    await records.finished(step, { outcome: "done", ms, error: "", output: output.text() });
    tell("marked", told);
    if (transactional) await records.statement(plan.rollBack ? "release savepoint paddock_step" : "commit");
    tell("finished", { ...told, outcome: "done", ms });
  } catch (error) {
    opened.quiet = true;
    const failure = failureOf(error, "migration-failed");
    const ms = performance.now() - began;
    const outcome = failure.code === "cancelled" ? "cancelled" : "failed";
    await markFailed(records, step, transactional, plan.rollBack, { outcome, ms, error: failure.message, output: output.text() });
    tell("finished", { ...told, outcome, ms, error: failure });
    throw error;
  } finally {
    output.release();
  }
}

type Mark = Parameters<Records["finished"]>[1];

async function markFailed(records: Records, step: Step, transactional: boolean, inner: boolean, mark: Mark): Promise<void> {
  try {
    if (transactional) await records.statement(inner ? "rollback to savepoint paddock_step" : "rollback");
  } catch {
    // the engine has rolled back by itself, or the connection is gone
  }
  try {
    await records.finished(step, mark);
  } catch {
    // Without its finish mark the migration counts as interrupted, which is the truth of it.
  }
}

async function bodyOf(step: Step): Promise<Body> {
  // Once more each time: a rehearsal runs `up` twice, and module state of the first must not carry over.
  delete require.cache[step.file];
  let module: Record<string, unknown>;
  try {
    module = (await import(step.file)) as Record<string, unknown>;
  } catch (error) {
    throw new RunnerError("import-failed", `${step.name} cannot be loaded: ${failureOf(error, "").message}`);
  }
  const found = module[step.direction] ?? (module.default as Record<string, unknown> | undefined)?.[step.direction];
  if (typeof found === "function") return found as Body;
  if (step.direction === "up") return async () => undefined; // the framework, too, records such a file as applied
  throw new RunnerError("no-down", `${step.name} has no “down”: it cannot be undone.`);
}

/** What a migration prints, kept (up to a limit) and passed on. */
function captureOutput(): { text(): string; release(): void } {
  let text = "";
  const originals = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
  const names = ["log", "info", "warn", "error", "debug"] as const;
  const before = names.map((name) => console[name]);
  const keep = (chunk: unknown) => {
    if (text.length < 64 * 1024) text += typeof chunk === "string" ? chunk : Buffer.from(chunk as Uint8Array).toString();
  };
  for (const { stream, write } of originals)
    stream.write = ((chunk: string, ...rest: []) => {
      keep(chunk);
      return write.call(stream, chunk, ...rest);
    }) as typeof stream.write;
  names.forEach((name, index) => {
    console[name] = (...values: unknown[]) => {
      keep(`${values.map((value) => (typeof value === "string" ? value : Bun.inspect(value))).join(" ")}\n`);
      before[index]!.apply(console, values);
    };
  });
  return {
    text: () => text,
    release: () => {
      for (const { stream, write } of originals) stream.write = write;
      names.forEach((name, index) => (console[name] = before[index]!));
    },
  };
}
