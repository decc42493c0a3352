// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QList>
#include <QSet>
#include <QString>
#include <QStringList>

/// Two texts whole, and how their lines stand beside each other: what a view of differences shows. Words within lines
/// are compared when they are seen (diffWords()).
namespace paddock::types {

struct DiffRow
{
    enum class Kind : quint8 { Equal, Changed, Removed, Added };
    Kind kind = Kind::Equal;
    int before = -1; ///< index of its line on either side; -1: none
    int after = -1;
    friend bool operator==(const DiffRow &, const DiffRow &) = default;
};

struct DiffDocument
{
    QStringList before; ///< lines without their ends
    QStringList after;
    QList<DiffRow> rows; ///< each line of both sides once, in order
    QList<int> changes;  ///< the rows at which blocks of changes begin
    int added = 0;       ///< lines
    int removed = 0;
    friend bool operator==(const DiffDocument &, const DiffDocument &) = default;
};

/// Errors: "not-text".
[[nodiscard]] Result<DiffDocument> diffDocument(const QByteArray &before, const QByteArray &after);

enum class DiffLayout { SideBySide, Unified };

/// A line of the screen.
struct ShownRow
{
    int row = 0;    ///< of the document; of a fold the first that it hides
    int hidden = 0; ///< rows that a fold hides; 0: it is none
    /// In one column a changed line is shown as it was, then as it is.
    enum class Side : quint8 { Both, Before, After };
    Side side = Side::Both;
    friend bool operator==(const ShownRow &, const ShownRow &) = default;
};

/// `context`: equal rows that stay around each change; negative: nothing is folded. `open`: folds (by their first row)
/// that the user has opened. Runs of two rows or less are not worth a fold.
[[nodiscard]] QList<ShownRow> shownRows(const DiffDocument &document, DiffLayout layout, int context,
                                        const QSet<int> &open = {});

struct TextMatch
{
    int row = 0;
    bool isAfter = false; ///< on which side
    int start = 0;
    int length = 0;
    friend bool operator==(const TextMatch &, const TextMatch &) = default;
};
/// Where a text occurs, whatever its case unless it has capitals; equal rows once. In order.
[[nodiscard]] QList<TextMatch> findText(const DiffDocument &document, const QString &text);

} // namespace paddock::types
