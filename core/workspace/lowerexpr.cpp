// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/lower.h"

#include "syntax/hash.h"

#include <algorithm>
#include <array>

namespace paddock::workspace {

using namespace Qt::StringLiterals;
using syntax::Field;
using K = syntax::Kind;

namespace {

/// Beyond this the text is no hand-written program; recursion must end somewhere.
constexpr int maxDepth = 120;

/// Whether a statement inside a function could register a route, a router or a plugin.
bool couldRegister(QByteArrayView text)
{
    static constexpr std::array words = {"route(", ".use(", "lugin",   "outer",   "forEach", "erver",    ".run(",
                                         "mount",  "setup", "egister", "Routes(", "init(",   "bootstrap"};
    return std::ranges::any_of(words, [text](const char *word) { return text.contains(word); });
}

} // namespace

QString Lowerer::intern(QByteArrayView text)
{
    const QByteArray key = QByteArray::fromRawData(text.data(), text.size());
    const auto known = m_ids.constFind(key);
    if (known != m_ids.constEnd())
        return m_names[static_cast<size_t>(*known)];
    m_ids.insert(key, static_cast<int>(m_names.size()));
    m_names.push_back(QString::fromUtf8(text));
    return m_names.back();
}

int Lowerer::nameId(Index node)
{
    int &known = m_nodeIds[static_cast<size_t>(node)];
    if (known == 0) {
        const QByteArrayView text = m_ast.bytes(node);
        intern(text);
        known = m_ids.value(QByteArray::fromRawData(text.data(), text.size())) + 1;
    }
    return known - 1;
}

/// Adds each name once.
void Lowerer::appendNames(std::vector<int> &ids, QStringList &into) const
{
    std::ranges::sort(ids);
    const auto repeated = std::ranges::unique(ids);
    ids.erase(repeated.begin(), repeated.end());
    const bool empty = into.isEmpty();
    into.reserve(into.size() + static_cast<qsizetype>(ids.size()));
    for (const int id : ids) {
        const QString &text = m_names[static_cast<size_t>(id)];
        if (empty || !into.contains(text))
            into.append(text);
    }
    ids.clear();
}

QString Lowerer::oneLine(quint32 start, quint32 end) const
{
    const auto &tokens = m_ast.tokens();
    auto at = std::ranges::lower_bound(tokens, start, {}, [](const auto &token) { return token.first; });
    QByteArray result;
    quint32 last = start;
    char previous = '(';
    for (; at != tokens.end() && at->first < end; ++at) {
        const QByteArrayView token = m_ast.source().sliced(at->first, at->second - at->first);
        if (token.isEmpty())
            continue;
        const bool closes = token == ")" || token == "]" || token == ">" || token == "," || token == ";";
        const bool opened = previous == '(' || previous == '[' || previous == '<';
        if ((closes || token == "}") && token != "," && token != ";" && result.endsWith(',') && token != ">") {
            result.chop(1);
        }
        if (at->first > last && !closes && !opened)
            result += ' ';
        result += token;
        last = at->second;
        previous = token.back();
    }
    return QString::fromUtf8(result);
}

QString Lowerer::stringValue(Index node)
{
    const QByteArrayView text = m_ast.bytes(node);
    const QByteArrayView inner = text.size() >= 2 ? text.sliced(1, text.size() - 2) : QByteArrayView();
    if (!inner.contains('\\'))
        return intern(inner);
    QByteArray result;
    for (qsizetype i = 0; i < inner.size(); ++i) {
        if (inner[i] != '\\' || i + 1 == inner.size()) {
            result += inner[i];
            continue;
        }
        ++i;
        result += inner[i] == 'n' ? '\n' : inner[i] == 't' ? '\t' : inner[i];
    }
    return QString::fromUtf8(result);
}

QString Lowerer::keyOf(Index node)
{
    switch (m_ast.kind(node)) {
    case K::property_identifier:
    case K::private_property_identifier:
    case K::shorthand_property_identifier:
    case K::identifier:
    case K::number: return name(node);
    case K::string: return stringValue(node);
    case K::computed_property_name: {
        const Index inner = m_ast.firstNamed(node);
        return m_ast.kind(inner) == K::string ? stringValue(inner) : QString();
    }
    default: return {};
    }
}

void Lowerer::collect(Index node, QStringList &names, QStringList &types)
{
    if (node < 0)
        return;
    for (Index i = node, end = m_ast[node].next; i < end; ++i) {
        switch (m_ast.kind(i)) {
        case K::identifier:
        case K::shorthand_property_identifier: m_valueIds.push_back(nameId(i)); break;
        case K::type_identifier: m_typeIds.push_back(nameId(i)); break;
        case K::nested_type_identifier: // Prisma.User: the type is used through the name in front
            for (const Index stop = m_ast[i].next; i + 1 < stop; ++i) {
                if (m_ast.kind(i + 1) == K::identifier)
                    m_typeIds.push_back(nameId(i + 1));
            }
            break;
        case K::type_query:
            for (const Index stop = m_ast[i].next; i + 1 < stop; ++i) {
                if (m_ast.kind(i + 1) == K::identifier || m_ast.kind(i + 1) == K::type_identifier)
                    m_typeIds.push_back(nameId(i + 1));
            }
            break;
        default: break;
        }
    }
    appendNames(m_valueIds, names);
    appendNames(m_typeIds, types);
}

TypeInfo Lowerer::typeOf(Index annotation)
{
    if (annotation < 0)
        return {};
    const bool wrapped = m_ast.kind(annotation) == K::type_annotation;
    const Index type = wrapped ? m_ast.firstNamed(annotation) : annotation;
    if (type < 0)
        return {};
    TypeInfo info{.text = oneLine(m_ast[type].start, m_ast[type].end), .hash = m_ast.hash(type), .names = {}};
    QStringList values;
    collect(type, values, info.names);
    return info;
}

ExprPtr Lowerer::other(Index node, Expr e)
{
    e.kind = Expr::Kind::Other;
    collect(node, e.names, e.types);
    return std::make_shared<const Expr>(std::move(e));
}

ExprPtr Lowerer::expr(Index node)
{
    if (node < 0)
        return {};
    Expr e{.line = m_ast.line(node), .hash = m_ast.hash(node)};
    const auto done = [&e](Expr::Kind kind) {
        e.kind = kind;
        return std::make_shared<const Expr>(std::move(e));
    };
    const auto wrap = [&](Expr::Kind kind, Index child) {
        e.children.push_back(expr(child));
        return done(kind);
    };
    if (m_depth > maxDepth)
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
                e.children.push_back(std::make_shared<const Expr>(
                    Expr{.kind = Expr::Kind::String, .line = m_ast.line(i), .text = m_ast.text(i)}));
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
        e.names.clear();
        collect(m_ast.child(node, Field::Condition), e.names, e.types);
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
            collect(m_ast.child(node, Field::Left), e.names, e.types);
        e.children.push_back(expr(m_ast.child(node, Field::Right)));
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
        collect(m_ast.child(node, Field::Left), e.names, e.types);
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
            e.type = typeOf(type);
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
        collect(node, e.names, e.types);
        e.classFacts = classOf(node);
        return done(Expr::Kind::Class);
    default: return other(node, std::move(e));
    }
}

ExprPtr Lowerer::call(Index node, Expr e)
{
    const bool isNew = m_ast.kind(node) == K::new_expression;
    e.kind = isNew ? Expr::Kind::New : Expr::Kind::Call;
    e.conditional = m_ast.child(node, K::optional_chain) >= 0;
    e.children.push_back(expr(m_ast.child(node, isNew ? Field::Constructor : Field::Function)));
    if (const Index types = m_ast.child(node, Field::TypeArguments); types >= 0)
        e.type = typeOf(m_ast.firstNamed(types));
    const Index arguments = m_ast.child(node, Field::Arguments);
    if (m_ast.kind(arguments) == K::template_string) { // sql`…`
        Expr tagged{.line = m_ast.line(arguments), .hash = m_ast.hash(arguments)};
        e.children.push_back(other(arguments, std::move(tagged)));
        return std::make_shared<const Expr>(std::move(e));
    }
    for (Index i = m_ast.firstChild(arguments); i >= 0; i = m_ast.nextSibling(arguments, i)) {
        if (m_ast.kind(i) != K::Token)
            e.children.push_back(expr(i));
    }
    return std::make_shared<const Expr>(std::move(e));
}

ExprPtr Lowerer::object(Index node, Expr e)
{
    e.kind = Expr::Kind::Object;
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
            property.value = std::make_shared<const Expr>(
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
        e.properties.push_back(std::move(property));
    }
    return std::make_shared<const Expr>(std::move(e));
}

ExprPtr Lowerer::functionExpr(Index node)
{
    Expr e{.kind = Expr::Kind::Function, .line = m_ast.line(node), .hash = m_ast.hash(node)};
    collect(node, e.names, e.types);
    e.function = function(node);
    return std::make_shared<const Expr>(std::move(e));
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
    QStringList values;
    collect(list, values, f.signatureTypes);
    collect(returnType, values, f.signatureTypes);
    collect(typeParameters, values, f.signatureTypes);

    if (body < 0 || m_functionDepth > 3)
        return std::make_shared<const Function>(std::move(f));
    ++m_functionDepth;
    if (m_ast.kind(body) == K::statement_block)
        block(body, {&f.returns, &f.locals, &f.statements});
    else
        f.returns.push_back(expr(body));
    --m_functionDepth;
    return std::make_shared<const Function>(std::move(f));
}

/// Others see the overloads, not the signature of the function that serves them all.
FunctionPtr Lowerer::withOverloads(const Function &body, const std::vector<FunctionPtr> &overloads)
{
    auto result = std::make_shared<Function>(body);
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
    if (m_depth > maxDepth)
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
        if (couldRegister(m_ast.bytes(node)))
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
        Expr loop{.kind = Expr::Kind::ForOf,
                  .line = m_ast.line(node),
                  .hash = m_ast.hash(node),
                  .text = name(m_ast.child(node, Field::Left))};
        loop.children.push_back(expr(m_ast.child(node, Field::Right)));
        block(m_ast.child(node, Field::Body), {body.returns, body.locals, &loop.children});
        if (loop.children.size() > 1)
            body.statements->push_back(std::make_shared<const Expr>(std::move(loop)));
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
        Expr guarded{.kind = Expr::Kind::Guarded, .line = m_ast.line(node), .hash = m_ast.hash(node)};
        for (Index i = m_ast.firstChild(node); i >= 0; i = m_ast.nextSibling(node, i)) {
            if (m_ast.kind(i) != K::Token && m_ast[i].field != Field::Condition)
                block(i, {body.returns, body.locals, &guarded.children});
        }
        if (!guarded.children.empty())
            body.statements->push_back(std::make_shared<const Expr>(std::move(guarded)));
        break;
    }
    default: break;
    }
    --m_depth;
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

ClassPtr Lowerer::classOf(Index node)
{
    ClassFacts facts;
    const Index heritage = m_ast.child(node, K::class_heritage);
    for (Index i = m_ast.firstChild(heritage); i >= 0; i = m_ast.nextSibling(heritage, i)) {
        if (m_ast.kind(i) == K::extends_clause) {
            facts.base = expr(m_ast.firstNamed(i));
        } else if (m_ast.kind(i) == K::implements_clause) {
            QStringList values;
            collect(i, values, facts.implements);
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
    return std::make_shared<const ClassFacts>(std::move(facts));
}

ClassMember Lowerer::member(Index node)
{
    ClassMember m{.line = m_ast.line(node), .hash = m_ast.hash(node)};
    const Index key = m_ast.child(node, Field::Name);
    const Index access = m_ast.child(node, K::accessibility_modifier);
    m.name = keyOf(key);
    m.isStatic = m_ast.hasToken(node, "static");
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
    m.function = function(node);
    return m;
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
            d.value = std::make_shared<const Expr>(Expr{.kind = Expr::Kind::Member,
                                                        .line = d.line,
                                                        .hash = syntax::combine(value->hash, m_ast.hash(nameNode)),
                                                        .text = property,
                                                        .children = {value}});
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

} // namespace paddock::workspace
