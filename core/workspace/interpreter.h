// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/model.h"

#include <unordered_map>

namespace paddock::workspace {

struct InstanceValue;
struct RouterValue;
using RouterPtr = std::shared_ptr<RouterValue>;

/// What an expression amounts to, as far as plugins, routers and servers are concerned.
struct Value
{
    enum class Kind : quint8 {
        Unknown,
        Data,
        Array,
        Builder,
        Plugin,
        Router,
        RouteBuilder,
        MiddlewareBuilder,
        Server,
        Module,
        Instance
    };
    Kind kind = Kind::Unknown;
    Ref ref;                  ///< Data and Unknown: the expression; RouteBuilder: the call of route()
    QString text;             ///< RouteBuilder: the route's name
    std::vector<Value> items; ///< Array
    RouterPtr router;
    int plugin = -1;         ///< index into the model
    TypeInfo schema, config; ///< Builder
    const SourceFile *module = nullptr;
    std::shared_ptr<InstanceValue> instance;

    [[nodiscard]] bool is(Kind k) const { return kind == k; }
};

/// An object of a class of the workspace.
struct InstanceValue
{
    Ref classRef;
    QHash<QString, Value> fields;
};

struct Middleware
{
    QString name;
    Ref config;
};

struct RouterValue
{
    QString prefix;
    bool prefixKnown = true;
    QString version;
    QString file;
    int line = 0;
    std::vector<Middleware> stack;
    std::vector<RouteDef> routes;
    std::vector<RouterPtr> children;
    bool used = false; ///< given to a server or to another router
};

/// Runs modules in the order in which the runtime would load them, but follows only what builds plugins, routers and
/// servers. Each module runs once; conditions are taken as true; depth and work are bounded.
class Interpreter final
{
public:
    Interpreter(const ProjectData &data, Model &model);

    void load(const SourceFile &file); ///< with everything that it imports
    /// After all modules: the routes of mounted routers; of all routers where `mountedOnly` is false.
    void finish(bool mountedOnly);
    [[nodiscard]] bool sawServer() const { return m_sawServer; }
    [[nodiscard]] bool sawMount() const { return !m_mounted.empty(); }
    [[nodiscard]] LookedAt takeLooked() { return std::move(m_looked); }

private:
    using Variables = std::unordered_map<QString, Value>; ///< most scopes have a few: a QHash makes room for many
    struct Scope                                          ///< a running function or module
    {
        FramePtr frame;
        Variables variables;
        Scope *parent = nullptr;
    };

    void runDeclaration(const Declaration &d, Scope &scope);
    void runStatement(const ExprPtr &e, Scope &scope);
    Value evaluate(const ExprPtr &e, Scope &scope);
    Value propertyValue(const ExprPtr &e, Scope &scope);
    Value call(const Expr &e, const ExprPtr &self, Scope &scope);
    Value method(const Value &on, const QString &name, const Expr &e, Scope &scope);
    Value routerMethod(const Value &on, const QString &name, const Expr &e, Scope &scope);
    Value invoke(const Ref &function, std::vector<Value> arguments, Scope &scope, const Value *self = nullptr);
    Value lookUp(const QString &name, Scope &scope);
    Value instantiate(const Ref &classRef, std::vector<Value> arguments, Scope &scope);
    void construct(const Value &self, const Ref &classRef, const std::vector<Value> &arguments, Scope &scope,
                   int depth);
    Value methodOf(const Value &self, const QString &name, std::vector<Value> arguments, Scope &scope);
    void bindPattern(const QString &pattern, const Value &value, Scope &scope);
    Value entriesOf(const Value &object, const QString &what, Scope &scope);
    Value exported(const SourceFile &file, const QString &name);
    Value fromTarget(const Target &target);
    Value createRouter(const Expr &e, Scope &scope);
    Value definePlugin(const Value &builder, const Expr &e, Scope &scope);
    void addRoute(const Value &builder, const QString &handler, const ExprPtr &config, const Expr &e, Scope &scope);
    void use(const Value &value, const Expr &e, const Scope &scope);
    void noteConditional(const Value &value, const Expr &e, const Scope &scope);
    void registerPlugin(const Value &value, const Expr &e, const Scope &scope);
    [[nodiscard]] std::optional<QString> text(const ExprPtr &e, Scope &scope);
    void collectRoutes(const RouterValue &router, std::vector<RouteDef> &into, int depth = 0) const;
    void note(const char *severity, const char *code, const SourceFile *file, int line, const QString &message);

    const ProjectData &m_data;
    Model &m_model;
    LookedAt m_looked;
    Lookup m_lookup;
    QHash<const SourceFile *, std::shared_ptr<Scope>> m_modules;
    struct Given ///< to the server, by a call with one argument
    {
        const Expr *call;
        const SourceFile *file;
        int plugin; ///< index into the model; -1: a router
    };
    std::vector<Given> m_registrations;
    std::vector<RouterPtr> m_routers;
    std::vector<RouterPtr> m_mounted;
    struct Kept
    {
        FramePtr frame; ///< so that no other one gets its address
        Value value;
    };
    QHash<std::pair<const Expr *, const Frame *>, Kept> m_kept; ///< what properties of objects are
    int m_loops = 0;
    QSet<const ClassFacts *> m_making; ///< classes of which an instance is just made
    int m_depth = 0;
    int m_guarded = 0;
    qint64 m_budget = 20'000'000; ///< expressions that may be looked at in all
    bool m_sawServer = false;
    bool m_unknownMount = false;
};

} // namespace paddock::workspace
