// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Preloaded into the server process. Without Paddock's environment, in a worker, and while types are generated it does
// nothing at all: not even its own modules are loaded.
const { PADDOCK_SOCKET, PADDOCK_TOKEN, PADDOCK_WORKSPACE, PADDOCK_ATTACH, PADDOCK_HELD, DONKEYLABS_GENERATE } = process.env;
const attach = PADDOCK_SOCKET || PADDOCK_ATTACH === "0" ? undefined : PADDOCK_ATTACH;

if ((PADDOCK_SOCKET || attach) && Bun.isMainThread && DONKEYLABS_GENERATE !== "1") {
  try {
    const { watchRuntime } = await import("./runtimeledger");
    watchRuntime(); // before the agent's own modules or the workspace's import what it wraps
    if (PADDOCK_HELD) (await import("./held")).holdTexts(PADDOCK_HELD);
    const { startAgent } = await import("./main");
    await startAgent({
      session: PADDOCK_SOCKET ? { socket: PADDOCK_SOCKET, token: PADDOCK_TOKEN ?? "" } : null,
      workspace: PADDOCK_WORKSPACE,
      attach,
    });
  } catch (error) {
    console.warn("Paddock's agent could not start; the server runs without it:", error); // never the server's problem
  }
}

export {};
