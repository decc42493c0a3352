// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** What everybody may see: the front page, the products, and what a basket would cost. */
import { createRouter, defineRoute } from "@donkeylabs/server";
import { z } from "zod";
import { money } from "../money";
import { basketItems } from "./basket";

const product = z.object({ id: z.string(), name: z.string(), price: z.number(), stock: z.number() });

export const shopRouter = createRouter("shop");

shopRouter.middleware.timing();

shopRouter.route("ping").raw({
  handle: () => new Response("pong\n", { headers: { "Content-Type": "text/plain" } }),
});

shopRouter.route("home").html({
  handle: async (_input, ctx) => {
    const products = await ctx.plugins.catalog.list();
    const rows = products.map(({ name, price }) => `<li>${name}: ${money(price, ctx.plugins.pricing.currency)}</li>`);
    return `<!doctype html><title>Corner shop</title><h1>Welcome!</h1><ul>${rows.join("")}</ul>`;
  },
});

shopRouter.route("quote").typed(
  defineRoute({
    input: z.object({ items: basketItems, member: z.boolean().default(false) }),
    output: z.object({
      currency: z.string(),
      subtotal: z.number(),
      discount: z.string(),
      saved: z.number(),
      total: z.number(),
    }),
    handle: async ({ items, member }, ctx) => ctx.plugins.pricing.quote(items, member),
  }),
);

// A nested router: its routes are called shop.products.…
const products = shopRouter.router("products");

products.route("list").typed({
  output: z.object({ products: z.array(product) }),
  handle: async (_input, ctx) => ({ products: await ctx.plugins.catalog.list() }),
});

products.route("get").typed({
  input: z.object({ id: z.string() }),
  output: product,
  handle: async ({ id }, ctx) => ctx.plugins.catalog.get(id),
});

products.route("search").typed({
  input: z.object({ text: z.string().min(2) }),
  output: z.object({ found: z.array(product) }),
  handle: async ({ text }, ctx) => ({ found: await ctx.plugins.catalog.search(text) }),
});
