// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/movelines.h"

namespace paddock::workspace {

namespace {

/// Copies facts with all below them. What is shared stays apart in the copy: facts are trees to all who read them.
class Mover final
{
public:
    explicit Mover(int lines) : m_lines(lines) {}

    [[nodiscard]] FunctionPtr moved(const FunctionPtr &function) const
    {
        if (!function)
            return {};
        auto copy = std::make_shared<Function>(*function);
        for (Parameter &p : copy->parameters)
            p.value = moved(p.value);
        copy->body = copy->body.moved(m_lines);
        return copy;
    }

    [[nodiscard]] FunctionBody moved(FunctionBody body) const
    {
        move(body.returns);
        move(body.statements);
        for (Declaration &d : body.locals) {
            d.line += m_lines;
            if (d.endLine > 0)
                d.endLine += m_lines;
            d.value = moved(d.value);
            for (TypeMember &m : d.members)
                m.line += m_lines;
        }
        return body;
    }

private:
    void move(Exprs &list) const
    {
        for (ExprPtr &e : list)
            e = moved(e);
    }

    [[nodiscard]] ExprPtr moved(const ExprPtr &expr) const
    {
        if (!expr)
            return {};
        auto copy = std::make_shared<Expr>(*expr);
        copy->line += m_lines;
        move(copy->children);
        if (expr->properties().empty() && !expr->function() && !expr->classFacts())
            return copy;
        ExprMore &more = copy->more();
        for (Property &p : more.properties) {
            p.line += m_lines;
            p.value = moved(p.value);
            p.key = moved(p.key);
        }
        more.function = moved(more.function);
        more.classFacts = moved(more.classFacts);
        return copy;
    }

    [[nodiscard]] ClassPtr moved(const ClassPtr &facts) const
    {
        if (!facts)
            return {};
        auto copy = std::make_shared<ClassFacts>(*facts);
        copy->base = moved(copy->base);
        for (ClassMember &m : copy->members) {
            m.line += m_lines;
            m.value = moved(m.value);
            m.function = moved(m.function);
        }
        return copy;
    }

    int m_lines;
};

} // namespace

FunctionPtr moveLines(const FunctionPtr &function, int lines)
{
    return Mover(lines).moved(function);
}

FunctionBody moveLines(const FunctionBody &body, int lines)
{
    return Mover(lines).moved(body);
}

} // namespace paddock::workspace
