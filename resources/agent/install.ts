// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The switch itself, as far as plugins go.

import type { Dict, PluginLike } from "./framework";
import type { Tracked, Unit } from "./tracked";

/**
 * Puts a staged generation in the place of the running one: in the manager, in the registry of custom errors, in the
 * agent's own books. Synchronous, and the order of registration stays.
 */
export function install(
  tracked: Tracked,
  fresh: readonly Unit[],
  plugins: Map<string, PluginLike>,
  removed: Set<string>,
  standIns: Map<string, unknown>,
): void {
  const { manager } = tracked;
  const staged = new Map(fresh.map((unit) => [unit.name, unit]));
  const registered = new Map(
    [...plugins.keys()].map((name) => [name, staged.get(name)?.registered ?? manager.plugins.get(name)!]),
  );
  const units = new Map([...plugins.keys()].map((name) => [name, staged.get(name) ?? tracked.units.get(name)!]));
  for (const [name, unit] of tracked.units) {
    if (units.get(name) === unit) continue;
    for (const error of Object.keys(unit.plugin.customErrors ?? {})) delete (manager.core.errors as Dict)[error];
  }
  for (const unit of fresh) {
    const register = manager.core.errors.register as ((name: string, definition: unknown) => void) | undefined;
    for (const [name, definition] of Object.entries(unit.plugin.customErrors ?? {}))
      register?.call(manager.core.errors, name, definition);
  }
  manager.plugins.clear();
  for (const [name, plugin] of registered) manager.plugins.set(name, plugin);
  tracked.units.clear();
  for (const [name, unit] of units) tracked.units.set(name, unit);
  for (const name of removed) {
    if (plugins.has(name)) continue;
    delete manager.services[name];
    tracked.standIns.delete(name);
  }
  for (const unit of staged.values()) {
    const standIn = standIns.get(unit.name);
    if (standIn === undefined) delete manager.services[unit.name];
    else manager.services[unit.name] = standIn;
    tracked.keepStandIn(unit.name, unit.raw, standIn);
  }
  tellWorkflows(tracked);
}

/** Isolated workflows set plugins up by themselves, from what the framework tells them at its start. */
function tellWorkflows(tracked: Tracked): void {
  const manager = tracked.manager as unknown as Record<string, (() => unknown) | undefined>;
  const workflows = tracked.server.coreServices.workflows as
    | { setPluginMetadata?: (metadata: Dict) => void }
    | undefined;
  if (typeof workflows?.setPluginMetadata !== "function" || typeof manager.getPluginNames !== "function") return;
  workflows.setPluginMetadata({
    names: manager.getPluginNames(),
    modulePaths: manager.getPluginModulePaths?.(),
    configs: manager.getPluginConfigs?.(),
    dependencies: manager.getPluginDependencies?.(),
    customErrors: manager.getPluginCustomErrors?.(),
  });
}
