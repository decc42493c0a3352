// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Finds a plugin among the exports of its module.

import { isPlugin, type Dict, type PluginLike } from "./framework";
import { SwapError } from "./positions";

/**
 * The plugin called `name`. A factory (`withConfig`) is bound to `config`, or again to the configuration that the entry once
 * gave it.
 */
export function findPlugin(
  exports: Dict,
  name: string,
  old: PluginLike | null,
  config: unknown,
  file: string,
): PluginLike {
  const values = candidates(exports);
  const plain = values.find(([, value]) => isPlugin(value) && value.name === name)?.[1] as PluginLike | undefined;
  const bound = config !== undefined ? config : old?._boundConfig;
  if (plain) {
    if (old?._boundConfig !== undefined) {
      throw new SwapError(
        "validate",
        "unsupported",
        name,
        `The plugin "${name}" no longer takes a configuration, but the entry still gives it one.`,
        `the entry calls ${name}'s factory, which is now a plain plugin: the entry must change`,
        file,
      );
    }
    return validated(plain, name, file);
  }
  const others: string[] = [];
  for (const [key, value] of values) {
    if (typeof value !== "function" || isClass(value)) {
      if (isPlugin(value)) others.push(value.name);
      continue;
    }
    if (old && old._boundConfig === undefined && config === undefined && value.length > 0 && !/plugin/i.test(key))
      continue;
    let made: unknown;
    try {
      made = (value as (config: unknown) => unknown)(bound);
    } catch {
      continue; // not a plugin's factory
    }
    if (!isPlugin(made)) continue;
    if (made.name !== name) {
      others.push(made.name);
      continue;
    }
    if (old && old._boundConfig === undefined && made._boundConfig === undefined && "_boundConfig" in made) {
      throw new SwapError(
        "validate",
        "unsupported",
        name,
        `The plugin "${name}" now takes a configuration, which the entry does not give it.`,
        `the entry registers ${name} without a configuration: the entry must change`,
        file,
      );
    }
    if (!old && config === undefined && "_boundConfig" in made) {
      throw new SwapError(
        "validate",
        "unsupported",
        name,
        `The plugin "${name}" takes a configuration, which only the entry can give it.`,
        `${name} is new and takes a configuration: the entry must be run to give it one`,
        file,
      );
    }
    return validated(made, name, file);
  }
  const seen = others.length > 0 ? ` It has ${others.map((other) => `"${other}"`).join(", ")}.` : "";
  throw new SwapError(
    "validate",
    "missing-export",
    name,
    `No export of this module is the plugin "${name}".${seen}`,
    null,
    file,
  );
}

/** Names of the plugins that a module exports, as far as they can be told without calling anything. */
export function pluginNames(exports: Dict): string[] {
  return candidates(exports).flatMap(([, value]) => (isPlugin(value) ? [value.name] : []));
}

function candidates(exports: Dict): [string, unknown][] {
  return Object.entries(exports).sort(([a], [b]) => rank(a) - rank(b));
}

function rank(key: string): number {
  return key === "default" ? 0 : /plugin/i.test(key) ? 1 : 2;
}

function isClass(value: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

function validated(plugin: PluginLike, name: string, file: string): PluginLike {
  if (typeof plugin.service !== "function") {
    throw new SwapError(
      "validate",
      "missing-export",
      name,
      `The plugin "${name}" has no service function.`,
      null,
      file,
    );
  }
  return plugin;
}
