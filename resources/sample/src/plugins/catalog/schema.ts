// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
export interface DB {
  products: { id: string; name: string; price: number; stock: number };
}
