// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/remainder.h"

#include "migrations/exported.h"

#include <algorithm>
#include <optional>

namespace paddock::migrations {

using namespace Qt::StringLiterals;
using syntax::Ast;
using syntax::Kind;

namespace {

std::optional<Ast> read(const QByteArray &text)
{
    syntax::Parser parser;
    const auto tree = parser.parse(text, syntax::Language::TypeScript);
    if (!tree)
        return {};
    Ast ast(*tree);
    return ast.hasError() ? std::nullopt : std::optional(std::move(ast));
}

Ast::Index bodyOf(const Ast &ast, const QString &function)
{
    const Ast::Index at = exportedFunction(ast, function);
    for (Ast::Index i = at; at >= 0 && i < ast[at].next; ++i)
        if (ast.kind(i) == Kind::statement_block)
            return i;
    return -1;
}

QList<Ast::Index> statementsOf(const Ast &ast, Ast::Index body)
{
    QList<Ast::Index> statements;
    for (Ast::Index i = ast.firstChild(body); i >= 0; i = ast.nextSibling(body, i))
        if (ast.kind(i) != Kind::Token)
            statements << i;
    return statements;
}

struct Edit
{
    quint32 start = 0;
    quint32 end = 0;
    QByteArray text;
};

/// The edits that turn the applied statements of a function into comments. True: one of them is gone, so others may
/// stand for it.
bool commentOut(const Ast &applied, const Ast &edited, const QString &function, QList<Edit> &edits)
{
    QList<quint64> before;
    for (const Ast::Index statement : statementsOf(applied, bodyOf(applied, function)))
        before << applied.hash(statement);
    for (const Ast::Index statement : statementsOf(edited, bodyOf(edited, function))) {
        const qsizetype known = before.indexOf(edited.hash(statement));
        if (known < 0)
            continue;
        before.removeAt(known);
        QByteArray text = edited.bytes(statement).toByteArray();
        text.replace("\n", "\n// ");
        edits.append({edited[statement].start, edited[statement].end, "// " + text});
    }
    return !before.isEmpty();
}

} // namespace

QByteArray remainderOf(const QByteArray &applied, const QByteArray &edited, const QString &name)
{
    const QByteArray head = u"// What %1 became after it had been applied. "_s.arg(name).toUtf8();
    const auto before = read(applied);
    const auto now = read(edited);
    const Ast::Index body = now ? bodyOf(*now, u"up"_s) : -1;
    if (!before || body < 0)
        return head + "Keep what is new in it, and delete the rest.\n" + edited;
    QList<Edit> edits;
    const bool isChanged = commentOut(*before, *now, u"up"_s, edits);
    commentOut(*before, *now, u"down"_s, edits);
    if (isChanged) {
        const quint32 start = (*now)[body].start + 1;
        edits.append(
            {start, start, "\n  throw new Error(\"Keep only what is still to be done, then delete this line.\");"});
    }
    std::ranges::sort(edits, std::ranges::greater(), &Edit::start);
    QByteArray text = edited;
    for (const Edit &edit : std::as_const(edits)) {
        // (What stands behind it on its line must not become a part of the comment.)
        QByteArray put = edit.text;
        const qsizetype lineEnd = text.indexOf('\n', qsizetype(edit.end));
        const qsizetype rest = (lineEnd < 0 ? text.size() : lineEnd) - qsizetype(edit.end);
        if (put.startsWith("//") && !text.mid(qsizetype(edit.end), rest).trimmed().isEmpty())
            put += '\n';
        text.replace(qsizetype(edit.start), qsizetype(edit.end - edit.start), put);
    }
    return head + "What had been applied is commented out.\n" + text;
}

} // namespace paddock::migrations
