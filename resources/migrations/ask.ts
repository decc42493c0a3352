// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Asks the workspace's server for its database: the entry is run up to where the server would start, and no further.

import fs from "node:fs";
import { resolve } from "node:path";

const [root = "", entry = "", mark = ""] = process.argv.slice(2);

interface Database {
  executeQuery?(query: object): Promise<{ rows: Record<string, unknown>[] }>;
  getExecutor?(): { adapter?: object };
}
interface Server {
  options?: { database?: { type?: string; connectionString?: string } };
  coreServices?: { db?: Database };
  getDb?(): Database;
}

const found = Promise.withResolvers<Server>();
const framework = (await import(Bun.resolveSync("@donkeylabs/server", root))) as {
  AppServer: { prototype: Record<string, unknown> };
};
for (const name of ["start", "initialize"])
  framework.AppServer.prototype[name] = function (this: Server) {
    found.resolve(this);
    return new Promise(() => {}); // for ever: this process ends with the answer
  };
import(resolve(root, entry)).then((module: Record<string, unknown>) => {
  // One that others start (below vite) is exported.
  const exported = Object.values(module).find((one) => one instanceof (framework.AppServer as never));
  if (exported) found.resolve(exported as Server);
}, found.reject);

const server = await found.promise;
const url = server.options?.database?.connectionString ?? null;
const db = server.getDb?.() ?? server.coreServices?.db;
let file: string | null = null;
const text = "PRAGMA database_list";
try {
  const answer = await db?.executeQuery?.({
    sql: text,
    parameters: [],
    query: { kind: "RawNode", sqlFragments: [text], parameters: [] },
    queryId: { queryId: "paddock" },
  });
  const main = answer?.rows.find(({ name }) => name === "main")?.file;
  if (typeof main === "string" && main !== "") file = main;
} catch {
  // another engine
}
fs.writeSync(1, `\n${mark}${JSON.stringify({ file, url })}\n`);
process.exit(0);
