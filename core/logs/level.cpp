// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "logs/level.h"

#include <array>
#include <utility>

namespace paddock::logs {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array names = {
    std::pair{"error"_L1, Level::Error},    std::pair{"err"_L1, Level::Error},     std::pair{"fatal"_L1, Level::Error},
    std::pair{"critical"_L1, Level::Error}, std::pair{"crit"_L1, Level::Error},    std::pair{"panic"_L1, Level::Error},
    std::pair{"warn"_L1, Level::Warn},      std::pair{"warning"_L1, Level::Warn},  std::pair{"info"_L1, Level::Info},
    std::pair{"notice"_L1, Level::Info},    std::pair{"log"_L1, Level::Info},      std::pair{"debug"_L1, Level::Debug},
    std::pair{"trace"_L1, Level::Debug},    std::pair{"verbose"_L1, Level::Debug},
};

bool isWord(QChar c)
{
    return c.isLetterOrNumber() || c == u'_';
}

/// "TypeError", "BunPluginError", "SQLiteException"
bool isErrorName(QStringView word)
{
    return word.size() > 5 && word.front().isUpper() && (word.endsWith("Error"_L1) || word.endsWith("Exception"_L1));
}

std::optional<Level> fromJson(QStringView line)
{
    const qsizetype key = line.indexOf("\"level\""_L1);
    if (key < 0 || key > 4096)
        return std::nullopt;
    QStringView rest = line.sliced(key + 7).trimmed();
    if (!rest.startsWith(u':'))
        return std::nullopt;
    rest = rest.sliced(1).trimmed();
    if (rest.startsWith(u'"')) {
        const qsizetype end = rest.indexOf(u'"', 1);
        return end < 0 ? std::nullopt : levelFromString(rest.sliced(1, end - 1));
    }
    qsizetype digits = 0;
    while (digits < rest.size() && digits < 3 && rest[digits].isDigit())
        ++digits;
    const int number = rest.first(digits).toInt(); // pino's numbers
    if (digits == 0)
        return std::nullopt;
    return number >= 50 ? Level::Error : number >= 40 ? Level::Warn : number >= 30 ? Level::Info : Level::Debug;
}

} // namespace

std::optional<Level> levelFromString(QStringView text)
{
    for (const auto &[name, level] : names) {
        if (text.compare(name, Qt::CaseInsensitive) == 0)
            return level;
    }
    return std::nullopt;
}

Level detectLevel(QStringView line, Level fallback)
{
    const QStringView text = line.first(std::min<qsizetype>(line.size(), 200)).trimmed();
    if (text.startsWith(u'{')) {
        if (const auto level = fromJson(line))
            return *level;
    }
    // The level stands among the first words: after time stamps, in brackets, before a colon, or alone in capitals.
    int words = 0;
    for (qsizetype i = 0; i < text.size() && words < 4;) {
        if (!isWord(text[i])) {
            ++i;
            continue;
        }
        qsizetype end = i;
        bool letters = false;
        while (end < text.size() && isWord(text[end])) {
            letters = letters || text[end].isLetter();
            ++end;
        }
        const QStringView word = text.sliced(i, end - i);
        const QChar before = i > 0 ? text[i - 1] : QChar();
        const QChar after = end < text.size() ? text[end] : QChar();
        if (const auto level = levelFromString(word)) {
            const bool bracketed = (before == u'[' && (after == u']' || after == u' ')) ||
                                   (before == u'<' && after == u'>') || (before == u'(' && after == u')') ||
                                   (before == u' ' && after == u']');
            const bool capitals =
                word == word.toString().toUpper() && (after.isNull() || after.isSpace() || after == u':');
            if (bracketed || capitals || (words == 0 && after == u':'))
                return *level;
        } else if (isErrorName(word) && (after == u':' || after.isNull()) && words <= 2) {
            return Level::Error;
        } else if (word == "Error"_L1 && after == u':') {
            return Level::Error;
        }
        if (letters && word.size() > 1) // digits, and the T and Z of time stamps, are not counted
            ++words;
        i = end;
    }
    return fallback;
}

} // namespace paddock::logs
