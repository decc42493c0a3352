// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
import type { Kysely } from "kysely";

export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable("orders")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement().notNull())
    .addColumn("customer", "text", (column) => column.notNull())
    .addColumn("items", "text", (column) => column.notNull()) // JSON
    .addColumn("total", "integer", (column) => column.notNull()) // in cents
    .addColumn("placed_at", "text", (column) => column.notNull())
    .addColumn("receipt", "text")
    .execute();
}

export async function down(db: Kysely<any>): Promise<void> {
  await db.schema.dropTable("orders").execute();
}
