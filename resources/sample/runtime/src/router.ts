// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Routes and routers: `createRouter("orders").route("place").typed({ input, output, handle })`. */
import type { z } from "zod";
import type { ServerContext } from "./context";
import { zodToTs } from "./generator/zod-to-ts";
import type { MiddlewareDefinition } from "./middleware";
import type { DeprecationInfo, RouterOptions } from "./versioning";

export interface FileConstraints {
  /** Bytes of one file. */
  maxSize?: number;
  /** MIME types; a whole family as in `image/*`. */
  accept?: string[];
}

export interface ParsedFormData<F = any> {
  fields: F;
  files: File[];
}

/** A route as the server sees it, whatever its kind of handler. */
export interface RouteDefinition {
  /** In full, as clients call it: `shop.products.list`. */
  name: string;
  handler: string;
  input?: z.ZodType<any, any, any>;
  output?: z.ZodType<any, any, any>;
  events?: Record<string, z.ZodType<any>>;
  fileConstraints?: FileConstraints;
  middleware?: MiddlewareDefinition[];
  handle: (input: any, ctx: ServerContext) => any;
}

type Input<I> = z.ZodType<I, any, any>;
/** A handler may be a class: one object is made for each request. */
export type HandlerClass<I = any, O = any> = new (ctx: ServerContext) => { handle(input: I): O | Promise<O> };

export interface TypedRouteConfig<I = any, O = any> {
  input?: Input<I>;
  output?: Input<O>;
  handle: ((input: I, ctx: ServerContext) => O | Promise<O>) | HandlerClass<I, O>;
}
interface RawRouteConfig {
  handle: (request: Request, ctx: ServerContext) => Response | Promise<Response>;
}
interface StreamRouteConfig<I> {
  input?: Input<I>;
  handle: (input: I, ctx: ServerContext) => Response | Promise<Response>;
}
interface SSERouteConfig<I> {
  input?: Input<I>;
  /** What each event carries; for generated clients. */
  events?: Record<string, z.ZodType<any>>;
  /** Returns the channels to subscribe the client to. */
  handle: (input: I, ctx: ServerContext) => string[] | Promise<string[]>;
}
interface FormDataRouteConfig<F, O> {
  input?: Input<F>;
  output?: Input<O>;
  files?: FileConstraints;
  handle: (data: ParsedFormData<F>, ctx: ServerContext) => O | Promise<O>;
}
interface HTMLRouteConfig<I> {
  input?: Input<I>;
  handle: (input: I, ctx: ServerContext) => string | Response | Promise<string | Response>;
}

/** Generated types add a method for each kind of handler that plugins bring. */
export interface IRouteBuilder<TRouter> {
  typed<I, O>(config: TypedRouteConfig<I, O>): TRouter;
  raw(config: RawRouteConfig): TRouter;
  stream<I>(config: StreamRouteConfig<I>): TRouter;
  sse<I>(config: SSERouteConfig<I>): TRouter;
  formData<F, O>(config: FormDataRouteConfig<F, O>): TRouter;
  html<I>(config: HTMLRouteConfig<I>): TRouter;
}

/** Generated types add a method for each middleware that plugins offer. */
export interface IMiddlewareBuilder<TRouter> {}

export interface IRouter {
  route(name: string): IRouteBuilder<this>;
  /** With a name: a nested router. With a router: takes over its routes. */
  router(prefixOrRouter: string | IRouter): IRouter;
  /** Middleware for the routes that are defined after it. */
  readonly middleware: IMiddlewareBuilder<this>;
  getRoutes(): RouteDefinition[];
  getMetadata(): RouteMetadata[];
  getTypedMetadata(): TypedRouteMetadata[];
  getPrefix(): string;
  getVersion(): string | undefined;
  getDeprecation(): DeprecationInfo | undefined;
}

export interface RouteMetadata {
  name: string;
  handler: string;
  inputSchema?: z.ZodType<any>;
  outputSchema?: z.ZodType<any>;
}

/** A route's contract as TypeScript text. */
export interface TypedRouteMetadata {
  name: string;
  handler: string;
  inputType?: string;
  outputType?: string;
  eventsType?: Record<string, string>;
}

export class RouteBuilder<TRouter extends Router> implements IRouteBuilder<TRouter> {
  constructor(
    private router: TRouter,
    private name: string,
    private middleware: MiddlewareDefinition[],
  ) {}

  typed<I, O>({ handle, ...config }: TypedRouteConfig<I, O>): TRouter {
    if (!isHandlerClass(handle)) return this.addHandler("typed", { ...config, handle });
    return this.addHandler("typed", {
      ...config,
      handle: (input: I, ctx: ServerContext) => new handle(ctx).handle(input),
    });
  }
  raw(config: RawRouteConfig): TRouter {
    return this.addHandler("raw", config);
  }
  stream<I>(config: StreamRouteConfig<I>): TRouter {
    return this.addHandler("stream", config);
  }
  sse<I>(config: SSERouteConfig<I>): TRouter {
    return this.addHandler("sse", config);
  }
  formData<F, O>({ files, ...config }: FormDataRouteConfig<F, O>): TRouter {
    return this.addHandler("formData", { ...config, fileConstraints: files });
  }
  html<I>(config: HTMLRouteConfig<I>): TRouter {
    return this.addHandler("html", config);
  }
  /** A kind of handler by name: one of the six, or one that a plugin brings. */
  addHandler(handler: string, config: any): TRouter {
    return this.router.addRoute(this.name, handler, config, this.middleware);
  }
}

export class Router implements IRouter {
  private routes = new Map<string, RouteDefinition>();
  private childRouters: IRouter[] = [];
  private _middlewareStack: MiddlewareDefinition[] = [];
  private _version?: string;
  private _deprecated?: DeprecationInfo;

  constructor(
    private prefix = "",
    options: RouterOptions = {},
  ) {
    this._version = options.version;
    this._deprecated = options.deprecated;
  }

  route(name: string): IRouteBuilder<this> {
    return new RouteBuilder(this, name, [...this._middlewareStack]);
  }

  router(prefixOrRouter: string | IRouter): IRouter {
    if (typeof prefixOrRouter === "string") {
      const child = new Router(this.full(prefixOrRouter), { version: this._version, deprecated: this._deprecated });
      child._middlewareStack = [...this._middlewareStack];
      this.childRouters.push(child);
      return child;
    }
    for (const { name, handler, middleware = [], ...config } of prefixOrRouter.getRoutes()) {
      this.addRoute(name, handler, config, [...this._middlewareStack, ...middleware]);
    }
    return this;
  }

  get middleware(): IMiddlewareBuilder<this> {
    const add = (name: string) => (config?: unknown) => {
      this._middlewareStack.push({ name, config });
      return this;
    };
    return new Proxy(
      {},
      { get: (_, name) => (typeof name === "string" ? add(name) : undefined) },
    ) as IMiddlewareBuilder<this>;
  }

  addRoute(name: string, handler: string, config: any, middleware: MiddlewareDefinition[] = []): this {
    const route: RouteDefinition = { ...config, name: this.full(name), handler };
    if (middleware.length > 0) route.middleware = middleware;
    this.routes.set(route.name, route);
    return this;
  }

  getRoutes(): RouteDefinition[] {
    return [...this.routes.values(), ...this.childRouters.flatMap((child) => child.getRoutes())];
  }

  getMetadata(): RouteMetadata[] {
    return this.getRoutes().map(({ name, handler, input, output }) => ({
      name,
      handler,
      inputSchema: input,
      outputSchema: output,
    }));
  }

  getTypedMetadata(): TypedRouteMetadata[] {
    return this.getRoutes().map(({ name, handler, input, output, events }) => ({
      name,
      handler,
      inputType: input && zodToTs(input),
      outputType: output && zodToTs(output),
      eventsType:
        events && Object.fromEntries(Object.entries(events).map(([event, schema]) => [event, zodToTs(schema)])),
    }));
  }

  getPrefix(): string {
    return this.prefix;
  }
  getVersion(): string | undefined {
    return this._version;
  }
  getDeprecation(): DeprecationInfo | undefined {
    return this._deprecated;
  }

  private full(name: string): string {
    return this.prefix ? `${this.prefix}.${name}` : name;
  }
}

export const createRouter = (prefix?: string, options?: RouterOptions): IRouter => new Router(prefix, options);

/** Gives a route written on its own the types of its schemas. */
export const defineRoute = <I, O>(config: TypedRouteConfig<I, O>): TypedRouteConfig<I, O> => config;

function isHandlerClass(handle: Function): handle is HandlerClass {
  return typeof handle.prototype?.handle === "function";
}
