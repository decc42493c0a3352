// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
/** A server in this process, with a database in memory, that says nothing. */
import { Database } from "bun:sqlite";
import { AppServer, type IRouter, type Plugin } from "@donkeylabs/server";
import { Kysely } from "kysely";
import { BunSqliteDialect } from "kysely-bun-sqlite";

type Options = Partial<ConstructorParameters<typeof AppServer>[0]>;

export function memoryDatabase(): Kysely<any> {
  return new Kysely({ dialect: new BunSqliteDialect({ database: new Database(":memory:") }) });
}

export async function startServer(
  { plugins = [], routers = [] }: { plugins?: Plugin[]; routers?: IRouter[] },
  options: Options = {},
) {
  const server = new AppServer({
    db: memoryDatabase(),
    port: 0,
    logger: { transports: [] },
    jobs: { pollInterval: 10, retryBackoff: false },
    ...options,
  });
  for (const plugin of plugins) server.registerPlugin(plugin);
  for (const router of routers) server.use(router);
  await server.start();
  const url = `http://localhost:${(server as unknown as { port: number }).port}`;
  const post = (route: string, input: unknown = {}, headers: Record<string, string> = {}) =>
    fetch(`${url}/${route}`, { method: "POST", body: JSON.stringify(input), headers });
  return { server, url, post, core: server.getCore(), [Symbol.asyncDispose]: () => server.shutdown() };
}
