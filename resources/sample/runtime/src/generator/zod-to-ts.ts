// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** A zod schema as TypeScript text: what a client may send, or what it gets. */
import type { z } from "zod";

export function zodToTs(schema: z.ZodType<any, any, any>): string {
  const def = schema._def as any;
  switch (def.typeName as string) {
    case "ZodString":
    case "ZodNumber":
    case "ZodBoolean":
    case "ZodUndefined":
    case "ZodNull":
    case "ZodAny":
    case "ZodUnknown":
    case "ZodVoid":
    case "ZodNever":
    case "ZodBigInt":
      return def.typeName.slice(3).toLowerCase();
    case "ZodDate":
      return "Date";
    case "ZodLiteral":
      return JSON.stringify(def.value);
    case "ZodEnum":
      return def.values.map((value: string) => JSON.stringify(value)).join(" | ");
    case "ZodArray":
      return `${grouped(zodToTs(def.type))}[]`;
    case "ZodTuple":
      return `[${def.items.map(zodToTs).join(", ")}]`;
    case "ZodRecord":
      return `Record<${zodToTs(def.keyType)}, ${zodToTs(def.valueType)}>`;
    case "ZodObject":
      return objectToTs(def.shape());
    case "ZodUnion":
      return def.options.map(zodToTs).join(" | ");
    case "ZodDiscriminatedUnion":
      return [...def.options.values()].map(zodToTs).join(" | ");
    case "ZodIntersection":
      return `${grouped(zodToTs(def.left))} & ${grouped(zodToTs(def.right))}`;
    case "ZodNullable":
      return `${zodToTs(def.innerType)} | null`;
    case "ZodOptional":
    case "ZodDefault":
    case "ZodCatch":
    case "ZodReadonly":
      return zodToTs(def.innerType);
    case "ZodBranded":
    case "ZodPromise":
      return zodToTs(def.type);
    case "ZodEffects":
      return zodToTs(def.schema);
    case "ZodPipeline":
      return zodToTs(def.in);
    case "ZodLazy":
      return zodToTs(def.getter());
    default:
      return "unknown";
  }
}

function objectToTs(shape: Record<string, z.ZodType<any>>): string {
  const lines = Object.entries(shape).map(([key, value]) => {
    const kind = (value._def as any).typeName;
    const name = /^[\w$]+$/.test(key) ? key : JSON.stringify(key);
    return `  ${name}${kind === "ZodOptional" || kind === "ZodDefault" ? "?" : ""}: ${zodToTs(value).replaceAll("\n", "\n  ")};`;
  });
  return lines.length > 0 ? `{\n${lines.join("\n")}\n}` : "{}";
}

/** `(a | b)[]`, not `a | b[]`. */
const grouped = (type: string) => (/^[^{]*[|&]/.test(type) ? `(${type})` : type);
