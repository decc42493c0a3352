// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** How a receipt looks. */

interface PrintableOrder {
  id: number;
  customer: string;
  items: { productId: string; quantity: number }[];
  total: number;
}

export const money = (cents: number, currency: string) => `${(cents / 100).toFixed(2)} ${currency}`;

export function receiptLines({ id, customer, items, total }: PrintableOrder, currency: string): string[] {
  return [
    `Order ${id} for ${customer}`,
    ...items.map(({ productId, quantity }) => `${String(quantity).padStart(3)} × ${productId}`),
    `Total ${money(total, currency)}`,
  ];
}
