// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A rehearsal may open nothing but its copy. The connection that it needs is open already; from here on, every further
// one is refused. (Where the system can, the process is confined from outside as well: see core/migrations/confine.)

import { realpathSync } from "node:fs";
import net from "node:net";
import { dirname, resolve, sep } from "node:path";
import type { Target } from "./plan";
import { RunnerError } from "./plan";

function refuse(what: string): never {
  throw new RunnerError("rehearsal-refused", `A rehearsal cannot reach ${what}: it may only use its own copy.`);
}

export async function confine(target: Target): Promise<void> {
  const sqlite = await import("bun:sqlite");
  const folder = target.file === "" ? "" : realpathSync(dirname(target.file)) + sep;
  const mayOpen = (file: unknown): boolean => {
    if (file === undefined || file === "" || file === ":memory:") return true;
    if (typeof file !== "string") return true; // a serialized database: bytes in memory
    const path = resolve(file.replace(/^file:(\/\/)?/, "").replace(/\?.*$/, ""));
    return folder !== "" && path.startsWith(folder);
  };
  const Confined = new Proxy(sqlite.Database, {
    construct(original, args: unknown[], newTarget) {
      if (!mayOpen(args[0])) refuse(`the database ${String(args[0])}`);
      return Reflect.construct(original, args, newTarget) as object;
    },
  });
  const { mock } = await import("bun:test").catch(() => ({ mock: undefined }));
  if (mock) {
    void mock.module("bun:sqlite", () => ({ ...sqlite, Database: Confined, default: Confined }));
    const children = Object.fromEntries(
      ["exec", "execFile", "execFileSync", "execSync", "fork", "spawn", "spawnSync"].map((name) => [
        name,
        () => refuse("other programs"),
      ]),
    );
    for (const name of ["child_process", "node:child_process"])
      void mock.module(name, () => ({ ...children, default: children }));
  }

  net.Socket.prototype.connect = function () {
    return refuse("another server");
  } as typeof net.Socket.prototype.connect;
  const bun = Bun as unknown as Record<string, unknown>;
  for (const name of ["connect", "SQL", "sql", "postgres", "RedisClient", "spawn", "spawnSync", "$"]) {
    try {
      Object.defineProperty(bun, name, {
        configurable: true,
        value: new Proxy(function () {}, {
          apply: () => refuse(`anything through Bun.${name}`),
          construct: () => refuse(`anything through Bun.${name}`),
          get: () => refuse(`anything through Bun.${name}`),
        }),
      });
    } catch {
      // not to be replaced in this version: the confinement from outside remains
    }
  }
}
