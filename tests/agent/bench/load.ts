// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Requests over a few kept connections, one after the other on each, as cheap for this side as can be.

export interface Load {
  requests: number;
  failed: number;
  ms: number;
}

export async function load(port: number, route: string, connections: number, ms: number): Promise<Load> {
  const body = "{}";
  const request = Buffer.from(
    `POST /${route} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  let requests = 0;
  let failed = 0;
  const began = performance.now();
  const end = began + ms;
  await Promise.all(
    Array.from(
      { length: connections },
      () =>
        new Promise<void>((resolve) => {
          let text = "";
          void Bun.connect({
            hostname: "localhost",
            port,
            socket: {
              open: (socket) => void socket.write(request),
              data: (socket, chunk) => {
                text += Buffer.from(chunk).toString("latin1");
                const head = text.indexOf("\r\n\r\n");
                if (head < 0) return;
                const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
                if (text.length < head + 4 + length) return;
                if (text.startsWith("HTTP/1.1 200")) requests++;
                else failed++;
                text = "";
                if (performance.now() < end) socket.write(request);
                else socket.end();
              },
              close: () => resolve(),
              error: () => {
                failed++;
                resolve();
              },
              connectError: () => {
                failed++;
                resolve();
              },
            },
          });
        }),
    ),
  );
  return { requests, failed, ms: performance.now() - began };
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}
