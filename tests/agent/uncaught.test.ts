// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Errors that nobody catches, and exits: fatal while a server starts, survived and told once it serves.

import { afterEach, describe, expect, test } from "bun:test";
import { runtimes } from "./support/runtimes";
import { Workspace } from "./support/workspace";

const head = `import { createPlugin } from "@donkeylabs/server";\n`;
/** A plugin whose method does something bad a little later, outside any request. */
const later = (body: string) => `${head}export const usersPlugin = createPlugin.define({
  name: "users",
  service: async () => ({
    hello: (name: string) => {
      if (name === "go") {
${body}
      }
      return "still " + name;
    },
  }),
});
`;

const slips = [
  {
    what: "a throw in a timer",
    body: `        setTimeout(() => {\n          throw new Error("boom");\n        }, 1);`,
    told: { kind: "uncaught", message: "boom", line: 8 },
  },
  {
    what: "a rejection that nobody hears",
    body: `        void (async () => {\n          await Bun.sleep(1);\n          throw new TypeError("floating");\n        })();`,
    told: { kind: "unhandled-rejection", message: "floating", line: 9 },
  },
  {
    what: "a throw in a microtask",
    body: `        queueMicrotask(() => {\n          throw new RangeError("micro");\n        });`,
    told: { kind: "uncaught", message: "micro", line: 8 },
  },
  {
    what: "a rejection with no error in it",
    body: `        void Promise.reject("just text");`,
    told: { kind: "unhandled-rejection", message: "just text" },
  },
];

for (const runtime of runtimes()) {
  describe(`on the ${runtime.name} runtime`, () => {
    let ws: Workspace;
    afterEach(() => ws.stop());

    test("slips of a generation in service are told with its plugin, generation and line; the server stays", async () => {
      ws = await new Workspace(runtime).start();
      const { pid } = ws;
      const file = ws.path("src/plugins/users/index.ts");
      for (const { what, body, told } of slips) {
        const { generation } = await ws.plugin("users", later(body));
        expect(await ws.body("users.hello", { name: "go" }), what).toEqual({ text: "still go" });
        const message = await ws.paddock.event("error", (one) => one.message === told.message);
        expect(message, what).toMatchObject({ ...told, fatal: false, generation });
        if ("line" in told) expect(message, what).toMatchObject({ file, plugin: "users" });
        await ws.until(
          "it is printed as ever",
          () => ws.output,
          (text) => text.includes(told.message),
        );
        expect(await ws.body("users.hello", { name: "Ann" }), what).toEqual({ text: "still Ann" });
      }
      expect(ws.running).toBe(true);
      expect(ws.pid).toBe(pid);
    });

    test("a workspace's own listener is not second-guessed", async () => {
      ws = await new Workspace(runtime).start();
      const listening = later(
        `        setTimeout(() => {\n          throw new Error("heard");\n        }, 1);`,
      ).replace(
        "  service: async () => ({",
        `  init: () => void process.on("uncaughtException", (error) => console.log("own listener: " + error.message)),\n  service: async () => ({`,
      );
      await ws.plugin("users", listening);
      await ws.body("users.hello", { name: "go" });
      expect(await ws.paddock.event("error")).toMatchObject({ kind: "uncaught", message: "heard", fatal: false });
      await ws.until(
        "it has its say",
        () => ws.output,
        (text) => text.includes("own listener: heard"),
      );
      expect(ws.output).not.toContain("error: heard");
    });

    test("while a server starts, an uncaught error ends the process, and is told first", async () => {
      ws = new Workspace(runtime, {
        "src/plugins/users/index.ts": `${head}export const usersPlugin = createPlugin.define({
  name: "users",
  service: async () => {
    setTimeout(() => {
      throw new Error("too early");
    }, 1);
    await Bun.sleep(50);
    return {};
  },
});
`,
      });
      void ws.start().catch(() => {});
      expect(await ws.paddock.event("error")).toMatchObject({
        kind: "uncaught",
        message: "too early",
        file: ws.path("src/plugins/users/index.ts"),
        line: 6,
        fatal: true,
      });
      expect(await ws.exited).not.toBe(0);
    });

    test("an exit that the workspace's own code asks for is its own affair, and told with its line", async () => {
      ws = await new Workspace(runtime).start();
      await ws.plugin("users", later(`        setTimeout(() => {\n          process.exit(7);\n        }, 1);`));
      await ws.body("users.hello", { name: "go" });
      expect(await ws.paddock.event("error")).toMatchObject({
        kind: "exit",
        message: "process.exit(7) was called.",
        file: ws.path("src/plugins/users/index.ts"),
        line: 8,
        plugin: "users",
        generation: 2,
        fatal: true,
      });
      expect(await ws.exited).toBe(7);
    });
  });
}
