// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/progress.h"

#include <QRegularExpression>

namespace paddock::pipeline {

using namespace Qt::StringLiterals;

std::optional<double> progressOf(QByteArrayView output)
{
    constexpr qsizetype LookedAt = 2048; // the end of what it said; it is looked at with each piece that comes
    static const QRegularExpression words(u"(?<![\\d.])(\\d{1,3}(?:\\.\\d+)?) ?%"
                                          "|[\\[(](\\d{1,7})/(\\d{1,7})[\\])]"
                                          "|\\b(\\d{1,7}) of (\\d{1,7})\\b"_s);
    const QString text = QString::fromLatin1(output.last(std::min(LookedAt, output.size())));
    std::optional<double> found;
    for (auto it = words.globalMatch(text); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        double share = -1;
        if (match.hasCaptured(1)) {
            share = match.captured(1).toDouble() / 100;
        } else {
            const int first = match.hasCaptured(2) ? 2 : 4;
            const double all = match.captured(first + 1).toDouble();
            share = all > 0 ? match.captured(first).toDouble() / all : -1;
        }
        if (share >= 0 && share <= 1)
            found = share;
    }
    return found;
}

} // namespace paddock::pipeline
