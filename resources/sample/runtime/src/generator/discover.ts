// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Finds plugins and events by importing their modules: what they say of themselves is never guessed from text. */
import { dirname, join } from "node:path";
import type { Plugin } from "../plugin";
import { zodToTs } from "./zod-to-ts";

export interface FoundPlugin {
  name: string;
  /** Name of the constant that the module exports. */
  exportName: string;
  file: string;
  folder: string;
  handlers: string[];
  middleware: string[];
}

/** Stands in for a context or a service while middleware is only listed: everything about it is itself. */
const blank: any = new Proxy(() => {}, { get: () => blank, apply: () => blank });

/** Sorted by name. */
export async function findPlugins(root: string, patterns: string[]): Promise<FoundPlugin[]> {
  const found: FoundPlugin[] = [];
  for (const pattern of patterns) {
    for await (const path of new Bun.Glob(pattern.replace(/^\.\//, "")).scan({ cwd: root })) {
      const file = join(root, path);
      const module: Record<string, unknown> = await import(file);
      for (const [exportName, value] of Object.entries(module)) {
        const plugin = exportName.endsWith("Plugin") ? toPlugin(value) : undefined;
        if (!plugin) continue;
        const handlers = Object.keys(plugin.handlers ?? {});
        const middleware = Object.keys(plugin.middleware?.(blank, blank) ?? {});
        found.push({ name: plugin.name, exportName, file, folder: dirname(file), handlers, middleware });
      }
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Event name → TypeScript type. */
export async function findEvents(file: string): Promise<Record<string, string>> {
  if (!(await Bun.file(file).exists())) return {};
  const { events = {} } = await import(file);
  return Object.fromEntries(Object.entries(events).map(([name, schema]) => [name, zodToTs(schema as any)]));
}

/** A configured plugin is a function; its name does not depend on the configuration. */
function toPlugin(value: unknown): Plugin | undefined {
  const plugin = typeof value === "function" ? value(undefined) : value;
  return plugin && typeof plugin === "object" && "service" in plugin ? (plugin as Plugin) : undefined;
}
