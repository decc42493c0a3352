// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "logs/logline.h"

#include <QRegularExpression>
#include <QSet>
#include <QString>

namespace paddock::logs {

/// Which lines to show. All that is set must hold.
struct LogQuery
{
    QSet<Level> levels; ///< empty: all
    QString plugin;     ///< empty: all
    QString source;     ///< empty: all
    QString text;       ///< empty: all; matched without regard to case
    bool isRegularExpression = false;
    int generation = 0; ///< 0: all
    friend bool operator==(const LogQuery &, const LogQuery &) = default;
};

/// A query made ready for matching many lines.
class LogFilter final
{
public:
    LogFilter() = default; ///< lets everything pass
    /// Error: "bad-expression", with the place in `detail`.
    [[nodiscard]] static Result<LogFilter> make(const LogQuery &query);

    [[nodiscard]] const LogQuery &query() const { return m_query; }
    [[nodiscard]] bool matches(const LogLine &line) const;

private:
    LogQuery m_query;
    QRegularExpression m_expression;
};

/// `level` and everything more severe.
[[nodiscard]] QSet<Level> levelsFrom(Level level);

} // namespace paddock::logs
