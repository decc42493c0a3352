// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A SvelteKit workspace end to end: a session on it, its package script, saves, and what its pages show. Runs where
// PADDOCK_UPSTREAM names a checkout of the real framework and PADDOCK_CTL the program.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CTL, DevSession } from "./support/session";
import { makeSvelteKit } from "./support/sveltekit";
import { freePort } from "./support/workspace";

const upstream = process.env.PADDOCK_UPSTREAM;
const possible = upstream !== undefined && existsSync(CTL);
if (!possible) console.warn("SKIPPED: a session on SvelteKit needs PADDOCK_UPSTREAM and PADDOCK_CTL");

describe.skipIf(!possible)("a session on a SvelteKit workspace", () => {
  let root = "";
  let dev: DevSession;
  let pid: unknown;
  const port = freePort();
  const users = "src/server/plugins/users/index.ts";
  const entry = "src/server/index.ts";

  const save = (name: string, text: string): void => {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new~`, text);
    renameSync(`${path}.new~`, path);
  };
  const edit = (name: string, from: string, to: string): void => {
    const text = readFileSync(join(root, name), "utf8");
    expect(text).toContain(from);
    save(name, text.replace(from, to));
  };
  const shows = async (text: string): Promise<void> => {
    const end = performance.now() + 25_000;
    for (let page = ""; !page.includes(text);) {
      page = await fetch(`http://localhost:${port}/`).then(
        (response) => response.text(),
        () => "",
      );
      if (performance.now() > end) throw new Error(`The page never showed "${text}": ${page}\n${dev.errors}`);
    }
  };

  beforeAll(async () => {
    root = makeSvelteKit(upstream!);
    edit("package.json", "--strictPort", `--strictPort --port ${port}`);
    dev = new DevSession(root, { PORT: String(port) });
    await dev.next(({ event }) => event === "ready", 90_000);
    pid = dev.server?.pid;
    await shows("hello page");
  }, 180_000);

  afterAll(async () => {
    await dev?.close();
    rmSync(root, { recursive: true, force: true });
  });

  test("says where it serves", () => {
    expect(dev.server).toMatchObject({ state: "running", port });
  });

  test("a plugin's method", async () => {
    edit(users, `"hello "`, `"saved "`);
    expect(await dev.result("users")).toMatchObject({ outcome: "swapped", proof: { dropped: 0 } });
    await shows("saved page");
    await shows("saved route");
  });

  test("a bad save, then a good one", async () => {
    edit(users, "async () =>", "async () => { throw new Error('no'); } //");
    await dev.next(({ event, outcome }) => event === "result" && (outcome === "kept-old" || outcome === "held"));
    await shows("saved page");
    save(
      users,
      `import { createPlugin } from "@donkeylabs/server";
export const usersPlugin = createPlugin.define({
  name: "users",
  service: async () => ({ hello: (name: string) => "mended " + name }),
});
`,
    );
    expect(await dev.result("users")).toMatchObject({ outcome: "swapped" });
    await shows("mended page");
  });

  test("a plugin that the entry registers, and one that depends on it", async () => {
    save(
      "src/server/plugins/greet/index.ts",
      `import { createPlugin } from "@donkeylabs/server";
export const greetPlugin = createPlugin.define({ name: "greet", service: async () => ({ word: () => "greeted" }) });
`,
    );
    const text = readFileSync(join(root, entry), "utf8");
    save(
      entry,
      text
        .replace("import { usersPlugin }", `import { greetPlugin } from "./plugins/greet";\nimport { usersPlugin }`)
        .replace(
          "server.registerPlugin(usersPlugin);",
          "server.registerPlugin(greetPlugin);\nserver.registerPlugin(usersPlugin);",
        ),
    );
    edit(users, `name: "users",`, `name: "users",\n  dependencies: ["greet"],`);
    edit(users, "service: async () => ({", "service: async (ctx) => ({");
    edit(users, `"mended "`, `(ctx.deps as any).greet.word() + " "`);
    await shows("greeted page");
    expect(dev.server?.pid).toBe(pid);
  });

  test("a route", async () => {
    edit("src/server/routes/users.ts", "text: ctx", `text: "routed " + ctx`);
    await shows("routed greeted route");
    expect(dev.server?.pid).toBe(pid);
    expect(dev.events.filter(({ event, outcome }) => event === "result" && outcome === "restarted")).toEqual([]);
  });

  test("its end is the end of all of it", async () => {
    expect(await dev.interrupt()).toBe(0);
    expect(existsSync(`/proc/${String(pid)}`)).toBe(false);
  });
});
