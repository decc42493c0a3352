// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** The six kinds of handler: each turns a request into a call of the route's `handle`, and its result into an answer. */
import type { z } from "zod";
import type { ServerContext } from "./context";
import type { RouteDefinition } from "./router";

export interface HandlerRuntime<Fn extends Function = Function> {
  execute(request: Request, route: RouteDefinition, handle: Fn, ctx: ServerContext): Promise<Response>;
  /** Never set: it carries the type of `handle` to the generated types. */
  readonly __signature: Fn;
}

/** For plugins that bring a kind of handler of their own. */
export function createHandler<Fn extends Function>(execute: HandlerRuntime<Fn>["execute"]): HandlerRuntime<Fn> {
  return { execute, __signature: undefined as unknown as Fn };
}

type Handle<I = any, R = any> = (input: I, ctx: ServerContext) => R | Promise<R>;

const methodNotAllowed = () => new Response("Method Not Allowed", { status: 405 });
const refusal = (error: string) => Response.json({ error }, { status: 400 });

/** Input that is not even JSON, or a file that the route does not take. */
class Refused extends Error {}

export const TypedHandler = createHandler<Handle>(async (request, route, handle, ctx) => {
  if (request.method !== "POST") return methodNotAllowed();
  return answering(async () => {
    const input = check(route, await readJson(request));
    return jsonAnswer(route, await handle(input, ctx));
  });
});

export const RawHandler = createHandler<Handle<Request, Response>>(async (request, _route, handle, ctx) =>
  handle(request, ctx),
);

export const StreamHandler = createHandler<Handle<any, Response>>(async (request, route, handle, ctx) =>
  answering(async () => handle(check(route, await readAny(request)), ctx)),
);

export const SSEHandler = createHandler<Handle<any, string[]>>(async (request, route, handle, ctx) =>
  answering(async () => {
    const channels = await handle(check(route, await readAny(request)), ctx);
    const lastEventId = request.headers.get("Last-Event-ID") ?? undefined;
    const { client, response } = ctx.core.sse.addClient({ lastEventId });
    for (const channel of channels) ctx.core.sse.subscribe(client.id, channel);
    request.signal.addEventListener("abort", () => ctx.core.sse.removeClient(client.id));
    return response;
  }),
);

export const FormDataHandler = createHandler<Handle>(async (request, route, handle, ctx) => {
  if (request.method !== "POST") return methodNotAllowed();
  if (!request.headers.get("Content-Type")?.includes("multipart/form-data")) {
    return refusal("Content-Type must be multipart/form-data");
  }
  return answering(async () => {
    const fields: Record<string, unknown> = {};
    const files: File[] = [];
    for (const [name, value] of [...(await request.formData())] as [string, string | File][]) {
      if (typeof value === "string") fields[name] = parsed(value);
      else files.push(accepted(value, route));
    }
    return jsonAnswer(route, await handle({ fields: check(route, fields), files }, ctx));
  });
});

export const HTMLHandler = createHandler<Handle<any, string | Response>>(async (request, route, handle, ctx) => {
  const page = (html: string, status = 200) =>
    new Response(html, { status, headers: { "Content-Type": "text/html; charset=utf-8" } });
  try {
    const result = await handle(check(route, await readAny(request)), ctx);
    return result instanceof Response ? result : page(result);
  } catch (error) {
    if (!isMismatch(error)) throw error;
    return page(`<h1>Validation Error</h1><pre>${Bun.escapeHTML(JSON.stringify(error.issues, null, 2))}</pre>`, 400);
  }
});

export const Handlers: Record<string, HandlerRuntime<any>> = {
  typed: TypedHandler,
  raw: RawHandler,
  stream: StreamHandler,
  sse: SSEHandler,
  formData: FormDataHandler,
  html: HTMLHandler,
};

/** What the caller did wrong becomes an answer; everything else is for the server to word. */
async function answering(answer: () => Promise<Response>): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof Refused) return refusal(error.message);
    if (isMismatch(error)) {
      return Response.json({ error: "Validation Failed", details: error.issues }, { status: 400 });
    }
    throw error;
  }
}

const check = (route: RouteDefinition, input: unknown) => (route.input ? route.input.parse(input) : input);
const jsonAnswer = (route: RouteDefinition, result: unknown) =>
  Response.json((route.output ? route.output.parse(result) : result) ?? null);

/** By name, for a workspace may hold more than one copy of zod. */
const isMismatch = (error: unknown): error is z.ZodError => error instanceof Error && error.name === "ZodError";

async function readJson(request: Request): Promise<any> {
  return request.json().catch(() => {
    throw new Refused("Invalid JSON");
  });
}

/** Input of handlers that a browser may open: the query of a GET, the JSON or the form of a POST. */
async function readAny(request: Request): Promise<Record<string, unknown>> {
  if (request.method !== "GET") {
    if (!request.headers.get("Content-Type")?.includes("form")) return readJson(request);
    return Object.fromEntries([...(await request.formData())].map(([name, value]) => [name, parsed(String(value))]));
  }
  return Object.fromEntries([...new URL(request.url).searchParams].map(([name, value]) => [name, parsed(value)]));
}

/** "3" as a number, "tea" as it is: queries and forms know text only. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function accepted(file: File, { fileConstraints = {} }: RouteDefinition): File {
  const { maxSize = Infinity, accept = [] } = fileConstraints;
  if (file.size > maxSize) throw new Refused(`File "${file.name}" exceeds max size of ${maxSize} bytes`);
  const type = file.type.split(";")[0]!;
  const fits = accept.some((pattern) =>
    pattern.endsWith("/*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern,
  );
  if (accept.length > 0 && !fits) throw new Refused(`File "${file.name}" has invalid type "${file.type}"`);
  return file;
}
