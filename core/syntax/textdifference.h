// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <algorithm>

namespace paddock::syntax {

/// How many bytes two texts have the same at their beginnings and at their ends; they never overlap.
struct CommonEnds
{
    qsizetype prefix = 0;
    qsizetype suffix = 0;
};

[[nodiscard]] inline CommonEnds commonEnds(QByteArrayView before, QByteArrayView after)
{
    const qsizetype shorter = std::min(before.size(), after.size());
    const qsizetype prefix =
        std::mismatch(before.begin(), before.begin() + shorter, after.begin()).first - before.begin();
    qsizetype suffix = 0;
    while (suffix < shorter - prefix && before[before.size() - 1 - suffix] == after[after.size() - 1 - suffix])
        ++suffix;
    return {prefix, suffix};
}

[[nodiscard]] inline int lineBreaksIn(QByteArrayView text)
{
    return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

} // namespace paddock::syntax
