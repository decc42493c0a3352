// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** A price list for other programs, in two versions: ask for one with an X-API-Version header. */
import { createRouter } from "@donkeylabs/server";
import { z } from "zod";

export const pricesV1 = createRouter("prices", {
  version: "1.0.0",
  deprecated: { sunsetDate: "2030-01-01", message: "Use version 2: its amounts are in cents", successor: "2.0.0" },
});

pricesV1.route("list").typed({
  output: z.record(z.string(), z.number()),
  handle: async (_input, ctx) => {
    const products = await ctx.plugins.catalog.list();
    return Object.fromEntries(products.map(({ id, price }) => [id, price / 100]));
  },
});

export const pricesV2 = createRouter("prices", { version: "2.0.0" });

pricesV2.route("list").typed({
  output: z.object({ currency: z.string(), prices: z.array(z.object({ id: z.string(), cents: z.number() })) }),
  handle: async (_input, ctx) => {
    const products = await ctx.plugins.catalog.list();
    return { currency: ctx.plugins.pricing.currency, prices: products.map(({ id, price }) => ({ id, cents: price })) };
  },
});
