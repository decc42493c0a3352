// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
/** The same shop on the sample runtime and on the real framework (PADDOCK_UPSTREAM names a checkout): same answers. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copySample, Shop, type Answer } from "./support/shop";

const upstream = process.env.PADDOCK_UPSTREAM;
if (!upstream) console.warn("SKIPPED: PADDOCK_UPSTREAM is not set, so nothing is compared with the real framework");

/** The sample on the real framework: only the dependency differs. */
function copyOnUpstream(): string {
  const folder = copySample();
  const manifest = join(folder, "package.json");
  writeFileSync(manifest, readFileSync(manifest, "utf8").replace("file:./runtime", `file:${upstream}/packages/server`));
  for (const name of ["node_modules", "bun.lock", "runtime"])
    rmSync(join(folder, name), { recursive: true, force: true });
  const { success, stderr } = Bun.spawnSync([process.execPath, "install", "--silent"], { cwd: folder });
  if (!success) throw new Error(`bun install failed:\n${stderr}`);
  return folder;
}

type Call = (shop: Shop) => Promise<Answer>;
const call =
  (...args: Parameters<Shop["call"]>): Call =>
  (shop) =>
    shop.call(...args);
const get =
  (path: string, headers: Record<string, string> = {}): Call =>
  (shop) =>
    shop.fetch(path, { headers });
const deliver =
  (name: string, text: string): Call =>
  (shop) => {
    const form = new FormData();
    form.append("supplier", "Farm");
    form.append("note", new File([text], name));
    return shop.fetch("admin.deliver", { method: "POST", body: form });
  };
/** The first event of the live view after an order was placed. */
const live: Call = async (shop) => {
  const response = await fetch(`${shop.url}/orders.live`);
  await shop.call("orders.place", { items: [{ productId: "soap", quantity: 1 }] }, { "X-Customer": "Eve" });
  let body = "";
  for await (const chunk of response.body!) {
    body += new TextDecoder().decode(chunk);
    if (body.includes("placed")) break;
  }
  return { status: response.status, headers: response.headers, body: body.slice(body.indexOf("event:")) };
};

const ada = { "X-Customer": "Ada" };
const twoTeas = { items: [{ productId: "tea", quantity: 2 }] };

const calls: [string, Call][] = [
  ["raw", get("shop.ping")],
  ["html", get("shop.home")],
  ["typed", call("shop.quote", { items: [{ productId: "apple", quantity: 12 }], member: true })],
  ["typed, nested router", call("shop.products.list")],
  ["typed, one product", call("shop.products.get", { id: "tea" })],
  ["typed, search", call("shop.products.search", { text: "pie" })],
  ["typed, wrong input", call("shop.products.search", { text: "x" })],
  ["typed, by GET", get("shop.products.list")],
  ["not JSON", (shop) => shop.fetch("shop.quote", { method: "POST", body: "{" })],
  ["order", call("orders.place", twoTeas, ada)],
  ["order again", call("orders.place", twoTeas, ada)],
  ["order as a regular", call("orders.place", twoTeas, ada)],
  ["own orders", call("orders.mine", {}, ada)],
  ["receipt by GET", get("orders.receipt?id=1", ada)],
  ["receipt by POST", call("orders.receipt", { id: 1 }, ada)],
  ["receipt, wrong input", get("orders.receipt?id=x", ada)],
  ["stream by GET", get("orders.export", ada)],
  ["stream by POST", call("orders.export", {}, ada)],
  ["refused by middleware", call("orders.mine")],
  ["sse", live],
  ["form", deliver("note.csv", "apple,5\n")],
  ["form, wrong kind of file", deliver("note.png", "apple,5\n")],
  ["form, file too large", deliver("note.csv", "x".repeat(10_001))],
  ["form, not a form", call("admin.deliver", {})],
  ["cron tasks", call("admin.tasks")],
  ["dev plugin", call("admin.reload", { plugin: "pricing" })],
  ["versions: newest", call("prices.list")],
  ["versions: 1", call("prices.list", {}, { "X-API-Version": "1" })],
  ["versions: 2.x", call("prices.list", {}, { "X-API-Version": "2.x" })],
  ["versions: none such", call("prices.list", {}, { "X-API-Version": "9" })],
  ["unknown route", call("shop.nothing")],
  ["wrong method", (shop) => shop.fetch("shop.quote", { method: "PUT" })],
];

const compared = ["Content-Type", "X-API-Version", "Deprecation", "Sunset", "X-Deprecation-Notice"];
/** Without what differs from run to run: moments, and the wording of issues in a page. */
const comparable = ({ status, headers, body }: Answer) => {
  const text = JSON.stringify(body).replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>");
  return {
    status,
    headers: compared.map((name) => headers.get(name)),
    body: status === 400 && !text.startsWith("{") ? "" : text,
  };
};

describe.skipIf(!upstream)("on the real framework", () => {
  let ours: Shop;
  let theirs: Shop;
  let theirFolder: string;
  let ourFolder: string;
  beforeAll(async () => {
    theirFolder = copyOnUpstream();
    ourFolder = copySample();
    [ours, theirs] = await Promise.all([Shop.start(ourFolder), Shop.start(theirFolder)]);
  }, 60_000);
  afterAll(() => Promise.all([ours?.stop(), theirs?.stop()]));

  test.each(calls)("%s", async (_name, make) => {
    expect(comparable(await make(ours))).toEqual(comparable(await make(theirs)));
  });

  test("health", async () => {
    for (const path of ["_health", "_ready"]) {
      const [mine, real] = [await ours.fetch(path), await theirs.fetch(path)];
      expect([mine.status, mine.body.status]).toEqual([real.status, real.body.status]);
      expect(Object.keys(mine.body)).toEqual(Object.keys(real.body));
    }
  });

  test("the one known difference: errors thrown inside typed routes are answered as documented here, as 500 there", async () => {
    const [mine, real] = [
      await call("shop.products.get", { id: "gold" })(ours),
      await call("shop.products.get", { id: "gold" })(theirs),
    ];
    expect([mine.status, mine.body.error]).toEqual([404, "PRODUCT_NOT_FOUND"]);
    expect([real.status, real.body.error]).toEqual([500, mine.body.message]);
  });

  test("migrations are recorded alike", () => {
    const columns = (folder: string) => {
      using db = new Database(join(folder, "data/shop.db"), { readonly: true });
      const table = db.query("PRAGMA table_info(__donkeylabs_migrations__)").all();
      const rows = db
        .query("SELECT plugin_name, migration_name FROM __donkeylabs_migrations__ WHERE plugin_name NOT LIKE '@core/%'")
        .all();
      const times = db.query("SELECT executed_at AS at FROM __donkeylabs_migrations__").all() as { at: string }[];
      return { table, rows, times: times.every(({ at }) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(at)) };
    };
    expect(columns(ourFolder)).toEqual(columns(theirFolder));
  });

  test("what tools reach for has the same shape", async () => {
    // Fields of the server, its manager, a router and the services that are there in both.
    const probe = `
      import { AppServer, createRouter } from "@donkeylabs/server";
      import { openDatabase } from "./src/database";
      import { catalogPlugin } from "./src/plugins/catalog";
      import { pricingPlugin } from "./src/plugins/pricing";
      import { guardPlugin } from "./src/plugins/guard";
      const server = new AppServer({ db: openDatabase(":memory:") });
      const router = createRouter("x"); router.route("y").typed({ handle: () => 1 });
      const versioned = createRouter("x", { version: "1.0.0" }); versioned.route("z").typed({ handle: () => 1 });
      server.registerPlugin(guardPlugin).registerPlugin(catalogPlugin).registerPlugin(pricingPlugin({ currency: "EUR", memberDiscount: 1 }));
      server.use(router).use(versioned);
      await server.initialize();
      const kind = (value) => value instanceof Map ? "Map" : Array.isArray(value) ? "array" : typeof value;
      const members = (value) => {
        const all = {};
        for (let at = value; at && at !== Object.prototype; at = Object.getPrototypeOf(at))
          for (const name of Object.getOwnPropertyNames(at)) all[name] ??= name === "middleware" ? "getter" : kind(value[name]);
        return all;
      };
      const core = server.getCore();
      const services = ["logger", "cache", "events", "cron", "jobs", "sse", "rateLimiter", "errors", "health", "workflows", "processes"];
      console.log("SHAPE" + JSON.stringify({
        server: members(server), manager: members(server.manager), router: members(router),
        plugin: members(server.manager.plugins.get("pricing")), entry: members(server.versionedRouteMap.get("x.z")[0]),
        middleware: members(server.manager.plugins.get("guard")._resolvedMiddleware),
        route: members(server.routeMap.get("x.y")),
        ...Object.fromEntries(services.map((name) => [name, members(core[name])])),
      }));
      process.exit(0);`;
    const shape = (folder: string) => {
      writeFileSync(join(folder, "probe.ts"), probe);
      const { stdout, stderr } = Bun.spawnSync([process.execPath, "probe.ts"], { cwd: folder });
      const line = stdout
        .toString()
        .split("\n")
        .find((text) => text.startsWith("SHAPE"));
      if (!line) throw new Error(`${stdout}${stderr}`);
      return JSON.parse(line.slice(5)) as Record<string, Record<string, string>>;
    };
    const [mine, real] = [shape(ourFolder), shape(theirFolder)];
    const wanted: Record<string, string[]> = {
      server:
        "manager routers routeMap versionedRouteMap coreServices options registerPlugin use start initialize shutdown getDb getCore getServices getRouteMap hasRoute callRoute handleRequest readyHandlers shutdownHandlers errorHandlers activeRequests draining isInitialized isShuttingDown serviceRegistry server port".split(
          " ",
        ),
      manager:
        "plugins services core register migrate init resolveOrder getServices getCore getPlugins getPluginNames".split(
          " ",
        ),
      router:
        "routes childRouters prefix _middlewareStack route router middleware getRoutes getMetadata getTypedMetadata getPrefix getVersion getDeprecation".split(
          " ",
        ),
      plugin: "name version dependencies service _modulePath _boundConfig".split(" "),
      middleware: ["timing", "limit"],
      entry: ["version", "route", "versionRaw"],
      route: ["name", "handler", "handle"],
      cron: "tasks schedule unschedule pause resume list get trigger start stop".split(" "),
      events: "handlers emit on once off getHistory stop".split(" "),
      jobs: "handlers register enqueue schedule get cancel getByName getAll start stop".split(" "),
      sse: "clients addClient removeClient getClient subscribe unsubscribe broadcast broadcastAll sendTo getClients getClientsByChannel shutdown".split(
        " ",
      ),
      logger: "debug info warn error child tag scoped".split(" "),
      cache: "get set delete has clear keys getOrSet".split(" "),
      rateLimiter: ["check", "reset"],
      errors: "NotFound custom isHttpError register".split(" "),
      health: "checks register check liveness".split(" "),
      workflows: "definitions register start stop".split(" "),
      processes: "definitions register spawn stop getDefinitions start shutdown".split(" "),
    };
    for (const [part, names] of Object.entries(wanted)) {
      for (const name of names) expect([part, name, mine[part]![name]]).toEqual([part, name, real[part]![name]!]);
    }
  });
});
