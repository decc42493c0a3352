// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
/** The other end of bench_handover: answers each request with the moment at which it came, by this process's clock. */
const [path, token] = process.argv.slice(2);
let rest = "";
await Bun.connect({
  unix: path!,
  socket: {
    open(socket) {
      socket.write(`${JSON.stringify({ event: "hello", token })}\n`);
    },
    data(socket, bytes) {
      const at = performance.now();
      rest += bytes.toString("utf8");
      for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
        const message = JSON.parse(rest.slice(0, end)) as { id?: number; method?: string };
        rest = rest.slice(end + 1);
        if (message.method !== undefined)
          socket.write(`${JSON.stringify({ id: message.id, result: { ok: true, generation: 2, at } })}\n`);
      }
    },
    close() {
      process.exit(0);
    },
  },
});
