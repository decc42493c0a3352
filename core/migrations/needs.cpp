// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/needs.h"

#include "migrations/exported.h"
#include "syntax/ast.h"
#include "syntax/parser.h"

#include <QRegularExpression>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

namespace {

/// The same for user_items, userItems and "public.user_items".
QString bare(QString name)
{
    return name.section(u'.', -1).remove(u'_').toLower();
}

QString textOfUp(const QByteArray &source)
{
    syntax::Parser parser;
    const auto tree = parser.parse(source, syntax::Language::TypeScript);
    if (!tree)
        return {};
    const syntax::Ast ast(*tree);
    const auto up = exportedFunction(ast, u"up"_s);
    return up < 0 ? QString() : ast.text(up);
}

} // namespace

QList<Introduced> introducedBy(const QByteArray &source)
{
    static const QRegularExpression step(
        uR"re(\b(createTable|alterTable|addColumn|renameColumn|renameTo)\s*\(\s*["'`]([\w.]+)["'`](?:\s*,\s*["'`](\w+)["'`])?)re"_s
        uR"re(|\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?[`"]?([\w.]+))re"_s
        uR"re(|\balter\s+table\s+[`"]?([\w.]+)[`"]?\s+add\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?[`"]?(\w+))re"_s
        uR"re(|\balter\s+table\s+[`"]?[\w.]+[`"]?\s+rename\s+to\s+[`"]?([\w.]+))re"_s,
        QRegularExpression::CaseInsensitiveOption);
    static const QStringList noColumns{u"constraint"_s, u"index"_s,  u"primary"_s,
                                       u"foreign"_s,    u"unique"_s, u"check"_s};
    QList<Introduced> result;
    const auto add = [&result](const QString &table, const QString &column) {
        const Introduced one{bare(table), bare(column)};
        if (!one.table.isEmpty() && !result.contains(one))
            result.append(one);
    };
    const auto isNew = [&result](const QString &table) { return result.contains(Introduced{bare(table), {}}); };
    QString table;
    auto matches = step.globalMatch(textOfUp(source));
    while (matches.hasNext()) {
        const auto match = matches.next();
        const QString call = match.captured(1);
        if (call == "createTable"_L1 || !match.captured(4).isEmpty()) {
            table = call.isEmpty() ? match.captured(4) : match.captured(2);
            add(table, {});
        } else if (call == "alterTable"_L1) {
            table = match.captured(2);
        } else if (call == "addColumn"_L1 && !isNew(table)) {
            add(table, match.captured(2));
        } else if (call == "renameColumn"_L1) {
            add(table, match.captured(3));
        } else if (call == "renameTo"_L1) {
            add(match.captured(2), {});
        } else if (!match.captured(5).isEmpty() && !isNew(match.captured(5)) &&
                   !noColumns.contains(match.captured(6).toLower())) {
            add(match.captured(5), match.captured(6));
        } else if (!match.captured(7).isEmpty()) {
            add(match.captured(7), {});
        }
    }
    return result;
}

WordCounts countWords(const QByteArray &text)
{
    WordCounts counts;
    QByteArray word;
    const auto end = [&] {
        if (!word.isEmpty())
            ++counts[QString::fromUtf8(std::exchange(word, {}))];
    };
    for (const char c : text) {
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'))
            word += c;
        else if (c >= 'A' && c <= 'Z')
            word += char(c - 'A' + 'a');
        else if (c != '_')
            end();
    }
    end();
    return counts;
}

bool beginsToUse(const WordCounts &before, const WordCounts &after, const QList<Introduced> &introduced,
                 bool isOwnPlugin)
{
    const auto isMore = [&](const QString &word) { return after.value(word) > before.value(word); };
    return std::ranges::any_of(introduced, [&](const Introduced &one) {
        if (one.column.isEmpty())
            return isMore(one.table);
        return isMore(one.column) && (isOwnPlugin || after.contains(one.table));
    });
}

} // namespace paddock::migrations
