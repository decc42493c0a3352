// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** The entry: opens the database, puts the plugins and routers together, and starts the server. */
import { AppServer } from "@donkeylabs/server";
import { openDatabase } from "./database";
import { catalogPlugin } from "./plugins/catalog";
import { customersPlugin } from "./plugins/customers";
import { devPlugin } from "./plugins/dev";
import { guardPlugin } from "./plugins/guard";
import { ordersPlugin } from "./plugins/orders";
import { pricingPlugin } from "./plugins/pricing";
import { statsPlugin } from "./plugins/stats";
import { adminRouter } from "./routes/admin";
import { ordersRouter } from "./routes/orders";
import { pricesV1, pricesV2 } from "./routes/prices";
import { shopRouter } from "./routes/shop";

const server = new AppServer({
  port: Number(process.env.PORT || 3117),
  maxPortAttempts: 1, // a taken port is an error, not a reason to move elsewhere
  db: openDatabase(),
  shutdown: { drainTimeout: 5_000, timeout: 10_000 },
});

server
  .registerPlugin(guardPlugin)
  .registerPlugin(customersPlugin)
  .registerPlugin(catalogPlugin)
  .registerPlugin(pricingPlugin({ currency: "EUR", memberDiscount: 5 }))
  .registerPlugin(ordersPlugin)
  .registerPlugin(statsPlugin)
  .registerPlugin(devPlugin);

server.use(shopRouter).use(ordersRouter).use(adminRouter).use(pricesV1).use(pricesV2);

server.onShutdown(({ core }) => core.logger.info("The shop is closed. Good night!"));
server.enableGracefulShutdown();

await server.start();
