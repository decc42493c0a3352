// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/**
 * Services that the shop does not use. They keep the shape of the core services complete, so that code which looks
 * at a server finds what it expects; each does the least that is honest.
 */

export interface WorkflowDefinition {
  name: string;
  steps: { name: string; run: (input: any, context: unknown) => unknown }[];
}

/** Work in named steps: here they run one after the other, in memory. */
export class Workflows {
  private definitions = new Map<string, WorkflowDefinition>();
  private context: { core?: unknown; plugins?: unknown } = {};

  register(definition: WorkflowDefinition): void {
    this.definitions.set(definition.name, definition);
  }

  /** Runs every step on the result of the one before; returns what the last one returned. */
  async start(name: string, input: unknown): Promise<unknown> {
    const definition = this.definitions.get(name);
    if (!definition) throw new Error(`No workflow "${name}"`);
    let value = input;
    for (const step of definition.steps) value = await step.run(value, this.context);
    return value;
  }

  setCore(core: unknown): void {
    this.context.core = core;
  }

  setPlugins(plugins: Record<string, unknown>): void {
    this.context.plugins = plugins;
  }

  async stop(): Promise<void> {}
}

export interface ProcessDefinition {
  name: string;
  config: { command: string; args?: string[]; env?: Record<string, string> };
}

/** Child processes by name; all of them end with the server. */
export class Processes {
  private definitions = new Map<string, ProcessDefinition>();
  private children = new Map<string, Bun.Subprocess>();

  register(definition: ProcessDefinition): void {
    this.definitions.set(definition.name, definition);
  }

  getDefinitions(): Map<string, ProcessDefinition> {
    return this.definitions;
  }

  /** Returns the id by which the process can be stopped. */
  async spawn(name: string): Promise<string> {
    const config = this.definitions.get(name)?.config;
    if (!config) throw new Error(`No process "${name}"`);
    const id = `process_${crypto.randomUUID()}`;
    const command = [config.command, ...(config.args ?? [])];
    const child = Bun.spawn(command, { env: { ...process.env, ...config.env }, stdout: "inherit", stderr: "inherit" });
    this.children.set(id, child);
    void child.exited.then(() => this.children.delete(id));
    return id;
  }

  /** False if it is not running. */
  async stop(id: string): Promise<boolean> {
    const child = this.children.get(id);
    child?.kill();
    await child?.exited;
    return child !== undefined;
  }

  start(): void {}

  async shutdown(): Promise<void> {
    await Promise.all([...this.children.keys()].map((id) => this.stop(id)));
  }
}

interface Socket {
  send(text: string): unknown;
  close(): void;
}

/** Open sockets by client; whoever upgrades a connection adds it here. */
export class WebSocketService {
  private clients = new Map<string, Socket>();

  addClient(id: string, socket: Socket): void {
    this.clients.set(id, socket);
  }

  removeClient(id: string): void {
    this.clients.delete(id);
  }

  broadcastAll(event: string, data: unknown): void {
    for (const socket of this.clients.values()) socket.send(JSON.stringify({ event, data }));
  }

  shutdown(): void {
    for (const socket of this.clients.values()) socket.close();
    this.clients.clear();
  }
}
