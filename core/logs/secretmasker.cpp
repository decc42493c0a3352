// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "logs/secretmasker.h"

#include <QUrl>
#include <algorithm>
#include <array>

namespace paddock::logs {

using namespace Qt::StringLiterals;

namespace {

constexpr QLatin1StringView mark = "***"_L1;
constexpr qsizetype longestName = 64;

bool isNameCharacter(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || c == u'_' || c == u'-';
}

bool isTokenCharacter(QChar c)
{
    return isNameCharacter(c) || c == u'.' || c == u'~' || c == u'+' || c == u'/' || c == u'=';
}

bool isQuote(QChar c)
{
    return c == u'"' || c == u'\'' || c == u'`';
}

QStringList segments(QStringView name)
{
    QStringList parts;
    QString part;
    for (qsizetype i = 0; i < name.size(); ++i) {
        const QChar c = name[i];
        const bool hump = c.isUpper() && i > 0 && (name[i - 1].isLower() || name[i - 1].isDigit());
        if ((c == u'_' || c == u'-' || c == u'.' || hump) && !part.isEmpty())
            parts.append(std::exchange(part, {}));
        if (c != u'_' && c != u'-' && c != u'.')
            part.append(c.toLower());
    }
    if (!part.isEmpty())
        parts.append(part);
    return parts;
}

bool saysNothing(QStringView value)
{
    static constexpr std::array words = {"true"_L1,    "false"_L1,  "null"_L1,   "undefined"_L1,
                                         "none"_L1,    "string"_L1, "number"_L1, "boolean"_L1,
                                         "unknown"_L1, "any"_L1,    "***"_L1};
    return value.isEmpty() || std::find(words.begin(), words.end(), value) != words.end();
}

quint64 firstFour(QStringView text, qsizetype at)
{
    quint64 key = 0;
    for (qsizetype i = at; i < at + 4; ++i)
        key = key << 16 | text[i].unicode();
    return key;
}

struct Shape
{
    QLatin1StringView prefix;
    qsizetype least; ///< characters in all
};
constexpr std::array shapes = {
    Shape{"sk_live_"_L1, 20}, Shape{"sk_test_"_L1, 20}, Shape{"rk_live_"_L1, 20},    Shape{"whsec_"_L1, 20},
    Shape{"sk-"_L1, 24},      Shape{"ghp_"_L1, 30},     Shape{"gho_"_L1, 30},        Shape{"ghs_"_L1, 30},
    Shape{"ghu_"_L1, 30},     Shape{"ghr_"_L1, 30},     Shape{"github_pat_"_L1, 30}, Shape{"glpat-"_L1, 20},
    Shape{"npm_"_L1, 36},     Shape{"xoxb-"_L1, 20},    Shape{"xoxp-"_L1, 20},       Shape{"xoxa-"_L1, 20},
    Shape{"AKIA"_L1, 20},     Shape{"ASIA"_L1, 20},     Shape{"AIza"_L1, 35},        Shape{"eyJ"_L1, 40},
};

} // namespace

bool looksSecret(QStringView name)
{
    const QStringList parts = segments(name);
    if (parts.isEmpty())
        return false;
    static const QSet<QString> anywhere = {u"password"_s, u"passwd"_s,      u"pwd"_s,
                                           u"secret"_s,   u"passphrase"_s,  u"credential"_s,
                                           u"apikey"_s,   u"credentials"_s, u"authorization"_s};
    for (const QString &part : parts) {
        if (anywhere.contains(part))
            return true;
    }
    const QString &last = parts.last();
    if (last == "token"_L1 || last == "dsn"_L1 || last == "pass"_L1)
        return true;
    static const QSet<QString> keyed = {u"api"_s,     u"access"_s,     u"private"_s, u"signing"_s, u"auth"_s,
                                        u"service"_s, u"encryption"_s, u"master"_s,  u"session"_s, u"cookie"_s};
    return last == "key"_L1 && parts.size() > 1 && keyed.contains(parts[parts.size() - 2]);
}

SecretMasker::SecretMasker(const QStringList &values)
{
    for (const QString &value : values) {
        if (value.size() < 6 || saysNothing(value))
            continue;
        QStringList &bucket = m_values[firstFour(value, 0)];
        if (!bucket.contains(value))
            bucket.append(value);
    }
    for (QStringList &bucket : m_values)
        std::ranges::sort(bucket, [](const QString &a, const QString &b) { return a.size() > b.size(); });
}

QStringList SecretMasker::secretValues(const QProcessEnvironment &environment)
{
    QStringList values;
    for (const QString &name : environment.keys()) {
        const QString value = environment.value(name);
        const bool isFolder = name == "PWD"_L1 && value.startsWith(u'/'); // every path below it would be hidden
        if (looksSecret(name) && !isFolder)
            values.append(value);
        if (value.contains("://"_L1)) {
            const QUrl url(value);
            values.append(url.password(QUrl::FullyEncoded));
            values.append(url.password(QUrl::FullyDecoded));
        }
    }
    values.removeAll(QString());
    return values;
}

QStringList SecretMasker::secretValues(const QString &dotEnv)
{
    QProcessEnvironment environment;
    for (QStringView line : QStringView(dotEnv).split(u'\n')) {
        line = line.trimmed();
        if (line.startsWith("export "_L1))
            line = line.sliced(7).trimmed();
        const qsizetype equals = line.indexOf(u'=');
        if (equals < 1 || line.startsWith(u'#'))
            continue;
        QStringView value = line.sliced(equals + 1).trimmed();
        if (!value.isEmpty() && isQuote(value.front())) {
            const qsizetype end = value.indexOf(value.front(), 1);
            value = end < 0 ? value.sliced(1) : value.sliced(1, end - 1);
        } else if (const qsizetype comment = value.indexOf(u" #"); comment >= 0) {
            value = value.first(comment).trimmed();
        }
        environment.insert(line.first(equals).trimmed().toString(), value.toString());
    }
    return secretValues(environment);
}

qsizetype SecretMasker::literalAt(QStringView text, qsizetype at) const
{
    if (m_values.isEmpty() || at + 4 > text.size())
        return 0;
    const auto bucket = m_values.constFind(firstFour(text, at));
    if (bucket == m_values.cend())
        return 0;
    for (const QString &value : *bucket) {
        if (text.sliced(at).startsWith(value))
            return value.size();
    }
    return 0;
}

/// One pass. Looking back is bounded; looking ahead goes no further than the range that is masked then, or a word.
QList<SecretMasker::Range> SecretMasker::find(QStringView text) const
{
    QList<Range> found;
    const qsizetype size = text.size();
    const auto valueEnd = [&](qsizetype from) {
        if (from < size && isQuote(text[from])) {
            const QChar quote = text[from];
            qsizetype end = from + 1;
            while (end < size && text[end] != quote)
                end += text[end] == u'\\' ? 2 : 1;
            return std::min(end, size);
        }
        qsizetype end = from;
        while (end < size && !text[end].isSpace() && !u",;&)}]\"'`<>"_s.contains(text[end]))
            ++end;
        return end;
    };
    const auto tokenEnd = [&](qsizetype from) {
        while (from < size && isTokenCharacter(text[from]))
            ++from;
        return from;
    };

    qsizetype wordStart = 0;
    for (qsizetype i = 0; i < size; ++i) {
        const QChar c = text[i];
        if (const qsizetype length = literalAt(text, i); length > 0) {
            found.append({i, length});
            i += length - 1;
            wordStart = i + 1;
            continue;
        }
        if (c == u':' && i + 2 < size && text[i + 1] == u'/' && text[i + 2] == u'/') {
            // scheme://user:password@host
            qsizetype colon = -1;
            qsizetype at = -1;
            qsizetype end = i + 3;
            for (; end < size && !text[end].isSpace() && !isQuote(text[end]) && text[end] != u'/' && text[end] != u'?';
                 ++end) {
                if (text[end] == u':' && colon < 0)
                    colon = end;
                if (text[end] == u'@')
                    at = end;
            }
            if (colon > 0 && at > colon + 1) {
                found.append({colon + 1, at - colon - 1});
                i = at;
                wordStart = i + 1;
                continue;
            }
        } else if (c == u'=' || c == u':') {
            qsizetype nameEnd = i;
            while (nameEnd > 0 && i - nameEnd < 2 && (text[nameEnd - 1].isSpace() || isQuote(text[nameEnd - 1])))
                --nameEnd;
            if (nameEnd > 1 && text[nameEnd - 1] == u'\\') // a quote inside a quoted string
                --nameEnd;
            qsizetype nameStart = nameEnd;
            while (nameStart > 0 && nameEnd - nameStart < longestName && isNameCharacter(text[nameStart - 1]))
                --nameStart;
            if (nameEnd > nameStart && looksSecret(text.sliced(nameStart, nameEnd - nameStart))) {
                qsizetype start = i + 1;
                while (start < size && start < i + 4 && (text[start].isSpace() || text[start] == u'\\'))
                    ++start;
                const bool escaped = start < size && start > i + 1 && text[start - 1] == u'\\' && isQuote(text[start]);
                qsizetype end = escaped ? text.indexOf(u'\\', start) : valueEnd(start);
                if (end < 0)
                    end = size;
                if (start < size && isQuote(text[start]))
                    ++start;
                const QStringView scheme = text.sliced(start, std::max<qsizetype>(0, end - start));
                for (const auto word : {"bearer"_L1, "basic"_L1, "token"_L1}) {
                    if (scheme.compare(word, Qt::CaseInsensitive) == 0 && end < size && text[end] == u' ') {
                        start = end + 1;
                        end = tokenEnd(start);
                    }
                }
                if (end > start && !saysNothing(text.sliced(start, end - start))) {
                    found.append({start, end - start});
                    i = end - 1;
                    wordStart = end;
                    continue;
                }
            }
        } else if (c == u' ' && i - wordStart <= 6) {
            const QStringView word = text.sliced(wordStart, i - wordStart);
            if (word.compare("bearer"_L1, Qt::CaseInsensitive) == 0 ||
                word.compare("basic"_L1, Qt::CaseInsensitive) == 0) {
                const qsizetype end = tokenEnd(i + 1);
                const QStringView token = text.sliced(i + 1, end - i - 1);
                const bool telling =
                    std::any_of(token.begin(), token.end(), [](QChar t) { return t.isDigit() || t == u'='; });
                if (token.size() >= 8 && telling) {
                    found.append({i + 1, token.size()});
                    i = end - 1;
                    wordStart = end;
                    continue;
                }
            }
        } else if (c == u'-' && text.sliced(i).startsWith("-----BEGIN "_L1)) {
            const qsizetype name = text.sliced(i, std::min<qsizetype>(64, size - i)).indexOf("PRIVATE KEY-----"_L1);
            if (name >= 0) {
                const qsizetype key = i + name;
                const qsizetype end = text.indexOf("-----END "_L1, key);
                const qsizetype stop = end < 0 ? size : end;
                found.append({key + 16, stop - key - 16});
                i = stop - 1;
                wordStart = stop;
                continue;
            }
        }
        if (!isNameCharacter(c)) {
            wordStart = i + 1;
            continue;
        }
        if (i == wordStart) {
            for (const Shape &shape : shapes) {
                if (!text.sliced(i).startsWith(shape.prefix))
                    continue;
                qsizetype end = i;
                while (end < size && (isNameCharacter(text[end]) || (text[end] == u'.' && shape.prefix == "eyJ"_L1)))
                    ++end;
                if (end - i >= shape.least) {
                    found.append({i, end - i});
                    i = end - 1;
                    wordStart = end;
                }
                break;
            }
        }
    }
    found.removeIf([](const Range &range) { return range.length <= 0; });
    return found;
}

QString SecretMasker::mask(const QString &text) const
{
    QString masked = text;
    QList<Span> spans;
    mask(masked, spans);
    return masked;
}

void SecretMasker::mask(QString &text, QList<Span> &spans) const
{
    const QList<Range> ranges = find(text);
    if (ranges.isEmpty())
        return;
    QString masked;
    masked.reserve(text.size());
    qsizetype at = 0;
    for (const Range &range : ranges) {
        masked.append(QStringView(text).sliced(at, range.start - at)).append(mark);
        at = range.start + range.length;
    }
    masked.append(QStringView(text).sliced(at));
    text = masked;
    if (spans.isEmpty())
        return;
    // A place inside a masked range becomes the mark's start (or its end, for the end of a span).
    const auto moved = [&ranges](qsizetype place, bool isEnd) {
        qsizetype shift = 0;
        for (const Range &range : ranges) {
            if (place <= range.start)
                break;
            if (place < range.start + range.length)
                return range.start + shift + (isEnd ? mark.size() : 0);
            shift += mark.size() - range.length;
        }
        return place + shift;
    };
    for (Span &span : spans) {
        const qsizetype end = moved(span.start + span.length, true);
        span.start = int(moved(span.start, false));
        span.length = int(end - span.start);
    }
}

} // namespace paddock::logs
