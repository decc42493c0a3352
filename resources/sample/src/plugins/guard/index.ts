// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Middleware for every door: how long a request took, who may pass, and how often. */
import { createMiddleware, createPlugin } from "@donkeylabs/server";

export const guardPlugin = createPlugin.define({
  name: "guard",
  version: "1.0.0",

  service: async () => {
    let passed = 0;
    return {
      count: () => ++passed,
      passed: () => passed,
    };
  },

  middleware: (ctx, guard) => ({
    /** Counts the request and says how long it took. */
    timing: createMiddleware(async (_request, _requestCtx, next) => {
      const startedAt = performance.now();
      guard.count();
      const response = await next();
      response.headers.append("Server-Timing", `shop;dur=${(performance.now() - startedAt).toFixed(2)}`);
      return response;
    }),

    /** At most so many requests a minute from one address. */
    limit: createMiddleware<{ perMinute: number }>(async (_request, requestCtx, next, { perMinute }) => {
      const { allowed, retryAfter } = await ctx.core.rateLimiter.check(`guard:${requestCtx.ip}`, perMinute, 60_000);
      if (!allowed) throw ctx.core.errors.TooManyRequests("Slowly, please", { retryAfter });
      return next();
    }),
  }),
});
