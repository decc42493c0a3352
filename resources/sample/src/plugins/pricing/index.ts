// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** What a basket costs. The discounts are in a module of their own: change one while the server runs. */
import { createPlugin } from "@donkeylabs/server";
import { bestDiscount } from "./discounts";

export interface PricingConfig {
  currency: string;
  /** Percent off for regular customers. */
  memberDiscount: number;
}

export interface BasketItem {
  productId: string;
  quantity: number;
}

export const pricingPlugin = createPlugin.withConfig<PricingConfig>().define({
  name: "pricing",
  version: "1.0.0",
  dependencies: ["catalog"],

  service: async (ctx) => {
    const { catalog } = ctx.deps;
    const { currency, memberDiscount } = ctx.config;

    return {
      currency,

      /** All amounts in cents. */
      async quote(items: BasketItem[], member = false) {
        let subtotal = 0;
        let pieces = 0;
        for (const { productId, quantity } of items) {
          const { price } = await catalog.get(productId);
          subtotal += price * quantity;
          pieces += quantity;
        }
        const discount = bestDiscount({ subtotal, pieces, memberDiscount: member ? memberDiscount : 0 });
        const saved = Math.round((subtotal * discount.percent) / 100);
        return { currency, subtotal, discount: discount.name, saved, total: subtotal - saved };
      },
    };
  },
});
