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

/** null: a type of the question mentions what the compiler cannot find (another version of a package, perhaps). */
export async function compare(
  backend: Backend,
  module: string,
  others: ReadonlyMap<string, string>,
  before: Side,
  after: Side,
  questions: readonly Question[],
): Promise<(boolean | null)[]> {
  const sides = [written("Before", before), written("After", after)] as const;
  const lines = [...sides[0].lines, ...sides[1].lines, "export {};"];
  await backend.update(new Map([...others, [module, `${lines.join("\n")}\n`]]), []);
  const unfound = new Set(
    (await backend.problems(module)).filter(({ code }) => UNFOUND.has(code)).map(({ line }) => line - 1),
  );
  const broken = sides.map(({ first }, at) => {
    const side = at === 0 ? before : after;
    const offset = at === 0 ? 0 : sides[0].lines.length;
    return unfound.size ? affected(side, (index) => unfound.has(offset + first + index)) : new Set<number>();
  });
  const found = await backend.assignable(
    module,
    questions.map(({ from, to, direction }) =>
      direction === "before-to-after" ? [`Before.$${from}`, `After.$${to}`] : [`After.$${from}`, `Before.$${to}`],
    ),
  );
  return questions.map(({ from, to, direction }, at) => {
    const [source, target] = direction === "before-to-after" ? broken : [...broken].reverse();
    return source?.has(from) || target?.has(to) ? null : (found[at] ?? null);
  });
}

/** Cannot find name, module, namespace or exported member. */
const UNFOUND = new Set([2304, 2305, 2306, 2307, 2503, 2552, 2694, 2724]);

/** The indices of types with such a line, or with a definition that has one. */
function affected(side: Side, isUnfound: (line: number) => boolean): Set<number> {
  const names = Object.keys(side.definitions);
  const lost = new Set(names.filter((_, at) => isUnfound(at)));
  const mentionsLost = (text: string) => (text.match(/[A-Za-z_$][\w$]*/g) ?? []).some((word) => lost.has(word));
  for (let size = -1; size !== lost.size; ) {
    size = lost.size;
    for (const name of names) if (mentionsLost(side.definitions[name]?.text ?? "")) lost.add(name);
  }
  return new Set(
    side.types.map((_, at) => at).filter((at) => isUnfound(names.length + at) || mentionsLost(side.types[at] ?? "")),
  );
}

/** One line for each definition and then for each type; `first` is the line of the first. */
function written(name: string, side: Side): { lines: string[]; first: number } {
  const lines = [`declare namespace ${name} {`];
  for (const [own, { text, parameters }] of Object.entries(side.definitions))
    lines.push(`  export type ${own}${parameters.length ? `<${parameters.join(", ")}>` : ""} = ${text};`);
  side.types.forEach((type, at) => lines.push(`  export type $${at} = ${type};`));
  return { lines: [...lines, "}"], first: 1 };
}
