// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workspacetreemodel.h"

#include "models/roles.h"
#include "session/livedifferences.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QLocale>

using namespace Qt::StringLiterals;

namespace paddock::models {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("paddock::models::WorkspaceTreeModel", text);
}

ValueNode node(NodeKind kind, const QString &name, const QString &detail = {})
{
    ValueNode result;
    result.key = name;
    result.values = {{Qt::DisplayRole, name}, {KindRole, int(kind)}, {NameRole, name}};
    if (!detail.isEmpty())
        result.values.insert(DetailRole, detail);
    return result;
}

ValueNode at(ValueNode result, const QString &file, int line)
{
    result.values.insert(FileRole, file);
    result.values.insert(LineRole, line);
    return result;
}

ValueNode section(const char *key, const QString &title, std::vector<ValueNode> children)
{
    ValueNode result = node(NodeKind::Section, title, QLocale().toString(qlonglong(children.size())));
    result.key = QString::fromLatin1(key);
    result.children = std::move(children);
    return result;
}

ValueNode group(const char *key, const QString &title, std::vector<ValueNode> children, qsizetype count)
{
    ValueNode result = section(key, title, std::move(children));
    result.values.insert(KindRole, int(NodeKind::Group));
    result.values.insert(DetailRole, QLocale().toString(count));
    return result;
}

std::vector<ValueNode> leaves(NodeKind kind, const QStringList &names, const QString &owner)
{
    std::vector<ValueNode> result;
    for (const QString &name : names) {
        result.push_back(node(kind, name));
        result.back().values.insert(OwnerRole, owner);
    }
    return result;
}

// The tree shows "getByEmail" and, muted, "(email: string): Promise<User | null>".
QString withoutName(const workspace::Method &method)
{
    QString text = method.signature;
    if (text.startsWith("async "_L1))
        text = text.sliced(6);
    return text.startsWith(method.name) ? text.sliced(method.name.size()).trimmed() : text;
}

ValueNode migrationNode(const workspace::Migration &migration)
{
    ValueNode result = at(node(NodeKind::Migration, migration.name), migration.file, 0);
    result.values.insert(OwnerRole, migration.plugin);
    result.values.insert(StateRole, migration.state);
    return result;
}

struct Tree
{
    const WorkspaceState &state;
    QHash<QString, QJsonObject> live;
    QHash<QString, QStringList> dependants;
    QHash<QString, std::vector<workspace::Migration>> migrations;
    QHash<QString, std::vector<ValueNode>> cron;
    QHash<QString, QString> marks;

    void mark(ValueNode &row, const QString &what, const QString &owner, const QString &name,
              const QString &version = {}) const
    {
        const QString text = marks.value(session::LiveDifference::liveKey(what, owner, name, version));
        if (!text.isEmpty())
            row.values.insert(LiveMarkRole, text);
    }
    void markAll(std::vector<ValueNode> &rows, const QString &what, const QString &owner) const
    {
        for (ValueNode &row : rows)
            mark(row, what, owner, row.key);
    }

    explicit Tree(const WorkspaceState &s) : state(s)
    {
        for (const QJsonValue &value : s.inspection["plugins"_L1].toArray())
            live.insert(value["name"_L1].toString(), value.toObject());
        for (const workspace::Plugin &plugin : s.workspace.plugins) {
            for (const QString &dependency : plugin.dependencies)
                dependants[dependency].append(plugin.name);
        }
        for (const workspace::Migration &migration : s.workspace.migrations)
            migrations[migration.plugin].push_back(migration);
        for (const QJsonValue &value : s.inspection["cron"_L1].toArray()) {
            const QString owner = value["plugin"_L1].toString();
            ValueNode task = node(NodeKind::Cron, value["name"_L1].toString(), value["expression"_L1].toString());
            task.values.insert(OwnerRole, owner);
            cron[owner].push_back(std::move(task));
        }
    }

    [[nodiscard]] ValueNode plugin(const workspace::Plugin &plugin) const
    {
        ValueNode result = at(node(NodeKind::Plugin, plugin.name, plugin.version), plugin.file, plugin.line);
        int pending = 0;
        std::vector<ValueNode> migrationRows;
        for (const workspace::Migration &migration : migrations.value(plugin.name)) {
            migrationRows.push_back(migrationNode(migration));
            pending += migration.state == "pending"_L1 ? 1 : 0;
        }
        result.values.insert(OwnerRole, plugin.name);
        result.values.insert(GenerationRole, state.generations.value(plugin.name));
        result.values.insert(RolledBackRole, state.rolledBack.value(plugin.name));
        result.values.insert(PendingRole, pending);
        result.values.insert(StaleRole, state.staleTypes.contains(plugin.name));
        result.values.insert(ErrorRole, state.errors.value(plugin.name));
        result.values.insert(LiveRole, live.contains(plugin.name));
        mark(result, u"plugin"_s, {}, plugin.name);

        std::vector<ValueNode> methods;
        for (const workspace::Method &method : plugin.methods) {
            methods.push_back(at(node(NodeKind::Method, method.name, withoutName(method)),
                                 method.file.isEmpty() ? plugin.file : method.file, method.line));
            methods.back().values.insert(OwnerRole, plugin.name);
        }
        const auto add = [&](const char *key, const QString &title, std::vector<ValueNode> rows) {
            if (!rows.empty())
                result.children.push_back(section(key, title, std::move(rows)));
        };
        markAll(methods, u"method"_s, plugin.name);
        const auto marked = [&](NodeKind kind, const QStringList &names, const QString &what) {
            std::vector<ValueNode> rows = leaves(kind, names, plugin.name);
            markAll(rows, what, plugin.name);
            return rows;
        };
        add("methods", tr("Methods"), std::move(methods));
        add("dependencies", tr("Dependencies"), leaves(NodeKind::Dependency, plugin.dependencies, plugin.name));
        add("dependants", tr("Dependants"), leaves(NodeKind::Dependant, dependants.value(plugin.name), plugin.name));
        add("handlers", tr("Handlers"), marked(NodeKind::Handler, plugin.handlers, u"handler"_s));
        add("middleware", tr("Middleware"), marked(NodeKind::Middleware, plugin.middleware, u"middleware"_s));
        add("events", tr("Events"), marked(NodeKind::Event, plugin.events, u"event"_s));
        add("cron", tr("Cron"), cron.value(plugin.name));
        add("migrations", tr("Migrations"), std::move(migrationRows));
        return result;
    }

    [[nodiscard]] std::vector<ValueNode> routers() const
    {
        // Routes of one router share all of their name but its last part.
        std::vector<ValueNode> result;
        QHash<QString, size_t> rowOf;
        for (const workspace::Route &route : state.workspace.routes) {
            const qsizetype dot = route.name.lastIndexOf(u'.');
            const QString prefix = dot < 0 ? QString() : route.name.first(dot);
            if (!rowOf.contains(prefix)) {
                rowOf.insert(prefix, result.size());
                ValueNode router =
                    at(node(NodeKind::Router, prefix.isEmpty() ? tr("(no router)") : prefix), route.file, 0);
                router.key = prefix;
                result.push_back(std::move(router));
            }
            QStringList detail{route.handler};
            if (!route.version.isEmpty())
                detail.append(u'v' + route.version);
            detail += route.middleware;
            ValueNode row =
                at(node(NodeKind::Route, route.name.sliced(dot + 1), detail.join(u" · "_s)), route.file, route.line);
            row.key = route.name + u'@' + route.version;
            mark(row, u"route"_s, {}, route.name, route.version);
            row.values.insert(StateRole, route.handler);
            row.values.insert(RecordRole, route.name);
            row.values.insert(ErrorRole, state.errors.value(route.name));
            result[rowOf.value(prefix)].children.push_back(std::move(row));
        }
        for (ValueNode &router : result)
            router.values.insert(DetailRole, QLocale().toString(qlonglong(router.children.size())));
        return result;
    }

    [[nodiscard]] std::vector<ValueNode> migrationGroups() const
    {
        std::vector<ValueNode> result;
        QStringList order;
        for (const workspace::Migration &migration : state.workspace.migrations) {
            if (!order.contains(migration.plugin))
                order.append(migration.plugin);
        }
        for (const QString &owner : std::as_const(order)) {
            int pending = 0;
            std::vector<ValueNode> rows;
            for (const workspace::Migration &migration : migrations.value(owner)) {
                rows.push_back(migrationNode(migration));
                pending += migration.state == "pending"_L1 ? 1 : 0;
            }
            ValueNode row = section("", owner, std::move(rows));
            row.key = owner;
            row.values.insert(PendingRole, pending);
            result.push_back(std::move(row));
        }
        return result;
    }
};

} // namespace

std::vector<ValueNode> workspaceNodes(const WorkspaceState &given)
{
    // Where the running server says more, that is shown, too.
    const QList<session::LiveDifference> differences = session::compareLive(given.workspace, given.inspection);
    WorkspaceState state = given;
    state.workspace = session::withLive(given.workspace, given.inspection, differences);
    for (workspace::Migration &migration : state.workspace.migrations) {
        const QString known = given.migrationStates.value(migration.plugin + u'/' + migration.name);
        if (!known.isEmpty())
            migration.state = known;
    }
    Tree tree(state);
    for (const session::LiveDifference &d : differences)
        tree.marks.insert(d.key(), d.onlyLive ? tr("only in the running server") : tr("not in the running server yet"));
    std::vector<ValueNode> plugins;
    for (const workspace::Plugin &plugin : state.workspace.plugins)
        plugins.push_back(tree.plugin(plugin));
    std::vector<ValueNode> services;
    for (const QJsonValue &value : state.inspection["core"_L1].toArray())
        services.push_back(node(NodeKind::Service, value.toString()));

    std::vector<ValueNode> result;
    if (state.workspace.root.isEmpty())
        return result;
    const qsizetype pluginCount = qsizetype(plugins.size());
    const qsizetype serviceCount = qsizetype(services.size());
    result.push_back(group("plugins", tr("Plugins"), std::move(plugins), pluginCount));
    result.push_back(group("routes", tr("Routes"), tree.routers(), state.workspace.routes.size()));
    if (!state.workspace.migrations.isEmpty())
        result.push_back(
            group("migrations", tr("Migrations"), tree.migrationGroups(), state.workspace.migrations.size()));
    if (serviceCount > 0)
        result.push_back(group("services", tr("Core services"), std::move(services), serviceCount));
    return result;
}

QModelIndex WorkspaceTreeModel::plugin(const QString &name) const
{
    return indexOfPath({u"plugins"_s, name});
}

} // namespace paddock::models
