// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "syntax/astbuilder.h"

#include <algorithm>
#include <span>

namespace paddock::syntax {

/// A node of a new tree.
struct Ast::Part
{
    std::vector<Index> way; ///< to the same one in the tree before, that one last; empty: there is none
    TSNode node;
};

namespace {

/// Nodes that can be built apart from what is around them: their parents look at nothing of them but their kind.
bool standsAlone(Kind kind)
{
    switch (kind) {
    case Kind::statement_block:
    case Kind::class_body:
    case Kind::object:
    case Kind::array:
    case Kind::arguments:
    case Kind::formal_parameters:
    case Kind::interface_body:
    case Kind::object_type: return true;
    default: return false;
    }
}

} // namespace

/// Goes down to the smallest node that stands alone and holds all that differs, in both trees at once.
Ast::Part Ast::partThatDiffers(const Tree &tree, const Ast &previous, const Difference &difference)
{
    const Grammar &grammar = grammarOf(tree.handle(), tree.language());
    const quint32 bytes = difference.newEnd - difference.oldEnd;
    std::vector<Index> way{0};
    size_t best = 0;
    TSNode bestNode = ts_tree_root_node(tree.handle());
    TSTreeCursor cursor = ts_tree_cursor_new(bestNode);
    while (ts_tree_cursor_goto_first_child(&cursor)) {
        TSNode node;
        bool holds = false;
        do {
            node = ts_tree_cursor_current_node(&cursor);
            holds = ts_node_start_byte(node) < difference.start && ts_node_end_byte(node) > difference.newEnd;
        } while (!holds && ts_node_start_byte(node) < difference.start && ts_tree_cursor_goto_next_sibling(&cursor));
        if (!holds)
            break;
        const TSSymbol symbol = ts_node_symbol(node);
        const Kind kind = symbol < grammar.symbols.size() ? grammar.symbols[symbol].kind : Kind::Error;
        Index old = previous.firstChild(way.back());
        while (old >= 0 && previous[old].start < ts_node_start_byte(node))
            old = previous.nextSibling(way.back(), old);
        if (old < 0 || previous[old].start != ts_node_start_byte(node) || previous[old].kind != kind ||
            previous[old].end + bytes != ts_node_end_byte(node) || kind == Kind::string)
            break;
        way.push_back(old);
        if (standsAlone(kind)) {
            best = way.size();
            bestNode = node;
        }
    }
    ts_tree_cursor_delete(&cursor);
    way.resize(best);
    return {std::move(way), bestNode};
}

bool Ast::splice(const Tree &tree, const Ast &previous, const Difference &difference)
{
    Ast part;
    part.m_source = m_source;
    const auto [way, node] = partThatDiffers(tree, previous, difference);
    if (way.empty())
        return false;
    part.m_prefix.push_back(previous.m_prefix[previous[way.back()].firstToken]);
    Builder(part, tree, node).subtree();
    if (part.hasError())
        return false;
    assemble(previous, way, part, difference.newEnd - difference.oldEnd, static_cast<quint32>(difference.lines));
    return true;
}

std::optional<Ast> Ast::withPart(const Ast &previous, const QByteArray &source, const std::vector<Index> &way,
                                 const Tree &part, quint32 skipped, quint32 moreBytes, int moreLines)
{
    const TSNode root = ts_tree_root_node(part.handle());
    const auto end = static_cast<quint32>(part.source().size());
    if (ts_node_has_error(root))
        return {};
    const TSNode node = ts_node_descendant_for_byte_range(root, skipped, end);
    const TSSymbol symbol = ts_node_symbol(node);
    const Grammar &grammar = grammarOf(part.handle(), part.language());
    const Node &old = previous[way.back()];
    if (ts_node_start_byte(node) != skipped || ts_node_end_byte(node) != end || symbol >= grammar.symbols.size() ||
        grammar.symbols[symbol].kind != old.kind)
        return {};
    Ast built;
    built.m_source = part.source();
    built.m_prefix.push_back(previous.m_prefix[old.firstToken]);
    Builder(built, part, node).subtree();
    if (built.hasError())
        return {};
    const quint32 bytes = old.start - skipped, lines = old.line - 1;
    for (Node &each : built.m_nodes) {
        each.start += bytes;
        each.end += bytes;
        each.line += lines;
    }
    for (auto &[first, last] : built.m_tokens) {
        first += bytes;
        last += bytes;
    }
    Ast result;
    result.m_source = source;
    result.assemble(previous, way, built, moreBytes, static_cast<quint32>(moreLines));
    return result;
}

/// `previous` with `part` in place of the node at the end of the way.
void Ast::assemble(const Ast &previous, const std::vector<Index> &way, const Ast &part, quint32 bytes, quint32 lines)
{
    // Positions behind the part move; differences of unsigned numbers may wrap, sums of them do not.
    const Index at = way.back();
    const Node &old = previous[at];
    const Index more = part.size() - (old.next - at);
    const quint32 newTokens = static_cast<quint32>(part.m_prefix.size()) - 1;
    const quint32 moreTokens = newTokens - (old.lastToken - old.firstToken);

    const auto &nodes = previous.m_nodes;
    m_nodes.reserve(nodes.size() + part.m_nodes.size());
    m_nodes.assign(nodes.begin(), nodes.begin() + at);
    for (size_t i = 0; i + 1 < way.size(); ++i) {
        Node &node = m_nodes[static_cast<size_t>(way[i])];
        node.end += bytes;
        node.next += more;
        node.lastToken += moreTokens;
    }
    for (Node node : part.m_nodes) {
        node.next += at;
        node.firstToken += old.firstToken;
        node.lastToken += old.firstToken;
        m_nodes.push_back(node);
    }
    m_nodes[static_cast<size_t>(at)].field = old.field;
    const size_t behindPart = m_nodes.size();
    m_nodes.insert(m_nodes.end(), nodes.begin() + old.next, nodes.end());
    for (Node &node : std::span(m_nodes).subspan(behindPart)) {
        node.start += bytes;
        node.end += bytes;
        node.line += lines;
        node.next += more;
        node.firstToken += moreTokens;
        node.lastToken += moreTokens;
    }

    const auto &prefix = previous.m_prefix;
    m_prefix.reserve(prefix.size() + part.m_prefix.size());
    m_prefix.assign(prefix.begin(), prefix.begin() + old.firstToken);
    m_prefix.insert(m_prefix.end(), part.m_prefix.begin(), part.m_prefix.end());
    // What comes behind has the same tokens: its prefixes differ by a multiple of what they differ by here.
    const size_t behindTokens = m_prefix.size();
    quint64 change = m_prefix.back() - prefix[old.lastToken];
    m_prefix.insert(m_prefix.end(), prefix.begin() + old.lastToken + 1, prefix.end());
    for (quint64 &value : std::span(m_prefix).subspan(behindTokens)) {
        change *= multiplier;
        value += change;
    }

    const auto &tokens = previous.m_tokens;
    const auto first = std::ranges::lower_bound(tokens, old.start, {}, [](const auto &token) { return token.first; });
    const auto behind = std::ranges::lower_bound(tokens, old.end, {}, [](const auto &token) { return token.first; });
    m_tokens.reserve(tokens.size() + part.m_tokens.size());
    m_tokens.assign(tokens.begin(), first);
    m_tokens.insert(m_tokens.end(), part.m_tokens.begin(), part.m_tokens.end());
    const size_t behindThose = m_tokens.size();
    m_tokens.insert(m_tokens.end(), behind, tokens.end());
    for (auto &[start, end] : std::span(m_tokens).subspan(behindThose)) {
        start += bytes;
        end += bytes;
    }
}

Ast::Ast(const Tree &tree, const Ast &previous) : Ast(tree, previous, tree.difference().value_or(Difference())) {}

Ast::Ast(const Tree &tree, const Ast &previous, const Difference &difference) : m_source(tree.source())
{
    if (!tree.difference() || previous.hasError() || !splice(tree, previous, difference))
        Builder(*this, tree).run();
}

} // namespace paddock::syntax
