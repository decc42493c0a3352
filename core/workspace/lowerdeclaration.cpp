// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/lower.h"

#include "syntax/hash.h"

#include <utility>

namespace paddock::workspace {

using namespace Qt::StringLiterals;
using syntax::Field;
using K = syntax::Kind;

void Lowerer::declareVariables(Index node, std::vector<Declaration> &into)
{
    const bool constant = m_ast.bytes(m_ast.child(node, Field::KindWord)) == "const";
    for (Index i = m_ast.firstChild(node); i >= 0; i = m_ast.nextSibling(node, i)) {
        if (m_ast.kind(i) != K::variable_declarator)
            continue;
        Declaration d{.kind = constant ? Declaration::Kind::Constant : Declaration::Kind::Variable,
                      .line = m_ast.line(i),
                      .endLine = m_ast.endLine(i),
                      .hash = m_ast.hash(i)};
        const Index target = m_ast.child(i, Field::Name);
        const Index value = m_ast.child(i, Field::Value);
        d.type = typeOf(m_ast.child(i, Field::Type));
        if (value >= 0)
            d.value = expr(value);
        collect(value, d.names, d.types);
        collect(m_ast.child(i, Field::Type), d.names, d.types);
        if (m_ast.kind(target) == K::identifier) {
            d.name = name(target);
            into.push_back(std::move(d));
        } else {
            bind(target, d.value, d, into);
        }
    }
}

void Lowerer::declare(Index node, std::vector<Declaration> &into)
{
    using DK = Declaration::Kind;
    const K kind = m_ast.kind(node);
    if (kind == K::lexical_declaration || kind == K::variable_declaration) {
        declareVariables(node, into);
        return;
    }
    Declaration d{.line = m_ast.line(node), .endLine = m_ast.endLine(node), .hash = m_ast.hash(node)};
    const Index nameNode = m_ast.child(node, Field::Name);
    if (nameNode >= 0)
        d.name = name(nameNode);
    switch (kind) {
    case K::function_declaration:
    case K::generator_function_declaration:
        d.kind = DK::Function;
        d.value = functionExpr(node);
        if (const auto signatures = std::exchange(m_overloads, {}); !signatures.empty()) {
            std::vector<FunctionPtr> overloads;
            for (const Index signature : signatures) {
                if (name(m_ast.child(signature, Field::Name)) != d.name)
                    continue;
                overloads.push_back(function(signature));
                d.hash = syntax::combine(d.hash, m_ast.hash(signature));
                collect(signature, d.names, d.types);
                d.names.removeAll(d.name);
            }
            Expr e = *d.value;
            e.more(m_memory).function = withOverloads(*e.function(), overloads);
            d.value = made(std::move(e));
        }
        break;
    case K::class_declaration:
    case K::abstract_class_declaration:
        d.kind = DK::Class;
        d.value = expr(node);
        break;
    case K::interface_declaration: {
        d.kind = DK::Interface;
        const Index extends = m_ast.child(node, K::extends_type_clause);
        collectTypes(extends, d.bases);
        typeMembers(m_ast.child(node, Field::Body), d);
        break;
    }
    case K::type_alias_declaration:
        d.kind = DK::TypeAlias;
        d.type = typeOf(m_ast.child(node, Field::Value));
        aliasOf(m_ast.child(node, Field::Value), d);
        break;
    default:
        d.kind = DK::Enum;
        d.value = enumValue(m_ast.child(node, Field::Body));
        break;
    }
    collect(node, d.names, d.types);
    d.names.removeAll(d.name);
    d.types.removeAll(d.name);
    into.push_back(std::move(d));
}

/// An enum as the object that it is when it runs, as far as its values are written out.
ExprPtr Lowerer::enumValue(Index body)
{
    Expr e = blank(Expr::Kind::Object, body);
    for (Index i = m_ast.firstChild(body); i >= 0; i = m_ast.nextSibling(body, i)) {
        if (m_ast.kind(i) != K::enum_assignment)
            continue;
        e.more(m_memory).properties.push_back({.name = keyOf(m_ast.child(i, Field::Name)),
                                               .value = expr(m_ast.child(i, Field::Value)),
                                               .key = {},
                                               .line = m_ast.line(i)});
    }
    return made(std::move(e));
}

void Lowerer::typeMembers(Index body, Declaration &into)
{
    for (Index i = m_ast.firstChild(body); i >= 0; i = m_ast.nextSibling(body, i)) {
        const K kind = m_ast.kind(i);
        if (kind != K::property_signature && kind != K::method_signature)
            continue;
        const Index key = m_ast.child(i, Field::Name);
        const Index type = m_ast.child(i, Field::Type);
        TypeMember m{.name = keyOf(key), .line = m_ast.line(i)};
        m.optional = m_ast.hasToken(i, "?");
        const Index behind = m_ast[key].next;
        m.isMethod = kind == K::method_signature;
        if (const Index inner = type < 0 ? -1 : m_ast.firstNamed(type); m_ast.kind(inner) == K::function_type) {
            // getById: (id: string) => Promise<User> says the same as a method
            const Index list = m_ast.child(inner, Field::Parameters), result = m_ast.child(inner, Field::ReturnType);
            m.isMethod = true;
            m.signature = m.name + (m.optional ? u"?"_s : QString()) + oneLine(m_ast[list].start, m_ast[list].end) +
                          u": "_s + oneLine(m_ast[result].start, m_ast[result].end);
        } else {
            m.signature = m.name + (behind < m_ast[i].next ? oneLine(m_ast[behind].start, m_ast[i].end) : QString());
        }
        m.hash = m_ast.hash(i);
        collectTypes(i, m.types);
        into.members.push_back(std::move(m));
    }
}

/// What a type alias stands for, as far as it names members: an object type, other types, what a function returns.
void Lowerer::aliasOf(Index type, Declaration &into)
{
    switch (m_ast.kind(type)) {
    case K::parenthesized_type: aliasOf(m_ast.firstNamed(type), into); break;
    case K::object_type: typeMembers(type, into); break;
    case K::type_identifier: into.bases.append(name(type)); break;
    case K::intersection_type:
        for (Index i = m_ast.firstChild(type); i >= 0; i = m_ast.nextSibling(type, i))
            aliasOf(i, into);
        break;
    case K::generic_type: {
        const QByteArrayView generic = m_ast.bytes(m_ast.child(type, Field::Name));
        const Index argument = m_ast.firstNamed(m_ast.child(type, Field::TypeArguments));
        if (generic == "Awaited" || generic == "Readonly") {
            aliasOf(argument, into);
        } else if (generic == "ReturnType" && m_ast.kind(argument) == K::type_query) {
            into.returnTypeOf = name(m_ast.firstNamed(argument));
        } else if (generic == "InstanceType" && m_ast.kind(argument) == K::type_query) {
            into.bases.append(name(m_ast.firstNamed(argument)));
        }
        break;
    }
    default: break;
    }
}

} // namespace paddock::workspace
