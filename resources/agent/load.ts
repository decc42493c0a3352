// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The first step of a swap: drops the modules and loads them afresh, finds plugins and routers in them.

import type { Dict, PluginLike } from "./framework";
import { findPlugin } from "./find";
import { ModuleLedgers } from "./ledger";
import { TimeoutError, within } from "./limit";
import type { Modules, Saved } from "./modules";
import { SwapError } from "./positions";
import { dropRouter, pairRouters, type RouterPair, useRouter } from "./routes";
import type { RouterWatch } from "./routers";
import { isRouter } from "./framework";
import type { Source } from "./swap";
import type { Tracked } from "./tracked";

export interface Loaded {
  /** What the dropped modules were. */
  saved: Saved;
  definitions: Map<string, PluginLike>;
  exports: Map<string, Dict>;
  removed: Set<string>;
  /** Old name → the new name that takes its place. */
  heirs: Map<string, string>;
  ledgers: ModuleLedgers;
  pairs: RouterPair[];
  dropped: Set<string>;
  /** The swap took. */
  commit(): void;
}

interface Options {
  tracked: Tracked;
  modules: Modules;
  watch: RouterWatch;
  source: Source;
  timeoutMs: number;
  serving: Map<string, Dict>;
  dropping(file: string): void;
  /** Before a module's code runs. */
  loading(plugin: string | null, file: string): void;
  step(plugin: string, step: "cache" | "import"): unknown;
}

export async function loadAll({
  tracked,
  modules,
  watch,
  source,
  timeoutMs,
  serving,
  dropping,
  loading,
  step,
}: Options): Promise<Loaded> {
  const { params, ready } = source;
  const fileOf = (name: string, given?: string): string | null => given ?? tracked.units.get(name)?.file ?? null;
  const plugins = params.plugins ?? [];
  const routes = params.routes ?? [];

  const files = new Set(params.modules ?? []);
  for (const { file } of routes) files.add(file);
  for (const { name, file, remove, renamedFrom } of plugins) {
    const known = fileOf(renamedFrom ?? name, file);
    if (known && !remove && !ready?.has(name)) files.add(known);
  }
  for (const unit of tracked.units.values()) if (unit.file && !unit.exports) unit.exports = modules.peek(unit.file);
  if (source.modules) for (const file of source.modules.keys()) files.add(file);
  for (const file of files) {
    if (file !== Bun.main && file !== params.entry && !tracked.entries.has(file)) continue;
    throw new SwapError(
      "validate",
      "unsupported",
      plugins[0]?.name ?? null,
      "This module sets the server up: it cannot be loaded a second time.",
      "the entry itself changed",
      file,
    );
  }
  for (const file of files) dropping(file);
  const ledgers = new ModuleLedgers(files);
  const loaded: Loaded = {
    ledgers,
    saved: modules.drop(files),
    definitions: new Map(),
    exports: new Map(),
    removed: new Set(),
    heirs: new Map(),
    pairs: [],
    dropped: files,
    commit: () => {},
  };

  try {
    for (const [file, exports] of source.modules ?? []) if (exports) modules.hold(file, exports);
    const load = async (file: string, plugin: string | null): Promise<Dict> => {
      const known = loaded.exports.get(file);
      if (known) return known;
      loading(plugin, file);
      const importing = modules.load(file);
      try {
        const exports = await within(importing, timeoutMs, `${file} did not finish loading within ${timeoutMs} ms.`);
        loaded.exports.set(file, exports);
        return exports;
      } catch (error) {
        importing.catch(() => {});
        throw new SwapError(
          "load",
          error instanceof TimeoutError ? "load-timeout" : "load-failed",
          plugin,
          error,
          null,
          file,
        );
      }
    };

    for (const { name, file: given, remove, renamedFrom, config } of plugins) {
      if (remove) {
        loaded.removed.add(name);
        continue;
      }
      if (renamedFrom && tracked.units.has(renamedFrom)) {
        loaded.removed.add(renamedFrom);
        loaded.heirs.set(renamedFrom, name);
      }
      const prepared = ready?.get(name);
      if (prepared) {
        loaded.definitions.set(name, prepared);
        continue;
      }
      const old = tracked.units.get(renamedFrom ?? name)?.plugin ?? null;
      const file = fileOf(renamedFrom ?? name, given);
      if (!file) {
        throw new SwapError(
          "validate",
          "unsupported",
          name,
          `The module of the plugin "${name}" is not known.`,
          `the file of ${name} is not known`,
        );
      }
      await step(name, "cache");
      const exports = await load(file, name);
      loaded.definitions.set(name, findPlugin(exports, name, old, config, file));
      await step(name, "import");
    }
    for (const { file, export: name, remove } of params.routers ?? []) {
      if (remove)
        dropRouter(tracked.server, watch, [serving.get(file), modules.peek(file), loaded.saved.get(file)], name);
      else useRouter(tracked.server, await load(file, null), name, file);
    }
    for (const { file } of routes) {
      const before = serving.get(file) ?? loaded.saved.get(file) ?? {};
      const after = await load(file, null);
      loaded.pairs.push(...pairRouters(tracked.server, watch, before, after, file));
    }
    loaded.commit = () => {
      // A router that goes on serving although its module was dropped must be found again when the module's routes change.
      for (const [file, exports] of loaded.saved) {
        if (loaded.exports.has(file) && routes.some((route) => route.file === file)) serving.delete(file);
        else if (
          exports &&
          !serving.has(file) &&
          Object.values(exports).some((value) => isRouter(value) && watch.known.has(value))
        )
          serving.set(file, exports);
      }
    };
    return loaded;
  } catch (error) {
    if (error instanceof SwapError) {
      error.loaded = loaded;
      throw error;
    }
    const wrapped = new SwapError("load", "load-failed", null, error);
    wrapped.loaded = loaded;
    throw wrapped;
  } finally {
    ledgers.loaded();
  }
}
