// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/lower.h"

#include "syntax/hash.h"
#include "workspace/movelines.h"

#include <algorithm>
#include <array>
#include <utility>

namespace paddock::workspace {

using namespace Qt::StringLiterals;
using syntax::Field;
using K = syntax::Kind;

namespace {

/// Whether a statement inside a function could register a route, a router or a plugin.
bool couldRegister(QByteArrayView text)
{
    static constexpr std::array words = {
        "route(",  ".use(", "lugin",  "outer",     "forEach",    "erver", ".run(",    "mount",   "setup",     "egister",
        "Routes(", "init(", "typed(", "iddleware", "addHandler", ".raw(", "ormData(", "stream(", "bootstrap", ".sse("};
    return std::ranges::any_of(words, [text](const char *word) { return text.contains(word); });
}

/// Functions of the runtime itself, which register nothing.
bool isOfRuntime(QByteArrayView name)
{
    static constexpr std::array names = {"setTimeout",     "clearTimeout", "setInterval", "clearInterval",
                                         "queueMicrotask", "fetch",        "alert",       "setImmediate",
                                         "require",        "super"};
    return std::ranges::any_of(names, [name](const char *known) { return name == known; });
}

} // namespace

/// The function at a node: as it was, where nothing of it changed since the last reading.
size_t Lowerer::unitOf(Index node)
{
    if (const int known = m_nodeIds[static_cast<size_t>(node)]; known < 0)
        return static_cast<size_t>(-known - 1);
    if (!reuse(node)) {
        FunctionUnit fresh{.start = m_ast[node].start,
                           .end = m_ast[node].end,
                           .depth = m_functionDepth,
                           .function = {},
                           .expr = {},
                           .uses = Uses(m_memory)};
        const auto overloads = std::exchange(m_overloads, {}); // those within are apart from those around
        fresh.function = function(node);
        m_overloads = overloads;
        usesOf(node, m_uses);
        fresh.uses = m_uses;
        m_memo.units.push_back(std::move(fresh));
    }
    m_nodeIds[static_cast<size_t>(node)] = -static_cast<int>(m_memo.units.size());
    return m_memo.units.size() - 1;
}

bool Lowerer::reuse(Index node)
{
    if (!m_previous)
        return false;
    const quint32 start = m_ast[node].start, end = m_ast[node].end;
    const bool before = end < m_difference.start;
    if (!before && start <= m_difference.newEnd)
        return false;
    const quint32 moved = before ? 0 : m_difference.newEnd - m_difference.oldEnd;
    const int lines = before ? 0 : m_difference.lines;
    const auto &units = m_previous->units;
    auto known = std::ranges::lower_bound(units, start - moved, {}, &FunctionUnit::start);
    if (known == units.end() || known->start + moved != start || known->end + moved != end ||
        known->depth != m_functionDepth)
        return false;
    FunctionUnit outer = *known;
    outer.start = start;
    outer.end = end;
    if (lines == 0) { // those in it stay as they are, too
        for (++known; known != units.end() && known->start + moved < end; ++known) {
            m_memo.units.push_back(*known);
            m_memo.units.back().start += moved;
            m_memo.units.back().end += moved;
        }
    } else {
        outer.function = moveLines(outer.function, lines);
        if (outer.expr) { // what it uses stays the same
            Expr e = *outer.expr;
            e.line += lines;
            e.more(m_memory).function = outer.function;
            outer.expr = made(std::move(e));
        }
    }
    m_memo.units.push_back(std::move(outer));
    return true;
}

ExprPtr Lowerer::functionExpr(Index node)
{
    FunctionUnit &known = m_memo.units[unitOf(node)];
    if (!known.expr) {
        Expr e = blank(Expr::Kind::Function, node);
        ExprMore &more = e.more(m_memory);
        append(known.uses.values, more.names);
        append(known.uses.types, more.types);
        more.function = known.function;
        known.expr = made(std::move(e));
    }
    return known.expr;
}

FunctionPtr Lowerer::function(Index node)
{
    Function f;
    f.parameters = parameters(node);
    f.isAsync = m_ast.hasToken(node, "async");
    f.isGenerator = m_ast.hasToken(node, "*") || m_ast.kind(node) == K::generator_function ||
                    m_ast.kind(node) == K::generator_function_declaration;
    const Index typeParameters = m_ast.child(node, Field::TypeParameters);
    const Index returnType = m_ast.child(node, Field::ReturnType);
    const Index body = m_ast.child(node, Field::Body);
    const auto text = [this](Index i) { return i < 0 ? QString() : oneLine(m_ast[i].start, m_ast[i].end); };
    f.typeParameters = text(typeParameters);
    f.returnType = typeOf(returnType);
    const Index list = m_ast.child(node, Field::Parameters);
    f.signature = f.typeParameters + (list < 0 ? u'(' + text(m_ast.child(node, Field::Parameter)) + u')' : text(list)) +
                  text(returnType);
    f.bodyHash = m_ast.hash(body);

    quint64 hash = syntax::combine(m_ast.hash(typeParameters), m_ast.hash(returnType));
    for (const Parameter &p : f.parameters) {
        const auto literal = p.value ? static_cast<quint64>(p.value->kind) + 1 : 0;
        hash = syntax::combine(hash, p.type.isGiven() ? p.type.hash : literal);
        hash = syntax::combine(hash, (p.optional ? 1U : 0U) | (p.rest ? 2U : 0U));
    }
    f.signatureHash = syntax::combine(hash, (f.isAsync && returnType < 0 ? 1U : 0U) | (f.isGenerator ? 2U : 0U));
    collectTypes(list, f.signatureTypes);
    collectTypes(returnType, f.signatureTypes);
    collectTypes(typeParameters, f.signatureTypes);

    if (body < 0 || m_functionDepth > 3)
        return made(std::move(f));
    ++m_functionDepth;
    FunctionBody statements{.returns = Exprs(m_memory), .locals = {}, .statements = Exprs(m_memory)};
    if (m_ast.kind(body) == K::statement_block)
        block(body, {&statements.returns, &statements.locals, &statements.statements});
    else
        statements.returns.push_back(expr(body));
    f.body = LazyBody(std::move(statements), m_memory);
    --m_functionDepth;
    return made(std::move(f));
}

/// Others see the overloads, not the signature of the function that serves them all.
FunctionPtr Lowerer::withOverloads(const Function &body, const std::vector<FunctionPtr> &overloads)
{
    auto result = std::allocate_shared<Function>(std::pmr::polymorphic_allocator<>(m_memory), body);
    if (overloads.empty())
        return result;
    result->signatureHash = 0;
    result->signatureTypes.clear();
    for (const FunctionPtr &overload : overloads) {
        result->signatureHash = syntax::combine(result->signatureHash, overload->signatureHash);
        result->signatureTypes += overload->signatureTypes;
    }
    result->returnType = overloads.front()->returnType;
    result->signature = overloads.front()->signature;
    if (overloads.size() > 1)
        result->signature += u" (+%1 more)"_s.arg(overloads.size() - 1);
    return result;
}

/// The statements of one function, those of nested blocks among them.
void Lowerer::block(Index node, const Body &body)
{
    if (m_ast.kind(node) != K::statement_block && m_ast.kind(node) != K::labeled_statement) {
        bodyStatement(node, body);
        return;
    }
    for (Index i = m_ast.firstChild(node); i >= 0; i = m_ast.nextSibling(node, i))
        bodyStatement(i, body);
}

void Lowerer::bodyStatement(Index node, const Body &body)
{
    if (m_depth > maxExprDepth)
        return;
    ++m_depth;
    switch (m_ast.kind(node)) {
    case K::return_statement:
        if (const Index value = m_ast.firstNamed(node); value >= 0)
            body.returns->push_back(expr(value));
        break;
    case K::lexical_declaration:
    case K::variable_declaration:
    case K::function_declaration:
    case K::generator_function_declaration:
    case K::class_declaration:
    case K::abstract_class_declaration:
    case K::interface_declaration:
    case K::type_alias_declaration: declare(node, *body.locals); break;
    case K::function_signature: m_overloads.push_back(node); break;
    case K::expression_statement:
        if (couldRegister(m_ast.bytes(node)) || callsByName(node) ||
            (m_functionDepth == 1 && fillsLocal(node, *body.locals)))
            body.statements->push_back(expr(m_ast.firstNamed(node)));
        break;
    case K::statement_block:
    case K::labeled_statement: block(node, body); break;
    case K::try_statement:
        block(m_ast.child(node, Field::Body), body);
        for (Index i = m_ast.firstChild(node); i >= 0; i = m_ast.nextSibling(node, i)) {
            if (m_ast.kind(i) == K::finally_clause || m_ast.kind(i) == K::catch_clause)
                block(m_ast.child(i, Field::Body), body);
        }
        break;
    case K::for_in_statement: {
        Expr loop = blank(Expr::Kind::ForOf, node);
        loop.text = name(m_ast.child(node, Field::Left));
        loop.children.push_back(expr(m_ast.child(node, Field::Right)));
        block(m_ast.child(node, Field::Body), {body.returns, body.locals, &loop.children});
        if (loop.children.size() > 1)
            body.statements->push_back(made(std::move(loop)));
        break;
    }
    case K::if_statement:
    case K::for_statement:
    case K::while_statement:
    case K::do_statement:
    case K::switch_statement:
    case K::switch_body:
    case K::switch_case:
    case K::switch_default:
    case K::else_clause: {
        Expr guarded = blank(Expr::Kind::Guarded, node);
        for (Index i = m_ast.firstChild(node); i >= 0; i = m_ast.nextSibling(node, i)) {
            if (m_ast.kind(i) != K::Token && m_ast[i].field != Field::Condition)
                block(i, {body.returns, body.locals, &guarded.children});
        }
        if (!guarded.children.empty())
            body.statements->push_back(made(std::move(guarded)));
        break;
    }
    default: break;
    }
    --m_depth;
}

/// wire(app), await load(): a function of the workspace, which may do anything.
bool Lowerer::callsByName(Index statement) const
{
    Index e = m_ast.firstNamed(statement);
    while (m_ast.kind(e) == K::await_expression || m_ast.kind(e) == K::unary_expression)
        e = m_ast.firstNamed(e);
    if (m_ast.kind(e) != K::call_expression)
        return false;
    const Index function = m_ast.child(e, Field::Function);
    return m_ast.kind(function) == K::identifier && !isOfRuntime(m_ast.bytes(function));
}

/// service.list = …, service["list"] = …, Object.assign(service, …), where `service` is one of these locals: an object
/// that is put together step by step.
bool Lowerer::fillsLocal(Index statement, const std::vector<Declaration> &locals)
{
    const Index e = m_ast.firstNamed(statement);
    Index object = -1;
    if (m_ast.kind(e) == K::assignment_expression) {
        const Index left = m_ast.child(e, Field::Left);
        if (m_ast.kind(left) == K::member_expression || m_ast.kind(left) == K::subscript_expression)
            object = m_ast.child(left, Field::Object);
    } else if (m_ast.kind(e) == K::call_expression && m_ast.bytes(m_ast.child(e, Field::Function)) == "Object.assign") {
        object = m_ast.firstNamed(m_ast.child(e, Field::Arguments));
    }
    if (m_ast.kind(object) != K::identifier)
        return false;
    const QString known = name(object);
    return std::ranges::any_of(locals, [&](const Declaration &d) { return d.name == known; });
}

std::vector<Parameter> Lowerer::parameters(Index node)
{
    std::vector<Parameter> result;
    if (const Index single = m_ast.child(node, Field::Parameter); single >= 0) {
        result.push_back({.name = name(single)});
        return result;
    }
    const Index list = m_ast.child(node, Field::Parameters);
    for (Index i = m_ast.firstChild(list); i >= 0; i = m_ast.nextSibling(list, i)) {
        if (m_ast.kind(i) != K::required_parameter && m_ast.kind(i) != K::optional_parameter)
            continue;
        Parameter p;
        const Index pattern = m_ast.child(i, Field::Pattern);
        const Index value = m_ast.child(i, Field::Value);
        if (m_ast.kind(pattern) == K::identifier)
            p.name = name(pattern);
        else if (m_ast.kind(pattern) == K::rest_pattern)
            p.rest = true;
        boundNames(pattern, p.names);
        p.type = typeOf(m_ast.child(i, Field::Type));
        p.optional = m_ast.kind(i) == K::optional_parameter || value >= 0;
        if (value >= 0)
            p.value = expr(value);
        const Index access = m_ast.child(i, K::accessibility_modifier);
        p.isProperty = access >= 0 && m_ast.bytes(access) == "public";
        if (access < 0)
            p.isProperty = m_ast.hasToken(i, "readonly");
        if (p.name != "this"_L1)
            result.push_back(std::move(p));
    }
    return result;
}

void Lowerer::boundNames(Index pattern, QStringList &into)
{
    if (pattern < 0)
        return;
    for (Index i = pattern, end = m_ast[pattern].next; i < end; ++i) {
        if (m_ast.kind(i) == K::identifier || m_ast.kind(i) == K::shorthand_property_identifier_pattern)
            into.append(name(i));
    }
}

/// const { a, b: c } = value: each bound name becomes a declaration of its own.
void Lowerer::bind(Index pattern, const ExprPtr &value, const Declaration &like, std::vector<Declaration> &into)
{
    const auto add = [&](Index nameNode, const QString &property) {
        Declaration d = like;
        d.name = name(nameNode);
        d.line = m_ast.line(nameNode);
        d.type = {};
        if (value) {
            Expr e = blank(Expr::Kind::Member, nameNode);
            e.hash = syntax::combine(value->hash, e.hash);
            e.text = property;
            e.children.push_back(value);
            d.value = made(std::move(e));
        }
        into.push_back(std::move(d));
    };
    for (Index i = m_ast.firstChild(pattern); i >= 0; i = m_ast.nextSibling(pattern, i)) {
        if (m_ast.kind(i) == K::shorthand_property_identifier_pattern) {
            add(i, name(i));
        } else if (m_ast.kind(i) == K::pair_pattern) {
            const Index target = m_ast.child(i, Field::Value);
            if (m_ast.kind(target) == K::identifier)
                add(target, keyOf(m_ast.child(i, Field::Key)));
        } else if (m_ast.kind(i) == K::object_assignment_pattern) {
            const Index left = m_ast.child(i, Field::Left);
            if (m_ast.kind(left) == K::shorthand_property_identifier_pattern)
                add(left, name(left));
        } else if (m_ast.kind(i) != K::Token) {
            QStringList names;
            boundNames(i, names);
            for (const QString &n : std::as_const(names)) {
                Declaration d = like;
                d.name = n;
                d.value = {};
                into.push_back(std::move(d));
            }
        }
    }
}

ClassPtr Lowerer::classOf(Index node)
{
    ClassFacts facts;
    const Index heritage = m_ast.child(node, K::class_heritage);
    for (Index i = m_ast.firstChild(heritage); i >= 0; i = m_ast.nextSibling(heritage, i)) {
        if (m_ast.kind(i) == K::extends_clause) {
            facts.base = expr(m_ast.firstNamed(i));
        } else if (m_ast.kind(i) == K::implements_clause) {
            collectTypes(i, facts.implements);
        } else if (m_ast.kind(i) != K::Token && !facts.base) {
            facts.base = expr(i); // JavaScript has no clause around it
        }
    }
    const Index body = m_ast.child(node, Field::Body);
    for (Index i = m_ast.firstChild(body); i >= 0; i = m_ast.nextSibling(body, i)) {
        switch (m_ast.kind(i)) {
        case K::method_definition:
        case K::method_signature:
        case K::abstract_method_signature:
        case K::public_field_definition: {
            ClassMember next = member(i);
            std::vector<FunctionPtr> overloads;
            while (m_ast.kind(i) == K::method_definition && !facts.members.empty()) {
                const ClassMember &last = facts.members.back();
                if (last.name != next.name || last.isStatic != next.isStatic || !last.function ||
                    last.kind != next.kind || last.function->bodyHash != 0)
                    break;
                overloads.insert(overloads.begin(), last.function);
                facts.members.pop_back();
            }
            if (!overloads.empty())
                next.function = withOverloads(*next.function, overloads);
            facts.members.push_back(std::move(next));
            break;
        }
        default: break;
        }
    }
    return made(std::move(facts));
}

ClassMember Lowerer::member(Index node)
{
    ClassMember m{.line = m_ast.line(node), .hash = m_ast.hash(node)};
    const Index key = m_ast.child(node, Field::Name);
    const Index access = m_ast.child(node, K::accessibility_modifier);
    m.name = keyOf(key);
    m.isStatic = m_ast.hasToken(node, "static");
    m.isOptional = m_ast.hasToken(node, "?");
    m.isPrivate = m_ast.kind(key) == K::private_property_identifier || m.name.startsWith(u'#') ||
                  (access >= 0 && m_ast.bytes(access) != "public");
    if (m_ast.kind(node) == K::public_field_definition) {
        m.kind = ClassMember::Kind::Field;
        m.type = typeOf(m_ast.child(node, Field::Type));
        if (const Index value = m_ast.child(node, Field::Value); value >= 0)
            m.value = expr(value);
        return m;
    }
    m.kind = m.name == "constructor"_L1    ? ClassMember::Kind::Constructor
             : m_ast.hasToken(node, "get") ? ClassMember::Kind::Getter
             : m_ast.hasToken(node, "set") ? ClassMember::Kind::Setter
                                           : ClassMember::Kind::Method;
    m.function = m_memo.units[unitOf(node)].function;
    return m;
}

} // namespace paddock::workspace
