// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** What generated clients are made of. */

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly body: any,
  ) {
    super(body?.message ?? body?.error ?? `HTTP ${status}`);
  }
}

export class ApiClientBase {
  constructor(
    private baseUrl: string,
    private options: { headers?: Record<string, string> } = {},
  ) {}

  protected async request<O>(route: string, input: unknown, version?: string): Promise<O> {
    const response = await this.send(route, JSON.stringify(input ?? {}), version, "application/json");
    return (await response.json()) as O;
  }

  protected async upload<O>(route: string, fields: object, files: File[], version?: string): Promise<O> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) {
      form.append(name, typeof value === "string" ? value : JSON.stringify(value));
    }
    for (const file of files) form.append("files", file);
    return (await (await this.send(route, form, version)).json()) as O;
  }

  /** The answer itself, for routes that do not speak JSON. */
  protected open(route: string, input: unknown, version?: string): Promise<Response> {
    return this.send(route, JSON.stringify(input ?? {}), version, "application/json");
  }

  /** Events as they arrive; breaking out of the loop closes the connection. */
  protected async *events<E>(
    route: string,
    input: unknown,
    version?: string,
  ): AsyncGenerator<{ [K in keyof E]: { event: K; data: E[K] } }[keyof E]> {
    const response = await this.open(route, input, version);
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of response.body!) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = /^event: (.*)$/m.exec(block)?.[1];
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (event && data) yield { event, data: JSON.parse(data) } as any;
      }
    }
  }

  private async send(route: string, body: string | FormData, version?: string, type?: string): Promise<Response> {
    const headers = {
      ...this.options.headers,
      ...(type && { "Content-Type": type }),
      ...(version && { "X-API-Version": version }),
    };
    const response = await fetch(`${this.baseUrl}/${route}`, { method: "POST", headers, body });
    if (!response.ok) throw new ApiError(response.status, await response.json().catch(() => undefined));
    return response;
  }
}
