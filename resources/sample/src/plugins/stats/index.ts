// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Figures about the shop, kept up to date by an interval and by cron tasks. */
import { createPlugin } from "@donkeylabs/server";

const REFRESH_MS = 5_000;

export const statsPlugin = createPlugin.define({
  name: "stats",
  version: "1.0.0",
  dependencies: ["catalog", "orders", "customers"],

  service: async (ctx) => {
    const { catalog, orders, customers } = ctx.deps;
    let refreshes = 0;
    let lowStock: string[] = [];

    return {
      /** Looks through the shelves again. */
      async refresh() {
        refreshes += 1;
        const products = await catalog.list();
        lowStock = products.filter((product) => product.stock < 10).map((product) => product.id);
        return lowStock;
      },

      async summary() {
        return { ...(await orders.turnover()), customers: await customers.count(), refreshes, lowStock };
      },
    };
  },

  init: (ctx, stats) => {
    const { cron, events, logger } = ctx.core;
    const refresh = () => stats.refresh().catch((error) => logger.warn("No figures", { error: String(error) }));
    setInterval(refresh, REFRESH_MS).unref(); // figures are no reason to keep the process alive
    cron.schedule("0 * * * *", async () => logger.info("Hourly figures", await stats.summary()), {
      name: "stats.hourly",
    });
    cron.schedule("30 2 * * *", async () => void (await stats.refresh()), { name: "stats.nightly" });
    events.on("stock.low", ({ productId, stock }) => logger.warn(`Only ${stock} left of ${productId}`));
  },
});
