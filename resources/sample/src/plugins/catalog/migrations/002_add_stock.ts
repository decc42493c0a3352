// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
import type { Kysely } from "kysely";

export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .alterTable("products")
    .addColumn("stock", "integer", (column) => column.notNull().defaultTo(0))
    .execute();
  await db.updateTable("products").set({ stock: 100 }).execute();
}

export async function down(db: Kysely<any>): Promise<void> {
  await db.schema.alterTable("products").dropColumn("stock").execute();
}
