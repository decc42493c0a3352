#!/usr/bin/env bun
// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** `donkeylabs generate`: writes the types of plugins, routes and events, and a client. */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { DonkeylabsConfig } from "../index";
import type { ServerDescription } from "./describe";
import { findEvents, findPlugins } from "./discover";
import { writeSchema } from "./schema";
import { clientFile, contextFile, eventsFile, processesFile, registryFile, routesFile } from "./files";

const root = process.cwd();

if (process.argv[2] !== "generate") fail("Usage: donkeylabs generate", 2);
const config = await loadConfig();
const outDir = resolve(root, config.outDir ?? ".@donkeylabs/server");

const plugins = await findPlugins(root, config.plugins);
if (plugins.length === 0) console.warn(`No plugin found by ${config.plugins.join(", ")}`);
for (const plugin of plugins) {
  if (await writeSchema(plugin.folder)) console.log(`schema   ${plugin.name}`);
}
const { routes, coreEvents } = describeServer(resolve(root, config.entry ?? "src/index.ts"));
const events = { ...coreEvents, ...(await findEvents(join(root, "src/events.ts"))) };

await mkdir(outDir, { recursive: true });
const files = {
  "registry.d.ts": registryFile(plugins, outDir),
  "context.d.ts": contextFile(plugins),
  "routes.ts": routesFile(routes),
  "events.ts": eventsFile(events),
  "processes.ts": processesFile(),
  "client.ts": clientFile(routes),
};
for (const [name, text] of Object.entries(files)) await Bun.write(join(outDir, name), text);
console.log(`types    ${plugins.length} plugins, ${routes.length} routes, ${Object.keys(events).length} events`);
process.exit(0); // modules of plugins may have left something open

async function loadConfig(): Promise<DonkeylabsConfig> {
  const file = join(root, "donkeylabs.config.ts");
  if (!(await Bun.file(file).exists())) fail("There is no donkeylabs.config.ts here", 1);
  return (await import(file)).default;
}

/** Lets the entry describe its routes instead of starting. */
function describeServer(entry: string): ServerDescription {
  const env = { ...process.env, DONKEYLABS_GENERATE: "1" };
  const child = Bun.spawnSync([process.execPath, entry], { cwd: root, env, timeout: 10_000 });
  const text = child.stdout.toString().trim().split("\n").at(-1) ?? "";
  if (!child.success || !text.startsWith("{")) fail(`${entry} did not describe its routes:\n${child.stderr}`, 1);
  return JSON.parse(text);
}

function fail(message: string, status: number): never {
  console.error(message);
  process.exit(status);
}
