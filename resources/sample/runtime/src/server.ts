// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** The server: core services, plugins, routers, HTTP, and an orderly end. */
import { createCore, type ServerConfig } from "./config";
import type { CoreServices, ServerContext } from "./context";
import { HttpError } from "./core/errors";
import { addHeaders, Dispatcher } from "./dispatch";
import { describeRoutes } from "./generator/describe";
import type {
  HookContext,
  OnErrorHandler,
  OnReadyHandler,
  OnShutdownHandler,
  ServiceDefinition,
  ServiceFactory,
} from "./lifecycle";
import { PluginManager } from "./manager";
import type { Plugin } from "./plugin";
import type { IRouter, RouteDefinition } from "./router";
import { compareSemVer, parseSemVer, resolveRoute, type ResolvedRoute, type VersionedRouteEntry } from "./versioning";

const generating = () => process.env.DONKEYLABS_GENERATE === "1";

export class AppServer {
  private port: number;
  private maxPortAttempts: number;
  private manager: PluginManager;
  private routers: IRouter[] = [];
  private routeMap = new Map<string, RouteDefinition>();
  private versionedRouteMap = new Map<string, VersionedRouteEntry[]>();
  private coreServices: CoreServices;
  private dispatcher: Dispatcher;

  private readyHandlers: OnReadyHandler[] = [];
  private shutdownHandlers: OnShutdownHandler[] = [];
  private errorHandlers: OnErrorHandler[] = [];
  private serviceFactories = new Map<string, ServiceFactory<any>>();
  private serviceRegistry: Record<string, any> = {};

  private initializationPromise: Promise<void> | null = null;
  private isInitialized = false; // for tools that look inside
  private generateTimer?: ReturnType<typeof setTimeout>;
  private server: ReturnType<typeof Bun.serve> | null = null;
  private activeRequests = 0;
  private draining = false;
  private isShuttingDown = false;

  constructor(private options: ServerConfig) {
    this.port = options.port ?? Number(process.env.PORT || 3000);
    this.maxPortAttempts = options.maxPortAttempts ?? 5;
    this.coreServices = createCore(options);
    this.manager = new PluginManager(this.coreServices);
    this.dispatcher = new Dispatcher(this.manager, (error) => this.report(error));
  }

  // ------------------------------------------------------------------ putting a server together

  registerPlugin(plugin: Plugin): this {
    this.manager.register(plugin);
    return this;
  }

  use(router: IRouter): this {
    this.routers.push(router);
    // An entry that never calls start() is described as well, once it has had time to add all its routers.
    if (generating()) {
      clearTimeout(this.generateTimer);
      this.generateTimer = setTimeout(() => this.describeAndExit(), 100);
    }
    return this;
  }

  registerService<T>(definition: ServiceDefinition<string, T>): this;
  registerService<T>(name: string, factory: ServiceFactory<T>): this;
  registerService<T>(what: string | ServiceDefinition<string, T>, factory?: ServiceFactory<T>): this {
    if (typeof what === "string") this.serviceFactories.set(what, factory!);
    else this.serviceFactories.set(what.name, what.factory);
    return this;
  }

  onReady(handler: OnReadyHandler): this {
    this.readyHandlers.push(handler);
    return this;
  }

  /** Handlers run in reverse: the last one added is the first to clean up. */
  onShutdown(handler: OnShutdownHandler): this {
    this.shutdownHandlers.push(handler);
    return this;
  }

  onError(handler: OnErrorHandler): this {
    this.errorHandlers.push(handler);
    return this;
  }

  // ------------------------------------------------------------------ looking inside

  getServices(): any {
    return this.manager.getServices();
  }
  getDb(): CoreServices["db"] {
    return this.coreServices.db;
  }
  getCore(): CoreServices {
    return this.coreServices;
  }
  getRouteMap(): Map<string, RouteDefinition> {
    return this.routeMap;
  }
  hasRoute(name: string): boolean {
    return this.routeMap.has(name) || this.versionedRouteMap.has(name);
  }

  // ------------------------------------------------------------------ life

  /** Migrations, plugins and background work, without HTTP: for those who bring their own. */
  async initialize(): Promise<void> {
    if (generating()) this.describeAndExit();
    await (this.initializationPromise ??= this.doInitialize());
  }

  async start(): Promise<void> {
    await this.initialize();
    this.server = this.listen();
    this.coreServices.logger.info(`Server running at http://localhost:${this.port}`);
  }

  /** Refuse, drain, clean up, stop, close. Calling it again does nothing. */
  async shutdown(): Promise<void> {
    if (this.isShuttingDown) return;
    this.isShuttingDown = true;
    const { logger, sse, websocket, events, processes, workflows, jobs, cron, db } = this.coreServices;
    const { timeout = 30_000, drainTimeout = 10_000, forceExit = true } = this.options.shutdown ?? {};
    const force = forceExit
      ? setTimeout(() => {
          logger.error("Shutdown timed out, ending the process");
          process.exit(1);
        }, timeout)
      : undefined;
    force?.unref();

    try {
      logger.info("Shutting down", { inFlight: this.activeRequests });
      this.draining = true;
      void this.server?.stop();
      const deadline = Date.now() + drainTimeout;
      while (this.activeRequests > 0 && Date.now() < deadline) await Bun.sleep(20);
      if (this.activeRequests > 0) logger.warn("Requests were still in flight", { count: this.activeRequests });

      for (const handler of this.shutdownHandlers.toReversed())
        await this.guarded("onShutdown", () => handler(this.hookContext()));
      sse.shutdown();
      websocket.shutdown();
      await cron.stop();
      await jobs.stop();
      await workflows.stop();
      await processes.shutdown();
      await events.stop();
      await db.destroy();
      logger.info("Server shutdown complete");
    } finally {
      clearTimeout(force);
    }
  }

  /** Makes SIGTERM and SIGINT shut the server down before the process ends. */
  enableGracefulShutdown(): this {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, async () => {
        this.coreServices.logger.info(`Received ${signal}`);
        await this.shutdown();
        process.exit(0);
      });
    }
    return this;
  }

  private async doInitialize(): Promise<void> {
    const { cron, jobs, processes, workflows, logger } = this.coreServices;
    await this.manager.migrate();
    await this.manager.init();
    workflows.setPlugins(this.manager.getServices());
    for (const router of this.routers) this.addRoutes(router);
    logger.info(`Loaded ${this.routeMap.size + this.versionedRouteMap.size} routes`, {
      versioned: this.versionedRouteMap.size,
    });

    cron.start();
    jobs.start();
    processes.start();
    this.isInitialized = true;
    const ctx = this.hookContext();
    for (const [name, factory] of this.serviceFactories) this.serviceRegistry[name] = await factory(ctx);
    for (const handler of this.readyHandlers) await this.guarded("onReady", () => handler(ctx));
  }

  private addRoutes(router: IRouter): void {
    const versionRaw = router.getVersion();
    for (const route of router.getRoutes()) {
      if (!versionRaw) {
        if (this.routeMap.has(route.name)) this.coreServices.logger.warn("Duplicate route", { route: route.name });
        this.routeMap.set(route.name, route);
        continue;
      }
      const entries = this.versionedRouteMap.get(route.name) ?? [];
      entries.push({
        version: parseSemVer(versionRaw) ?? undefined,
        route,
        deprecated: router.getDeprecation(),
        versionRaw,
      });
      entries.sort((a, b) => (a.version && b.version ? compareSemVer(b.version, a.version) : a.version ? -1 : 1));
      this.versionedRouteMap.set(route.name, entries);
    }
  }

  /** Tries ports upwards; the last failure is the caller's. */
  private listen(): ReturnType<typeof Bun.serve> {
    const wanted = this.port;
    for (let attempt = 1; ; attempt++) {
      try {
        const server = Bun.serve({
          port: this.port,
          idleTimeout: 255, // streams may be silent for long
          fetch: (request, bun) => this.answer(request, bun.requestIP(request)?.address),
        });
        this.port = server.port ?? this.port; // port 0 asks for any free one
        return server;
      } catch (error) {
        const taken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
        if (!taken || attempt >= this.maxPortAttempts) throw error;
        this.port = wanted + attempt;
        this.coreServices.logger.warn(`Port ${this.port - 1} is in use, trying ${this.port}`);
      }
    }
  }

  // ------------------------------------------------------------------ requests

  /** One HTTP request: health, then the route that the path names. */
  private async answer(request: Request, address?: string): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const { health, sse } = this.coreServices;
    const { livenessPath = "/_health", readinessPath = "/_ready" } = this.options.health ?? {};
    // Health answers while the server drains too: whoever watches it must see that it is going away.
    if (request.method === "GET" && pathname === livenessPath) {
      const report = health.liveness(this.isShuttingDown);
      return Response.json(report, { status: report.status === "healthy" ? 200 : 503 });
    }
    if (request.method === "GET" && pathname === readinessPath) {
      const report = await health.check();
      return Response.json(report, { status: report.status === "unhealthy" ? 503 : 200 });
    }
    if (this.draining) {
      return new Response("Service Unavailable", { status: 503, headers: { "Retry-After": "5", Connection: "close" } });
    }

    this.activeRequests++;
    try {
      if (request.method === "GET" && pathname === "/sse") {
        const { client, response } = sse.addClient();
        for (const channel of (searchParams.get("channels") ?? "").split(",").filter(Boolean))
          sse.subscribe(client.id, channel);
        request.signal.addEventListener("abort", () => sse.removeClient(client.id));
        return response;
      }
      const ip = request.headers.get("x-forwarded-for")?.split(",")[0]?.trim() || address || "unknown";
      const response = await this.handleRequest(request, pathname.slice(1), ip);
      return response ?? new Response("Not Found", { status: 404 });
    } finally {
      this.activeRequests--;
    }
  }

  /** The answer of a route, or null where there is no such route. */
  async handleRequest(
    request: Request,
    routeName: string,
    ip: string,
    options: { corsHeaders?: Record<string, string> } = {},
  ): Promise<Response | null> {
    const { headerName = "X-API-Version", defaultBehavior } = this.options.versioning ?? {};
    const requested = request.headers.get(headerName);
    const resolved = this.resolve(routeName, requested);
    if (!resolved) {
      if (requested || defaultBehavior !== "error" || !this.versionedRouteMap.has(routeName)) return null;
      const message = `${headerName} header is required`;
      return Response.json({ error: "VERSION_REQUIRED", message }, { status: 400, headers: options.corsHeaders });
    }
    if (request.method !== "GET" && request.method !== "POST")
      return new Response("Method Not Allowed", { status: 405 });

    const ctx = this.requestContext(ip, request);
    const response = await this.dispatcher.answer(request, resolved.route, ctx);
    addHeaders(response.headers, ctx, resolved, this.options.versioning);
    for (const [name, value] of Object.entries(options.corsHeaders ?? {})) response.headers.set(name, value);
    return response;
  }

  /** Calls a route inside the process. Errors are thrown, not answered. */
  async callRoute<O = any>(
    routeName: string,
    input: any,
    ip = "127.0.0.1",
    options: { version?: string } = {},
  ): Promise<O> {
    const resolved = this.resolve(routeName, options.version);
    if (!resolved) throw new Error(`Route "${routeName}" not found`);
    const { route } = resolved;
    const checked = route.input?.safeParse(input);
    if (checked && !checked.success) throw new HttpError(400, "VALIDATION_ERROR", checked.error.message);

    const ctx = this.requestContext(ip);
    const call = async () => route.handle(checked ? checked.data : input, ctx);
    if (!route.middleware) return call();
    const request = new Request(`http://localhost/${routeName}`, { method: "POST", body: JSON.stringify(input) });
    const response = await this.dispatcher.throughMiddleware(request, ctx, route.middleware, async () =>
      Response.json(await call()),
    );
    return response.json() as O;
  }

  private resolve(routeName: string, version?: string | null): ResolvedRoute | null {
    const entries = this.versionedRouteMap.get(routeName);
    return resolveRoute(this.routeMap.get(routeName), entries, version, this.options.versioning?.defaultBehavior);
  }

  private requestContext(ip: string, request?: Request): ServerContext {
    const requestId = crypto.randomUUID();
    const traceId = request?.headers.get("x-request-id") ?? request?.headers.get("x-trace-id") ?? requestId;
    const { db, errors, config } = this.coreServices;
    const plugins = this.manager.getServices() as ServerContext["plugins"];
    const services = this.serviceRegistry as ServerContext["services"];
    return {
      db,
      plugins,
      core: this.coreServices,
      errors,
      config,
      services,
      ip,
      requestId,
      traceId,
      signal: request?.signal,
    };
  }

  // ------------------------------------------------------------------ odds and ends

  private hookContext(): HookContext {
    const { db, config } = this.coreServices;
    const setService = (name: string, service: unknown) => void (this.serviceRegistry[name] = service);
    return {
      db,
      config,
      core: this.coreServices,
      plugins: this.manager.getServices(),
      services: this.serviceRegistry,
      setService,
    };
  }

  private async report(error: Error): Promise<void> {
    for (const handler of this.errorHandlers) await this.guarded("onError", () => handler(error, this.hookContext()));
  }

  private async guarded(what: string, run: () => void | Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.coreServices.logger.error(`Error in ${what} handler`, { error: String(error) });
    }
  }

  /** For the type generator: prints every route's contract, and ends the process before anything has begun. */
  private describeAndExit(): never {
    console.log(JSON.stringify(describeRoutes(this.routers)));
    process.exit(0);
  }
}
