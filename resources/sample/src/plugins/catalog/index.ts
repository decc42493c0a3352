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

    async function find(id: string) {
      return ctx.db.selectFrom("products").selectAll().where("id", "=", id).executeTakeFirst();
    }

    return {
      list: () => ctx.db.selectFrom("products").selectAll().orderBy("name").execute(),

      search: (text: string) =>
        ctx.db.selectFrom("products").selectAll().where("name", "like", `%${text}%`).orderBy("name").execute(),

      async get(id: string) {
        const product = await find(id);
        if (!product) throw errors.ProductNotFound(undefined, { id });
        return product;
      },

      /** Takes pieces off the shelf, all or none. */
      async take(id: string, quantity: number) {
        const taken = await ctx.db
          .updateTable("products")
          .set((eb) => ({ stock: eb("stock", "-", quantity) }))
          .where("id", "=", id)
          .where("stock", ">=", quantity)
          .executeTakeFirst();
        if (taken.numUpdatedRows === 0n) throw errors.OutOfStock(undefined, { id, quantity });

        const { stock } = await this.get(id);
        if (stock < LOW_STOCK) await events.emit("stock.low", { productId: id, stock });
        return stock;
      },

      /** Puts pieces on the shelf; returns how many there are now. */
      async restock(id: string, quantity: number) {
        const { stock } = await this.get(id);
        await ctx.db.updateTable("products").set({ stock: stock + quantity }).where("id", "=", id).execute();
        logger.info("Restocked", { id, quantity });
        return stock + quantity;
      },
    };
  },
});
