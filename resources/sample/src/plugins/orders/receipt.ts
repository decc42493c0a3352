// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** How a receipt looks. */
import { money } from "../../money";

interface PrintableOrder {
  id: number;
  customer: string;
  items: { productId: string; quantity: number }[];
  total: number;
}

export function receiptLines({ id, customer, items, total }: PrintableOrder, currency: string): string[] {
  return [
    `Order ${id} for ${customer}`,
    ...items.map(({ productId, quantity }) => `${String(quantity).padStart(3)} × ${productId}`),
    `Total ${money(total, currency)}`,
  ];
}
