// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "syntax/kinds.h"
#include "syntax/parser.h"

#include <QByteArrayView>
#include <QString>
#include <optional>
#include <vector>

namespace paddock::syntax {

/// A syntax tree as one flat array in document order, without comments. Nodes are indices; 0 is the program; -1 is
/// none. Every node knows the hash of its normalised text: two nodes have the same one exactly if they differ at most
/// in comments, white space, and what formatters rewrite (quotes, semicolons, trailing commas, redundant parentheses).
class Ast final
{
public:
    using Index = int;

    struct Node
    {
        Kind kind;
        Field field;   ///< what the node is to its parent
        quint32 start; ///< bytes
        quint32 end;
        quint32 line;       ///< from 1
        Index next;         ///< the first node behind this subtree
        quint32 firstToken; ///< range in the normalised text
        quint32 lastToken;
    };

    Ast() = default; ///< of nothing
    explicit Ast(const Tree &tree) : Ast(inMemoryOf({}, tree)) {}
    /// The same, where one that nobody needs any more was.
    [[nodiscard]] static Ast inMemoryOf(Ast spare, const Tree &tree);
    /// The same, quicker: `previous` belongs to the tree that `tree` was parsed upon, and what did not change since is
    /// taken from it.
    Ast(const Tree &tree, const Ast &previous);
    /// Where `previous` is not of that tree's text: what may differ from it is told.
    Ast(const Tree &tree, const Ast &previous, const Difference &difference);
    /// `previous` with another node at the end of the way down to it: the one that ends the text of `part`, where the
    /// first `skipped` bytes are not of this file. None: that does not parse, or does not end so.
    [[nodiscard]] static std::optional<Ast> withPart(const Ast &previous, const QByteArray &source,
                                                     const std::vector<Index> &way, const Tree &part, quint32 skipped,
                                                     quint32 moreBytes, int moreLines);

    [[nodiscard]] const Node &operator[](Index index) const { return m_nodes[static_cast<size_t>(index)]; }
    [[nodiscard]] Index size() const { return static_cast<Index>(m_nodes.size()); }
    [[nodiscard]] Kind kind(Index index) const { return index < 0 ? Kind::Other : (*this)[index].kind; }
    [[nodiscard]] int line(Index index) const { return index < 0 ? 0 : static_cast<int>((*this)[index].line); }
    [[nodiscard]] int endLine(Index index) const;
    [[nodiscard]] QByteArrayView bytes(Index index) const;
    [[nodiscard]] QString text(Index index) const { return QString::fromUtf8(bytes(index)); }
    [[nodiscard]] quint64 hash(Index index) const;

    /// Children, tokens included: for (i = firstChild(n); i >= 0; i = nextSibling(n, i)).
    [[nodiscard]] Index firstChild(Index parent) const
    {
        return parent >= 0 && parent + 1 < (*this)[parent].next ? parent + 1 : -1;
    }
    [[nodiscard]] Index nextSibling(Index parent, Index child) const
    {
        const Index next = (*this)[child].next;
        return next < (*this)[parent].next ? next : -1;
    }
    [[nodiscard]] Index child(Index parent, Field field) const;
    [[nodiscard]] Index child(Index parent, Kind kind) const;
    [[nodiscard]] Index firstNamed(Index parent) const; ///< first child that is not a token
    [[nodiscard]] Index lastNamed(Index parent) const;
    [[nodiscard]] bool hasToken(Index parent, QByteArrayView text) const; ///< a child that is this token

    [[nodiscard]] bool hasError() const { return m_errorLine > 0; }
    [[nodiscard]] int errorLine() const { return m_errorLine; } ///< of the first error; 0: none
    [[nodiscard]] QByteArrayView source() const { return m_source; }
    /// The byte ranges of all tokens, for whoever wants to put something between two of them.
    [[nodiscard]] const std::vector<std::pair<quint32, quint32>> &tokens() const { return m_tokens; }

private:
    class Builder;
    struct Part;
    static Part partThatDiffers(const Tree &tree, const Ast &previous, const Difference &difference);
    /// False: too much changed; nothing was done.
    bool splice(const Tree &tree, const Ast &previous, const Difference &difference);
    void assemble(const Ast &previous, const std::vector<Index> &way, const Ast &part, quint32 bytes, quint32 lines);
    QByteArray m_source;
    std::vector<Node> m_nodes;
    std::vector<quint64> m_prefix; ///< prefix hashes of the normalised text; m_prefix[i] covers i tokens
    std::vector<std::pair<quint32, quint32>> m_tokens;
    int m_errorLine = 0;
};

} // namespace paddock::syntax
