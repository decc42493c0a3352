// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The inner shape of the workspace's framework, as far as the agent touches it. Fields that TypeScript calls private
// are plain properties at run time.

import { dirname, join } from "node:path";

export type Dict<T = unknown> = Record<string, T>;
export type Fn = (...args: never[]) => unknown;
export type AnyFn = (this: unknown, ...args: unknown[]) => unknown;

export interface PluginLike {
  name: string;
  version?: string;
  dependencies?: readonly string[];
  handlers?: Dict;
  middleware?: (ctx: unknown, service: unknown) => Dict;
  events?: Dict;
  customErrors?: Dict;
  client?: unknown;
  service: (ctx: unknown) => unknown;
  init?: (ctx: unknown, service: unknown) => unknown;
  hot?: unknown;
  _modulePath?: string;
  _boundConfig?: unknown;
  _resolvedMiddleware?: Dict;
}

export interface CoreLike extends Dict {
  logger: Dict;
  errors: Dict;
}

export interface ManagerLike {
  plugins: Map<string, PluginLike>;
  services: Dict;
  core: CoreLike;
  register(plugin: PluginLike): void;
}

export interface RouteLike {
  name: string;
  handler?: string;
  input?: unknown;
  output?: unknown;
  events?: Dict;
  middleware?: { name: string }[];
  handle?: unknown;
}

export interface RouterLike {
  routes?: Map<string, RouteLike>;
  childRouters?: RouterLike[];
  prefix?: string;
  _middlewareStack?: unknown[];
  getRoutes(): RouteLike[];
  getPrefix(): string;
  getVersion?(): string | undefined;
  getDeprecation?(): unknown;
  getTypedMetadata?(): Dict[];
  router(child: string | RouterLike): RouterLike;
  addRoute?(name: string, handler: string, config: unknown, middleware?: unknown[]): RouterLike;
}

export interface ServerLike {
  manager: ManagerLike;
  routers: RouterLike[];
  routeMap: Map<string, RouteLike>;
  versionedRouteMap: Map<string, VersionedEntry[]>;
  coreServices: CoreLike;
  options: Dict;
  port?: number;
  maxPortAttempts?: number;
  start(): Promise<unknown>;
  initialize(): Promise<unknown>;
  shutdown(): Promise<unknown>;
  use(router: RouterLike): unknown;
  registerPlugin(plugin: PluginLike): unknown;
  handleRequest(request: Request, route: string, ip: string, options?: unknown): Promise<Response | null>;
  callRoute?(route: string, ...rest: unknown[]): Promise<unknown>;
  onError?(handler: (error: Error) => void): unknown;
}

export interface VersionedEntry {
  version: SemVer | undefined;
  route: RouteLike;
  deprecated?: unknown;
  versionRaw?: string;
}

export interface SemVer {
  major: number;
  minor: number;
  patch: number;
  raw: string;
}

export interface Framework {
  name: string;
  version: string;
  folder: string;
  AppServer: { prototype: ServerLike };
  createRouter: ((prefix?: string) => RouterLike) | null;
  PluginContext: (new (core: CoreLike, deps: Dict, config: unknown, name: string) => object) | null;
}

export const FRAMEWORK = "@donkeylabs/server";

export function isObject(value: unknown): value is Dict {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

export function isRouter(value: unknown): value is RouterLike {
  return isObject(value) && typeof value.getRoutes === "function" && typeof value.getPrefix === "function";
}

export function isPlugin(value: unknown): value is PluginLike {
  return isObject(value) && typeof value !== "function" && typeof value.name === "string" && "service" in value;
}

/** The workspace's own framework, or null where there is none to be found. */
export async function loadFramework(workspace: string): Promise<Framework | null> {
  let entry: string;
  try {
    entry = Bun.resolveSync(FRAMEWORK, workspace); // with the conditions of an import: the package has no others
  } catch {
    return null;
  }
  const module = (await import(entry)) as Dict;
  if (typeof module.AppServer !== "function") return null;
  const appServer = module.AppServer as unknown as { prototype: ServerLike };
  let folder = dirname(entry);
  const manifest = (): ReturnType<typeof Bun.file> => Bun.file(join(folder, "package.json"));
  while (!(await manifest().exists()) && dirname(folder) !== folder) folder = dirname(folder);
  let version = "";
  try {
    version = String(((await manifest().json()) as Dict).version ?? "");
  } catch {
    // without a readable package.json the version stays empty
  }
  return {
    name: FRAMEWORK,
    version,
    folder,
    AppServer: appServer,
    createRouter: typeof module.createRouter === "function" ? (module.createRouter as Framework["createRouter"]) : null,
    PluginContext:
      typeof module.PluginContext === "function" ? (module.PluginContext as Framework["PluginContext"]) : null,
  };
}
