// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Behind the counter. */
import { createRouter } from "@donkeylabs/server";
import { z } from "zod";

export const adminRouter = createRouter("admin");

adminRouter.middleware.limit({ perMinute: 600 });

adminRouter.route("stats").typed({
  output: z.object({
    orders: z.number(),
    total: z.number(),
    customers: z.number(),
    refreshes: z.number(),
    lowStock: z.array(z.string()),
  }),
  handle: async (_input, ctx) => ctx.plugins.stats.summary(),
});

adminRouter.route("tasks").typed({
  output: z.object({ tasks: z.array(z.object({ name: z.string(), expression: z.string() })) }),
  handle: (_input, ctx) => ({ tasks: ctx.core.cron.list().map(({ name, expression }) => ({ name, expression })) }),
});

/** A delivery note: a CSV file with a product and a quantity on each line. */
adminRouter.route("deliver").formData({
  input: z.object({ supplier: z.string() }),
  output: z.object({ supplier: z.string(), delivered: z.array(z.object({ id: z.string(), stock: z.number() })) }),
  files: { maxSize: 10_000, accept: ["text/csv", "text/plain"] },
  handle: async ({ fields, files }, ctx) => {
    const delivered: { id: string; stock: number }[] = [];
    for (const file of files) {
      for (const line of (await file.text()).split("\n").filter(Boolean)) {
        const [id = "", quantity] = line.split(",");
        delivered.push({ id, stock: await ctx.plugins.catalog.restock(id, Number(quantity)) });
      }
    }
    return { supplier: fields.supplier, delivered };
  },
});

adminRouter.route("reload").typed({
  input: z.object({ plugin: z.string().regex(/^\w+$/) }),
  output: z.object({ exports: z.array(z.string()) }),
  handle: async ({ plugin }, ctx) => ({ exports: await ctx.plugins.dev.hotReload(plugin) }),
});
