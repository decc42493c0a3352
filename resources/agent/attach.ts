// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A server that was started by hand and asks to be attached to finds the session of its workspace in the user's runtime
// folder. Whatever there belongs to somebody else, or lets others in, is not it.

import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync, type Stats } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Dict } from "./framework";
import { FRAMEWORK } from "./framework";

export interface Meeting {
  socket: string;
  token: string;
}

/** The workspace that `PADDOCK_ATTACH` means: a path, or the nearest workspace upwards from the working folder. */
export function workspaceToAttach(wish: string, given: string | undefined, from = process.cwd()): string {
  if (wish.includes("/")) return resolve(wish);
  if (given) return given;
  for (let folder = from; ; folder = dirname(folder)) {
    if (isWorkspace(folder)) return folder;
    if (dirname(folder) === folder) return from;
  }
}

/** Where the session that is open on the workspace listens, and what it wants to be told. Null: there is none. */
export function findSession(workspace: string): Meeting | null {
  try {
    const root = existsSync(workspace) ? realpathSync(workspace) : workspace;
    const id = createHash("sha256").update(root).digest("hex").slice(0, 16);
    const runtime = process.env.XDG_RUNTIME_DIR;
    const base =
      runtime && existsSync(runtime) && statSync(runtime).isDirectory()
        ? join(runtime, "paddock")
        : join(process.env.TMPDIR || "/tmp", `paddock-${process.geteuid?.() ?? 0}`);
    const folder = join(base, id);
    const token = join(folder, "agent.token");
    if (!isPrivate(lstatSync(base), true) || !isPrivate(lstatSync(folder), true) || !isPrivate(lstatSync(token), false))
      return null;
    return { socket: join(folder, "agent.sock"), token: readFileSync(token, "utf8").trim() };
  } catch {
    return null; // not open, or closing at this moment
  }
}

function isPrivate(info: Stats, isFolder: boolean): boolean {
  const ours = process.geteuid === undefined || info.uid === process.geteuid();
  return ours && (info.mode & 0o077) === 0 && (isFolder ? info.isDirectory() : info.isFile());
}

function isWorkspace(folder: string): boolean {
  try {
    if (readdirSync(folder).some((name) => /^donkeylabs\.config\.[cm]?[jt]s$/.test(name))) return true;
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Dict<Dict | undefined>;
    return [manifest.dependencies, manifest.devDependencies].some((list) => list !== undefined && FRAMEWORK in list);
  } catch {
    return false;
  }
}
