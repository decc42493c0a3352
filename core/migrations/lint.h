// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "migrations/migration.h"

namespace paddock::migrations {

enum class Severity { Info, Warning, Destructive, Error };

[[nodiscard]] QLatin1StringView toString(Severity severity);

/// One thing to know about a migration before it runs. LINT.md lists the rules.
struct Finding
{
    QString rule; ///< kebab case: "drop-table"
    Severity severity = Severity::Warning;
    int line = 0;
    QString message;
    QString remedy;
    QString table;    ///< what it is about; empty: not known
    QString column;   ///< likewise
    qint64 rows = -1; ///< how many rows lose something; -1: not counted. Filled in by whoever has the database
    friend bool operator==(const Finding &, const Finding &) = default;
};

/// Reads what `up` or `down` of a migration will do, from its text alone.
[[nodiscard]] QList<Finding> lint(const QByteArray &source, Direction direction);

[[nodiscard]] QJsonObject toJson(const Finding &finding);

} // namespace paddock::migrations
