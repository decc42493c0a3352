// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Registers plugins, runs their migrations and makes their services, dependencies first. */
import { join } from "node:path";
import { PluginContext, type CoreServices } from "./context";
import { MigrationRunner, migrationFolder } from "./migrations";
import type { Plugin } from "./plugin";

/** Core services that keep tables of their own; recorded as `@core/<service>`. */
const coreWithTables = ["jobs"];

export class PluginManager {
  private plugins = new Map<string, Plugin>();
  private services: Record<string, any> = {};

  constructor(private core: CoreServices) {}

  getServices(): Record<string, any> {
    return this.services;
  }

  getCore(): CoreServices {
    return this.core;
  }

  getPlugins(): Plugin[] {
    return [...this.plugins.values()];
  }

  getPluginNames(): string[] {
    return [...this.plugins.keys()];
  }

  register(plugin: Plugin): void {
    if (this.plugins.has(plugin.name)) throw new Error(`Plugin ${plugin.name} is already registered`);
    this.plugins.set(plugin.name, plugin);
  }

  async migrate(): Promise<void> {
    const runner = new MigrationRunner(this.core.db, this.core.logger.tag("migrations"));
    await runner.ensureTable();
    for (const service of coreWithTables) {
      await runner.run(`@core/${service}`, join(import.meta.dir, "core/migrations", service));
    }
    for (const { name } of this.resolveOrder()) {
      const folder = migrationFolder(name);
      if (folder) await runner.run(name, folder);
    }
  }

  async init(): Promise<void> {
    for (const plugin of this.resolveOrder()) {
      for (const [name, error] of Object.entries(plugin.customErrors ?? {})) this.core.errors.register(name, error);

      const deps: Record<string, any> = {};
      for (const name of plugin.dependencies ?? []) deps[name] = this.services[name];

      const ctx = new PluginContext(this.core, deps, plugin._boundConfig, plugin.name);
      const service = await plugin.service(ctx);
      if (service) this.services[plugin.name] = service;
      if (plugin.middleware) plugin._resolvedMiddleware = plugin.middleware(ctx, service);
      await plugin.init?.(ctx, service);
      this.core.logger.info(`Plugin ready: ${plugin.name}`);
    }
  }

  /** Every plugin after those it depends on. Throws where one is missing, or where they depend on each other. */
  private resolveOrder(): Plugin[] {
    const order = new Set<Plugin>();
    const visit = (plugin: Plugin, path: string[]) => {
      if (order.has(plugin)) return;
      const trail = [...path, plugin.name];
      if (path.includes(plugin.name)) throw new Error(`Circular dependency detected: ${trail.join(" → ")}`);
      for (const name of plugin.dependencies ?? []) {
        const needed = this.plugins.get(name);
        if (!needed) throw new Error(`Plugin '${plugin.name}' depends on '${name}', but it is not registered.`);
        visit(needed, trail);
      }
      order.add(plugin);
    };
    for (const plugin of this.plugins.values()) visit(plugin, []);
    return [...order];
  }
}
