// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/lower.h"

namespace paddock::workspace {

using namespace Qt::StringLiterals;
using syntax::Field;
using K = syntax::Kind;

ExprPtr Lowerer::other(Index node, Expr e)
{
    e.kind = Expr::Kind::Other;
    collect(node, e.more(m_memory).names, e.more(m_memory).types);
    return made(std::move(e));
}

ExprPtr Lowerer::expr(Index node)
{
    if (node < 0)
        return {};
    Expr e = blank(Expr::Kind::Other, node);
    const auto done = [&](Expr::Kind kind) {
        e.kind = kind;
        return made(std::move(e));
    };
    const auto wrap = [&](Expr::Kind kind, Index child) {
        e.children.push_back(expr(child));
        return done(kind);
    };
    if (m_depth > maxExprDepth)
        return other(node, std::move(e));
    struct Guard
    {
        int &depth;
        explicit Guard(int &d) : depth(++d) {}
        ~Guard() { --depth; }
    } guard(m_depth);

    switch (m_ast.kind(node)) {
    case K::parenthesized_expression: return expr(m_ast.firstNamed(node));
    case K::non_null_expression:
    case K::instantiation_expression: return expr(m_ast.firstNamed(node));
    case K::string: e.text = stringValue(node); return done(Expr::Kind::String);
    case K::template_string: {
        const Index part = m_ast.firstNamed(node);
        const bool plain = part < 0 || (m_ast.kind(part) == K::string_fragment && m_ast.lastNamed(node) == part);
        if (plain) {
            e.text = part < 0 ? QString() : m_ast.text(part);
            return done(Expr::Kind::String);
        }
        for (Index i = m_ast.firstChild(node); i >= 0; i = m_ast.nextSibling(node, i)) {
            if (m_ast.kind(i) == K::template_substitution) {
                e.children.push_back(expr(m_ast.firstNamed(i)));
            } else if (m_ast.kind(i) == K::string_fragment || m_ast.kind(i) == K::escape_sequence) {
                const QString text = m_ast.kind(i) == K::string_fragment ? m_ast.text(i) : unescaped(m_ast.bytes(i));
                e.children.push_back(made(Expr{.kind = Expr::Kind::String, .line = m_ast.line(i), .text = text}));
            }
        }
        return done(Expr::Kind::Template);
    }
    case K::number: e.text = name(node); return done(Expr::Kind::Number);
    case K::regex: return done(Expr::Kind::Regex);
    case K::True:
    case K::False: e.text = name(node); return done(Expr::Kind::Boolean);
    case K::null:
    case K::undefined: e.text = name(node); return done(Expr::Kind::Nullish);
    case K::identifier:
        e.text = name(node);
        return done(e.text == "undefined"_L1 ? Expr::Kind::Nullish : Expr::Kind::Name);
    case K::This: return done(Expr::Kind::This);
    case K::member_expression:
        e.text = name(m_ast.child(node, Field::Property));
        e.conditional = m_ast.child(node, K::optional_chain) >= 0;
        return wrap(Expr::Kind::Member, m_ast.child(node, Field::Object));
    case K::subscript_expression:
        if (const Index key = m_ast.child(node, Field::Index); m_ast.kind(key) == K::string) { // a["b"] is a.b
            e.text = stringValue(key);
            e.conditional = m_ast.child(node, K::optional_chain) >= 0;
            return wrap(Expr::Kind::Member, m_ast.child(node, Field::Object));
        }
        e.children = {expr(m_ast.child(node, Field::Object)), expr(m_ast.child(node, Field::Index))};
        return done(Expr::Kind::Index);
    case K::call_expression:
    case K::new_expression: return call(node, std::move(e));
    case K::object: return object(node, std::move(e));
    case K::array:
        for (Index i = m_ast.firstChild(node); i >= 0; i = m_ast.nextSibling(node, i)) {
            if (m_ast.kind(i) != K::Token)
                e.children.push_back(expr(i));
        }
        return done(Expr::Kind::Array);
    case K::spread_element: return wrap(Expr::Kind::Spread, m_ast.firstNamed(node));
    case K::await_expression: return wrap(Expr::Kind::Await, m_ast.firstNamed(node));
    case K::ternary_expression:
        e.children = {expr(m_ast.child(node, Field::Consequence)), expr(m_ast.child(node, Field::Alternative))};
        collect(m_ast.child(node, Field::Condition), e.more(m_memory).names, e.more(m_memory).types);
        e.text = u"?"_s;
        return done(Expr::Kind::Choice);
    case K::binary_expression: {
        const QByteArrayView op = m_ast.bytes(m_ast.child(node, Field::Operator));
        if (op == "+") {
            e.children = {expr(m_ast.child(node, Field::Left)), expr(m_ast.child(node, Field::Right))};
            return done(Expr::Kind::Template);
        }
        if (op != "??" && op != "||" && op != "&&")
            return other(node, std::move(e));
        if (op != "&&")
            e.children.push_back(expr(m_ast.child(node, Field::Left)));
        else
            collect(m_ast.child(node, Field::Left), e.more(m_memory).names, e.more(m_memory).types);
        e.children.push_back(expr(m_ast.child(node, Field::Right)));
        e.text = QString::fromLatin1(op);
        return done(Expr::Kind::Choice);
    }
    case K::assignment_expression:
        e.children = {expr(m_ast.child(node, Field::Left)), expr(m_ast.child(node, Field::Right))};
        return done(Expr::Kind::Assign);
    case K::augmented_assignment_expression: {
        if (!m_ast.hasToken(node, "?"
                                  "?=") &&
            !m_ast.hasToken(node, "||=")) // (a trigraph, if in one piece)
            return other(node, std::move(e));
        collect(m_ast.child(node, Field::Left), e.more(m_memory).names, e.more(m_memory).types);
        return wrap(Expr::Kind::Choice, m_ast.child(node, Field::Right));
    }
    case K::unary_expression:
        if (m_ast.hasToken(node, "void")) // void main();
            return wrap(Expr::Kind::Await, m_ast.lastNamed(node));
        return other(node, std::move(e));
    case K::as_expression:
    case K::satisfies_expression: {
        const bool isCast = m_ast.kind(node) == K::as_expression;
        const Index type = m_ast.lastNamed(node), inner = m_ast.firstNamed(node);
        if (type != inner)
            e.more(m_memory).type = typeOf(type);
        return wrap(isCast ? Expr::Kind::Cast : Expr::Kind::Satisfies, inner);
    }
    case K::type_assertion: return wrap(Expr::Kind::Cast, m_ast.lastNamed(node));
    case K::arrow_function:
    case K::function_expression:
    case K::generator_function:
    case K::function_declaration:
    case K::generator_function_declaration: return functionExpr(node);
    case K::class_declaration:
    case K::abstract_class_declaration:
        e.more(m_memory).classFacts = classOf(node);
        collect(node, e.more(m_memory).names, e.more(m_memory).types);
        return done(Expr::Kind::Class);
    default: return other(node, std::move(e));
    }
}

ExprPtr Lowerer::call(Index node, Expr e)
{
    const bool isNew = m_ast.kind(node) == K::new_expression;
    e.kind = isNew ? Expr::Kind::New : Expr::Kind::Call;
    e.conditional = m_ast.child(node, K::optional_chain) >= 0;
    const Index arguments = m_ast.child(node, Field::Arguments);
    size_t count = 1;
    for (Index i = m_ast.firstChild(arguments); i >= 0; i = m_ast.nextSibling(arguments, i))
        count += m_ast.kind(i) != K::Token ? 1 : 0;
    e.children.reserve(count);
    e.children.push_back(expr(m_ast.child(node, isNew ? Field::Constructor : Field::Function)));
    if (const Index types = m_ast.child(node, Field::TypeArguments); types >= 0)
        e.more(m_memory).type = typeOf(m_ast.firstNamed(types));
    if (m_ast.kind(arguments) == K::template_string) { // sql`…`
        e.children.push_back(other(arguments, blank(Expr::Kind::Other, arguments)));
        return made(std::move(e));
    }
    for (Index i = m_ast.firstChild(arguments); i >= 0; i = m_ast.nextSibling(arguments, i)) {
        if (m_ast.kind(i) != K::Token)
            e.children.push_back(expr(i));
    }
    return made(std::move(e));
}

ExprPtr Lowerer::object(Index node, Expr e)
{
    e.kind = Expr::Kind::Object;
    std::vector<Property> properties;
    for (Index i = m_ast.firstChild(node); i >= 0; i = m_ast.nextSibling(node, i)) {
        Property property{.line = m_ast.line(i)};
        switch (m_ast.kind(i)) {
        case K::pair: {
            const Index key = m_ast.child(i, Field::Key);
            property.name = keyOf(key);
            if (property.name.isEmpty() && m_ast.kind(key) == K::computed_property_name) {
                property.kind = Property::Kind::Computed;
                property.key = expr(m_ast.firstNamed(key));
            }
            property.value = expr(m_ast.child(i, Field::Value));
            break;
        }
        case K::shorthand_property_identifier:
            property.kind = Property::Kind::Shorthand;
            property.name = name(i);
            property.value = made(
                Expr{.kind = Expr::Kind::Name, .line = property.line, .hash = m_ast.hash(i), .text = property.name});
            break;
        case K::method_definition:
            property.kind = m_ast.hasToken(i, "get")   ? Property::Kind::Getter
                            : m_ast.hasToken(i, "set") ? Property::Kind::Setter
                                                       : Property::Kind::Method;
            property.name = keyOf(m_ast.child(i, Field::Name));
            property.value = functionExpr(i);
            break;
        case K::spread_element:
            property.kind = Property::Kind::Spread;
            property.value = expr(m_ast.firstNamed(i));
            break;
        default: continue;
        }
        properties.push_back(std::move(property));
    }
    if (!properties.empty())
        e.more(m_memory).properties = std::move(properties);
    return made(std::move(e));
}

} // namespace paddock::workspace
