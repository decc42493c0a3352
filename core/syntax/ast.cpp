// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "syntax/ast.h"

#include "syntax/astbuilder.h"
#include "syntax/textdifference.h"

namespace paddock::syntax {

int Ast::endLine(Index index) const
{
    return line(index) + lineBreaksIn(bytes(index));
}

QByteArrayView Ast::bytes(Index index) const
{
    if (index < 0)
        return {};
    const Node &node = (*this)[index];
    return QByteArrayView(m_source).sliced(node.start, node.end - node.start);
}

quint64 Ast::hash(Index index) const
{
    if (index < 0)
        return 0;
    const Node &node = (*this)[index];
    quint64 power = 1, base = multiplier;
    for (quint32 n = node.lastToken - node.firstToken; n > 0; n >>= 1, base *= base) {
        if (n & 1)
            power *= base;
    }
    return mix(m_prefix[node.lastToken] - m_prefix[node.firstToken] * power + (node.lastToken - node.firstToken));
}

Ast::Index Ast::child(Index parent, Field field) const
{
    for (Index i = firstChild(parent); i >= 0; i = nextSibling(parent, i)) {
        if ((*this)[i].field == field)
            return i;
    }
    return -1;
}

Ast::Index Ast::child(Index parent, Kind kind) const
{
    for (Index i = firstChild(parent); i >= 0; i = nextSibling(parent, i)) {
        if ((*this)[i].kind == kind)
            return i;
    }
    return -1;
}

Ast::Index Ast::firstNamed(Index parent) const
{
    for (Index i = firstChild(parent); i >= 0; i = nextSibling(parent, i)) {
        if ((*this)[i].kind != Kind::Token)
            return i;
    }
    return -1;
}

Ast::Index Ast::lastNamed(Index parent) const
{
    Index last = -1;
    for (Index i = firstChild(parent); i >= 0; i = nextSibling(parent, i)) {
        if ((*this)[i].kind != Kind::Token)
            last = i;
    }
    return last;
}

bool Ast::hasToken(Index parent, QByteArrayView text) const
{
    for (Index i = firstChild(parent); i >= 0; i = nextSibling(parent, i)) {
        if ((*this)[i].kind == Kind::Token && bytes(i) == text)
            return true;
    }
    return false;
}

} // namespace paddock::syntax
