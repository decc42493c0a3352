// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Who buys: a service that is a class, and the middleware that knows the customer. */
import { createMiddleware, createPlugin } from "@donkeylabs/server";
import { CustomerBook } from "./book";

export const customersPlugin = createPlugin.define({
  name: "customers",
  version: "1.0.0",

  service: async (ctx) => new CustomerBook(ctx.core.cache),

  middleware: (ctx, book) => ({
    /** Puts the customer whom the X-Customer header names into `ctx.user`. */
    customer: createMiddleware<{ required?: boolean } | void>(async (request, requestCtx, next, config) => {
      const name = request.headers.get("X-Customer");
      if (!name && config?.required) throw ctx.core.errors.Unauthorized("Say who you are: send an X-Customer header");
      if (name) requestCtx.user = await book.greet(name);
      return next();
    }),
  }),
});
