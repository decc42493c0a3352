// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** What the shop sells, and how much of it is left. */
import { createPlugin, type ErrorFactory } from "@donkeylabs/server";
import type { DB } from "./schema";

declare module "@donkeylabs/server" {
  interface ErrorFactories {
    ProductNotFound: ErrorFactory;
    OutOfStock: ErrorFactory;
  }
}

/** Below this many pieces, "stock.low" is emitted. */
const LOW_STOCK = 3;

export const catalogPlugin = createPlugin.withSchema<DB>().define({
  name: "catalog",
  version: "1.0.0",

  customErrors: {
    ProductNotFound: { status: 404, code: "PRODUCT_NOT_FOUND", defaultMessage: "There is no such product" },
    OutOfStock: { status: 409, code: "OUT_OF_STOCK", defaultMessage: "There is not enough of it" },
  },

  service: async (ctx) => {
    const { logger, events, errors } = ctx.core;

    async function get(id: string) {
      const product = await ctx.db.selectFrom("products").selectAll().where("id", "=", id).executeTakeFirst();
      if (!product) throw errors.ProductNotFound(undefined, { id });
      return product;
    }

    return {
      get,

      list: () => ctx.db.selectFrom("products").selectAll().orderBy("name").execute(),

      search: (text: string) =>
        ctx.db.selectFrom("products").selectAll().where("name", "like", `%${text}%`).orderBy("name").execute(),

      /** Takes pieces off the shelf, all or none; returns how many are left. */
      async take(id: string, quantity: number) {
        const left = await ctx.db
          .updateTable("products")
          .set((eb) => ({ stock: eb("stock", "-", quantity) }))
          .where("id", "=", id)
          .where("stock", ">=", quantity)
          .returning("stock")
          .executeTakeFirst();
        if (!left) throw errors.OutOfStock(undefined, { id, quantity });

        if (left.stock < LOW_STOCK) await events.emit("stock.low", { productId: id, stock: left.stock });
        return left.stock;
      },

      /** Puts pieces on the shelf; returns how many there are now. */
      async restock(id: string, quantity: number) {
        const stock = (await get(id)).stock + quantity;
        await ctx.db.updateTable("products").set({ stock }).where("id", "=", id).execute();
        logger.info("Restocked", { id, quantity });
        return stock;
      },
    };
  },
});
