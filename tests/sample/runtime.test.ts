// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
/** Plugins, routers and middleware of the sample runtime. */
import { describe, expect, test } from "bun:test";
import {
  AppServer,
  createHandler,
  createMiddleware,
  createPlugin,
  createRouter,
  defineService,
  type Plugin,
} from "@donkeylabs/server";
import { z } from "zod";
import { memoryDatabase, startServer } from "./support/server";

const plugin = (name: string, dependencies: string[] = [], service: (ctx: any) => any = () => ({ name })): Plugin => ({
  ...createPlugin.define({ name, service }),
  dependencies,
});
/** Middleware and handlers are typed by generated types, which this folder has none of. */
const use = (router: ReturnType<typeof createRouter>) =>
  router.middleware as unknown as Record<string, (config?: unknown) => void>;

describe("plugins", () => {
  test("dependencies come first, whatever the order of registration", async () => {
    const order: string[] = [];
    const noted = (name: string, deps: string[]) =>
      plugin(name, deps, ({ deps }) => {
        order.push(name);
        return { name, deps };
      });
    await using running = await startServer({ plugins: [noted("c", ["b"]), noted("b", ["a"]), noted("a", [])] });
    expect(order).toEqual(["a", "b", "c"]);
    const services = running.server.getServices();
    expect(services.c.deps.b).toBe(services.b);
  });

  test.each([
    [[plugin("a", ["b"])], "Plugin 'a' depends on 'b', but it is not registered."],
    [[plugin("a", ["b"]), plugin("b", ["c"]), plugin("c", ["a"])], "Circular dependency detected: a → b → c → a"],
  ])("what cannot be put in order is refused: %#", async (plugins, message) => {
    expect(startServer({ plugins })).rejects.toThrow(message);
  });

  test("a name is taken once", () => {
    const server = new AppServer({ db: memoryDatabase(), logger: { transports: [] } }).registerPlugin(plugin("a"));
    expect(() => server.registerPlugin(plugin("a"))).toThrow("already registered");
  });

  test("configuration is bound, and reaches the service", async () => {
    const configured = createPlugin
      .withConfig<{ greeting: string }>()
      .define({ name: "hello", service: (ctx) => ({ say: () => ctx.config.greeting }) });
    const made = configured({ greeting: "Moin" });
    expect(made._boundConfig).toEqual({ greeting: "Moin" });
    await using running = await startServer({ plugins: [made] });
    expect(running.server.getServices().hello.say()).toBe("Moin");
  });

  test("a plugin knows the file that defined it", () => {
    expect(plugin("a")._modulePath).toBe(import.meta.url);
    const configured = createPlugin.withConfig<void>().define({ name: "b", service: () => 1 });
    expect(configured()._modulePath).toBe(import.meta.url);
  });

  test("init runs after the service, and its logger names the plugin", async () => {
    const lines: unknown[] = [];
    const noted = createPlugin.define({
      name: "noted",
      service: () => ({ answer: 42 }),
      init: (ctx, service) => ctx.core.logger.info(`it is ${service.answer}`),
    });
    const transport = {
      log: ({ message, tags }: { message: string; tags?: string[] }) => void lines.push([message, tags]),
    };
    await using _ = await startServer({ plugins: [noted] }, { logger: { transports: [transport] } });
    expect(lines).toContainEqual(["it is 42", ["noted"]]);
  });

  test("one whose service throws stops the start", async () => {
    const broken = plugin("broken", [], () => {
      throw new Error("no way");
    });
    expect(startServer({ plugins: [broken] })).rejects.toThrow("no way");
  });
});

describe("routers", () => {
  const route = { handle: () => ({ ok: true }) };

  test("names are put together from prefixes", () => {
    const shop = createRouter("shop");
    shop.route("home").typed(route);
    shop.router("products").router("reviews").route("list").typed(route);
    const basket = createRouter("basket");
    basket.route("add").typed(route);
    shop.router(basket);
    expect(shop.getRoutes().map(({ name }) => name)).toEqual([
      "shop.home",
      "shop.basket.add",
      "shop.products.reviews.list",
    ]);
    expect(createRouter().route("top").typed(route).getRoutes()[0]!.name).toBe("top");
  });

  test("nested routers inherit version and middleware", () => {
    const outer = createRouter("outer", { version: "2.1.0" });
    use(outer).first!();
    const inner = outer.router("inner");
    use(inner).second!({ loud: true });
    inner.route("list").typed(route);
    expect(inner.getVersion()).toBe("2.1.0");
    expect(inner.getRoutes()[0]!.middleware).toEqual([
      { name: "first", config: undefined },
      { name: "second", config: { loud: true } },
    ]);
  });

  test("middleware counts for the routes after it", () => {
    const router = createRouter();
    router.route("before").typed(route);
    use(router).guard!();
    router.route("after").typed(route);
    expect(router.getRoutes().map(({ middleware }) => middleware?.length)).toEqual([undefined, 1]);
  });

  test("contracts are told as TypeScript", () => {
    const router = createRouter("a");
    router.route("b").typed({
      input: z.object({
        id: z.number().optional(),
        kind: z.enum(["x", "y"]),
        "odd-name": z.array(z.union([z.string(), z.null()])),
      }),
      output: z.record(z.string(), z.tuple([z.literal(1), z.boolean().nullable()])),
      handle: () => ({}),
    });
    expect(router.getTypedMetadata()[0]).toMatchObject({
      name: "a.b",
      inputType: '{\n  id?: number;\n  kind: "x" | "y";\n  "odd-name": (string | null)[];\n}',
      outputType: "Record<string, [1, boolean | null]>",
    });
  });

  test("a handler may be a class, one object a request", async () => {
    class Counter {
      count = 0;
      handle() {
        return { count: ++this.count };
      }
    }
    const router = createRouter("c");
    router.route("count").typed({ handle: Counter });
    await using running = await startServer({ routers: [router] });
    for (let i = 0; i < 2; i++) expect(await (await running.post("c.count")).json()).toEqual({ count: 1 });
  });
});

describe("middleware and handlers", () => {
  const trail: string[] = [];
  const noting = createPlugin.define({
    name: "noting",
    service: () => ({}),
    middleware: () => ({
      note: createMiddleware<string>(async (_request, _ctx, next, word) => {
        trail.push(`${word} in`);
        const response = await next();
        trail.push(`${word} out`);
        return response;
      }),
      deny: createMiddleware(async (_request, ctx) => {
        throw ctx.errors.Forbidden("Not you", { ip: ctx.ip });
      }),
      shortcut: createMiddleware(async () => Response.json({ short: true })),
    }),
    handlers: {
      shout: createHandler<(text: string) => string>(
        async (request, _route, handle) => new Response(handle(await request.text()).toUpperCase()),
      ),
    },
  });

  test("the first is the outermost", async () => {
    const router = createRouter("r");
    use(router).note!("outer");
    use(router).note!("inner");
    router.route("run").typed({ handle: () => void trail.push("handler") });
    await using running = await startServer({ plugins: [noting], routers: [router] });
    await running.post("r.run");
    expect(trail).toEqual(["outer in", "inner in", "handler", "inner out", "outer out"]);
  });

  test("may refuse, may answer, may be missing", async () => {
    const routers = ["deny", "shortcut", "unknown"].map((name) => {
      const router = createRouter(name);
      use(router)[name]!();
      router.route("run").typed({ handle: () => ({ handled: true }) });
      return router;
    });
    await using running = await startServer({ plugins: [noting], routers });
    const denied = await running.post("deny.run", {}, { "X-Forwarded-For": "10.0.0.7, 10.0.0.1" });
    expect(denied.status).toBe(403);
    expect(await denied.json()).toEqual({ error: "FORBIDDEN", message: "Not you", details: { ip: "10.0.0.7" } });
    expect(await (await running.post("shortcut.run")).json()).toEqual({ short: true });
    expect(await (await running.post("unknown.run")).json()).toEqual({ handled: true });
  });

  test("plugins bring kinds of handler of their own", async () => {
    const router = createRouter("h");
    (router.route("loud") as any).addHandler("shout", { handle: (text: string) => `${text}!` });
    await using running = await startServer({ plugins: [noting], routers: [router] });
    expect(await (await running.post("h.loud", "hey")).text()).toBe('"HEY"!');
  });

  test("requests are told apart", async () => {
    const router = createRouter("t");
    router.route("ids").typed({ handle: (_input, { requestId, traceId }) => ({ requestId, traceId }) });
    await using running = await startServer({ routers: [router] });
    const response = await running.post("t.ids", {}, { "X-Trace-Id": "mine" });
    const { requestId, traceId } = (await response.json()) as { requestId: string; traceId: string };
    expect(response.headers.get("X-Request-Id")).toBe(requestId);
    expect(traceId).toBe("mine");
  });

  test("what a handler throws is a 500, and onError hears of it", async () => {
    const heard: string[] = [];
    const router = createRouter("e");
    router.route("boom").typed({
      handle: () => {
        throw new Error("boom");
      },
    });
    await using running = await startServer({ routers: [router] });
    running.server.onError((error) => void heard.push(error.message));
    const response = await running.post("e.boom");
    expect([response.status, await response.json()]).toEqual([500, { error: "boom" }]);
    expect(heard).toEqual(["boom"]);
  });

  test("output is checked as well", async () => {
    const router = createRouter("o");
    router.route("wrong").typed({ output: z.object({ id: z.number() }), handle: () => ({ id: "seven" }) as any });
    await using running = await startServer({ routers: [router] });
    expect((await running.post("o.wrong")).status).toBe(400);
  });
});

describe("looking inside", () => {
  test("what tools reach for is where they expect it", async () => {
    const plain = createRouter("p");
    plain.route("a").typed({ handle: () => 1 });
    const versioned = createRouter("v", { version: "1.2" });
    versioned.route("b").typed({ handle: () => 2 });
    await using running = await startServer({ plugins: [plugin("one")], routers: [plain, versioned] });
    const inside = running.server as any;
    expect(inside.manager.plugins).toBeInstanceOf(Map);
    expect(inside.manager.services.one).toEqual({ name: "one" });
    expect(inside.manager.core).toBe(inside.coreServices);
    expect(inside.manager.resolveOrder().map((p: Plugin) => p.name)).toEqual(["one"]);
    expect(inside.routers).toEqual([plain, versioned]);
    expect([...inside.routeMap.keys()]).toEqual(["p.a"]);
    expect(inside.versionedRouteMap.get("v.b")[0]).toMatchObject({
      versionRaw: "1.2",
      version: { major: 1, minor: 2, patch: 0 },
    });
    expect(running.server.getRouteMap()).toBe(inside.routeMap);
  });

  test("a service replaced in place is served at once", async () => {
    const router = createRouter("s");
    router.route("name").typed({ handle: (_input, ctx) => (ctx.plugins as any).one });
    await using running = await startServer({ plugins: [plugin("one")], routers: [router] });
    (running.server as any).manager.services.one = { name: "two" };
    expect(await (await running.post("s.name")).json()).toEqual({ name: "two" });
  });

  test("routes can be called without HTTP", async () => {
    const router = createRouter("c");
    router.route("double").typed({ input: z.object({ n: z.number() }), handle: ({ n }) => ({ n: n * 2 }) });
    await using running = await startServer({ routers: [router] });
    expect(await running.server.callRoute<unknown>("c.double", { n: 21 })).toEqual({ n: 42 });
    expect(running.server.callRoute("c.double", { n: "x" })).rejects.toThrow("Expected number");
    expect(running.server.callRoute("c.nothing", {})).rejects.toThrow("not found");
    const request = new Request("http://localhost/c.double", { method: "POST", body: '{"n":2}' });
    expect(await (await running.server.handleRequest(request, "c.double", "local"))!.json()).toEqual({ n: 4 });
    expect(await running.server.handleRequest(request, "c.nothing", "local")).toBeNull();
  });

  test("services of the application's own", async () => {
    const router = createRouter("w");
    router.route("now").typed({ handle: (_input, ctx) => (ctx.services as any).clock() });
    const server = new AppServer({ db: memoryDatabase(), port: 0, logger: { transports: [] } });
    server.registerService(defineService("clock", () => () => "noon")).use(router);
    await server.initialize();
    expect(await server.callRoute<unknown>("w.now", {})).toBe("noon");
    await server.shutdown();
  });
});
