// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QList>
#include <QString>

/// Differences of texts by line, and within lines, as values that a view shows side by side or in one.
namespace paddock::types {

struct TextRange
{
    int start = 0; ///< UTF-16 units
    int length = 0;
    friend bool operator==(const TextRange &, const TextRange &) = default;
};

struct DiffLine
{
    enum class Kind : quint8 { Equal, Removed, Added };
    Kind kind = Kind::Equal;
    int before = 0; ///< from 1; 0: not on that side
    int after = 0;
    QString text;           ///< without its end
    QList<TextRange> marks; ///< what of it changed, where its counterpart is alike; none: all of it
    friend bool operator==(const DiffLine &, const DiffLine &) = default;
};

/// Changed lines with those around them. Between hunks lie equal lines, which a view folds.
struct DiffHunk
{
    int before = 0; ///< its first line on either side, from 1
    int after = 0;
    int beforeCount = 0;
    int afterCount = 0;
    QList<DiffLine> lines;
    friend bool operator==(const DiffHunk &, const DiffHunk &) = default;
};

struct TextDiff
{
    QList<DiffHunk> hunks;
    int beforeLines = 0;
    int afterLines = 0;
    int added = 0; ///< lines
    int removed = 0;
    [[nodiscard]] bool isEqual() const { return hunks.isEmpty(); }
    friend bool operator==(const TextDiff &, const TextDiff &) = default;
};

/// `context`: equal lines around each change. Errors: "not-text" for what holds NUL bytes.
[[nodiscard]] Result<TextDiff> diffTexts(const QByteArray &before, const QByteArray &after, int context = 3);

/// Lines from `before` on stand where those from `after` on stood; counted from 0. Nothing else is worked out.
struct ChangedBlock
{
    int before = 0;
    int after = 0;
    int beforeCount = 0;
    int afterCount = 0;
    friend bool operator==(const ChangedBlock &, const ChangedBlock &) = default;
};
[[nodiscard]] Result<QList<ChangedBlock>> changedBlocks(const QByteArray &before, const QByteArray &after);

struct LineCounts
{
    int added = 0;
    int removed = 0;
};
[[nodiscard]] Result<LineCounts> countLines(const QByteArray &before, const QByteArray &after);

/// What differs between two lines, by words. Both empty: they have too little in common to say.
struct InlineMarks
{
    QList<TextRange> before;
    QList<TextRange> after;
};
[[nodiscard]] InlineMarks diffWords(const QString &before, const QString &after);

} // namespace paddock::types
