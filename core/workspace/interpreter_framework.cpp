// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/interpreter.h"

#include <algorithm>

namespace paddock::workspace {

using namespace Qt::StringLiterals;
using EK = Expr::Kind;
using VK = Value::Kind;

namespace {

QString joined(const QString &prefix, const QString &name)
{
    return prefix.isEmpty() ? name : prefix + u'.' + name;
}

/// The guide chains middleware: router.middleware.cors().auth().rateLimit(). Whether nothing but such calls stands
/// between this one and `.middleware`.
bool isInMiddlewareChain(const Expr &call)
{
    const Expr *at = &call;
    for (int depth = 0; depth < 32; ++depth) {
        const ExprPtr &callee = at->children[0];
        if (!callee || !callee->is(EK::Member) || !callee->children[0])
            return false;
        if (callee->children[0]->is(EK::Member, u"middleware"))
            return true;
        if (!callee->children[0]->is(EK::Call) || callee->text == "route"_L1 || callee->text == "router"_L1)
            return false;
        at = callee->children[0].get();
    }
    return false;
}

} // namespace

Value Interpreter::createRouter(const Expr &e, Scope &scope)
{
    auto router = std::make_shared<RouterValue>();
    router->file = scope.frame->file->path;
    router->line = e.line;
    if (e.children.size() > 1) {
        const auto prefix = text(e.children[1], scope);
        const bool absent = e.children[1] && e.children[1]->is(EK::Nullish);
        if (prefix) {
            router->prefix = *prefix;
        } else if (!absent) {
            router->prefix = u"?"_s;
            note("warning", "router-prefix", scope.frame->file, e.line,
                 u"The prefix of this router is known only when it runs."_s);
        }
    }
    if (e.children.size() > 2) {
        const Ref version = m_lookup.property({e.children[2], scope.frame}, u"version");
        if (const auto known = version.isValid() ? m_lookup.text(version) : std::nullopt)
            router->version = *known;
        else if (version.isValid())
            note("warning", "router-version", scope.frame->file, e.line,
                 u"The version of this router is known only when it runs."_s);
    }
    m_routers.push_back(router);
    return {.kind = VK::Router, .ref = {}, .router = router};
}

Value Interpreter::definePlugin(const Value &builder, const Expr &e, Scope &scope)
{
    PluginDef plugin;
    plugin.file = scope.frame->file->path;
    plugin.line = e.line;
    plugin.frame = scope.frame;
    plugin.schema = builder.schema;
    plugin.config = builder.config;
    if (e.children.size() > 1)
        plugin.object = {e.children[1], scope.frame};
    const Ref nameRef = m_lookup.property(plugin.object, u"name");
    if (const auto known = nameRef.isValid() ? m_lookup.text(nameRef) : std::nullopt) {
        plugin.name = *known;
    } else {
        note("warning", "plugin-name", scope.frame->file, e.line,
             u"The name of this plugin is known only when it runs."_s);
        return {};
    }
    // A factory may define the same plugin for several callers.
    for (size_t i = 0; i < m_model.plugins.size(); ++i) {
        const PluginDef &known = m_model.plugins[i];
        if (known.name != plugin.name)
            continue;
        if (known.file != plugin.file || known.line != plugin.line)
            note("warning", "duplicate-plugin", scope.frame->file, e.line,
                 u"A plugin \"%1\" is defined in %2:%3 as well."_s.arg(plugin.name, known.file,
                                                                       QString::number(known.line)));
        return {.kind = VK::Plugin, .ref = {}, .plugin = static_cast<int>(i)};
    }
    m_model.plugins.push_back(std::move(plugin));
    return {.kind = VK::Plugin, .ref = {}, .plugin = static_cast<int>(m_model.plugins.size() - 1)};
}

void Interpreter::addRoute(const Value &builder, const QString &handler, const ExprPtr &config, const Expr &e,
                           Scope &scope)
{
    if (builder.text.isEmpty()) // said already; what follows in the chain still counts
        return;
    RouterValue &router = *builder.router;
    const QString fullName = joined(router.prefix, builder.text);
    RouteDef route{.name = fullName,
                   .handler = handler,
                   .file = scope.frame->file->path,
                   .line = e.line,
                   .version = router.version,
                   .config = {config, scope.frame},
                   .routerFile = router.file,
                   .conditional = m_guarded > 0};
    if (builder.ref.isValid()) // where .route("…") is written, not where the chain begins
        route.line = builder.ref.expr->line;
    if (config && config->is(EK::Name)) { // a local of this function or of the module
        const Ref known = m_lookup.settle(route.config);
        const Value value = known.expr->is(EK::Object) ? Value{} : lookUp(config->text, scope);
        if (value.ref.isValid() && value.ref.expr != config)
            route.config = value.ref;
    }
    route.sharesStack = !router.stack.empty();
    if (route.conditional)
        note("info", "conditional-route", scope.frame->file, route.line,
             u"Whether the route \"%1\" exists is decided when the server runs."_s.arg(fullName));
    std::erase_if(router.routes, [&](const RouteDef &other) { return other.name == fullName; });
    router.routes.push_back(std::move(route));
}

void Interpreter::use(const Value &value, const Expr &e, const Scope &scope)
{
    if (value.is(VK::Router)) {
        value.router->used = true;
        m_mounted.push_back(value.router);
    } else if (value.is(VK::Array)) {
        for (const Value &item : value.items)
            use(item, e, scope);
    } else {
        m_unknownMount = true;
        note("warning", "unknown-router", scope.frame->file, e.line,
             u"Which router is mounted here is known only when it runs."_s);
    }
}

void Interpreter::registerPlugin(const Value &value, const Expr &e, const Scope &scope)
{
    if (value.is(VK::Plugin)) {
        m_model.plugins[static_cast<size_t>(value.plugin)].registered = true;
    } else if (value.is(VK::Array)) {
        for (const Value &item : value.items)
            registerPlugin(item, e, scope);
    } else {
        note("info", "unknown-plugin", scope.frame->file, e.line,
             u"Which plugin is registered here is known only when it runs, or it comes from a package."_s);
    }
}

/// What is given to the server under a condition, where its own routes do not say so already.
void Interpreter::noteConditional(const Value &value, const Expr &e, const Scope &scope)
{
    for (const Value &item : value.items)
        noteConditional(item, e, scope);
    if (value.is(VK::Router) && !std::ranges::all_of(value.router->routes, &RouteDef::conditional))
        note("info", "conditional-router", scope.frame->file, e.line,
             u"Whether the server uses this router, and has its routes, is decided when it runs."_s);
    else if (value.is(VK::Plugin))
        note("info", "conditional-plugin", scope.frame->file, e.line,
             u"Whether the server has this plugin is decided when it runs."_s);
}

Value Interpreter::method(const Value &on, const QString &name, const Expr &e, Scope &scope)
{
    const ExprPtr argument = e.children.size() > 1 ? e.children[1] : ExprPtr();
    switch (on.kind) {
    case VK::Builder: {
        if (name == "define"_L1)
            return definePlugin(on, e, scope);
        Value next = on;
        if (name == "withSchema"_L1)
            next.schema = e.type();
        else if (name == "withConfig"_L1)
            next.config = e.type().isGiven() ? e.type() : TypeInfo{.text = u"unknown"_s, .hash = 1, .names = {}};
        return next;
    }
    case VK::Router:
    case VK::RouteBuilder:
    case VK::MiddlewareBuilder: return routerMethod(on, name, e, scope);
    case VK::Server:
        if (name == "use"_L1 || name == "registerPlugin"_L1 || name == "registerPlugins"_L1) {
            for (size_t i = 1; i < e.children.size(); ++i) {
                const bool spread = e.children[i] && e.children[i]->is(EK::Spread);
                const Value value = evaluate(spread ? e.children[i]->children[0] : e.children[i], scope);
                const bool isEither = e.children[i] && e.children[i]->is(EK::Choice) && e.children[i]->text == "?"_L1;
                if (m_guarded > 0 || isEither)
                    noteConditional(value, e, scope);
                if (name == "use"_L1)
                    use(value, e, scope);
                else
                    registerPlugin(value, e, scope);
                const bool isPlain = m_guarded == 0 && !isEither && !spread && e.children.size() == 2;
                if (isPlain && value.is(name == "use"_L1 ? VK::Router : VK::Plugin))
                    m_registrations.push_back({&e, scope.frame->file, value.is(VK::Plugin) ? value.plugin : -1});
            }
        }
        return on; // chained: server.registerPlugin(a).registerPlugin(b)
    case VK::Array: {
        if ((name == "forEach"_L1 || name == "map"_L1) && argument) {
            Value result{.kind = VK::Array};
            const Value function = evaluate(argument, scope);
            for (const Value &item : on.items)
                result.items.push_back(invoke(function.ref, {item}, scope));
            return result;
        }
        if (name == "concat"_L1 || name == "push"_L1) {
            Value result = on;
            for (size_t i = 1; i < e.children.size(); ++i) {
                const Value more = evaluate(e.children[i], scope);
                if (more.is(VK::Array))
                    result.items.insert(result.items.end(), more.items.begin(), more.items.end());
                else
                    result.items.push_back(more);
            }
            // push changes the array that a name stands for
            if (const ExprPtr &object = e.children[0]->children[0];
                name == "push"_L1 && object && object->is(EK::Name)) {
                for (Scope *at = &scope; at; at = at->parent) {
                    if (at->variables.contains(object->text)) {
                        at->variables.insert_or_assign(object->text, result);
                        break;
                    }
                }
            }
            return result;
        }
        return name == "filter"_L1 || name == "slice"_L1 || name == "reverse"_L1 || name == "sort"_L1 ? on : Value{};
    }
    default: break;
    }
    // A method of an object literal, or of something unknown: registrations within arguments still count.
    std::vector<Value> arguments;
    for (size_t i = 1; i < e.children.size(); ++i)
        arguments.push_back(evaluate(e.children[i], scope));
    if (on.ref.isValid()) {
        if (const Ref member = m_lookup.property(on.ref, name); member.isValid()) {
            if (member.expr->is(EK::Function))
                return invoke(member, std::move(arguments), scope);
        }
    }
    if ((name == "values"_L1 || name == "keys"_L1 || name == "entries"_L1) && arguments.size() == 1 &&
        e.children[0]->children[0] && e.children[0]->children[0]->is(EK::Name, u"Object"))
        return entriesOf(arguments[0], name, scope);
    // registerRoutes.call(…), wrap.with(router): hand on what most likely comes back
    for (const Value &value : arguments) {
        if (value.is(VK::Router) || value.is(VK::Plugin))
            return value;
    }
    return {};
}

Value Interpreter::routerMethod(const Value &on, const QString &name, const Expr &e, Scope &scope)
{
    const ExprPtr argument = e.children.size() > 1 ? e.children[1] : ExprPtr();
    const Value router{.kind = VK::Router, .router = on.router};
    if (on.is(VK::MiddlewareBuilder)) {
        on.router->stack.push_back({name, {argument, scope.frame}});
        return router;
    }
    if (on.is(VK::RouteBuilder)) {
        const bool custom = name == "addHandler"_L1;
        const auto handler = custom ? text(argument, scope) : std::optional(name);
        const ExprPtr config = custom ? (e.children.size() > 2 ? e.children[2] : ExprPtr()) : argument;
        addRoute(on, handler.value_or(u"?"_s), config, e, scope);
        return router;
    }
    if (name == "route"_L1) {
        const auto known = argument ? text(argument, scope) : std::nullopt;
        if (!known) {
            note("warning", "route-name", scope.frame->file, e.line,
                 u"The name of this route is known only when it runs."_s);
            return {.kind = VK::RouteBuilder, .ref = {argument, scope.frame}, .router = on.router};
        }
        // The line of the name: a chain of routes is one expression that begins with its first.
        Value builder{.kind = VK::RouteBuilder, .ref = {argument, scope.frame}, .text = *known, .router = on.router};
        return builder;
    }
    if (name == "router"_L1) {
        const Value other = argument ? evaluate(argument, scope) : Value{};
        if (other.is(VK::Router)) {
            other.router->used = true;
            std::vector<RouteDef> routes;
            collectRoutes(*other.router, routes);
            for (RouteDef &route : routes) {
                route.name = joined(on.router->prefix, route.name);
                QStringList names;
                std::vector<Ref> configs;
                for (const Middleware &m : on.router->stack) {
                    names.append(m.name);
                    configs.push_back(m.config);
                }
                route.middleware = names + route.middleware;
                route.middlewareConfig.insert(route.middlewareConfig.begin(), configs.begin(), configs.end());
                route.sharesStack = false; // merging copies
                // A merged route takes part in its new router's version.
                route.version = on.router->version;
                std::erase_if(on.router->routes, [&](const RouteDef &r) { return r.name == route.name; });
                on.router->routes.push_back(std::move(route));
            }
            return router;
        }
        const auto prefix = argument ? text(argument, scope) : std::nullopt;
        if (!prefix) {
            note("warning", "unknown-router", scope.frame->file, e.line,
                 u"Which router is merged here is known only when it runs."_s);
            return router;
        }
        auto child = std::make_shared<RouterValue>();
        child->prefix = joined(on.router->prefix, *prefix);
        child->version = on.router->version;
        child->stack = on.router->stack;
        child->file = scope.frame->file->path;
        child->line = e.line;
        child->used = true;
        on.router->children.push_back(child);
        m_routers.push_back(child);
        return {.kind = VK::Router, .router = child};
    }
    if (isInMiddlewareChain(e) && !name.startsWith("get"_L1))
        on.router->stack.push_back({name, {argument, scope.frame}});
    return router;
}

} // namespace paddock::workspace
