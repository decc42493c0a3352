// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Buying. Every route here wants an X-Customer header, except the live view. */
import { createRouter } from "@donkeylabs/server";
import { z } from "zod";
import { basketItems } from "./basket";

const orderId = z.object({ id: z.number().int() });

export const ordersRouter = createRouter("orders");

ordersRouter.route("live").sse({
  input: z.object({}).passthrough(),
  events: { placed: z.object({ orderId: z.number(), customer: z.string(), total: z.number() }) },
  handle: () => ["orders"],
});

// Middleware counts for the routes that come after it.
ordersRouter.middleware.timing();
ordersRouter.middleware.customer({ required: true });

ordersRouter.route("place").typed({
  input: z.object({ items: basketItems }),
  output: z.object({ orderId: z.number(), discount: z.string(), saved: z.number(), total: z.number() }),
  handle: async ({ items }, ctx) => ctx.plugins.orders.place(ctx.user.name, items, ctx.user.regular),
});

ordersRouter.route("mine").typed({
  output: z.object({
    customer: z.string(),
    orders: z.array(z.object({ id: z.number(), total: z.number(), placedAt: z.string() })),
  }),
  handle: async (_input, ctx) => ({
    customer: ctx.user.name,
    orders: await ctx.plugins.orders.byCustomer(ctx.user.name),
  }),
});

ordersRouter.route("receipt").html({
  input: orderId,
  handle: async ({ id }, ctx) => `<pre>${Bun.escapeHTML((await ctx.plugins.orders.receipt(id)).join("\n"))}</pre>`,
});

ordersRouter.route("export").stream({
  handle: async (_input, ctx) => {
    const orders = await ctx.plugins.orders.byCustomer(ctx.user.name);
    const lines = ["id,total,placedAt", ...orders.map(({ id, total, placedAt }) => `${id},${total},${placedAt}`)];
    return new Response(`${lines.join("\n")}\n`, { headers: { "Content-Type": "text/csv; charset=utf-8" } });
  },
});
