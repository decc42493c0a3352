// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** What happens in the shop, for everyone who wants to know. */
import { defineEvents } from "@donkeylabs/server";
import { z } from "zod";

export const events = defineEvents({
  "order.placed": z.object({ orderId: z.number(), customer: z.string(), total: z.number() }),
  "stock.low": z.object({ productId: z.string(), stock: z.number() }),
});
