// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Assignability between types of two snapshots, decided by the compiler: both sides become namespaces of one virtual
// module, so that names of one never meet those of the other.

import type { Backend } from "./backend";

export interface Side {
  definitions: Record<string, { text: string; parameters: string[] }>;
  /** type texts in the terms of the definitions */
  types: string[];
}

export interface Question {
  /** index into `types` of the side named first, and of the other */
  from: number;
  to: number;
  /** which side a value comes from */
  direction: "before-to-after" | "after-to-before";
}

export async function compare(
  backend: Backend,
  module: string,
  others: ReadonlyMap<string, string>,
  before: Side,
  after: Side,
  questions: readonly Question[],
): Promise<boolean[]> {
  const text = `${namespace("Before", before)}${namespace("After", after)}export {};\n`;
  await backend.update(new Map([...others, [module, text]]), []);
  return backend.assignable(
    module,
    questions.map(({ from, to, direction }) =>
      direction === "before-to-after" ? [`Before.$${from}`, `After.$${to}`] : [`After.$${from}`, `Before.$${to}`],
    ),
  );
}

function namespace(name: string, side: Side): string {
  const lines = Object.entries(side.definitions).map(
    ([own, { text, parameters }]) => `  export type ${own}${parameters.length ? `<${parameters.join(", ")}>` : ""} = ${text};`,
  );
  side.types.forEach((type, at) => lines.push(`  export type $${at} = ${type};`));
  return `declare namespace ${name} {\n${lines.join("\n")}\n}\n`;
}
