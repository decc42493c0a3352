// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** What clients send as a basket. */
import { z } from "zod";

export const basketItems = z
  .array(z.object({ productId: z.string(), quantity: z.number().int().min(1).max(50) }))
  .min(1);
