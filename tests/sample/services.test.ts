// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
/** The core services of the sample runtime. */
import { describe, expect, test } from "bun:test";
import { createRouter } from "@donkeylabs/server";
import { CronExpression } from "../../resources/sample/runtime/src/core/cron";
import { createCache } from "../../resources/sample/runtime/src/core/cache";
import { createErrors } from "../../resources/sample/runtime/src/core/errors";
import { createEvents } from "../../resources/sample/runtime/src/core/events";
import { createLogger, type LogEntry } from "../../resources/sample/runtime/src/core/logger";
import { createRateLimiter } from "../../resources/sample/runtime/src/core/rate-limiter";
import { startServer } from "./support/server";
import { until } from "./support/shop";

describe("cron", () => {
  const from = new Date(2026, 0, 31, 23, 59, 30); // a Saturday
  test.each([
    ["* * * * *", new Date(2026, 1, 1, 0, 0, 0)],
    ["*/10 * * * * *", new Date(2026, 0, 31, 23, 59, 40)],
    ["30 2 * * *", new Date(2026, 1, 1, 2, 30, 0)],
    ["0 9-17/4 * * 1", new Date(2026, 1, 2, 9, 0, 0)],
    ["0 0 29 2 *", new Date(2028, 1, 29, 0, 0, 0)],
    ["0 0 13 * 5", new Date(2026, 1, 6, 0, 0, 0)], // the 13th, or any Friday
    ["15,45 12 1 6 *", new Date(2026, 5, 1, 12, 15, 0)],
  ])("%s comes next at %p", (expression, next) => {
    const parsed = new CronExpression(expression);
    expect(parsed.next(from)).toEqual(next);
    expect(parsed.matches(next)).toBeTrue();
  });

  test("what never comes is not waited for", () => {
    expect(new CronExpression("0 0 30 2 *").next(from)).toBeUndefined();
  });

  test.each(["", "* * *", "60 * * * *", "* * * * 8", "a * * * *", "*/0 * * * *", "5-1 * * * *"])(
    "%p is refused",
    (expression) => {
      expect(() => new CronExpression(expression)).toThrow("Invalid cron expression");
    },
  );

  test("tasks run, pause, and go", async () => {
    await using running = await startServer({});
    const { cron, events } = running.core;
    const runs: string[] = [];
    const heard: unknown[] = [];
    events.on("cron.event", ({ name, event }) => void heard.push([name, event]));
    const id = cron.schedule(
      "* * * * * *",
      async (_logger, ctx) => {
        runs.push(ctx!.name);
        await ctx!.emit!("done");
      },
      { name: "tick" },
    );
    await cron.trigger(id);
    expect([runs, heard]).toEqual([["tick"], [["tick", "done"]]]);
    await until(() => runs.length > 1); // by the clock
    expect(cron.get(id)).toMatchObject({ name: "tick", expression: "* * * * * *", enabled: true });
    cron.pause(id);
    expect(cron.get(id)).toMatchObject({ enabled: false, nextRun: undefined });
    cron.resume(id);
    expect(cron.get(id)!.nextRun).toBeInstanceOf(Date);
    expect([cron.unschedule(id), cron.unschedule(id), cron.list()]).toEqual([true, false, []]);
    expect(cron.trigger(id)).rejects.toThrow("There is no task");
  });
});

describe("jobs", () => {
  test("run once, with their data, and keep their result", async () => {
    await using running = await startServer({});
    const { jobs, events } = running.core;
    const completed: unknown[] = [];
    events.on("job.completed", (event) => void completed.push(event));
    jobs.register<{ n: number }, number>("double", async ({ n }) => n * 2);
    const id = await jobs.enqueue("double", { n: 21 });
    await until(async () => (await jobs.get(id))?.status === "completed");
    expect(await jobs.get(id)).toMatchObject({ name: "double", data: { n: 21 }, result: 42, attempts: 1 });
    expect(completed).toEqual([{ jobId: id, name: "double", result: 42 }]);
  });

  test("are tried again, and then given up", async () => {
    await using running = await startServer({});
    const { jobs, events } = running.core;
    const failed: unknown[] = [];
    events.on("job.failed", (event) => void failed.push(event));
    let tries = 0;
    jobs.register("flaky", async () => {
      if (++tries < 3) throw new Error(`try ${tries}`);
    });
    jobs.register("hopeless", async () => {
      throw new Error("never");
    });
    const flaky = await jobs.enqueue("flaky", null);
    const hopeless = await jobs.enqueue("hopeless", null, { maxAttempts: 2 });
    await until(
      async () => (await jobs.get(hopeless))?.status === "failed" && (await jobs.get(flaky))?.status === "completed",
    );
    expect(tries).toBe(3);
    expect(failed).toEqual([{ jobId: hopeless, name: "hopeless", error: "never", attempts: 2 }]);
  });

  test("wait for their time, and can be cancelled", async () => {
    await using running = await startServer({});
    const { jobs } = running.core;
    jobs.register("later", async () => {});
    const id = await jobs.schedule("later", {}, new Date(Date.now() + 60_000));
    expect(await jobs.getByName("later", "scheduled")).toHaveLength(1);
    expect([await jobs.cancel(id), await jobs.cancel(id), await jobs.get(id)]).toEqual([true, false, null]);
  });

  test("need a handler, and only one", async () => {
    await using running = await startServer({});
    const { jobs } = running.core;
    expect(jobs.enqueue("nobody", {})).rejects.toThrow('No handler registered for job "nobody"');
    jobs.register("somebody", async () => {});
    expect(() => jobs.register("somebody", async () => {})).toThrow("already registered");
  });
});

describe("events", () => {
  test("reach exact names and patterns, and stop at unsubscribe", async () => {
    const events = createEvents();
    const heard: string[] = [];
    const subscription = events.on("order.placed", () => void heard.push("exact"));
    events.on("order.*", async () => void heard.push("pattern"));
    events.once("order.placed", () => void heard.push("once"));
    await events.emit("order.placed", {});
    subscription.unsubscribe();
    await events.emit("order.placed", {});
    await events.emit("stock.low", {});
    expect(heard).toEqual(["exact", "once", "pattern", "pattern"]);
    expect(await events.getHistory("order.*")).toHaveLength(2);
  });

  test("a handler that throws does not stop the others", async () => {
    const events = createEvents();
    const heard: number[] = [];
    const silenced = console.error;
    console.error = () => {};
    events.on("x", () => {
      throw new Error("first");
    });
    events.on("x", () => void heard.push(2));
    await events.emit("x", null).finally(() => (console.error = silenced));
    expect(heard).toEqual([2]);
  });
});

describe("logger", () => {
  test("levels, tags and context", () => {
    const entries: LogEntry[] = [];
    const logger = createLogger({ level: "warn", transports: [{ log: (entry) => void entries.push(entry) }] });
    logger.info("dropped");
    logger.tag("orders").child({ order: 7 }).warn("kept", { why: "test" });
    logger.scoped("job", "job_1").error("failed");
    expect(entries.map(({ timestamp: _, ...entry }) => entry)).toEqual([
      { level: "warn", message: "kept", tags: ["orders"], data: { why: "test" }, context: { order: 7 } },
      {
        level: "error",
        message: "failed",
        tags: ["job"],
        data: undefined,
        context: { logSource: "job", logSourceId: "job_1" },
      },
    ]);
  });
});

describe("cache and rate limiter", () => {
  test("entries live, end, and make room", async () => {
    const cache = createCache({ maxSize: 2 });
    await cache.set("a", 1);
    await cache.set("b", 2, -1);
    expect([await cache.get<number>("a"), await cache.get<number>("b"), await cache.has("b")]).toEqual([
      1,
      null,
      false,
    ]);
    await cache.set("c", 3);
    await cache.set("d", 4);
    expect(await cache.keys("*")).toEqual(["c", "d"]);
    expect([await cache.getOrSet("c", async () => 9), await cache.getOrSet("e", async () => 5)]).toEqual([3, 5]);
  });

  test("so many and no more", async () => {
    const limiter = createRateLimiter();
    const results = [];
    for (let i = 0; i < 3; i++) results.push(await limiter.check("me", 2, 60_000));
    expect(results.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
      [true, 1],
      [true, 0],
      [false, 0],
    ]);
    expect(results[2]!.retryAfter).toBeGreaterThan(0);
    await limiter.reset("me");
    expect((await limiter.check("me", 2, 60_000)).allowed).toBeTrue();
  });
});

describe("workflows and processes", () => {
  test("steps run in order, each on the result of the one before", async () => {
    await using running = await startServer({});
    const { workflows } = running.core;
    const steps = [
      { name: "double", run: (n: number) => n * 2 },
      { name: "text", run: async (n: number) => `${n} pieces` },
    ];
    workflows.register({ name: "count", steps });
    expect(await workflows.start("count", 4)).toBe("8 pieces");
    expect(workflows.start("nothing", 4)).rejects.toThrow('No workflow "nothing"');
  });

  test("children end when they are told to, and with the server", async () => {
    const running = await startServer({});
    const { processes } = running.core;
    processes.register({ name: "sleeper", config: { command: "sleep", args: ["600"] } });
    const id = await processes.spawn("sleeper");
    expect([await processes.stop(id), await processes.stop(id)]).toEqual([true, false]);
    await processes.spawn("sleeper");
    const children = () => (processes as unknown as { children: Map<string, unknown> }).children.size;
    expect(children()).toBe(1);
    await running.server.shutdown();
    expect(children()).toBe(0);
  });
});

describe("errors", () => {
  test("standard, custom and registered", () => {
    const errors = createErrors({
      customErrors: { Teapot: { status: 418, code: "TEAPOT", defaultMessage: "Short and stout" } },
    });
    expect(errors.NotFound("gone", { id: 1 }).toJSON()).toEqual({
      error: "NOT_FOUND",
      message: "gone",
      details: { id: 1 },
    });
    expect(errors.custom(402, "PAY", "first").status).toBe(402);
    expect((errors as any).Teapot()).toMatchObject({ status: 418, message: "Short and stout" });
    expect([errors.isHttpError(errors.Gone()), errors.isHttpError(new Error())]).toEqual([true, false]);
  });
});

describe("health", () => {
  test("alive and ready", async () => {
    await using running = await startServer({ routers: [createRouter()] });
    for (const path of ["_health", "_ready"]) {
      const response = await fetch(`${running.url}/${path}`);
      expect([response.status, await response.json()]).toMatchObject([200, { status: "healthy" }]);
    }
  });

  test.each([
    [true, 503, "unhealthy"],
    [false, 200, "degraded"],
  ])("a check that fails, critical %p: %d %s", async (critical, status, word) => {
    const checks = [{ name: "broker", critical, check: () => Promise.reject(new Error("away")) }];
    await using running = await startServer({}, { health: { checks } });
    const response = await fetch(`${running.url}/_ready`);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      status: word,
      checks: { broker: { status: "unhealthy", message: "away" }, database: { status: "healthy" } },
    });
  });
});
