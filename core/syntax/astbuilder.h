// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "syntax/ast.h"
#include "syntax/grammar.h"
#include "syntax/hash.h"
#include "syntax/treewalk.h"

namespace paddock::syntax {

/// Of the polynomial over token hashes that makes a node's hash independent of where it stands.
inline constexpr quint64 multiplier = 0x9E3779B97F4A7C15ULL | 1;

class Ast::Builder
{
public:
    Builder(Ast &ast, const Tree &tree) : Builder(ast, tree, ts_tree_root_node(tree.handle())) {}
    Builder(Ast &ast, const Tree &tree, TSNode node) ///< this node alone
        : m_ast(ast), m_grammar(grammarOf(tree.handle(), tree.language())), m_walk(tree_walk_new(node))
    {}
    ~Builder() { tree_walk_delete(m_walk); }
    Builder(const Builder &) = delete;
    Builder &operator=(const Builder &) = delete;

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
        quint32 left;               ///< children to come
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

    Index append(const TreeWalkNode &node, Kind kind)
    {
        // Looking up a field is slow; of tokens only operators and const/let have one that anybody asks for.
        const Kind parent = m_open.empty() ? Kind::Other : m_open.back().kind;
        const bool asked = kind == Kind::Token
                               ? parent == Kind::binary_expression || parent == Kind::lexical_declaration
                               : !hasNoFields(parent);
        const Field field = asked ? m_grammar.fields[tree_walk_field(m_walk)] : Field::None;
        const auto index = static_cast<Index>(m_ast.m_nodes.size());
        m_ast.m_nodes.push_back({.kind = kind,
                                 .field = field,
                                 .start = node.start,
                                 .end = node.end,
                                 .line = node.row + 1,
                                 .next = index + 1,
                                 .firstToken = position(),
                                 .lastToken = position()});
        return index;
    }

    /// Lists of like things; node-types.json of the grammar has no fields of these.
    static bool hasNoFields(Kind kind)
    {
        switch (kind) {
        case Kind::program:
        case Kind::statement_block:
        case Kind::arguments:
        case Kind::object:
        case Kind::array:
        case Kind::template_string:
        case Kind::template_substitution:
        case Kind::formal_parameters:
        case Kind::object_type:
        case Kind::interface_body:
        case Kind::type_arguments:
        case Kind::union_type:
        case Kind::type_annotation:
        case Kind::expression_statement:
        case Kind::return_statement:
        case Kind::await_expression:
        case Kind::spread_element: return true;
        default: return false;
        }
    }

    void punctuation(QByteArrayView text, quint64 hash);
    void leaf(Index index, Kind kind, QByteArrayView text);
    bool enter(const TreeWalkNode &node);
    void leave();

    Ast &m_ast;
    const Grammar &m_grammar;
    TreeWalk *m_walk;
    std::vector<Open> m_open;
    QByteArray m_room; ///< for texts that are not in the source as they count
};

} // namespace paddock::syntax
