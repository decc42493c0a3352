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

async function ask(text: string): Promise<Record<string, unknown> | undefined> {
  try {
    const answer = await db?.executeQuery?.({
      sql: text,
      parameters: [],
      query: { kind: "RawNode", sqlFragments: [text], parameters: [] },
      queryId: { queryId: "paddock" },
    });
    return answer?.rows.find((row) => !("file" in row) || row.name === "main");
  } catch {
    return undefined; // another engine
  }
}

const main = (await ask("PRAGMA database_list"))?.file;
const file = typeof main === "string" && main !== "" ? main : null;
// Where only the driver knows the address: what tells this database from any other (engines.h).
let same: unknown = null;
if (file === null && url === null)
  for (const text of [
    "select concat_ws('|', current_database(), extract(epoch from pg_postmaster_start_time())) as same",
    "select concat_ws('|', database(), @@hostname, @@port, @@datadir) as same",
  ])
    same ??= (await ask(text))?.same ?? null;
fs.writeSync(1, `\n${mark}${JSON.stringify({ file, url, same })}\n`);
process.exit(0);
