// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/lower.h"

#include "syntax/hash.h"

#include <algorithm>
#include <utility>

namespace paddock::workspace {

using namespace Qt::StringLiterals;
using syntax::Field;
using K = syntax::Kind;

QString unescaped(QByteArrayView text)
{
    const QString source = QString::fromUtf8(text);
    QString result;
    result.reserve(source.size());
    for (qsizetype i = 0; i < source.size(); ++i) {
        if (source[i] != u'\\' || i + 1 == source.size()) {
            result += source[i];
            continue;
        }
        const auto code = [&](qsizetype from, qsizetype size) { // a character by its number; what is none stays
            bool isNumber = false;
            const uint value = QStringView(source).mid(from, size).toUInt(&isNumber, 16);
            if (!isNumber || value > QChar::LastValidCodePoint)
                return false;
            result += QStringView(QChar::fromUcs4(value));
            return true;
        };
        const QChar c = source[++i];
        switch (c.unicode()) {
        case 'n': result += u'\n'; break;
        case 't': result += u'\t'; break;
        case 'r': result += u'\r'; break;
        case 'b': result += u'\b'; break;
        case 'f': result += u'\f'; break;
        case 'v': result += u'\v'; break;
        case '0': result += QChar(0); break;
        case '\r':
        case '\n': // the line goes on
            if (c == u'\r' && i + 1 < source.size() && source[i + 1] == u'\n')
                ++i;
            break;
        case 'x':
            if (code(i + 1, 2))
                i += 2;
            break;
        case 'u': {
            const bool braced = i + 1 < source.size() && source[i + 1] == u'{';
            const qsizetype close = braced ? source.indexOf(u'}', i) : i + 4;
            if (close > i && code(braced ? i + 2 : i + 1, braced ? close - i - 2 : 4))
                i = close;
            break;
        }
        default: result += c;
        }
    }
    return result;
}

int Lowerer::idOf(QByteArrayView text)
{
    const int next = static_cast<int>(m_memo.names.size());
    if (const int known = m_memo.ids.numberOf(syntax::hashOf(text), next); known != next)
        return known;
    m_memo.names.push_back(QString::fromUtf8(text));
    m_valueRounds.push_back(0);
    m_typeRounds.push_back(0);
    return next;
}

int Lowerer::nameId(Index node)
{
    int &known = m_nodeIds[static_cast<size_t>(node)];
    if (known <= 0)
        known = idOf(m_ast.bytes(node)) + 1;
    return known - 1;
}

/// Every name that a node uses, each once, in the order of its first use. Functions in it that were looked at before
/// are not gone through again.
void Lowerer::usesOf(Index node, Uses &uses)
{
    uses.values.clear();
    uses.types.clear();
    if (node < 0)
        return;
    ++m_round;
    const auto value = [&](int id) {
        if (std::exchange(m_valueRounds[static_cast<size_t>(id)], m_round) != m_round)
            uses.values.push_back(id);
    };
    const auto type = [&](int id) {
        if (std::exchange(m_typeRounds[static_cast<size_t>(id)], m_round) != m_round)
            uses.types.push_back(id);
    };
    for (Index i = node, end = m_ast[node].next; i < end; ++i) {
        switch (m_ast.kind(i)) {
        case K::identifier:
        case K::shorthand_property_identifier: value(nameId(i)); break;
        case K::type_identifier: type(nameId(i)); break;
        case K::nested_type_identifier: // Prisma.User: the type is used through the name in front
            for (const Index stop = m_ast[i].next; i + 1 < stop; ++i) {
                if (m_ast.kind(i + 1) == K::identifier)
                    type(nameId(i + 1));
            }
            break;
        case K::type_query:
            for (const Index stop = m_ast[i].next; i + 1 < stop; ++i) {
                if (m_ast.kind(i + 1) == K::identifier || m_ast.kind(i + 1) == K::type_identifier)
                    type(nameId(i + 1));
            }
            break;
        case K::arrow_function:
        case K::function_expression:
        case K::generator_function:
        case K::function_declaration:
        case K::generator_function_declaration:
        case K::method_definition:
            if (const int unit = m_nodeIds[static_cast<size_t>(i)]; unit < 0) {
                const Uses &inner = m_memo.units[static_cast<size_t>(-unit - 1)].uses;
                for (const int id : inner.values)
                    value(id);
                for (const int id : inner.types)
                    type(id);
                i = m_ast[i].next - 1;
            }
            break;
        default: break;
        }
    }
}

void Lowerer::append(const std::pmr::vector<int> &ids, QStringList &into)
{
    if (ids.empty())
        return;
    const bool empty = into.isEmpty();
    if (empty && ids == m_listed) {
        into = m_list;
        return;
    }
    into.reserve(into.size() + static_cast<qsizetype>(ids.size()));
    for (const int id : ids) {
        const QString &text = m_memo.names[static_cast<size_t>(id)];
        if (empty || !into.contains(text))
            into.append(text);
    }
    if (empty) {
        m_listed = ids;
        m_list = into;
    }
}

void Lowerer::collect(Index node, QStringList &names, QStringList &types)
{
    usesOf(node, m_uses);
    append(m_uses.values, names);
    append(m_uses.types, types);
}

void Lowerer::collectTypes(Index node, QStringList &types)
{
    usesOf(node, m_uses);
    append(m_uses.types, types);
}

QString Lowerer::oneLine(quint32 start, quint32 end)
{
    const auto &tokens = m_ast.tokens();
    auto at = std::ranges::lower_bound(tokens, start, {}, [](const auto &token) { return token.first; });
    if (at != tokens.end() && at->first == start && at->second == end)
        return intern(m_ast.source().sliced(start, end - start));
    std::pmr::string &result = m_line;
    result.clear();
    quint32 last = start;
    char previous = '(';
    for (; at != tokens.end() && at->first < end; ++at) {
        QByteArrayView token = m_ast.source().sliced(at->first, at->second - at->first);
        for (const auto &[word, shown] : m_shown) {
            if (token == word)
                token = shown;
        }
        if (token.isEmpty())
            continue;
        const bool closes = token == ")" || token == "]" || token == ">" || token == "," || token == ";";
        const bool opened = previous == '(' || previous == '[' || previous == '<';
        if ((closes || token == "}") && token != "," && token != ";" && result.ends_with(',') && token != ">") {
            result.pop_back();
        }
        if (at->first > last && !closes && !opened)
            result += ' ';
        result.append(token.data(), static_cast<size_t>(token.size()));
        last = at->second;
        previous = token.back();
    }
    return QString::fromUtf8(result.data(), static_cast<qsizetype>(result.size()));
}

QString Lowerer::stringValue(Index node)
{
    const QByteArrayView text = m_ast.bytes(node);
    const QByteArrayView inner = text.size() >= 2 ? text.sliced(1, text.size() - 2) : QByteArrayView();
    if (!inner.contains('\\'))
        return intern(inner);
    return unescaped(inner);
}

QString Lowerer::keyOf(Index node)
{
    switch (m_ast.kind(node)) {
    case K::property_identifier:
    case K::private_property_identifier:
    case K::shorthand_property_identifier:
    case K::identifier:
    case K::number: return name(node);
    case K::string: return stringValue(node);
    case K::computed_property_name: {
        const Index inner = m_ast.firstNamed(node);
        return m_ast.kind(inner) == K::string ? stringValue(inner) : QString();
    }
    default: return {};
    }
}

TypeInfo Lowerer::typeOf(Index annotation)
{
    if (annotation < 0)
        return {};
    const bool wrapped = m_ast.kind(annotation) == K::type_annotation;
    const Index type = wrapped ? m_ast.firstNamed(annotation) : annotation;
    if (type < 0)
        return {};
    TypeInfo info{.text = oneLine(m_ast[type].start, m_ast[type].end), .hash = m_ast.hash(type), .names = {}};
    collectTypes(type, info.names);
    return info;
}

} // namespace paddock::workspace
