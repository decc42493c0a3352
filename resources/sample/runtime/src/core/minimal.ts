// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/**
 * Services that the shop does not use. They keep the shape of the core services complete, so that code which looks
 * at a server finds what it expects; each does the least that is honest.
 */

/** Long-running work in named steps: here the steps run one after the other, in memory. */
export interface WorkflowDefinition {
  name: string;
  steps: { name: string; run: (input: any, context: unknown) => Promise<unknown> | unknown }[];
}

export interface Workflows {
  register(definition: WorkflowDefinition): void;
  /** Runs every step on the result of the one before; returns what the last one returned. */
  start(name: string, input: unknown): Promise<unknown>;
  setCore(core: unknown): void;
  setPlugins(plugins: Record<string, unknown>): void;
  stop(): Promise<void>;
}

export function createWorkflows(): Workflows {
  const definitions = new Map<string, WorkflowDefinition>();
  const context: { core?: unknown; plugins?: unknown } = {};
  return {
    register: (definition) => void definitions.set(definition.name, definition),
    async start(name, input) {
      const definition = definitions.get(name);
      if (!definition) throw new Error(`No workflow "${name}"`);
      let value = input;
      for (const step of definition.steps) value = await step.run(value, context);
      return value;
    },
    setCore: (core) => void (context.core = core),
    setPlugins: (plugins) => void (context.plugins = plugins),
    stop: async () => {},
  };
}

/** Child processes by name. */
export interface ProcessDefinition {
  name: string;
  command: string[];
}

export interface Processes {
  register(definition: ProcessDefinition): void;
  /** Starts the process; returns its pid. */
  spawn(name: string): number;
  getDefinitions(): Map<string, ProcessDefinition>;
  start(): void;
  /** Ends every child and waits for it. */
  shutdown(): Promise<void>;
}

export function createProcesses(): Processes {
  const definitions = new Map<string, ProcessDefinition>();
  const children = new Set<Bun.Subprocess>();
  return {
    register: (definition) => void definitions.set(definition.name, definition),
    spawn(name) {
      const definition = definitions.get(name);
      if (!definition) throw new Error(`No process "${name}"`);
      const child = Bun.spawn(definition.command, { stdout: "inherit", stderr: "inherit" });
      children.add(child);
      void child.exited.then(() => children.delete(child));
      return child.pid;
    },
    getDefinitions: () => definitions,
    start: () => {},
    async shutdown() {
      for (const child of children) child.kill();
      await Promise.all([...children].map((child) => child.exited));
    },
  };
}

/** Open sockets by client; whoever upgrades a connection adds it here. */
export interface WebSocketService {
  addClient(id: string, socket: { send(text: string): unknown; close(): void }): void;
  removeClient(id: string): void;
  broadcastAll(event: string, data: unknown): void;
  getClientCount(): number;
  shutdown(): void;
}

export function createWebSocket(): WebSocketService {
  const sockets = new Map<string, { send(text: string): unknown; close(): void }>();
  return {
    addClient: (id, socket) => void sockets.set(id, socket),
    removeClient: (id) => void sockets.delete(id),
    broadcastAll(event, data) {
      for (const socket of sockets.values()) socket.send(JSON.stringify({ event, data }));
    },
    getClientCount: () => sockets.size,
    shutdown() {
      for (const socket of sockets.values()) socket.close();
      sockets.clear();
    },
  };
}
