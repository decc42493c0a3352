// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "syntax/ast.h"
#include "syntax/grammar.h"
#include "syntax/hash.h"
#include "syntax/treewalk.h"

#include <limits>
#include <vector>

namespace paddock::syntax {

/// Of the polynomial over token hashes that makes a node's hash independent of where it stands.
inline constexpr quint64 multiplier = 0x9E3779B97F4A7C15ULL | 1;

class Ast::Builder
{
public:
    Builder(Ast &ast, const Tree &tree) : Builder(ast, tree, ts_tree_root_node(tree.handle())) {}
    Builder(Ast &ast, const Tree &tree, TSNode node) ///< this node alone
        : m_ast(ast), m_grammar(grammarOf(tree.handle(), tree.language())), m_node(node)
    {}

    void run()
    {
        const size_t guess = static_cast<size_t>(m_ast.m_source.size()) / 3 + 16;
        m_ast.m_nodes.reserve(guess);
        m_ast.m_prefix.reserve(guess);
        m_ast.m_tokens.reserve(guess / 2);
        m_ast.m_prefix.push_back(0);
        m_open.reserve(32);
        subtree();
    }

    /// The node with all below it, behind what is there already.
    void subtree();

private:
    using Index = Ast::Index;
    struct Open
    {
        Index node;
        Kind kind;
        quint64 hash;
        quint32 units = 0;          ///< tokens and subtrees of it in the normalised text so far
        bool optionalChain = false; ///< holds a?.b, where parentheses say where the chain ends
        bool comma = false;         ///< a comma waits for what follows it
        bool hole = false;          ///< that comma follows another one or the opening bracket
        bool separated = true;      ///< the last thing was a comma or the opening bracket
    };

    void emitToken(quint64 hash)
    {
        m_ast.m_prefix.push_back(m_ast.m_prefix.back() * multiplier + hash);
        ++m_open.back().units;
    }
    void emitNode(quint64 hash, quint32 units)
    {
        m_ast.m_prefix.push_back(m_ast.m_prefix.back() * multiplier + mix(hash ^ ((units + 1) * multiplier)));
    }
    [[nodiscard]] quint32 position() const { return static_cast<quint32>(m_ast.m_prefix.size() - 1); }

    void take(const TreeWalkNode &node);
    void punctuation(const Symbol &symbol);
    void leaf(Kind kind, Field field, QByteArrayView text);
    void leave();

    Ast &m_ast;
    const Grammar &m_grammar;
    TSNode m_node;
    std::vector<Open> m_open;                                ///< as many as the node that comes next is deep
    quint32 m_deepest = std::numeric_limits<quint32>::max(); ///< what is deeper is left out
    QByteArray m_room;                                       ///< for texts that are not in the source as they count
};

} // namespace paddock::syntax
