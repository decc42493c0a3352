// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
/** Start and end of the shop as a process: migrations, ports, signals. */
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRouter } from "@donkeylabs/server";
import { startServer } from "./support/server";
import { copySample, freePort, Shop, until } from "./support/shop";

const recorded = (folder: string) => {
  using db = new Database(join(folder, "data/shop.db"), { readonly: true });
  return db.query("SELECT plugin_name, migration_name FROM __donkeylabs_migrations__ ORDER BY id").values();
};

describe("migrations", () => {
  const all = [
    ["@core/jobs", "001_create_jobs_table.ts"],
    ["catalog", "001_create_products.ts"],
    ["catalog", "002_add_stock.ts"],
    ["orders", "001_create_orders.ts"],
  ];

  test("run in order, are recorded, and run once only", async () => {
    const folder = copySample();
    expect(await (await Shop.start(folder)).stop()).toBe(0);
    expect(recorded(folder)).toEqual(all);

    const again = await Shop.start(folder);
    expect(again.output).not.toContain("Applied migration");
    await again.stop();
    expect(recorded(folder)).toEqual(all);

    writeFileSync(
      join(folder, "src/plugins/catalog/migrations/003_add_origin.ts"),
      'export const up = (db: any) => db.schema.alterTable("products").addColumn("origin", "text").execute();',
    );
    await (await Shop.start(folder)).stop();
    expect(recorded(folder)).toEqual([...all, ["catalog", "003_add_origin.ts"]]);
  });

  test("one that fails stops the start and is not recorded", async () => {
    const folder = copySample();
    const file = join(folder, "src/plugins/catalog/migrations/003_broken.ts");
    writeFileSync(file, 'export const up = async () => { throw new Error("half-way"); };');
    expect(Shop.start(folder)).rejects.toThrow("half-way");
    await until(() => recorded(folder).length === 3);
    expect(recorded(folder)).toEqual(all.slice(0, 3));
  });
});

describe("the process", () => {
  test("a taken port is an error, not another port", async () => {
    const first = await Shop.start(copySample());
    const port = new URL(first.url).port;
    const child = Bun.spawn([process.execPath, "src/index.ts"], {
      cwd: copySample(),
      env: { ...process.env, PORT: port },
      stdio: ["ignore", "pipe", "pipe"],
    });
    expect(await child.exited).toBe(1);
    expect(await new Response(child.stderr).text()).toContain("EADDRINUSE");
    await first.stop();
  });

  test("it ends by itself once the server is shut down: nothing keeps it alive", async () => {
    const folder = copySample();
    writeFileSync(
      join(folder, "preload.ts"),
      `import { AppServer } from "@donkeylabs/server";
const { start } = AppServer.prototype;
AppServer.prototype.start = async function () {
  await start.call(this);
  await this.shutdown();
};
`,
    );
    const child = Bun.spawn([process.execPath, "--preload", "./preload.ts", "src/index.ts"], {
      cwd: folder,
      env: { ...process.env, PORT: String(freePort()) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    expect(await child.exited).toBe(0);
    expect(await new Response(child.stdout).text()).toContain("Server shutdown complete");
  });

  test.each(["SIGTERM", "SIGINT"] as const)("%s lets it end in order", async (signal) => {
    const shop = await Shop.start(copySample());
    expect(await shop.stop(signal)).toBe(0);
    expect(shop.output).toContain(`Received ${signal}`);
    expect(shop.output).toContain("The shop is closed");
    expect(shop.output).toContain("Server shutdown complete");
  });
});

describe("draining", () => {
  test("requests in flight end, new ones are refused, hooks run last to first", async () => {
    const gate = Promise.withResolvers<void>();
    const order: string[] = [];
    const router = createRouter("slow");
    let inside = false;
    router.route("one").typed({
      handle: async () => {
        inside = true;
        await gate.promise;
        order.push("handled");
        return { done: true };
      },
    });
    const { server, post, url } = await startServer({ routers: [router] });
    server.onShutdown(() => void order.push("first hook")).onShutdown(() => void order.push("second hook"));
    const inFlight = post("slow.one");
    await until(() => inside);
    const down = server.shutdown();
    await until(() =>
      fetch(`${url}/_health`).then(
        ({ status }) => status === 503,
        () => true,
      ),
    );
    expect(order).toEqual([]);
    gate.resolve();
    expect(await (await inFlight).json()).toEqual({ done: true });
    await down;
    await server.shutdown(); // again: nothing
    expect(order).toEqual(["handled", "second hook", "first hook"]);
    expect(fetch(url)).rejects.toThrow();
  });

  test("whoever does not end in time is left behind", async () => {
    const router = createRouter("stuck");
    let inside = false;
    router.route("one").typed({
      handle: () => {
        inside = true;
        return new Promise(() => {});
      },
    });
    const { server, post } = await startServer({ routers: [router] }, { shutdown: { drainTimeout: 50 } });
    void post("stuck.one").catch(() => {});
    await until(() => inside);
    await server.shutdown();
  });

  test("live connections are closed", async () => {
    const router = createRouter("live");
    router.route("feed").sse({ handle: () => ["news"] });
    const { server, url } = await startServer({ routers: [router] });
    const response = await fetch(`${url}/live.feed`);
    server.getCore().sse.broadcast("news", "headline", { text: "hello" });
    const text = response.text();
    await server.shutdown();
    expect(await text).toContain('event: headline\ndata: {"text":"hello"}');
  });
});
