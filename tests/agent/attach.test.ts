// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Servers that were started by hand: found by the session that is open on their workspace, or left entirely alone.

import { afterEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BUN } from "./support/bun";
import { FakePaddock } from "./support/paddock";
import { runtimes } from "./support/runtimes";
import { AGENT, freePort, Workspace } from "./support/workspace";

const head = `import { createPlugin } from "@donkeylabs/server";\n`;
const greeter = (text: string) =>
  `${head}export const usersPlugin = createPlugin.define({ name: "users", service: async () => ({ hello: (name: string) => "${text} " + name }) });\n`;

/** A session that opens on a workspace: its socket, then its token, as PROTOCOL.md says. */
function openSession(ws: Workspace, runtimeFolder: string, token?: string): FakePaddock {
  const folder = join(runtimeFolder, "paddock", createHash("sha256").update(ws.root).digest("hex").slice(0, 16));
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const paddock = new FakePaddock(join(folder, "agent.sock")).listen();
  writeFileSync(join(folder, "agent.token"), token ?? paddock.token, { mode: 0o600 });
  return paddock;
}

for (const runtime of runtimes()) {
  describe(`on the ${runtime.name} runtime`, () => {
    let ws: Workspace;
    let session: FakePaddock | null = null;
    afterEach(async () => {
      session?.close();
      session = null;
      await ws.stop();
    });

    /** Starts the server as a user does, with the preload and what the environment says. */
    const startByHand = async (env: Record<string, string>): Promise<void> => {
      ws.port = freePort();
      await ws.start({ agent: false, args: ["--preload", AGENT], env: { PORT: String(ws.port), ...env } });
    };

    test("is found by a session that opens later, swapped, kept when that closes, and found by the next", async () => {
      ws = new Workspace(runtime, {
        "package.json": JSON.stringify({ dependencies: { "@donkeylabs/server": "*" } }),
      });
      const runtimeFolder = ws.path(".run");
      mkdirSync(runtimeFolder, { mode: 0o700 });
      await startByHand({ PADDOCK_ATTACH: "1", XDG_RUNTIME_DIR: runtimeFolder });
      session = openSession(ws, runtimeFolder);
      const hello = await session.event("hello");
      expect(hello).toMatchObject({ attached: true, workspace: ws.root, pid: ws.pid, token: session.token });
      expect(await session.event("server", ({ state }) => state === "listening")).toMatchObject({ port: ws.port });
      await session.event("inspect");
      const file = ws.write("src/plugins/users/index.ts", greeter("swapped"));
      expect(await session.ask("swap", { plugins: [{ name: "users", file }] })).toMatchObject({ ok: true });
      expect(await ws.body("users.hello", { name: "Ann" })).toEqual({ text: "swapped Ann" });
      session.close();
      expect(await ws.body("users.hello", { name: "Bob" })).toEqual({ text: "swapped Bob" });
      session = openSession(ws, runtimeFolder, "another-token");
      expect(await session.event("hello")).toMatchObject({ attached: true, token: "another-token", pid: ws.pid });
      expect(await session.event("generation")).toMatchObject({ generation: 2 });
      expect(ws.running).toBe(true);
    });

    test("a path names the workspace; a script that makes no server says nothing", async () => {
      ws = new Workspace(runtime, { "script.ts": `await Bun.sleep(2500); console.log("script has run");` });
      const runtimeFolder = ws.path(".run");
      mkdirSync(runtimeFolder, { mode: 0o700 });
      session = openSession(ws, runtimeFolder);
      const env = { XDG_RUNTIME_DIR: runtimeFolder, PADDOCK_ATTACH: ws.root };
      await ws.start({ agent: false, args: ["--preload", AGENT], entry: "script.ts", env });
      expect(await ws.exited).toBe(0);
      expect(ws.output).toContain("script has run");
      expect(session.connections).toBe(0);
      await startByHand(env);
      expect(await session.event("hello")).toMatchObject({ attached: true });
    });

    test("a folder that others may enter is not used", async () => {
      ws = new Workspace(runtime);
      const runtimeFolder = ws.path(".run");
      mkdirSync(runtimeFolder, { mode: 0o700 });
      session = openSession(ws, runtimeFolder);
      chmodSync(dirname(session.path), 0o755);
      await startByHand({ XDG_RUNTIME_DIR: runtimeFolder, PADDOCK_ATTACH: ws.root });
      await ws.until(
        "the server serves",
        () =>
          ws.post("users.hello", { name: "Ann" }).then(
            ({ status }) => status,
            () => 0,
          ),
        (status) => status === 200,
      );
      const end = performance.now() + 2500; // two attempts' time: nothing may come
      while (performance.now() < end) expect((await ws.post("users.hello", { name: "Ann" })).status).toBe(200);
      expect(session.connections).toBe(0);
      chmodSync(dirname(session.path), 0o700);
      expect(await session.event("hello")).toMatchObject({ attached: true });
    });

    test("without Paddock's environment the preload leaves no trace", async () => {
      ws = new Workspace(runtime);
      const probe = `import { AppServer, createRouter } from "@donkeylabs/server";
import { readdirSync, readlinkSync } from "node:fs";
const text = (fn: unknown) => typeof fn === "function" ? Function.prototype.toString.call(fn) : String(fn);
const methods = (holder: object) => Object.fromEntries(Object.getOwnPropertyNames(holder).sort().map((name) => [name, text(Object.getOwnPropertyDescriptor(holder, name)?.value)]));
const { server } = await import("./src/index.ts");
console.log("PROBE " + JSON.stringify({
  appServer: methods(AppServer.prototype),
  router: methods(Object.getPrototypeOf(createRouter("x"))),
  own: Object.fromEntries(Object.entries(server.coreServices).map(([name, service]) => [name, Object.keys(Object(service)).filter((key) => typeof (service as any)[key] === "function")])),
  globals: ["setTimeout", "setInterval", "setImmediate", "clearTimeout", "fetch", "WebSocket"].map((name) => text((globalThis as any)[name])),
  bun: ["serve", "spawn", "spawnSync", "sleep"].map((name) => text((Bun as any)[name])),
  process: ["on", "once", "exit", "emit", "kill"].map((name) => text((process as any)[name])),
  console: ["log", "warn", "error"].map((name) => text((console as any)[name])),
  listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name as any)]),
  env: Object.keys(process.env).filter((name) => name.startsWith("PADDOCK")),
  modules: Object.keys(require.cache).filter((file) => file.includes("/resources/agent/") && !file.endsWith("/agent.ts")),
  sockets: readdirSync("/proc/self/fd").filter((fd) => { try { return readlinkSync("/proc/self/fd/" + fd).startsWith("socket:"); } catch { return false; } }).length,
}));
process.exit(0);
`;
      ws.write("probe.ts", probe);
      mkdirSync(ws.path(".run"), { mode: 0o700 });
      session = openSession(ws, ws.path(".run"));
      const run = (args: string[], env: Record<string, string>): string => {
        const { stdout, stderr } = Bun.spawnSync([BUN, ...args, ws.path("probe.ts")], {
          cwd: ws.root,
          env: {
            PATH: process.env.PATH ?? "",
            HOME: process.env.HOME ?? "",
            PORT: "0",
            XDG_RUNTIME_DIR: ws.path(".run"),
            ...env,
          },
        });
        const line = stdout
          .toString()
          .split("\n")
          .find((one) => one.startsWith("PROBE "));
        if (!line) throw new Error(`${stdout}\n${stderr}`);
        return line;
      };
      const plain = run([], {});
      expect(run(["--preload", AGENT], {})).toBe(plain);
      expect(run([], { BUN_OPTIONS: `--preload=${AGENT}` })).toBe(plain);
      expect(run(["--preload", AGENT], { NODE_ENV: "production" })).toBe(run([], { NODE_ENV: "production" }));
      expect(run(["--preload", AGENT], { PADDOCK_ATTACH: "0" })).toBe(
        plain.replace(`"env":[]`, `"env":["PADDOCK_ATTACH"]`),
      );
      expect(session.connections).toBe(0);
      // The probe can tell: with the environment hardly anything is as it was.
      expect(run(["--preload", AGENT], { PADDOCK_ATTACH: ws.root })).not.toBe(plain);
      rmSync(ws.path("probe.ts"));
    });
  });
}
