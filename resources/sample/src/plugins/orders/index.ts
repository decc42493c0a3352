// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Orders: placed at the price of the moment, kept in the database, followed by a receipt. */
import { createPlugin } from "@donkeylabs/server";
import type { BasketItem } from "../pricing";
import { receiptLines } from "./receipt";
import type { DB } from "./schema";

export const ordersPlugin = createPlugin.withSchema<DB>().define({
  name: "orders",
  version: "1.0.0",
  dependencies: ["catalog", "pricing"],

  service: async (ctx) => {
    const { catalog, pricing } = ctx.deps;
    const { events, jobs, errors } = ctx.core;

    async function get(id: number) {
      const order = await ctx.db.selectFrom("orders").selectAll().where("id", "=", id).executeTakeFirst();
      if (!order) throw errors.NotFound("There is no such order", { id });
      return { ...order, id: Number(order.id), items: JSON.parse(order.items) as BasketItem[] };
    }

    return {
      get,

      async place(customer: string, items: BasketItem[], member: boolean) {
        const quote = await pricing.quote(items, member);
        for (const { productId, quantity } of items) await catalog.take(productId, quantity);
        const { id } = await ctx.db
          .insertInto("orders")
          .values({ customer, items: JSON.stringify(items), total: quote.total, placed_at: new Date().toISOString() })
          .returning("id")
          .executeTakeFirstOrThrow();
        const orderId = Number(id);
        await events.emit("order.placed", { orderId, customer, total: quote.total });
        await jobs.enqueue("orders.receipt", { orderId });
        return { orderId, ...quote };
      },

      async byCustomer(customer: string) {
        const query = ctx.db.selectFrom("orders").select(["id", "total", "placed_at"]);
        const orders = await query.where("customer", "=", customer).orderBy("id", "desc").execute();
        return orders.map((order) => ({ id: Number(order.id), total: order.total, placedAt: order.placed_at }));
      },

      /** How many orders there are, and what they came to, in cents. */
      async turnover() {
        const { count, sum } = await ctx.db
          .selectFrom("orders")
          .select((eb) => [eb.fn.countAll<number>().as("count"), eb.fn.sum<number | null>("total").as("sum")])
          .executeTakeFirstOrThrow();
        return { orders: Number(count), total: Number(sum ?? 0) };
      },

      async receipt(id: number) {
        return receiptLines(await get(id), pricing.currency);
      },
    };
  },

  init: (ctx, orders) => {
    ctx.core.jobs.register<{ orderId: number }, { lines: number }>("orders.receipt", async ({ orderId }) => {
      const lines = await orders.receipt(orderId);
      await ctx.db
        .updateTable("orders")
        .set({ receipt: lines.join("\n") })
        .where("id", "=", orderId)
        .execute();
      ctx.core.logger.info("Receipt written", { orderId });
      return { lines: lines.length };
    });
    ctx.core.events.on("order.placed", (order) => ctx.core.sse.broadcast("orders", "placed", order));
  },
});
