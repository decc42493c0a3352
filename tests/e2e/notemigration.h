// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/devsession.h"

/// A migration that the sample does not have: its catalogue gets a column.
namespace paddock::test {

inline const auto Migration = QStringLiteral("catalog/003_add_note.ts");
inline const auto MigrationFile = QStringLiteral("src/plugins/catalog/migrations/003_add_note.ts");
inline const auto CatalogFile = QStringLiteral("src/plugins/catalog/index.ts");

/// `up`, `down`: one statement each.
inline QString migrationText(const QString &up, const QString &down)
{
    return QStringLiteral("import type { Kysely } from \"kysely\";\n"
                          "export async function up(db: Kysely<any>): Promise<void> {\n  %1\n}\n"
                          "export async function down(db: Kysely<any>): Promise<void> {\n  %2\n}\n")
        .arg(up, down);
}

inline const auto AddNote =
    migrationText(QStringLiteral("await db.schema.alterTable(\"products\").addColumn(\"note\", \"text\").execute();"),
                  QStringLiteral("await db.schema.alterTable(\"products\").dropColumn(\"note\").execute();"));

/// All that a command wrote.
inline QString said(const CommandResult &result)
{
    return QString::fromUtf8(result.out) + QString::fromUtf8(result.err);
}

} // namespace paddock::test
