// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Preloaded into the server process. Without Paddock's environment, in a worker, and while types are generated it does
// nothing at all: not even its own modules are loaded.
if (process.env.PADDOCK_SOCKET && Bun.isMainThread && process.env.DONKEYLABS_GENERATE !== "1") {
  const { watchRuntime } = await import("./runtimeledger");
  watchRuntime(); // before the agent's own modules or the workspace's import what it wraps
  const { startAgent } = await import("./main");
  await startAgent({
    socket: process.env.PADDOCK_SOCKET,
    token: process.env.PADDOCK_TOKEN ?? "",
    workspace: process.env.PADDOCK_WORKSPACE ?? process.cwd(),
  });
}

export {};
