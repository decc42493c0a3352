// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
import { expect, test } from "bun:test";
import { bestDiscount } from "./discounts";

test("the best discount counts, and no other", () => {
  expect(bestDiscount({ subtotal: 600, pieces: 1, memberDiscount: 0 }).name).toBe("none");
  expect(bestDiscount({ subtotal: 600, pieces: 1, memberDiscount: 5 }).name).toBe("member");
  expect(bestDiscount({ subtotal: 600, pieces: 10, memberDiscount: 5 }).name).toBe("bulk");
});
