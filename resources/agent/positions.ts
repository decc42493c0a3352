// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Errors as values: where in the user's own code, in files and lines that an editor can open.

import { fileURLToPath } from "node:url";
import type { ErrorInfo, SwapPhase } from "./protocol";
import { isObject } from "./framework";

export interface Frame {
  name: string;
  file: string;
  line: number;
  column: number;
}

const AGENT = import.meta.dir;
const FRAME = /^\s*at (?:(.*?) \()?(?:file:\/\/)?((?:\/|[A-Za-z]:[\\/])[^()]*?):(\d+):(\d+)\)?$/;

let workspace = process.cwd();
let frameworkFolder = "";

export function locate(folder: string): void {
  workspace = folder;
}

export function hideFramework(folder: string): void {
  frameworkFolder = folder;
}

export function inWorkspace(file: string): boolean {
  return (
    file.startsWith(workspace + "/") &&
    !file.includes("/node_modules/") &&
    !file.startsWith(AGENT + "/") &&
    !(frameworkFolder && frameworkFolder !== workspace && file.startsWith(frameworkFolder + "/"))
  );
}

export function frames(stack: string | undefined): Frame[] {
  const found: Frame[] = [];
  for (const text of (stack ?? "").split("\n")) {
    const match = FRAME.exec(text);
    if (!match) continue;
    found.push({
      name: (match[1] ?? "").replace(/^async /, ""),
      file: match[2]!,
      line: Number(match[3]),
      column: Number(match[4]),
    });
  }
  return found;
}

/** The present stack. */
export function here(limit = 50): Frame[] {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = limit;
  const { stack } = new Error();
  Error.stackTraceLimit = before;
  return frames(stack);
}

/** The first frame of the user's own code in the present stack. */
export function callSite(): Frame | null {
  return here().find((frame) => inWorkspace(frame.file)) ?? null;
}

/** Who called the agent's wrapper: the user's own code itself, or something else on its behalf. */
export function origin(): { own: boolean; site: Frame | null } {
  const all = here().filter(({ file }) => !file.startsWith(AGENT + "/"));
  const first = all[0];
  if (first && inWorkspace(first.file)) return { own: true, site: first };
  return { own: false, site: all.find(({ file }) => inWorkspace(file)) ?? null };
}

interface Position {
  file?: string;
  line?: number;
  column?: number;
}

export function describe(error: unknown, code: string): ErrorInfo {
  const messages = buildMessages(error);
  if (messages.length > 0) {
    const first = messages[0]!;
    const position = (first.position ?? {}) as Position;
    return {
      code,
      message: messages.map((message) => String(message.message)).join("; "),
      file: plainFile(position.file) ?? null,
      line: position.line ?? null,
      column: position.column ?? null,
      stack: null,
    };
  }
  if (isObject(error)) {
    const stack = typeof error.stack === "string" ? error.stack : undefined;
    const all = frames(stack);
    const at = all.find((frame) => inWorkspace(frame.file)) ?? null;
    const message = typeof error.message === "string" ? error.message : String(error);
    return {
      code,
      message,
      file: at?.file ?? null,
      line: at?.line ?? null,
      column: at?.column ?? null,
      stack: stack ?? null,
    };
  }
  return { code, message: String(error), file: null, line: null, column: null, stack: null };
}

/** The parser's and the resolver's messages in an error, with positions. */
function buildMessages(error: unknown): { message: unknown; position: unknown }[] {
  if (!isObject(error)) return [];
  const own = error as { name?: unknown; errors?: unknown; position?: unknown; message?: unknown };
  if (own.name === "BuildMessage" || own.name === "ResolveMessage")
    return [{ message: own.message, position: own.position }];
  if (!Array.isArray(own.errors)) return [];
  return own.errors.flatMap((inner) => buildMessages(inner));
}

function plainFile(file: string | undefined): string | undefined {
  if (!file) return undefined;
  return file.startsWith("file://") ? fileURLToPath(file) : file;
}

export class SwapError extends Error {
  readonly code: string;
  readonly phase: SwapPhase;
  readonly plugin: string | null;
  readonly restart: string | null;
  readonly info: ErrorInfo;
  /** What had been loaded when it happened. */
  loaded: unknown = null;

  constructor(
    phase: SwapPhase,
    code: string,
    plugin: string | null,
    cause: unknown,
    restart: string | null = null,
    file?: string,
    line?: number,
  ) {
    super(typeof cause === "string" ? cause : String((cause as Error)?.message ?? cause));
    this.code = code;
    this.phase = phase;
    this.plugin = plugin;
    this.restart = restart;
    this.info =
      typeof cause === "string"
        ? { code, message: cause, file: file ?? null, line: line ?? null, stack: null }
        : describe(cause, code);
    if (!this.info.file && file) {
      this.info.file = file;
      this.info.line = line ?? null;
    }
  }
}
