// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Server-sent events: clients subscribe to channels, services broadcast to them. */

export interface SSEClient {
  id: string;
  channels: Set<string>;
  controller: ReadableStreamDefaultController<Uint8Array>;
  createdAt: Date;
  lastEventId?: string;
}

export interface SSEConfig {
  /** How often a comment keeps the connection open, in milliseconds. Default: 30000. */
  heartbeatInterval?: number;
  /** How long a client waits before it connects again, in milliseconds. Default: 3000. */
  retryInterval?: number;
}

export interface SSE {
  /** `response` is what the route answers; it stays open until the client is removed. */
  addClient(options?: { lastEventId?: string }): { client: SSEClient; response: Response };
  removeClient(clientId: string): void;
  getClient(clientId: string): SSEClient | undefined;
  subscribe(clientId: string, channel: string): boolean;
  unsubscribe(clientId: string, channel: string): boolean;
  broadcast(channel: string, event: string, data: unknown, id?: string): void;
  broadcastAll(event: string, data: unknown, id?: string): void;
  sendTo(clientId: string, event: string, data: unknown, id?: string): boolean;
  getClients(): SSEClient[];
  getClientsByChannel(channel: string): SSEClient[];
  shutdown(): void;
}

class SSEImpl implements SSE {
  private clients = new Map<string, SSEClient>();
  private heartbeat: ReturnType<typeof setInterval> | null = null;
  private encoder = new TextEncoder();

  constructor(private config: SSEConfig) {}

  addClient(options: { lastEventId?: string } = {}): { client: SSEClient; response: Response } {
    const id = crypto.randomUUID();
    let client: SSEClient | undefined;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        client = { id, channels: new Set(), controller, createdAt: new Date(), lastEventId: options.lastEventId };
      },
      cancel: () => this.removeClient(id),
    });
    this.clients.set(id, client!);
    this.write(client!, `retry: ${this.config.retryInterval ?? 3000}\n\n`);
    this.heartbeat ??= setInterval(() => this.beat(), this.config.heartbeatInterval ?? 30_000);
    const headers = { "Content-Type": "text/event-stream", "Cache-Control": "no-cache", Connection: "keep-alive" };
    return { client: client!, response: new Response(stream, { headers }) };
  }

  removeClient(clientId: string): void {
    const client = this.clients.get(clientId);
    if (!client) return;
    this.clients.delete(clientId);
    try {
      client.controller.close();
    } catch {
      // The other side closed it first.
    }
    if (this.clients.size === 0 && this.heartbeat) {
      clearInterval(this.heartbeat);
      this.heartbeat = null;
    }
  }

  getClient(clientId: string): SSEClient | undefined {
    return this.clients.get(clientId);
  }

  subscribe(clientId: string, channel: string): boolean {
    return this.clients.get(clientId)?.channels.add(channel) !== undefined;
  }

  unsubscribe(clientId: string, channel: string): boolean {
    return this.clients.get(clientId)?.channels.delete(channel) ?? false;
  }

  broadcast(channel: string, event: string, data: unknown, id?: string): void {
    for (const client of this.getClientsByChannel(channel)) this.send(client, event, data, id);
  }

  broadcastAll(event: string, data: unknown, id?: string): void {
    for (const client of this.getClients()) this.send(client, event, data, id);
  }

  sendTo(clientId: string, event: string, data: unknown, id?: string): boolean {
    const client = this.clients.get(clientId);
    return client ? this.send(client, event, data, id) : false;
  }

  getClients(): SSEClient[] {
    return [...this.clients.values()];
  }

  getClientsByChannel(channel: string): SSEClient[] {
    return this.getClients().filter((client) => client.channels.has(channel));
  }

  shutdown(): void {
    for (const id of [...this.clients.keys()]) this.removeClient(id);
  }

  private send(client: SSEClient, event: string, data: unknown, id?: string): boolean {
    const lines = [id === undefined ? "" : `id: ${id}\n`, `event: ${event}\n`, `data: ${JSON.stringify(data)}\n\n`];
    return this.write(client, lines.join(""));
  }

  private beat(): void {
    for (const client of this.getClients()) this.write(client, ": heartbeat\n\n");
  }

  private write(client: SSEClient, text: string): boolean {
    try {
      client.controller.enqueue(this.encoder.encode(text));
      return true;
    } catch {
      this.removeClient(client.id);
      return false;
    }
  }
}

export const createSSE = (config: SSEConfig = {}): SSE => new SSEImpl(config);
