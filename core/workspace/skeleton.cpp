// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/skeleton.h"

#include <algorithm>

namespace paddock::workspace {

namespace {

/// Goes through two readings at once, as far as discovery may have gone.
class Comparison final
{
public:
    explicit Comparison(const Looked &looked) : m_looked(looked) {}

    [[nodiscard]] std::optional<Skeleton> run(const FileFacts &a, const FileFacts &b)
    {
        const bool same =
            all(a.imports, b.imports, [this](const auto &x, const auto &y) { return import(x, y); }) &&
            all(a.exports, b.exports, [this](const auto &x, const auto &y) { return exported(x, y); }) &&
            all(a.declarations, b.declarations, [this](const auto &x, const auto &y) { return declaration(x, y); }) &&
            all(a.steps, b.steps, [this](const auto &x, const auto &y) {
                return x.declaration == y.declaration && expr(x.expr, y.expr);
            });
        if (!same || m_result.lookedNow.size() < m_looked.size())
            return {};
        return std::move(m_result);
    }

private:
    template <class List, class Same>
    static bool all(const List &a, const List &b, const Same &same)
    {
        return std::ranges::equal(a, b, same);
    }

    /// One line to one line, in both directions: a model knows places by lines alone.
    bool line(int a, int b)
    {
        const auto there = m_result.lines.constFind(a);
        if (there != m_result.lines.constEnd())
            return *there == b;
        if (m_taken.contains(b))
            return false;
        m_taken.insert(b);
        m_result.lines.insert(a, b);
        return true;
    }

    static bool type(const TypeInfo &a, const TypeInfo &b)
    {
        return a.text == b.text && a.hash == b.hash && a.names == b.names;
    }

    bool import(const Import &a, const Import &b) const
    {
        return a.kind == b.kind && a.specifier == b.specifier && a.typeOnly == b.typeOnly &&
               all(a.names, b.names, [](const ImportName &x, const ImportName &y) {
                   return x.imported == y.imported && x.local == y.local && x.typeOnly == y.typeOnly;
               });
    }

    bool exported(const Export &a, const Export &b)
    {
        return a.name == b.name && a.local == b.local && a.specifier == b.specifier && a.typeOnly == b.typeOnly &&
               expr(a.value, b.value);
    }

    bool declaration(const Declaration &a, const Declaration &b)
    {
        return a.kind == b.kind && a.name == b.name && (a.isTypeOnly() || line(a.line, b.line)) &&
               expr(a.value, b.value);
    }

    bool function(const FunctionPtr &a, const FunctionPtr &b)
    {
        if (!a || !b)
            return !a && !b;
        m_result.functions.insert(a.get(), b);
        if (!m_looked.contains(a.get()))
            return true;
        m_result.lookedNow.insert(b.get());
        return a->isAsync == b->isAsync && a->isGenerator == b->isGenerator &&
               all(a->parameters, b->parameters,
                   [this](const Parameter &x, const Parameter &y) {
                       return x.name == y.name && x.names == y.names && x.rest == y.rest && type(x.type, y.type) &&
                              expr(x.value, y.value);
                   }) &&
               all(a->body->locals, b->body->locals,
                   [this](const auto &x, const auto &y) { return declaration(x, y); }) &&
               exprs(a->body->returns, b->body->returns) && exprs(a->body->statements, b->body->statements);
    }

    bool classFacts(const ClassPtr &a, const ClassPtr &b)
    {
        if (!a || !b)
            return !a && !b;
        return expr(a->base, b->base) && all(a->members, b->members, [this](const auto &x, const auto &y) {
                   return x.kind == y.kind && x.name == y.name && x.isStatic == y.isStatic &&
                          x.isPrivate == y.isPrivate && line(x.line, y.line) && expr(x.value, y.value) &&
                          function(x.function, y.function);
               });
    }

    bool exprs(const Exprs &a, const Exprs &b)
    {
        return all(a, b, [this](const ExprPtr &x, const ExprPtr &y) { return expr(x, y); });
    }

    bool property(const Property &a, const Property &b)
    {
        if (a.kind != b.kind || a.name != b.name || !line(a.line, b.line) || !expr(a.key, b.key))
            return false;
        const bool known = a.kind != Property::Kind::Spread && a.kind != Property::Kind::Computed;
        const bool looked = a.value && m_looked.contains(a.value.get());
        if (!known || looked || !a.value || !b.value) {
            if (looked && b.value)
                m_result.lookedNow.insert(b.value.get());
            return expr(a.value, b.value);
        }
        m_result.exprs.insert(a.value.get(), b.value);
        return true;
    }

    bool expr(const ExprPtr &a, const ExprPtr &b)
    {
        if (!a || !b)
            return !a && !b;
        m_result.exprs.insert(a.get(), b);
        if (a->kind != b->kind || a->conditional != b->conditional || a->text != b->text || !line(a->line, b->line))
            return false;
        const bool opaque = a->is(Expr::Kind::Other);
        return (!opaque || (a->names() == b->names() && a->types() == b->types())) && type(a->type(), b->type()) &&
               exprs(a->children, b->children) &&
               all(a->properties(), b->properties(), [this](const auto &x, const auto &y) { return property(x, y); }) &&
               function(a->function(), b->function()) && classFacts(a->classFacts(), b->classFacts());
    }

    const Looked &m_looked;
    Skeleton m_result;
    QSet<int> m_taken;
};

} // namespace

std::optional<Skeleton> compareForDiscovery(const FileFacts &before, const FileFacts &after, const Looked &looked)
{
    return Comparison(looked).run(before, after);
}

} // namespace paddock::workspace
