// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "syntax/normal.h"

#include <algorithm>
#include <cstring>

namespace paddock::syntax {

bool isIdentifier(QByteArrayView text)
{
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$'; };
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    return !text.isEmpty() && letter(text[0]) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || digit(c); });
}

QByteArrayView stringContent(QByteArrayView literal, QByteArray &room)
{
    const QByteArrayView inner = literal.size() >= 2 ? literal.sliced(1, literal.size() - 2) : QByteArrayView();
    if (!inner.contains('\\'))
        return inner;
    QByteArray &result = room;
    result.resize(0);
    for (qsizetype i = 0; i < inner.size(); ++i) {
        if (inner[i] == '\\' && i + 1 < inner.size() && (inner[i + 1] == '\'' || inner[i + 1] == '"'))
            ++i;
        else if (inner[i] == '\\' && i + 1 < inner.size())
            result += inner[i++];
        result += inner[i];
    }
    return result;
}

QByteArray jsxContent(QByteArrayView text)
{
    if (!text.contains('\n'))
        return text.toByteArray();
    QByteArray result;
    const auto lines = text.toByteArray().split('\n');
    for (qsizetype i = 0; i < lines.size(); ++i) {
        QByteArray line = lines[i];
        while (i > 0 && !line.isEmpty() && std::strchr(" \t\r", line.front()))
            line.remove(0, 1);
        while (i + 1 < lines.size() && !line.isEmpty() && std::strchr(" \t\r", line.back()))
            line.chop(1);
        if (!line.isEmpty())
            result += (result.isEmpty() ? "" : " ") + line;
    }
    return result;
}

QByteArrayView numberContent(QByteArrayView text, QByteArray &room)
{
    if (std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
        return text;
    QByteArray &result = room;
    result = text.toByteArray().toLower();
    const bool decimal = !result.startsWith("0x") && !result.contains('e') && result.contains('.');
    if (decimal) {
        while (result.endsWith('0'))
            result.chop(1);
        if (result.endsWith('.'))
            result.chop(1);
        if (result.startsWith('.'))
            result.prepend('0');
    }
    return result;
}

} // namespace paddock::syntax
