// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "syntax/astbuilder.h"

#include "syntax/normal.h"

#include <array>
#include <memory>

namespace paddock::syntax {

namespace {

const quint64 comma = hashOf(",", 1);
const Symbol errorSymbol{.kind = Kind::Error, .hash = 7};

} // namespace

void Ast::Builder::subtree()
{
    const std::unique_ptr<TreeWalk, decltype(&tree_walk_delete)> walk(tree_walk_new(m_node, m_grammar.string),
                                                                      &tree_walk_delete);
    std::array<TreeWalkNode, 64> nodes;
    while (const quint32 count = tree_walk_next(walk.get(), nodes.data(), nodes.size())) {
        for (quint32 i = 0; i < count; ++i)
            take(nodes[i]);
    }
    while (!m_open.empty())
        leave();
}

void Ast::Builder::punctuation(const Symbol &symbol)
{
    Open &open = m_open.back();
    switch (symbol.mark) {
    case Mark::Semicolon:
        if (open.kind != Kind::for_statement)
            return;
        break;
    case Mark::Comma:
        if (open.kind == Kind::object_type || open.kind == Kind::interface_body)
            return;
        if (open.comma)
            emitToken(symbol.hash);
        open.hole = open.separated;
        open.comma = open.separated = true;
        return;
    case Mark::Pipe: // a leading one, as formatters write it on lines of their own; so below
        if (open.kind == Kind::union_type && open.units == 0)
            return;
        break;
    case Mark::Ampersand:
        if (open.kind == Kind::intersection_type && open.units == 0)
            return;
        break;
    case Mark::OpeningParenthesis:
    case Mark::ClosingParenthesis:
        if (open.kind == Kind::parenthesized_expression || open.kind == Kind::parenthesized_type)
            return;
        break;
    default: break;
    }
    const bool closer = symbol.mark == Mark::Closer || symbol.mark == Mark::ClosingParenthesis;
    if (open.comma && (!closer || open.hole))
        emitToken(comma);
    open.comma = false;
    open.separated = symbol.mark == Mark::Opener || symbol.mark == Mark::OpeningParenthesis;
    emitToken(symbol.hash);
}

void Ast::Builder::leaf(Kind kind, Field field, QByteArrayView text)
{
    Open &open = m_open.back();
    if (open.comma)
        emitToken(comma);
    open.comma = open.separated = false;
    open.optionalChain |= kind == Kind::optional_chain;
    if (kind == Kind::string) {
        const QByteArrayView content = stringContent(text, m_room);
        const bool key = (field == Field::Key || field == Field::Name) && isIdentifier(content);
        emitToken(key ? hashOf(content, 3) : hashOf(content, 4));
    } else if (kind == Kind::jsx_text) {
        const QByteArray content = jsxContent(text);
        if (!content.isEmpty())
            emitToken(hashOf(content, 5));
    } else if (kind == Kind::number) {
        emitToken(hashOf(numberContent(text, m_room), 6));
    } else if (kind == Kind::string_fragment && text.contains('\r')) {
        emitToken(hashOf(text.toByteArray().replace("\r\n", "\n"), 3));
    } else if (open.kind == Kind::arrow_function && field == Field::Parameter) {
        // x => … is (x) => …
        static const quint64 opener = hashOf("(", 1), closer = hashOf(")", 1);
        static const quint64 parameter = hashOf("required_parameter", 2), list = hashOf("formal_parameters", 2);
        emitToken(opener);
        emitToken(hashOf(text, 3));
        emitNode(parameter, 1);
        emitToken(closer);
        emitNode(list, 3);
        open.units -= 2;
    } else {
        emitToken(hashOf(text, 3));
    }
}

void Ast::Builder::take(const TreeWalkNode &node)
{
    if (node.depth > m_deepest)
        return;
    m_deepest = std::numeric_limits<quint32>::max();
    while (m_open.size() > node.depth)
        leave();
    const bool error = node.symbol >= m_grammar.symbols.size();
    const Symbol &known = error ? errorSymbol : m_grammar.symbols[node.symbol];
    const Kind kind = known.kind;
    if (kind == Kind::comment || kind == Kind::html_comment || kind == Kind::hash_bang_line ||
        (kind == Kind::empty_statement && !m_open.empty() && m_open.back().kind != Kind::for_statement)) {
        m_deepest = node.depth;
        return;
    }
    // A string is not looked into: one without its end is an error inside.
    if (m_ast.m_errorLine == 0 &&
        (error || (node.start == node.end && node.isMissing) || (kind == Kind::string && node.hasError)))
        m_ast.m_errorLine = static_cast<int>(node.row) + 1;
    const auto index = static_cast<Index>(m_ast.m_nodes.size());
    Node &added = m_ast.m_nodes.emplace_back();
    added.kind = kind;
    added.field = m_grammar.fields[node.field];
    added.start = node.start;
    added.end = node.end;
    added.line = node.row + 1;
    added.next = index + 1;
    added.firstToken = position();
    if (node.isLeaf && !m_open.empty()) {
        m_ast.m_tokens.emplace_back(node.start, node.end);
        if (kind == Kind::Token)
            punctuation(known);
        else
            leaf(kind, added.field, m_ast.bytes(index));
        added.lastToken = position();
        return;
    }
    if (!m_open.empty()) {
        Open &open = m_open.back();
        if (open.comma)
            emitToken(comma);
        open.comma = open.separated = false;
        added.firstToken = position();
    }
    added.lastToken = added.firstToken;
    m_open.push_back({.node = index, .kind = kind, .hash = known.hash});
}

void Ast::Builder::leave()
{
    const Open open = m_open.back();
    Node &node = m_ast.m_nodes[static_cast<size_t>(open.node)];
    const bool single = open.units == 1;
    const bool chain = open.optionalChain;
    bool transparent = (node.kind == Kind::parenthesized_expression || node.kind == Kind::parenthesized_type ||
                        node.kind == Kind::union_type || node.kind == Kind::intersection_type) &&
                       single;
    if (transparent && chain && m_open.size() > 1 && node.kind == Kind::parenthesized_expression) {
        const Kind parent = m_open[m_open.size() - 2].kind;
        transparent = parent != Kind::member_expression && parent != Kind::call_expression &&
                      parent != Kind::subscript_expression && parent != Kind::non_null_expression;
    }
    if (!transparent)
        emitNode(open.hash, open.units);
    node.next = static_cast<Index>(m_ast.m_nodes.size());
    node.lastToken = position();
    m_open.pop_back();
    if (!m_open.empty()) {
        ++m_open.back().units;
        const bool carries = node.kind == Kind::member_expression || node.kind == Kind::call_expression ||
                             node.kind == Kind::subscript_expression || node.kind == Kind::non_null_expression;
        m_open.back().optionalChain |= node.kind == Kind::optional_chain || (chain && carries);
    }
}

Ast Ast::inMemoryOf(Ast spare, const Tree &tree)
{
    spare.m_source = tree.source();
    spare.m_nodes.clear();
    spare.m_prefix.clear();
    spare.m_tokens.clear();
    spare.m_errorLine = 0;
    Builder(spare, tree).run();
    return spare;
}

} // namespace paddock::syntax
