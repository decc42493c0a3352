// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** The shop's discounts. Try it: change a number, save, and ask for a quote again. */

export interface Basket {
  /** In cents. */
  subtotal: number;
  pieces: number;
  /** Percent; 0 for strangers. */
  memberDiscount: number;
}

export interface Discount {
  name: string;
  percent: number;
}

const BULK_PIECES = 10;
const BULK_PERCENT = 8;

/** Discounts do not add up: the customer gets the best one. */
export function bestDiscount({ pieces, memberDiscount }: Basket): Discount {
  const offers: Discount[] = [{ name: "none", percent: 0 }];
  if (pieces >= BULK_PIECES) offers.push({ name: "bulk", percent: BULK_PERCENT });
  if (memberDiscount > 0) offers.push({ name: "member", percent: memberDiscount });
  return offers.reduce((best, offer) => (offer.percent > best.percent ? offer : best));
}
