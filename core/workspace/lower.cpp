// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/lower.h"

#include "syntax/hash.h"

#include <QSet>
#include <algorithm>
#include <cctype>
#include <utility>

namespace paddock::workspace {

using namespace Qt::StringLiterals;
using syntax::Field;
using K = syntax::Kind;

namespace {

/// Names of earlier readings are kept along; at some point it is time to forget them.
constexpr size_t maxNames = 50'000;

/// Whether import(…) or require(…) may be called in a text: most say no at a glance.
bool mayLoad(QByteArrayView text)
{
    for (const QByteArrayView word : {QByteArrayView("import"), QByteArrayView("require")}) {
        for (qsizetype at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
            qsizetype next = at + word.size();
            while (next < text.size() && std::isspace(static_cast<unsigned char>(text[next])))
                ++next;
            const char c = next < text.size() ? text[next] : '(';
            if (c == '(' || c == '<' || c == '/' || c == '?' || c == '!')
                return true;
        }
    }
    return false;
}

} // namespace

Lowerer::Lowerer(const syntax::Ast &ast, Memory *memory)
    : m_ast(ast),
      m_memory(memory),
      m_memo(memory),
      m_nodeIds(static_cast<size_t>(ast.size()), memory),
      m_valueRounds(memory),
      m_typeRounds(memory),
      m_uses(memory),
      m_listed(memory),
      m_line(memory)
{
    constexpr size_t names = 32; // in most files there are fewer
    m_memo.names.reserve(names);
    m_valueRounds.reserve(names);
    m_typeRounds.reserve(names);
}

Lowerer::Lowerer(const syntax::Ast &ast, const syntax::Difference &difference, const LowerMemo &previous) : Lowerer(ast)
{
    if (previous.names.size() > maxNames)
        return;
    m_previous = &previous;
    m_difference = difference;
    m_memo.ids = previous.ids;
    m_memo.names = previous.names;
    m_valueRounds.resize(previous.names.size());
    m_typeRounds.resize(previous.names.size());
}

LowerMemo Lowerer::takeMemo()
{
    std::ranges::sort(m_memo.units, [](const FunctionUnit &a, const FunctionUnit &b) {
        return std::pair(a.start, b.end) < std::pair(b.start, a.end);
    });
    return std::move(m_memo);
}

FileFacts Lowerer::run()
{
    m_facts.isSource = true;
    m_facts.codeHash = m_ast.hash(0);
    m_facts.errorLine = m_ast.errorLine();
    for (Index i = m_ast.firstChild(0); i >= 0; i = m_ast.nextSibling(0, i))
        statement(i, false);
    dynamicImports();
    dropUnusedImports();
    m_facts.indexImports();
    return std::move(m_facts);
}

void Lowerer::statement(Index node, bool exported)
{
    switch (m_ast.kind(node)) {
    case K::Token: return;
    case K::import_statement: import(node); return;
    case K::export_statement: exportStatement(node); return;
    case K::lexical_declaration:
    case K::variable_declaration:
    case K::function_declaration:
    case K::generator_function_declaration:
    case K::class_declaration:
    case K::abstract_class_declaration:
    case K::interface_declaration:
    case K::type_alias_declaration:
    case K::enum_declaration: {
        const size_t first = m_facts.declarations.size();
        declare(node, m_facts.declarations);
        for (size_t i = first; i < m_facts.declarations.size(); ++i) {
            const Declaration &d = m_facts.declarations[i];
            m_facts.steps.push_back({static_cast<int>(i), {}});
            if (exported)
                addExport(d.name, d.name, d.isTypeOnly());
        }
        return;
    }
    case K::ambient_declaration: // declare module "…" { interface … }: types alone
        return;
    case K::function_signature: m_overloads.push_back(node); return;
    default: break;
    }
    // Anything else runs when the module is loaded.
    m_facts.stepsHash = syntax::combine(m_facts.stepsHash, m_ast.hash(node));
    Exprs returns(m_memory), statements(m_memory);
    if (m_ast.kind(node) == K::expression_statement && commonJsExport(m_ast.firstNamed(node)))
        return;
    if (m_ast.kind(node) == K::expression_statement) {
        m_facts.steps.push_back({-1, expr(m_ast.firstNamed(node))});
    } else {
        m_facts.blocksHash = syntax::combine(m_facts.blocksHash, m_ast.hash(node));
        bodyStatement(node, {&returns, &m_facts.declarations, &statements});
    }
    for (ExprPtr &e : statements)
        m_facts.steps.push_back({-1, std::move(e)});
    // After the functions in it, so that they need not be gone through once more; so everywhere.
    QStringList types;
    collect(node, m_facts.stepNames, types);
}

void Lowerer::import(Index node)
{
    Import result{.line = m_ast.line(node), .typeOnly = m_ast.hasToken(node, "type")};
    Index source = m_ast.child(node, Field::Source);
    if (const Index clause = m_ast.child(node, K::import_require_clause); clause >= 0) { // import x = require("y")
        source = m_ast.child(clause, Field::Source);
        result.names.push_back({u"*"_s, name(m_ast.firstNamed(clause)), false});
        result.kind = Import::Kind::Require;
    }
    if (source < 0)
        return;
    result.specifier = stringValue(source);
    const Index clause = m_ast.child(node, K::import_clause);
    for (Index i = m_ast.firstChild(clause); i >= 0; i = m_ast.nextSibling(clause, i)) {
        if (m_ast.kind(i) == K::identifier) {
            result.names.push_back({u"default"_s, name(i), result.typeOnly});
        } else if (m_ast.kind(i) == K::namespace_import) {
            result.names.push_back({u"*"_s, name(m_ast.firstNamed(i)), result.typeOnly});
        } else if (m_ast.kind(i) == K::named_imports) {
            for (Index s = m_ast.firstChild(i); s >= 0; s = m_ast.nextSibling(i, s)) {
                if (m_ast.kind(s) != K::import_specifier)
                    continue;
                const Index alias = m_ast.child(s, Field::Alias);
                const QString imported = keyOf(m_ast.child(s, Field::Name));
                result.names.push_back(
                    {imported, alias < 0 ? imported : name(alias), result.typeOnly || m_ast.hasToken(s, "type")});
            }
        }
    }
    m_facts.imports.push_back(std::move(result));
}

void Lowerer::addExport(const QString &exportedName, const QString &local, bool typeOnly)
{
    m_facts.exports.push_back({.name = exportedName, .local = local, .typeOnly = typeOnly});
}

void Lowerer::exportStatement(Index node)
{
    const bool typeOnly = m_ast.hasToken(node, "type");
    const bool isDefault = m_ast.hasToken(node, "default");
    const Index source = m_ast.child(node, Field::Source);
    const Index clause = m_ast.child(node, K::export_clause);
    Import from{.kind = Import::Kind::Export, .line = m_ast.line(node), .typeOnly = typeOnly};
    if (source >= 0)
        from.specifier = stringValue(source);

    if (clause >= 0) {
        for (Index s = m_ast.firstChild(clause); s >= 0; s = m_ast.nextSibling(clause, s)) {
            if (m_ast.kind(s) != K::export_specifier)
                continue;
            const Index alias = m_ast.child(s, Field::Alias);
            const QString local = keyOf(m_ast.child(s, Field::Name));
            const bool type = typeOnly || m_ast.hasToken(s, "type");
            m_facts.exports.push_back({.name = alias < 0 ? local : keyOf(alias),
                                       .local = local,
                                       .specifier = from.specifier,
                                       .typeOnly = type});
            from.names.push_back({local, {}, type});
        }
    } else if (source >= 0) { // export * [as ns] from
        const Index ns = m_ast.child(node, K::namespace_export);
        m_facts.exports.push_back({.name = ns < 0 ? u"*"_s : keyOf(m_ast.firstNamed(ns)),
                                   .local = u"*"_s,
                                   .specifier = from.specifier,
                                   .typeOnly = typeOnly});
        from.names.push_back({u"*"_s, {}, typeOnly});
    } else if (const Index declaration = m_ast.child(node, Field::Declaration); declaration >= 0) {
        const size_t first = m_facts.declarations.size();
        statement(declaration, !isDefault);
        if (isDefault && m_facts.declarations.size() > first) {
            Declaration &d = m_facts.declarations[first];
            if (d.name.isEmpty())
                d.name = u"default"_s;
            addExport(u"default"_s, d.name, d.isTypeOnly());
        }
    } else if (const Index value = m_ast.child(node, Field::Value); value >= 0) {
        Declaration d{.name = u"default"_s,
                      .line = m_ast.line(value),
                      .endLine = m_ast.endLine(value),
                      .hash = m_ast.hash(value),
                      .value = expr(value)};
        collect(value, d.names, d.types);
        m_facts.steps.push_back({static_cast<int>(m_facts.declarations.size()), {}});
        m_facts.declarations.push_back(std::move(d));
        addExport(u"default"_s, u"default"_s, false);
    } else if (m_ast.hasToken(node, "=")) { // export = x
        if (const Index assigned = m_ast.firstNamed(node); assigned >= 0) {
            Declaration d{.name = u"default"_s,
                          .line = m_ast.line(assigned),
                          .hash = m_ast.hash(assigned),
                          .value = expr(assigned)};
            collect(assigned, d.names, d.types);
            m_facts.steps.push_back({static_cast<int>(m_facts.declarations.size()), {}});
            m_facts.declarations.push_back(std::move(d));
            addExport(u"default"_s, u"default"_s, false);
            addExport(u"="_s, u"default"_s, false);
        }
    }
    if (source >= 0)
        m_facts.imports.push_back(std::move(from));
}

/// module.exports = value, module.exports.name = value, exports.name = value. The whole is exported as "default", as a
/// static import sees it, and as "=", as require() does.
bool Lowerer::commonJsExport(Index node)
{
    if (m_ast.kind(node) != K::assignment_expression)
        return false;
    const Index left = m_ast.child(node, Field::Left), value = m_ast.child(node, Field::Right);
    if (m_ast.kind(left) != K::member_expression || value < 0)
        return false;
    const QByteArrayView target = m_ast.bytes(left);
    const bool whole = target == "module.exports";
    const bool single = !whole && (m_ast.bytes(m_ast.child(left, Field::Object)) == "module.exports" ||
                                   m_ast.bytes(m_ast.child(left, Field::Object)) == "exports");
    if (!whole && !single)
        return false;
    const QString property = keyOf(m_ast.child(left, Field::Property));
    Declaration d{.name = whole ? u"default"_s : u"exports."_s + property,
                  .line = m_ast.line(value),
                  .endLine = m_ast.endLine(value),
                  .hash = m_ast.hash(node),
                  .value = expr(value)};
    collect(value, d.names, d.types);
    if (whole && d.value && d.value->is(Expr::Kind::Object)) {
        for (const Property &p : d.value->properties()) {
            if (!p.name.isEmpty() && p.value && p.value->is(Expr::Kind::Name))
                addExport(p.name, p.value->text, false);
        }
    }
    addExport(whole ? u"default"_s : property, d.name, false);
    if (whole)
        addExport(u"="_s, d.name, false);
    m_facts.steps.push_back({static_cast<int>(m_facts.declarations.size()), {}});
    m_facts.declarations.push_back(std::move(d));
    return true;
}

/// import("…") and require("…") anywhere in the file.
void Lowerer::dynamicImports()
{
    if (!mayLoad(m_ast.source()))
        return;
    for (Index i = 0; i < m_ast.size(); ++i) {
        if (m_ast.kind(i) != K::call_expression)
            continue;
        const char first = m_ast.source()[m_ast[i].start];
        if (first != 'i' && first != 'r')
            continue;
        const Index function = m_ast.child(i, Field::Function);
        if (function < 0 || m_ast[function].end - m_ast[function].start > 7)
            continue;
        const QByteArrayView callee = m_ast.bytes(function);
        if (callee != "import" && callee != "require")
            continue;
        const Index argument = m_ast.firstNamed(m_ast.child(i, Field::Arguments));
        const auto kind = callee == "import" ? Import::Kind::Dynamic : Import::Kind::Require;
        const ExprPtr value = expr(argument);
        if (value && value->is(Expr::Kind::String)) {
            m_facts.imports.push_back({.kind = kind, .specifier = value->text, .line = m_ast.line(i)});
        } else if (argument >= 0) {
            m_facts.notes.push_back({u"dynamic-import"_s, m_ast.line(i),
                                     u"What this imports is known only when it runs: changes of that module may go "
                                     "unnoticed here."_s});
        }
    }
}

/// An imported name that is used as a type alone is dropped by the runtime; so are whole imports of such names.
void Lowerer::dropUnusedImports()
{
    QSet<QString> used, imported;
    for (const Import &i : std::as_const(m_facts.imports)) {
        for (const ImportName &n : i.names)
            imported.insert(n.local);
    }
    if (imported.isEmpty() && m_facts.imports.empty())
        return;
    const auto use = [&](const QStringList &names) {
        for (const QString &name : names) {
            if (imported.contains(name))
                used.insert(name);
        }
    };
    use(m_facts.stepNames);
    for (const Declaration &d : m_facts.declarations) {
        if (!d.isTypeOnly())
            use(d.names);
    }
    for (const Export &e : m_facts.exports) {
        if (e.specifier.isEmpty() && !e.typeOnly)
            used.insert(e.local);
    }
    for (Import &i : m_facts.imports) {
        bool value = i.names.empty();
        for (ImportName &n : i.names) {
            if (!n.local.isEmpty() && !n.typeOnly && !used.contains(n.local))
                n.typeOnly = true;
            value |= !n.typeOnly;
        }
        i.typeOnly |= !value;
    }
}

} // namespace paddock::workspace
