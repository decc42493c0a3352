// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/interpreter.h"

#include <algorithm>

namespace paddock::workspace {

using namespace Qt::StringLiterals;
using EK = Expr::Kind;
using VK = Value::Kind;

namespace {

constexpr int maxDepth = 64;

/// Whether a function could build anything of interest: otherwise it need not be followed.
bool couldMatter(const Function &f)
{
    return !f.body->statements.empty() || !f.body->returns.empty();
}

} // namespace

Interpreter::Interpreter(const ProjectData &data, Model &model)
    : m_data(data), m_model(model), m_lookup(data, &m_looked)
{}

void Interpreter::note(const char *severity, const char *code, const SourceFile *file, int line, const QString &message)
{
    const Diagnostic d{QString::fromLatin1(severity), QString::fromLatin1(code), file ? file->path : QString(), line,
                       message};
    if (!m_model.notes.contains(d))
        m_model.notes.append(d);
}

void Interpreter::load(const SourceFile &first)
{
    // Depth first along value imports, without recursion: a chain of imports may be long.
    struct Entry
    {
        const SourceFile *file;
        size_t next;
    };
    if (m_modules.contains(&first))
        return;
    const auto open = [this](const SourceFile &file) {
        m_modules.insert(&file, std::make_shared<Scope>(Scope{Lookup::frameOf(file), {}, nullptr}));
    };
    std::vector<Entry> stack{{&first, 0}};
    open(first);
    while (!stack.empty()) {
        const SourceFile &file = *stack.back().file;
        const size_t i = stack.back().next++;
        if (i < file.edges.size()) {
            const Import &import = file.facts->imports[i];
            if (import.typeOnly || import.kind == Import::Kind::Dynamic || !file.edges[i].found())
                continue;
            const SourceFile *target = m_data.files.find(file.edges[i].target);
            if (target && !m_modules.contains(target)) {
                open(*target);
                stack.push_back({target, 0});
            }
            continue;
        }
        Scope &scope = *m_modules.value(&file);
        for (const Step &step : file.facts->steps) {
            if (step.declaration >= 0)
                runDeclaration(file.facts->declarations[static_cast<size_t>(step.declaration)], scope);
            else
                runStatement(step.expr, scope);
        }
        stack.pop_back();
    }
}

void Interpreter::runDeclaration(const Declaration &d, Scope &scope)
{
    if (!d.value || d.isTypeOnly() || d.kind == Declaration::Kind::Function || d.kind == Declaration::Kind::Class)
        return;
    Value value = evaluate(d.value, scope);
    if (value.is(VK::Plugin) && m_model.plugins[static_cast<size_t>(value.plugin)].name.isEmpty())
        m_model.plugins[static_cast<size_t>(value.plugin)].line = d.line;
    scope.variables.insert_or_assign(d.name, std::move(value));
}

void Interpreter::runStatement(const ExprPtr &e, Scope &scope)
{
    if (!e)
        return;
    if (e->is(EK::Guarded)) {
        ++m_guarded;
        for (const ExprPtr &child : e->children)
            runStatement(child, scope);
        --m_guarded;
    } else if (e->is(EK::ForOf)) {
        const Value list = evaluate(e->children[0], scope);
        const std::vector<Value> once{Value{}};
        ++m_loops;
        for (const Value &item : list.is(VK::Array) ? list.items : once) {
            bindPattern(e->text, item, scope);
            for (size_t i = 1; i < e->children.size(); ++i)
                runStatement(e->children[i], scope);
        }
        --m_loops;
    } else if (e->is(EK::Assign)) {
        Value value = evaluate(e->children[1], scope);
        if (e->children[0] && e->children[0]->is(EK::Name)) {
            Scope *at = &scope;
            while (at->parent && !at->variables.contains(e->children[0]->text))
                at = at->parent;
            at->variables.insert_or_assign(e->children[0]->text, std::move(value));
        } else if (e->children[0] && e->children[0]->is(EK::Member) && e->children[0]->children[0]) {
            const Value object = evaluate(e->children[0]->children[0], scope);
            if (object.is(VK::Instance))
                object.instance->fields.insert(e->children[0]->text, std::move(value));
        }
    } else {
        evaluate(e, scope);
    }
}

Value Interpreter::lookUp(const QString &name, Scope &scope)
{
    for (Scope *at = &scope; at; at = at->parent) {
        if (const auto found = at->variables.find(name); found != at->variables.end())
            return found->second;
    }
    return fromTarget(m_lookup.name(name, scope.frame));
}

Value Interpreter::fromTarget(const Target &target)
{
    if (target.isExternal()) {
        Value value;
        if (target.name == "createPlugin"_L1)
            value.kind = VK::Builder;
        return value;
    }
    if (target.wholeModule)
        return {.kind = VK::Module, .module = target.file};
    if (!target.declaration)
        return {};
    if (target.frame && !target.frame->function && target.file) {
        if (const auto module = m_modules.value(target.file)) {
            const auto found = module->variables.find(target.declaration->name);
            if (found != module->variables.end())
                return found->second;
        }
    }
    if (!target.declaration->value)
        return {};
    return {.kind = VK::Data, .ref = {target.declaration->value, target.frame}};
}

Value Interpreter::exported(const SourceFile &file, const QString &name)
{
    return fromTarget(m_lookup.exported(file, name));
}

std::optional<QString> Interpreter::text(const ExprPtr &e, Scope &scope)
{
    if (!e)
        return {};
    if (e->is(EK::Choice) && e->text == "?"_L1) {
        const auto first = text(e->children.front(), scope);
        return first == text(e->children.back(), scope) ? first : std::nullopt;
    }
    if (e->is(EK::Template)) {
        QString result;
        for (const ExprPtr &part : e->children) {
            const auto piece = text(part, scope);
            if (!piece)
                return {};
            result += *piece;
        }
        return result;
    }
    const Value value = evaluate(e, scope);
    if (value.ref.isValid() && value.ref.expr->is(EK::Template) && value.ref.expr != e) {
        // A constant of this function, or of another module
        if (value.ref.frame == scope.frame)
            return text(value.ref.expr, scope);
    }
    return m_lookup.text(value.ref.isValid() ? value.ref : Ref{e, scope.frame});
}

Value Interpreter::evaluate(const ExprPtr &e, Scope &scope)
{
    if (!e || m_depth > maxDepth || --m_budget < 0)
        return {};
    struct Guard
    {
        int &depth;
        explicit Guard(int &d) : depth(++d) {}
        ~Guard() { --depth; }
    } guard(m_depth);

    const Value data{.kind = VK::Data, .ref = {e, scope.frame}};
    switch (e->kind) {
    case EK::Name: {
        Value value = lookUp(e->text, scope);
        if (!value.ref.isValid())
            value.ref = {e, scope.frame};
        return value;
    }
    case EK::Cast:
    case EK::Satisfies:
    case EK::Await: return evaluate(e->children[0], scope);
    case EK::Choice: {
        const bool isOpen = e->text == "?"_L1 || e->text == "&&"_L1; // a ?? b and a || b: most likely the first
        m_guarded += isOpen ? 1 : 0;
        Value result, either{.kind = VK::Array, .ref = {e, scope.frame}};
        for (const ExprPtr &child : e->children) {
            Value value = evaluate(child, scope);
            if (value.is(VK::Unknown) || (value.is(VK::Data) && child->is(EK::Nullish)))
                continue;
            if (value.is(VK::Router) || value.is(VK::Plugin))
                either.items.push_back(value);
            if (result.is(VK::Unknown))
                result = std::move(value);
            if (!isOpen)
                break;
        }
        m_guarded -= isOpen ? 1 : 0;
        if (either.items.size() > 1 &&
            (either.items[0].router != either.items[1].router || either.items[0].plugin != either.items[1].plugin))
            return either;
        const bool isText = e->text == "?"_L1 && result.is(VK::Data); // of which either part may be it
        return result.is(VK::Unknown) || isText ? data : result;
    }
    case EK::Array: {
        Value value{.kind = VK::Array, .ref = {e, scope.frame}};
        for (const ExprPtr &child : e->children) {
            if (child && child->is(EK::Spread)) {
                const Value inner = evaluate(child->children[0], scope);
                value.items.insert(value.items.end(), inner.items.begin(), inner.items.end());
            } else {
                value.items.push_back(evaluate(child, scope));
            }
        }
        return value;
    }
    case EK::Member: {
        const Value object = evaluate(e->children[0], scope);
        if (object.is(VK::Module))
            return exported(*object.module, e->text);
        if (object.is(VK::Instance)) {
            if (const auto field = object.instance->fields.constFind(e->text);
                field != object.instance->fields.constEnd())
                return *field;
            return {.kind = VK::Unknown, .ref = {e, scope.frame}};
        }
        if (object.is(VK::Router) && e->text == "middleware"_L1) {
            Value value = object;
            value.kind = VK::MiddlewareBuilder;
            return value;
        }
        if (object.is(VK::Unknown) && e->text == "createPlugin"_L1 &&
            m_lookup.isFramework(e, scope.frame, u"createPlugin"))
            return {.kind = VK::Builder};
        if (object.ref.isValid()) {
            const Ref found = m_lookup.property(object.ref, e->text);
            if (found.isValid()) {
                if (found.frame == scope.frame)
                    return propertyValue(found.expr, scope);
                if (found.frame && !found.frame->function && found.frame->file) {
                    if (const auto module = m_modules.value(found.frame->file))
                        return propertyValue(found.expr, *module);
                }
                return {.kind = VK::Data, .ref = found};
            }
        }
        return {.kind = VK::Unknown, .ref = {e, scope.frame}};
    }
    case EK::Index: {
        const Value object = evaluate(e->children[0], scope);
        const auto index = e->children.size() > 1 ? text(e->children[1], scope) : std::nullopt;
        bool number = false;
        const size_t at = index ? index->toUInt(&number) : 0;
        if (object.is(VK::Array) && number && at < object.items.size())
            return object.items[at];
        return {.kind = VK::Unknown, .ref = {e, scope.frame}};
    }
    case EK::Call: return call(*e, e, scope);
    case EK::New: {
        if (m_lookup.isFramework(e->children[0], scope.frame, u"AppServer")) {
            m_sawServer = true;
            return {.kind = VK::Server};
        }
        if (m_lookup.isFramework(e->children[0], scope.frame, u"Router"))
            return createRouter(*e, scope);
        const Ref target = m_lookup.settle({e->children[0], scope.frame});
        if (target.isValid() && target.expr->is(EK::Class)) {
            std::vector<Value> arguments;
            for (size_t i = 1; i < e->children.size(); ++i)
                arguments.push_back(evaluate(e->children[i], scope));
            return instantiate(target, std::move(arguments), scope);
        }
        return data;
    }
    case EK::This: return lookUp(u"this"_s, scope);
    case EK::Other: return {.kind = VK::Unknown, .ref = {e, scope.frame}};
    default: return data;
    }
}

/// Of an object that is written out: it is made once, whoever asks for its parts.
Value Interpreter::propertyValue(const ExprPtr &e, Scope &scope)
{
    const std::pair key(e.get(), scope.frame.get());
    if (const auto known = m_kept.constFind(key); known != m_kept.cend())
        return known->value;
    Value value = evaluate(e, scope);
    if (m_loops == 0 && (value.is(VK::Router) || value.is(VK::Plugin) || value.is(VK::Instance)))
        m_kept.insert(key, {scope.frame, value});
    return value;
}

Value Interpreter::call(const Expr &e, const ExprPtr &self, Scope &scope)
{
    const ExprPtr &callee = e.children[0];
    if (!callee)
        return {};
    if (m_lookup.isFramework(callee, scope.frame, u"createRouter"))
        return createRouter(e, scope);
    if (m_lookup.isFramework(callee, scope.frame, u"createServer") ||
        m_lookup.isFramework(callee, scope.frame, u"createAppServer")) {
        m_sawServer = true;
        return {.kind = VK::Server};
    }
    if (callee->is(EK::Member)) {
        const Value on = evaluate(callee->children[0], scope);
        if (on.is(VK::Module)) {
            if (callee->text == "then"_L1 && e.children.size() > 1) // import("./x").then(({ xPlugin }) => …)
                return invoke(evaluate(e.children[1], scope).ref, {on}, scope);
            const Value function = exported(*on.module, callee->text);
            if (function.is(VK::Plugin))
                return function; // authPlugin({ … })
            std::vector<Value> arguments;
            for (size_t i = 1; i < e.children.size(); ++i)
                arguments.push_back(evaluate(e.children[i], scope));
            return invoke(function.ref, std::move(arguments), scope);
        }
        if (on.is(VK::Instance)) {
            std::vector<Value> arguments;
            for (size_t i = 1; i < e.children.size(); ++i)
                arguments.push_back(evaluate(e.children[i], scope));
            return methodOf(on, callee->text, std::move(arguments), scope);
        }
        return method(on, callee->text, e, scope);
    }
    if (const Target loaded = m_lookup.moduleOf(self, scope.frame); loaded.wholeModule) { // await import("./routes")
        load(*loaded.file);
        if (callee->is(EK::Name, u"require")) {
            if (const Value whole = exported(*loaded.file, u"="_s); !whole.is(VK::Unknown) && !whole.is(VK::Data))
                return whole;
        }
        return {.kind = VK::Module, .module = loaded.file};
    }
    const Value function = evaluate(callee, scope);
    if (function.is(VK::Plugin))
        return function; // a plugin that takes a configuration
    std::vector<Value> arguments;
    for (size_t i = 1; i < e.children.size(); ++i)
        arguments.push_back(evaluate(e.children[i], scope));
    const Ref target = m_lookup.settle(function.ref);
    if (target.isValid() && target.expr->is(EK::Function)) {
        Value result = invoke(target, std::move(arguments), scope);
        if (result.is(VK::Unknown) && !result.ref.isValid())
            result.ref = {self, scope.frame};
        return result;
    }
    // An unknown function around a router or plugin most likely hands it on.
    for (const Value &argument : arguments) {
        if (argument.is(VK::Router) || argument.is(VK::Plugin) || argument.is(VK::Server))
            return argument;
    }
    return {.kind = VK::Unknown, .ref = {self, scope.frame}};
}

Value Interpreter::invoke(const Ref &function, std::vector<Value> arguments, Scope &scope, const Value *self)
{
    const Ref target = m_lookup.settle(function);
    if (!target.isValid() || !target.expr->is(EK::Function) || m_depth > maxDepth)
        return {};
    const FunctionPtr &f = target.expr->function();
    m_lookup.look(f.get(), target.frame);
    if (!couldMatter(*f))
        return {};
    std::vector<Ref> given;
    for (const Value &argument : arguments)
        given.push_back(argument.ref);
    Scope inner{m_lookup.frameOfCall(target, given), {}, nullptr};
    // A closure sees the variables of where it was made: the caller's where it is local to it, else its module's.
    for (Scope *at = &scope; at; at = at->parent) {
        if (at->frame == target.frame)
            inner.parent = at;
    }
    const auto module = m_modules.value(target.frame->file);
    if (!inner.parent && module)
        inner.parent = module.get();
    for (size_t i = 0; i < f->parameters.size(); ++i) {
        if (i < arguments.size() && !f->parameters[i].name.isEmpty())
            inner.variables.insert_or_assign(f->parameters[i].name, arguments[i]);
        for (qsizetype part = 0;
             i < arguments.size() && arguments[i].is(VK::Array) && f->parameters[i].name.isEmpty() &&
             part < f->parameters[i].names.size() && part < static_cast<qsizetype>(arguments[i].items.size());
             ++part) // ([name, config]) => …
            inner.variables.insert_or_assign(f->parameters[i].names[part],
                                             arguments[i].items[static_cast<size_t>(part)]);
        if (i < arguments.size() && arguments[i].is(VK::Module) && f->parameters[i].name.isEmpty()) {
            for (const QString &part : f->parameters[i].names) // ({ usersPlugin }) => …
                inner.variables.insert_or_assign(part, exported(*arguments[i].module, part));
        }
    }
    if (self)
        inner.variables.insert_or_assign(u"this"_s, *self);
    ++m_depth;
    for (const Declaration &d : f->body->locals)
        runDeclaration(d, inner);
    for (const ExprPtr &statement : f->body->statements)
        runStatement(statement, inner);
    Value result;
    for (const ExprPtr &value : f->body->returns) {
        Value candidate = evaluate(value, inner);
        if (result.is(VK::Unknown) || result.is(VK::Data))
            result = std::move(candidate);
    }
    --m_depth;
    return result;
}

void Interpreter::collectRoutes(const RouterValue &router, std::vector<RouteDef> &into, int depth) const
{
    if (depth > maxDepth)
        return;
    for (const RouteDef &route : router.routes) {
        into.push_back(route);
        // A route holds its router's own list: middleware that is added later counts for it as well, unless the list
        // was empty when the route was made.
        if (!route.sharesStack)
            continue;
        RouteDef &added = into.back();
        added.middleware.clear();
        added.middlewareConfig.clear();
        for (const Middleware &m : router.stack) {
            added.middleware.append(m.name);
            added.middlewareConfig.push_back(m.config);
        }
    }
    for (const RouterPtr &child : router.children)
        collectRoutes(*child, into, depth + 1);
}

void Interpreter::finish(bool mountedOnly)
{
    for (const Given &given : m_registrations) {
        const QString name = given.plugin < 0 ? QString() : m_model.plugins[static_cast<size_t>(given.plugin)].name;
        if (given.file && given.file->path == m_model.entry && (given.plugin < 0 || !name.isEmpty()))
            m_model.registrations.push_back({given.call, name});
    }
    std::vector<RouteDef> routes;
    if (mountedOnly && !m_unknownMount) {
        for (const RouterPtr &router : m_mounted)
            collectRoutes(*router, routes);
    } else {
        for (const RouterPtr &router : m_routers) {
            if (!router->used || std::ranges::find(m_mounted, router) != m_mounted.end())
                collectRoutes(*router, routes);
        }
    }
    // Of two routes with one name the later one serves, as in the framework's map.
    QHash<std::pair<QString, QString>, size_t> known;
    for (RouteDef &route : routes) {
        const std::pair key{route.name, route.version};
        if (const auto at = known.constFind(key); at != known.constEnd()) {
            const RouteDef &other = m_model.routes[*at];
            if (other.file != route.file || other.line != route.line) {
                m_model.notes.append({u"warning"_s, u"duplicate-route"_s, route.file, route.line,
                                      u"The route \"%1\" is defined in %2:%3 as well; this one serves."_s.arg(
                                          route.name, other.file, QString::number(other.line))});
            }
            m_model.routes[*at] = std::move(route);
        } else {
            known.insert(key, m_model.routes.size());
            m_model.routes.push_back(std::move(route));
        }
    }
    m_model.routes.shrink_to_fit(); // it stays
    for (const RouterPtr &router : m_routers) {
        m_model.routersIn[router->file].append(router->line);
        if (mountedOnly && !m_unknownMount && !router->used && !(router->routes.empty() && router->children.empty())) {
            note("info", "router-not-mounted", m_data.files.find(router->file), router->line,
                 u"No server uses this router: its routes are not served."_s);
        }
    }
}

} // namespace paddock::workspace
