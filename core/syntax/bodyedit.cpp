// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "syntax/bodyedit.h"

#include "syntax/astbuilder.h"
#include "syntax/textdifference.h"

namespace paddock::syntax {

namespace {

/// What stands before a body so that it is read as that of such a function; null: none of those that are looked at.
const char *openerOf(Kind function)
{
    switch (function) {
    case Kind::arrow_function: return "x=()=>"; // where a brace could begin an object as well
    case Kind::function_declaration:
    case Kind::function_expression:
    case Kind::generator_function:
    case Kind::generator_function_declaration:
    case Kind::method_definition: return "function x()";
    default: return nullptr;
    }
}

/// The way down to the innermost body with the range between its braces, that body last; empty: none.
std::vector<Ast::Index> wayToBody(const Ast &ast, quint32 start, quint32 end)
{
    std::vector<Ast::Index> way{0};
    size_t best = 0;
    for (;;) {
        Ast::Index child = ast.firstChild(way.back());
        while (child >= 0 && ast[child].end <= end)
            child = ast.nextSibling(way.back(), child);
        if (child < 0 || ast[child].start >= start)
            break;
        const Kind parent = ast.kind(way.back());
        way.push_back(child);
        if (ast.kind(child) == Kind::statement_block && ast[child].field == Field::Body && openerOf(parent))
            best = way.size();
    }
    way.resize(best);
    return way;
}

} // namespace

std::optional<BodyEdit> editBody(const Ast &previous, const QByteArray &source, Language language, Parser &parser)
{
    if (previous.hasError())
        return {};
    const QByteArrayView before = previous.source(), after = source;
    const auto [prefix, suffix] = commonEnds(before, after);
    if (prefix + suffix == before.size() && before.size() == after.size())
        return {};
    const std::vector<Ast::Index> way =
        wayToBody(previous, static_cast<quint32>(prefix), static_cast<quint32>(before.size() - suffix));
    if (way.size() < 2)
        return {};
    const Ast::Node &old = previous[way.back()];
    const quint32 more = static_cast<quint32>(after.size()) - static_cast<quint32>(before.size());
    const quint32 newEnd = old.end + more;
    const QByteArray opener = openerOf(previous.kind(way[way.size() - 2]));
    const QByteArray text = opener + after.sliced(old.start, newEnd - old.start).toByteArray();
    const auto tree = parser.parse(text, language);
    if (!tree)
        return {};
    const int lines = lineBreaksIn(after.sliced(old.start, newEnd - old.start)) -
                      lineBreaksIn(before.sliced(old.start, old.end - old.start));
    auto ast = Ast::withPart(previous, source, way, *tree, static_cast<quint32>(opener.size()), more, lines);
    if (!ast)
        return {};
    return BodyEdit{.ast = std::move(*ast),
                    .body = {.start = old.start + 1, .oldEnd = old.end - 1, .newEnd = newEnd - 1, .lines = lines}};
}

} // namespace paddock::syntax
