// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
import type { Kysely } from "kysely";

export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable("products")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("price", "integer", (column) => column.notNull()) // in cents
    .execute();
  await db
    .insertInto("products")
    .values([
      { id: "apple", name: "Apple", price: 60 },
      { id: "bread", name: "Loaf of bread", price: 340 },
      { id: "cheese", name: "Piece of cheese", price: 520 },
      { id: "tea", name: "Tea, 20 bags", price: 280 },
      { id: "soap", name: "Bar of soap", price: 190 },
    ])
    .execute();
}

export async function down(db: Kysely<any>): Promise<void> {
  await db.schema.dropTable("products").execute();
}
