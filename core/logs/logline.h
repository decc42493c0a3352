// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QList>
#include <QMetaType>
#include <QString>

namespace paddock::logs {

enum class Level { Debug, Info, Warn, Error };

/// A stretch of a line in one SGR colour; indices count UTF-16 units of `LogLine::text`.
struct Span
{
    int start = 0;
    int length = 0;
    int foreground = -1; ///< 0–15: palette index; -1: default; from 0x1000000: 0x1rrggbb
    int background = -1;
    bool bold = false;
    friend bool operator==(const Span &, const Span &) = default;
};

struct LogLine
{
    qint64 id = 0; ///< counts from 1, never reused within a session
    QDateTime at;
    Level level = Level::Info;
    QString source; ///< stdout, stderr, agent, paddock, or a job's name
    QString plugin; ///< empty: not known
    int generation = 0;
    QString text; ///< plain text; control sequences are gone, secrets masked
    QList<Span> spans;
    friend bool operator==(const LogLine &, const LogLine &) = default;
};

[[nodiscard]] QLatin1StringView toString(Level level);

} // namespace paddock::logs

Q_DECLARE_METATYPE(paddock::logs::LogLine)
