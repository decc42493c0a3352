// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "syntax/astbuilder.h"

#include "syntax/normal.h"

namespace paddock::syntax {

void Ast::Builder::subtree()
{
    TreeWalkNode node;
    while (tree_walk_next(m_walk, &node)) {
        if (!m_open.empty())
            --m_open.back().left;
        if (enter(node))
            tree_walk_enter(m_walk);
        else
            while (!m_open.empty() && m_open.back().left == 0)
                leave();
    }
}

void Ast::Builder::punctuation(QByteArrayView text, quint64 hash)
{
    Open &open = m_open.back();
    const bool list = open.kind == Kind::object_type || open.kind == Kind::interface_body;
    if (text == ";" && open.kind != Kind::for_statement)
        return;
    if (text == ",") {
        if (list)
            return;
        if (open.comma)
            emitToken(hash);
        open.hole = open.separated;
        open.comma = open.separated = true;
        return;
    }
    if ((text == "|" && open.kind == Kind::union_type && open.units == 0) ||
        (text == "&" && open.kind == Kind::intersection_type && open.units == 0))
        return; // a leading one, as formatters write it on lines of their own
    const bool parenthesis = open.kind == Kind::parenthesized_expression || open.kind == Kind::parenthesized_type;
    if (parenthesis && (text == "(" || text == ")"))
        return;
    const bool closer = text == ")" || text == "]" || text == "}" || text == ">";
    if (open.comma && (!closer || open.hole))
        emitToken(hashOf(",", 1));
    open.comma = false;
    open.separated = text == "(" || text == "[" || text == "{" || text == "<";
    emitToken(hash);
}

void Ast::Builder::leaf(Index index, Kind kind, QByteArrayView text)
{
    Open &open = m_open.back();
    if (open.comma)
        emitToken(hashOf(",", 1));
    open.comma = open.separated = false;
    open.optionalChain |= kind == Kind::optional_chain;
    const Field field = m_ast.m_nodes[static_cast<size_t>(index)].field;
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
    m_ast.m_nodes[static_cast<size_t>(index)].lastToken = position();
}

/// True: its children come next.
bool Ast::Builder::enter(const TreeWalkNode &node)
{
    const bool error = node.symbol >= m_grammar.symbols.size();
    const Symbol known = error ? Symbol{Kind::Error, 7} : m_grammar.symbols[node.symbol];
    if (!error &&
        (known.kind == Kind::comment || known.kind == Kind::html_comment || known.kind == Kind::hash_bang_line))
        return false;
    // A string is not looked into: one without its end is an error inside.
    const bool wrong =
        error || (node.start == node.end && node.isMissing) || (known.kind == Kind::string && node.hasError);
    if (wrong && m_ast.m_errorLine == 0)
        m_ast.m_errorLine = static_cast<int>(node.row) + 1;
    const bool inside = !m_open.empty();
    if (inside && known.kind == Kind::empty_statement && m_open.back().kind != Kind::for_statement)
        return false;
    const Index index = append(node, known.kind);
    const quint32 children = known.kind == Kind::string ? 0 : node.children;
    const bool isLeaf = children == 0;
    if (isLeaf && inside) {
        m_ast.m_tokens.emplace_back(node.start, node.end);
        const QByteArrayView text = m_ast.bytes(index);
        if (known.kind == Kind::Token)
            punctuation(text, known.hash);
        else
            leaf(index, known.kind, text);
        m_ast.m_nodes[static_cast<size_t>(index)].lastToken = position();
        return false;
    }
    if (inside) {
        Open &open = m_open.back();
        if (open.comma)
            emitToken(hashOf(",", 1));
        open.comma = open.separated = false;
        m_ast.m_nodes.back().firstToken = position();
    }
    m_open.push_back({.node = index, .kind = known.kind, .hash = known.hash, .left = children});
    return !isLeaf;
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
