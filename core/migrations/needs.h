// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "migrations/migration.h"

#include <QHash>

/// Which code needs which migration, as far as texts tell.
namespace paddock::migrations {

/// A name that a migration's `up` brings into the schema.
struct Introduced
{
    QString table;
    QString column; ///< empty: the table itself
    friend bool operator==(const Introduced &, const Introduced &) = default;
};

/// The tables and columns that `up` creates, or gives a new name. Columns of new tables are left out: whoever uses them
/// names the table.
[[nodiscard]] QList<Introduced> introducedBy(const QByteArray &source);

/// How often each word stands in a text; "userItems" and "user_items" are the same word.
using WordCounts = QHash<QString, int>;
[[nodiscard]] WordCounts countWords(const QByteArray &text);

/// Whether a change from one text to the other begins to use what a migration brings. Code of the migration's own
/// plugin need not name the table of a new column.
[[nodiscard]] bool beginsToUse(const WordCounts &before, const WordCounts &after, const QList<Introduced> &introduced,
                               bool isOwnPlugin);

} // namespace paddock::migrations
