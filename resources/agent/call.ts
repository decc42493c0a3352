// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Calls a route inside the process, the way a client's request would reach it.

import type { Dict } from "./framework";
import type { Tracked } from "./tracked";

const MAX_BODY = 1 << 20;
const STREAM_MS = 500;

export async function call(tracked: Tracked, params: Dict): Promise<Dict> {
  const route = String(params.route ?? "");
  const headers = new Headers({
    "content-type": "application/json",
    ...(params.headers as Record<string, string> | undefined),
  });
  if (typeof params.version === "string") {
    const options = tracked.server.options as { versioning?: { headerName?: string } };
    headers.set(options.versioning?.headerName ?? "X-API-Version", params.version);
  }
  const began = performance.now();
  const request = new Request(`http://localhost/${route}`, {
    method: "POST",
    headers,
    body: JSON.stringify(params.input ?? {}),
  });
  const world = tracked.worlds.current;
  let response: Response | null;
  try {
    response = await tracked.server.handleRequest(request, route, "127.0.0.1"); // pinned and counted on its way
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      status: 500,
      body: { error: message },
      headers: {},
      ms: performance.now() - began,
      generation: world.generation,
    };
  }
  if (!response)
    return {
      status: 404,
      body: { error: "NOT_FOUND" },
      headers: {},
      ms: performance.now() - began,
      generation: world.generation,
    };
  const { text, truncated } = await read(response);
  let body: unknown = text;
  if ((response.headers.get("content-type") ?? "").includes("json")) {
    try {
      body = JSON.parse(text);
    } catch {
      // stays text
    }
  }
  return {
    status: response.status,
    body,
    truncated,
    headers: Object.fromEntries(response.headers),
    ms: performance.now() - began,
    generation: world.generation,
  };
}

/** The body as text: all of it, or of an endless one what comes in half a second. */
async function read(response: Response): Promise<{ text: string; truncated: boolean }> {
  if (!response.body) return { text: "", truncated: false };
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const endless = (response.headers.get("content-type") ?? "").includes("text/event-stream");
  const until = endless ? Bun.sleep(STREAM_MS).then(() => null) : null;
  for (;;) {
    const next = await (until ? Promise.race([reader.read(), until]) : reader.read());
    if (!next || size > MAX_BODY) {
      void reader.cancel().catch(() => {});
      return { text: Buffer.concat(chunks).toString("utf8"), truncated: true };
    }
    if (next.done) return { text: Buffer.concat(chunks).toString("utf8"), truncated: false };
    const chunk = next.value as Uint8Array;
    chunks.push(chunk);
    size += chunk.length;
  }
}
