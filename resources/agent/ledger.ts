// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The ledger: what a plugin's generation registered, with the line that did it, and how to take it back.

import type { LedgerReport, Undisposed } from "./protocol";
import { callSite, here, inWorkspace } from "./positions";
import { scopes } from "./world";

export interface Entry {
  readonly kind: string;
  readonly file: string | null;
  readonly line: number | null;
  /** Null where the agent cannot take it back; `note` says why. */
  readonly undo: (() => unknown) | null;
  readonly note: string;
}

/** One generation of one plugin; the ledger hangs on it. */
export class Owner {
  readonly plugin: string;
  readonly generation: number;
  /** Set up beside a running generation: what it registers counts from the switch on only. */
  readonly staged: boolean;
  state: "building" | "live" | "disposed" = "building";
  /** Dependencies whose services were called or read, not just captured, while this generation was set up. */
  readonly used = new Set<string>();
  readonly entries = new Set<Entry>();
  #waiting: (() => void)[] = [];

  constructor(plugin: string, generation: number, staged: boolean) {
    this.plugin = plugin;
    this.generation = generation;
    this.staged = staged;
  }

  /** True while registrations must wait for the switch. */
  get waits(): boolean {
    return this.staged && this.state === "building";
  }

  add(kind: string, undo: (() => unknown) | null, note = "", site = callSite()): Entry {
    const entry: Entry = { kind, file: site?.file ?? null, line: site?.line ?? null, undo, note };
    this.entries.add(entry);
    return entry;
  }

  forget(entry: Entry): void {
    this.entries.delete(entry);
  }

  /** Does it at the switch, or at once where there is nothing to wait for. */
  atSwitch(act: () => void): void {
    if (this.waits) this.#waiting.push(act);
    else act();
  }

  /** The switch: from here on this generation's handlers are the ones that run. */
  live(): Error[] {
    this.state = "live";
    const failures: Error[] = [];
    for (const act of this.#waiting) {
      try {
        act();
      } catch (error) {
        failures.push(error instanceof Error ? error : new Error(String(error)));
      }
    }
    this.#waiting = [];
    return failures;
  }

  /** Takes back everything that can be taken back; what takes time goes on on its own. */
  dispose(): LedgerReport {
    this.state = "disposed";
    this.#waiting = [];
    const report: LedgerReport = { disposed: {}, undisposed: [] };
    for (const entry of this.entries) {
      if (!entry.undo) {
        report.undisposed.push(undisposed(entry));
        continue;
      }
      try {
        const result = entry.undo();
        if (result instanceof Promise) result.catch(() => {});
        report.disposed[entry.kind] = (report.disposed[entry.kind] ?? 0) + 1;
      } catch (error) {
        report.undisposed.push(undisposed(entry, error instanceof Error ? error.message : String(error)));
      }
    }
    this.entries.clear();
    return report;
  }

  /** Counts by kind, for display. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { kind } of this.entries) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  /** May a handler of this generation run now? While it is set up, only for what itself sets off. */
  get runs(): boolean {
    if (this.state === "live") return true;
    if (this.state === "disposed") return false;
    return !this.staged || scopes.getStore()?.owner === this;
  }

  /** A handler that runs in this generation's name, and only while it is in service. */
  guard<A extends unknown[], R>(handler: (...args: A) => R): (...args: A) => R | undefined {
    return (...args) => (this.runs ? scopes.run({ world: null, owner: this }, () => handler(...args)) : undefined);
  }
}

function undisposed(entry: Entry, note = entry.note): Undisposed {
  return { kind: entry.kind, file: entry.file, line: entry.line, note };
}

/** Who the running code belongs to, if it is a generation's own code rather than a request. */
export function currentOwner(): Owner | null {
  return scopes.getStore()?.owner ?? null;
}

/**
 * What modules register while they are evaluated belongs to the module: it ends when the module is loaded afresh. Keyed by
 * file; `loading` holds while a swap loads.
 */
const moduleOwners = new Map<string, Owner>();
let loading = 0;

export class ModuleLedgers {
  readonly #files: Set<string>;
  readonly #old = new Map<string, Owner>();
  readonly #before: Set<string>;

  /** Sets the ledgers of modules aside that are about to be loaded afresh. */
  constructor(files: Set<string>) {
    this.#files = files;
    for (const file of files) {
      const owner = moduleOwners.get(file);
      if (owner) this.#old.set(file, owner);
      moduleOwners.delete(file);
    }
    this.#before = new Set(moduleOwners.keys());
    loading++;
  }

  loaded(): void {
    loading--;
  }

  /** The new modules are in service: what the old ones registered ends. */
  commit(): LedgerReport {
    const report: LedgerReport = { disposed: {}, undisposed: [] };
    for (const owner of this.#old.values()) merge(report, owner.dispose());
    return report;
  }

  abandon(): void {
    for (const [file, owner] of [...moduleOwners]) {
      if (!this.#files.has(file) && this.#before.has(file)) continue;
      owner.dispose();
      moduleOwners.delete(file);
    }
    for (const [file, owner] of this.#old) moduleOwners.set(file, owner);
  }
}

/** The module whose evaluation the running code is part of: the outermost frame is a module's own. */
function moduleOwner(): Owner | null {
  const outermost = here()
    .filter(({ file }) => inWorkspace(file))
    .at(-1);
  if (!outermost || outermost.name !== "") return null;
  let owner = moduleOwners.get(outermost.file);
  if (!owner) {
    owner = new Owner(outermost.file, 0, false);
    owner.state = "live";
    moduleOwners.set(outermost.file, owner);
  }
  return owner;
}

let behind = 0;

/** What is registered meanwhile is the framework's own means to something that is in a ledger already. */
export function behindTheScenes<T>(run: () => T): T {
  behind++;
  try {
    return run();
  } finally {
    behind--;
  }
}

/** Is anybody to answer for what is being registered? */
export function isBehindTheScenes(): boolean {
  return behind > 0;
}

/** Who is to answer for what is being registered. Null: a request, the entry's own doing, or nobody's. */
export function responsible(): Owner | null {
  if (behind > 0) return null;
  const scope = scopes.getStore();
  if (scope?.owner) return scope.owner;
  return scope?.world ? null : moduleOwner();
}

/** New code is being loaded, built or initialised, and this is it. */
export function isSettingUp(): boolean {
  const scope = scopes.getStore();
  if (scope?.owner) return scope.owner.waits;
  return loading > 0 && !scope?.world && moduleOwner() !== null;
}

export function merge(into: LedgerReport, from: LedgerReport): void {
  for (const [kind, count] of Object.entries(from.disposed)) into.disposed[kind] = (into.disposed[kind] ?? 0) + count;
  into.undisposed.push(...from.undisposed);
}
