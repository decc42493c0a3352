// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What callers of a workspace's plugins see, as text: every member of every service with its inferred type, whole, and
// the named types that those mention, each once. The text stands for itself, so that two of them can be compared long
// after the code that they describe is gone.

import type { Backend, Printed } from "./backend";

export interface PluginSource {
  name: string;
  /** absolute */
  file: string;
  /** the name under which the module exports the plugin; "default" too */
  export: string;
}

export interface Snapshot {
  compiler: string;
  plugins: { name: string; service: string | null }[];
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

  constructor(
    private readonly backend: Backend,
    /** absolute path of the virtual module */
    private readonly probe: string,
    private readonly framework: string,
  ) {}

  async take(
    plugins: readonly PluginSource[],
    others: ReadonlyMap<string, string>,
    changed: readonly string[] | "all",
  ): Promise<Snapshot> {
    let files = changed;
    const printed = new Map<string, Printed>();
    let wanted = [...this.known.values()];
    const asked = new Map(this.known);
    let services: (Printed | null)[] = [];
    let dirty = true;
    for (let round = 0; round < ROUNDS && dirty; ++round) {
      const names = [...asked.keys()];
      await this.backend.update(new Map([...others, [this.probe, this.text(plugins, [...asked.values()])]]), files);
      files = [];
      services = await this.backend.print(
        this.probe,
        plugins.map((_, at) => `Service${at}`),
      );
      const open = await this.backend.print(
        this.probe,
        names.map((_, at) => `Open${at}`),
      );
      const plain = await this.backend.print(
        this.probe,
        names.map((_, at) => `Plain${at}`),
      );
      names.forEach((key, at) => {
        const asIs = plain[at];
        const best = asIs && (asIs.kind === "callable" || asIs.kind === "enum") ? asIs : (open[at] ?? asIs);
        if (best) printed.set(key, best);
      });
      dirty = false;
      wanted = [];
      for (const text of [...services, ...printed.values()])
        if (text) for (const named of mentioned(text.text)) if (!asked.has(keyOf(named))) wanted.push(named);
      for (const named of wanted) {
        dirty ||= !asked.has(keyOf(named));
        asked.set(keyOf(named), named);
      }
    }
    return this.compose(plugins, services, printed, asked);
  }

  private text(plugins: readonly PluginSource[], named: readonly Named[]): string {
    const lines = [
      `import type { InferService } from ${JSON.stringify(this.framework)};`,
      "type Opened<T> = { [K in keyof T]: T[K] };",
    ];
    plugins.forEach(({ file, export: name }, at) => {
      const module = `import(${JSON.stringify(withoutExtension(file))})`;
      lines.push(`export type Service${at} = Opened<InferService<(typeof ${module})[${JSON.stringify(name)}]>>;`);
    });
    named.forEach(({ path, symbol, parameters }, at) => {
      const list = parameters ? `<${parameterNames(parameters).join(", ")}>` : "";
      const type = `import(${JSON.stringify(path)}).${symbol}${list}`;
      lines.push(`export type Open${at}${list} = Opened<${type}>;`, `export type Plain${at}${list} = ${type};`);
    });
    return lines.join("\n");
  }

  private compose(
    plugins: readonly PluginSource[],
    services: readonly (Printed | null)[],
    printed: ReadonlyMap<string, Printed>,
    asked: ReadonlyMap<string, Named>,
  ): Snapshot {
    // only what is still mentioned, from the services on
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
    for (const service of services) if (service) visit(service.text);
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
    return {
      compiler: this.backend.compiler,
      plugins: plugins.map(({ name }, at) => ({ name, service: services[at] ? rename(services[at].text) : null })),
      definitions,
    };
  }
}

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
