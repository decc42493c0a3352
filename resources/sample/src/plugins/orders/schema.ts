// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
import type { Generated } from "kysely";

export interface DB {
  orders: { id: Generated<number>; customer: string; items: string; total: number; placed_at: string; receipt: string | null };
}
