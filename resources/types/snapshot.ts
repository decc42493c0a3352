// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What callers of a workspace see, as text: services, tables, events and errors of every plugin with their inferred
// types, whole; what the generator wrote of routes and events; and the named types that those mention, each once. The
// text stands for itself, so that two of them can be compared long after the code that they describe is gone.

import { dirname, join } from "node:path";
import type { Backend, Printed } from "./backend";

export interface PluginSource {
  name: string;
  /** absolute */
  file: string;
  /** the name under which the module exports the plugin; "default" too */
  export: string;
  parts: Part[];
}

export type Part = "service" | "schema" | "events" | "errors";

/** What type generation wrote, where it did. */
export interface Generated {
  /** modules whose nested type aliases `Input`, `Output` and `Events` belong to routes: "Shop.Quote.Input" */
  routes?: string;
  /** the module that exports `EventMap` */
  events?: string;
}

export interface Snapshot {
  compiler: string;
  /** each part that was asked for: its type, or null where the compiler cannot make sense of it */
  plugins: ({ name: string } & Partial<Record<Part, string | null>>)[];
  /** by the alias's name in the generated module */
  routes: Record<string, string>;
  events: string | null;
  /** by name: the right side of `type Name<A, B> = …`, and the names of its parameters */
  definitions: Record<string, { text: string; parameters: string[] }>;
}

/** Named types that other named types mention are looked up in rounds; deeper than this is cut, and stays a name. */
const ROUNDS = 12;

interface Named {
  /** the path as the compiler prints it, and the name in that module */
  path: string;
  symbol: string;
  parameters: number;
}

export class Snapshots {
  /** Definitions that an earlier snapshot needed: asked for at once next time, so that one round is enough. */
  private known = new Map<string, Named>();
  /** The probe as it was shown to the compiler last. */
  probeText = "";

  constructor(
    private readonly backend: Backend,
    /** absolute path of the virtual module */
    private readonly probe: string,
    private readonly framework: string,
  ) {}

  async take(
    plugins: readonly PluginSource[],
    generated: Generated,
    others: ReadonlyMap<string, string>,
    changed: readonly string[] | "all",
  ): Promise<Snapshot> {
    // Most saves leave the probe as it is, so it goes along with them: each update costs as much as all that is read.
    await this.show(this.probeText, others, changed);
    const roots = await this.roots(plugins, generated, others);
    const asked = new Map(this.known);
    const printed = new Map<string, Printed>();
    let texts: (Printed | null)[] = [];
    for (let round = 0, dirty = true; round < ROUNDS && dirty; ++round) {
      const names = [...asked.keys()];
      const text = this.text(roots, [...asked.values()]);
      if (text !== this.probeText) await this.show(text, others);
      const all = await this.backend.print(this.probe, [
        ...roots.map((_, at) => `Root${at}`),
        ...names.map((_, at) => `Open${at}`),
        ...names.map((_, at) => `Plain${at}`),
      ]);
      texts = all.slice(0, roots.length);
      names.forEach((key, at) => {
        const open = all[roots.length + at];
        const asIs = all[roots.length + names.length + at];
        const best = asIs && (asIs.kind === "callable" || asIs.kind === "enum") ? asIs : (open ?? asIs);
        if (best) printed.set(key, best);
      });
      dirty = false;
      for (const text of [...texts, ...printed.values()])
        for (const named of text ? mentioned(text.text) : []) {
          if (asked.has(keyOf(named))) continue;
          asked.set(keyOf(named), named);
          dirty = true;
        }
    }
    return this.compose(plugins, roots, texts, printed, asked);
  }

  private async show(text: string, others: ReadonlyMap<string, string>, changed: readonly string[] | "all" = []) {
    this.probeText = text;
    await this.backend.update(new Map([...others, [this.probe, text]]), changed);
  }

  private async roots(
    plugins: readonly PluginSource[],
    generated: Generated,
    others: ReadonlyMap<string, string>,
  ): Promise<Root[]> {
    const roots: Root[] = [];
    for (const { name, file, export: exported, parts } of plugins) {
      const plugin = `(typeof import(${JSON.stringify(withoutExtension(file))}))[${JSON.stringify(exported)}]`;
      for (const part of parts) roots.push({ of: "plugin", name, part, type: TYPES[part].replace("$", plugin) });
    }
    const { routes, events } = generated;
    if (routes) {
      const file = join(dirname(this.probe), routes);
      let names = await this.backend.aliasNames(file);
      if (!names.length) {
        // not a part of the project by itself: the probe makes it one
        const reach = `export type Reached = typeof import(${JSON.stringify(`./${withoutExtension(routes)}`)});`;
        await this.show(reach, others);
        names = await this.backend.aliasNames(file);
      }
      for (const name of names)
        if (/\.(?:Input|Output|Events)$/.test(name))
          roots.push({ of: "route", name, type: `import(${JSON.stringify(`./${withoutExtension(routes)}`)}).${name}` });
    }
    if (events)
      roots.push({ of: "events", name: "", type: `import(${JSON.stringify(`./${withoutExtension(events)}`)}).EventMap` });
    return roots;
  }

  private text(roots: readonly Root[], named: readonly Named[]): string {
    const lines = [
      `import type { InferService, InferSchema } from ${JSON.stringify(this.framework)};`,
      "type Opened<T> = { [K in keyof T]: T[K] };",
      "type Made<T> = T extends (config: any) => infer P ? P : T;",
      "type Carried<T> = { [K in keyof T]: T[K] extends { _output: infer O } ? O : unknown };",
      "type EventsOf<T> = Made<T> extends { events?: infer E } ? Carried<E> : {};",
      "type ErrorsOf<T> = Made<T> extends { customErrors?: infer E } ? E : {};",
      ...roots.map(({ type }, at) => `export type Root${at} = Opened<${type}>;`),
    ];
    named.forEach(({ path, symbol, parameters }, at) => {
      const list = parameters ? `<${parameterNames(parameters).join(", ")}>` : "";
      const type = `import(${JSON.stringify(path)}).${symbol}${list}`;
      lines.push(`export type Open${at}${list} = Opened<${type}>;`, `export type Plain${at}${list} = ${type};`);
    });
    return lines.join("\n");
  }

  private compose(
    plugins: readonly PluginSource[],
    roots: readonly Root[],
    texts: readonly (Printed | null)[],
    printed: ReadonlyMap<string, Printed>,
    asked: ReadonlyMap<string, Named>,
  ): Snapshot {
    // only what is still mentioned, from the roots on
    const used = new Set<string>();
    const visit = (text: string) => {
      for (const named of mentioned(text)) {
        const key = keyOf(named);
        if (used.has(key)) continue;
        used.add(key);
        const own = printed.get(key);
        if (own) visit(own.text);
      }
    };
    for (const text of texts) if (text) visit(text.text);
    this.known = new Map([...asked].filter(([key]) => used.has(key)));

    const names = shortNames([...this.known.values()]);
    const rename = (text: string) =>
      text.replace(MENTION, (whole, path: string, symbol: string) => names.get(`${path}\0${symbol}`) ?? whole);
    const definitions: Snapshot["definitions"] = {};
    for (const [key, named] of this.known) {
      const name = names.get(`${named.path}\0${named.symbol}`);
      const own = printed.get(key);
      if (!name || !own) continue;
      definitions[name] = {
        text: own.values ? own.values.map((value) => JSON.stringify(value)).join(" | ") : rename(own.text),
        parameters: parameterNames(named.parameters),
      };
    }
    const result: Snapshot = {
      compiler: this.backend.compiler,
      plugins: plugins.map(({ name }) => ({ name })),
      routes: {},
      events: null,
      definitions,
    };
    const byName = new Map(result.plugins.map((plugin) => [plugin.name, plugin]));
    roots.forEach(({ of, name, part }, at) => {
      const found = texts[at];
      const text = found ? rename(found.text) : null;
      const plugin = byName.get(name);
      if (of === "plugin" && plugin && part) plugin[part] = text;
      else if (of === "route" && text) result.routes[name] = text;
      else if (of === "events") result.events = text;
    });
    return result;
  }
}

/** One type that the snapshot begins from. */
interface Root {
  of: "plugin" | "route" | "events";
  name: string;
  part?: Part;
  /** as the probe writes it */
  type: string;
}

const TYPES: Record<Part, string> = {
  service: "InferService<$>",
  schema: "InferSchema<$>",
  events: "EventsOf<$>",
  errors: "ErrorsOf<$>",
};

/** The workspace's own named types; those of packages keep their names. */
const MENTION = /(?:typeof )?import\("(\.[^"]*)"\)\.([A-Za-z_$][\w$.]*)/g;

function mentioned(text: string): Named[] {
  const found: Named[] = [];
  for (const match of text.matchAll(MENTION)) {
    const [whole, path, symbol] = match;
    if (!path || !symbol || whole.startsWith("typeof") || path.includes("node_modules")) continue;
    found.push({ path, symbol, parameters: argumentsAt(text, match.index + whole.length) });
  }
  return found;
}

/** How many type arguments stand at an offset: "<A, Map<B, C>>" are two. */
function argumentsAt(text: string, at: number): number {
  if (text[at] !== "<") return 0;
  let depth = 0;
  let count = 1;
  for (let i = at; i < text.length; ++i) {
    const c = text[i];
    if (c === '"' || c === "'" || c === "`") {
      for (++i; i < text.length && text[i] !== c; ++i) if (text[i] === "\\") ++i;
    } else if (c === "=" && text[i + 1] === ">") ++i;
    else if (c === "<" || c === "(" || c === "{" || c === "[") ++depth;
    else if (c === ">" || c === ")" || c === "}" || c === "]") {
      if (--depth === 0) return count;
    } else if (c === "," && depth === 1) ++count;
  }
  return 0;
}

function keyOf({ path, symbol, parameters }: Named): string {
  return `${path}\0${symbol}\0${parameters}`;
}

function parameterNames(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `T${at}`);
}

function withoutExtension(file: string): string {
  return file.replace(/\.(?:d\.)?[cm]?tsx?$/, "");
}

/** A type's own name where it is the only one of that name; else with its module's: "Options_users". */
function shortNames(named: readonly Named[]): Map<string, string> {
  const byName = new Map<string, Set<string>>();
  for (const { path, symbol } of named) {
    const name = symbol.replaceAll(".", "_");
    byName.set(name, (byName.get(name) ?? new Set()).add(`${path}\0${symbol}`));
  }
  const result = new Map<string, string>();
  for (const [name, keys] of byName)
    if (keys.size === 1 && !RESERVED.has(name)) for (const key of keys) result.set(key, name);
    else
      for (const key of keys) {
        const path = key.slice(0, key.indexOf("\0")).replace(/^[./]+/, "").replace(/\/index$/, "");
        result.set(key, `${name}_${path.split("/").slice(-2).join("_").replace(/[^\w$]/g, "_")}`);
      }
  return result;
}

/** A type of the workspace that hides one of the library's must not do so in the text. */
const RESERVED = new Set(
  "Array Boolean Date Error Exclude Extract Function Map Object Omit Partial Pick Promise ReadonlyArray Record Required RegExp Set String Number Symbol Readonly NonNullable Parameters ReturnType Awaited Before After".split(" "),
);
