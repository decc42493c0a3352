// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QStringView>
#include <optional>

namespace paddock::models {

struct FuzzyMatch
{
    int score = 0;        ///< larger is better; only comparable for one pattern
    QList<int> positions; ///< of the matched characters in the text, ascending
};

/// Whether the characters of `pattern` occur in `text` in order, ignoring case and the pattern's white space.
/// Contiguous runs and starts of words ("gbe" in "getByEmail") score higher, a long tail scores lower. An empty
/// pattern matches everything with score 0.
[[nodiscard]] std::optional<FuzzyMatch> fuzzyMatch(QStringView pattern, QStringView text);

/// Stricter, for filters: `pattern` is a substring, or each of its characters continues a run or starts a word.
[[nodiscard]] bool filterMatches(QStringView pattern, QStringView text);

} // namespace paddock::models
