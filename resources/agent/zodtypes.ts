// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A schema as TypeScript, by the direction of its data: what it accepts, or what it gives. Frameworks print one text for
// both, so that a default that is taken away shows in none. Zod 3 and 4, as they describe themselves; no import of either.

import { isObject, type Dict } from "./framework";

export type Way = "accepts" | "gives";

/** Null where a part of it is of a kind that is not known here. */
export function schemaType(schema: unknown, way: Way): string | null {
  try {
    return new Printer(way).whole(schema);
  } catch {
    return null; // it describes itself otherwise, or its own code (of a lazy one) throws
  }
}

const PLAIN: Record<string, string> = {
  string: "string",
  number: "number",
  nan: "number",
  boolean: "boolean",
  bigint: "bigint",
  date: "Date",
  symbol: "symbol",
  undefined: "undefined",
  null: "null",
  void: "void",
  any: "any",
  unknown: "unknown",
  never: "never",
  transform: "unknown", // only its code knows
};

const DEEPEST = 40;

class Printer {
  private readonly outer: unknown[] = []; // the schemas around the one that is printed

  constructor(private readonly way: Way) {}

  whole(schema: unknown): string {
    return this.cases(schema).join(" | ") || "never";
  }

  /** As a part of a larger type. */
  private part(schema: unknown): string {
    const text = this.whole(schema);
    return / [|&] |=>/.test(text) ? `(${text})` : text;
  }

  /** The cases of a union, or the type itself as the only one. */
  private cases(schema: unknown): string[] {
    const { kind, def } = described(schema);
    const plain = PLAIN[kind];
    if (plain !== undefined) return [plain];
    if (this.outer.includes(schema) || this.outer.length > DEEPEST) return ["unknown"]; // it holds itself
    this.outer.push(schema);
    const found = [...new Set(this.composed(kind, def))];
    this.outer.pop();
    return found;
  }

  private composed(kind: string, def: Dict): string[] {
    switch (kind) {
      case "object":
        return [this.object(def)];
      case "array":
        return [`${this.part(def.element ?? def.type)}[]`];
      case "tuple": {
        const items = list(def.items).map((item) => this.whole(item));
        return [`[${[...items, ...(def.rest ? [`...${this.part(def.rest)}[]`] : [])].join(", ")}]`];
      }
      case "record":
        return [`Record<${def.keyType ? this.whole(def.keyType) : "string"}, ${this.whole(def.valueType)}>`];
      case "map":
        return [`Map<${this.whole(def.keyType)}, ${this.whole(def.valueType)}>`];
      case "set":
        return [`Set<${this.whole(def.valueType)}>`];
      case "promise":
        return [`Promise<${this.whole(def.innerType ?? def.type)}>`];
      case "union":
      case "discriminatedunion":
        return list(def.options).flatMap((option) => this.cases(option));
      case "intersection":
        return [`${this.part(def.left)} & ${this.part(def.right)}`];
      case "literal":
        return ("values" in def ? list(def.values) : [def.value]).map(literal);
      case "enum":
      case "nativeenum":
        return members(def.entries ?? def.values).map(literal);
      case "optional":
        return [...this.cases(def.innerType), "undefined"];
      case "nonoptional":
        return this.cases(def.innerType).filter((one) => one !== "undefined");
      case "nullable":
        return [...this.cases(def.innerType), "null"];
      case "default":
      case "prefault":
        return this.way === "accepts" ? [...this.cases(def.innerType), "undefined"] : this.cases(def.innerType);
      case "readonly":
      case "catch":
      case "branded":
        return this.cases(def.innerType ?? def.type);
      case "lazy":
        return this.cases((def.getter as () => unknown)());
      case "effects":
        return this.effects(def);
      case "pipeline":
      case "pipe":
        return this.cases(this.way === "accepts" ? def.in : def.out);
      default:
        throw new Error(`a schema of an unknown kind: ${kind}`);
    }
  }

  private object(def: Dict): string {
    const shape = (typeof def.shape === "function" ? (def.shape as () => Dict)() : def.shape) as Dict;
    const all = Object.entries(shape).map(([key, schema]) => {
      const cases = this.cases(schema);
      const given = cases.filter((one) => one !== "undefined");
      const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
      return `${name}${given.length < cases.length ? "?" : ""}: ${given.join(" | ") || "undefined"}`;
    });
    const rest = isObject(def.catchall) ? described(def.catchall).kind : "never";
    if (def.unknownKeys === "passthrough") all.push("[x: string]: unknown");
    else if (rest !== "never") all.push(`[x: string]: ${this.whole(def.catchall)}`);
    return all.length ? `{ ${all.join("; ")} }` : "{}";
  }

  /** Of Zod 3: refinements change nothing, and what a transformation makes only its code knows. */
  private effects(def: Dict): string[] {
    const type = isObject(def.effect) ? def.effect.type : undefined;
    const hidden = this.way === "gives" ? "transform" : "preprocess";
    return type === hidden ? ["unknown"] : this.cases(def.schema);
  }
}

function described(schema: unknown): { kind: string; def: Dict } {
  const own = isObject(schema) ? schema : {};
  const def = isObject(own._def) ? own._def : isObject(own._zod) && isObject(own._zod.def) ? own._zod.def : {};
  const name = def.typeName ?? def.type;
  if (typeof name !== "string") throw new Error("not a schema of Zod");
  return { kind: name.replace(/^Zod/, "").toLowerCase(), def };
}

function literal(value: unknown): string {
  return typeof value === "bigint" ? `${value}n` : value === undefined ? "undefined" : JSON.stringify(value);
}

function list(values: unknown): unknown[] {
  return values instanceof Map || values instanceof Set ? [...values.values()] : (values as unknown[]);
}

/** An enum's values; numeric enums hold the names of their values as well. */
function members(entries: unknown): unknown[] {
  if (Array.isArray(entries)) return entries;
  const all = entries as Dict;
  return Object.keys(all)
    .filter((key) => typeof all[String(all[key])] !== "number")
    .map((key) => all[key]);
}
