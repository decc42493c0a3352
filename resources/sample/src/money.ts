// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** How amounts look, everywhere in the shop. */

/** `money(340, "EUR")` is "3.40 EUR". */
export const money = (cents: number, currency: string) => `${(cents / 100).toFixed(2)} ${currency}`;
