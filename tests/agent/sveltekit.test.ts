// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// In-process mode: `bun --bun vite dev` with the framework's SvelteKit adapter, reached through BUN_OPTIONS from a package
// script. Runs where PADDOCK_UPSTREAM names a checkout of the real framework.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BUN } from "./support/bun";
import { FakePaddock } from "./support/paddock";
import type { Snapshot, SwapAnswer } from "./support/result";
import { makeSvelteKit } from "./support/sveltekit";
import { AGENT, freePort } from "./support/workspace";

const upstream = process.env.PADDOCK_UPSTREAM;
if (!upstream) console.warn("SKIPPED: SvelteKit's in-process mode needs the real framework (PADDOCK_UPSTREAM)");

const plugin = (text: string) => `import { createPlugin } from "@donkeylabs/server";
export const usersPlugin = createPlugin.define({
  name: "users",
  service: async () => ({ hello: (name: string) => "${text} " + name }),
});
`;
const routes = (text: string) => `import { createRouter } from "@donkeylabs/server";
export const usersRouter = createRouter("users");
usersRouter.route("hello").typed({ handle: async (input, ctx) => ({ text: "${text}" + ctx.plugins.users.hello(input.name) }) });
usersRouter.route("extra").typed({ handle: async () => ({ extra: "${text}" }) });
`;

describe.skipIf(!upstream)("a SvelteKit workspace on the real framework", () => {
  let root = "";
  let paddock: FakePaddock;
  let child: ReturnType<typeof Bun.spawn>;
  let output = "";
  let pid = 0;
  const port = freePort();

  const save = (name: string, text: string): string => {
    const path = join(root, name);
    writeFileSync(`${path}.new~`, text);
    renameSync(`${path}.new~`, path);
    return path;
  };
  const until = async <T>(what: string, ask: () => Promise<T> | T, passes: (value: T) => boolean): Promise<T> => {
    const end = performance.now() + 25_000;
    for (;;) {
      const value = await ask();
      if (passes(value)) return value;
      if (performance.now() > end) throw new Error(`Never came true: ${what}: ${JSON.stringify(value)}\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const page = async (): Promise<string> => {
    try {
      return await (await fetch(`http://localhost:${port}/`)).text();
    } catch {
      return "";
    }
  };
  const call = async (route: string, input: object): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`http://localhost:${port}/${route}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(input),
    });
    return { status: response.status, body: response.ok ? await response.json() : await response.text() };
  };

  beforeAll(async () => {
    root = makeSvelteKit(upstream!);
    paddock = new FakePaddock(join(root, "p.sock")).listen();
    child = Bun.spawn([BUN, "run", "dev"], {
      cwd: root,
      env: {
        ...process.env,
        NODE_ENV: "development",
        PORT: String(port),
        BUN_OPTIONS: `--preload=${AGENT}`,
        PADDOCK_SOCKET: paddock.path,
        PADDOCK_TOKEN: paddock.token,
        PADDOCK_WORKSPACE: root,
      },
      stdout: "pipe",
      stderr: "pipe",
    });
    for (const stream of [child.stdout, child.stderr] as ReadableStream<Uint8Array>[]) {
      void (async () => {
        for await (const chunk of stream) output += Buffer.from(chunk).toString();
      })();
    }
    await until("the page is served", page, (text) => text.includes("hello page"));
  }, 120_000);

  afterAll(async () => {
    if (pid) process.kill(pid, "SIGKILL"); // vite, below the script's own process
    child?.kill("SIGKILL");
    await child?.exited;
    paddock?.close();
    rmSync(root, { recursive: true, force: true });
  });

  test("is inspected as a server inside another's process", async () => {
    const server = await paddock.event("server", ({ state }) => state === "initialized");
    expect(server).toMatchObject({ mode: "in-process", port: null });
    const hellos = paddock.messages.filter(({ event }) => event === "hello");
    pid = hellos.at(-1)!.pid as number;
    const snapshot = await paddock.ask<Snapshot & { mode: string; pid: number }>("inspect");
    expect(snapshot).toMatchObject({ mode: "in-process", pid, generation: 1 });
    expect(snapshot.plugins.map(({ name }) => name)).toEqual(["users"]);
    expect(snapshot.routes.map(({ name }) => name)).toEqual(["users.hello"]);
    expect(await call("users.hello", { name: "Ann" })).toEqual({ status: 200, body: { text: "hello Ann" } });
  });

  test("a plugin is swapped: page and route show the new code, the process stays, no request fails", async () => {
    let over = false;
    const failures: unknown[] = [];
    let asked = 0;
    const asking = (async () => {
      while (!over) {
        asked++;
        const { status, body } = await call("users.hello", { name: "Ann" });
        if (status !== 200) failures.push(body);
      }
    })();
    for (let i = 1; i <= 5; i++) {
      const file = save("src/server/plugins/users/index.ts", plugin(`swap ${i}`));
      const result = await paddock.ask<SwapAnswer>("swap", { plugins: [{ name: "users", file }], modules: [file] });
      expect(result).toMatchObject({ ok: true, generation: i + 1 });
      expect((await call("users.hello", { name: "Ann" })).body).toEqual({ text: `swap ${i} Ann` });
      const html = await page();
      expect(html).toContain(`swap ${i} page`);
      expect(html).toContain(`swap ${i} route`);
    }
    over = true;
    await asking;
    expect(failures).toEqual([]);
    expect(asked).toBeGreaterThan(5);
    const seen = await paddock.event("requests", ({ items }) =>
      (items as { route: string; generation: number }[]).some(
        ({ route, generation }) => route === "users.hello" && generation > 1,
      ),
    );
    expect(seen.event).toBe("requests");
  });

  test("a bad save is refused, the page goes on", async () => {
    const file = save(
      "src/server/plugins/users/index.ts",
      plugin("broken").replace("async () =>", "async () => { throw new Error('no');") + "}",
    );
    const refused = await paddock.ask<SwapAnswer>("swap", { plugins: [{ name: "users", file }], modules: [file] });
    expect(refused.ok).toBe(false);
    expect(await page()).toContain("swap 5 page");
    save("src/server/plugins/users/index.ts", plugin("mended"));
    expect(await paddock.ask("swap", { plugins: [{ name: "users", file }], modules: [file] })).toMatchObject({
      ok: true,
    });
    expect(await page()).toContain("mended page");
  });

  test("routes are swapped, beside the adapter's own reload, whose calls work", async () => {
    for (const text of ["one ", "two "]) {
      const before = output.split("Route hot reload complete").length;
      const file = save("src/server/routes/users.ts", routes(text));
      expect(await paddock.ask("swap", { routes: [{ file }], modules: [file] })).toMatchObject({ ok: true });
      expect((await call("users.hello", { name: "Ann" })).body).toEqual({ text: `${text}mended Ann` });
      await until(
        "the adapter reloaded it too",
        () => output.split("Route hot reload complete").length,
        (count) => count > before,
      );
      expect((await call("users.hello", { name: "Ann" })).body).toEqual({ text: `${text}mended Ann` });
      expect((await call("users.extra", {})).body).toEqual({ extra: text });
      expect(await page()).toContain(`${text}mended route`);
    }
    expect(output).not.toContain("Hot reload error");
  });

  test("what the adapter runs in children stays silent; there is one server, in one process", async () => {
    await until(
      "the adapter generated types",
      () =>
        existsSync(join(root, "generated.log")) && readFileSync(join(root, "generated.log"), "utf8").includes("types"),
      (done) => done,
    );
    const pids = new Set(paddock.messages.filter(({ event }) => event === "hello").map((hello) => hello.pid));
    expect([...pids]).toEqual([pid]);
    expect(await paddock.ask("call", { route: "users.hello", input: { name: "Bob" } })).toMatchObject({
      status: 200,
      body: { text: "two mended Bob" },
    });
  });
});
