// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fuzzy.h"

#include <QString>

namespace paddock::models {

namespace {

bool startsWord(QStringView text, qsizetype i)
{
    if (i == 0)
        return true;
    const QChar before = text[i - 1];
    const QChar here = text[i];
    return !before.isLetterOrNumber() || (before.isLower() && here.isUpper()) || (before.isLetter() && here.isDigit());
}

// Whether pattern[p…] can be laid into text[i…] so that every jump lands on the start of a word.
bool matchesByWords(QStringView pattern, qsizetype p, QStringView text, qsizetype i, bool inRun, int &budget)
{
    if (p == pattern.size())
        return true;
    for (; i < text.size() && budget > 0; ++i, --budget) {
        const bool fits = text[i].toCaseFolded() == pattern[p].toCaseFolded() && (inRun || startsWord(text, i));
        if (fits && matchesByWords(pattern, p + 1, text, i + 1, true, budget))
            return true;
        inRun = false;
    }
    return false;
}

} // namespace

std::optional<FuzzyMatch> fuzzyMatch(QStringView pattern, QStringView text)
{
    QString needle;
    for (const QChar c : pattern) {
        if (!c.isSpace())
            needle += c;
    }
    FuzzyMatch match;
    if (needle.isEmpty())
        return match;
    // A contiguous occurrence beats anything scattered; the one at the start of a word beats the others.
    qsizetype best = -1;
    for (qsizetype at = text.indexOf(needle, 0, Qt::CaseInsensitive); at >= 0;
         at = text.indexOf(needle, at + 1, Qt::CaseInsensitive)) {
        if (best < 0 || (startsWord(text, at) && !startsWord(text, best)))
            best = at;
    }
    if (best >= 0) {
        for (qsizetype i = 0; i < needle.size(); ++i)
            match.positions.append(int(best + i));
        match.score = 1000 + (startsWord(text, best) ? 200 : 0) - int(qMin<qsizetype>(best, 100)) -
                      int(qMin<qsizetype>(text.size() - needle.size(), 100));
        return match;
    }
    qsizetype p = 0;
    qsizetype previous = -2;
    for (qsizetype i = 0; i < text.size() && p < needle.size(); ++i) {
        if (text[i].toCaseFolded() != needle[p].toCaseFolded())
            continue;
        match.score += previous == i - 1 ? 15 : startsWord(text, i) ? 20 : 2;
        match.positions.append(int(i));
        previous = i;
        ++p;
    }
    if (p < needle.size())
        return std::nullopt;
    match.score -= int(qMin<qsizetype>(text.size(), 100)) / 4;
    return match;
}

bool filterMatches(QStringView pattern, QStringView text)
{
    if (pattern.isEmpty() || text.contains(pattern, Qt::CaseInsensitive))
        return true;
    int budget = 4096; // long texts with many repeats must not take exponential time
    return matchesByWords(pattern, 0, text, 0, false, budget);
}

} // namespace paddock::models
