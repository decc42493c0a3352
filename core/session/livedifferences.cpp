// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/livedifferences.h"

#include <QHash>
#include <QJsonArray>
#include <QSet>
#include <algorithm>

namespace paddock::session {

using namespace Qt::StringLiterals;
using workspace::Plugin;
using workspace::Route;
using workspace::Workspace;

namespace {

QStringList texts(const QJsonValue &value)
{
    QStringList result;
    for (const QJsonValue &item : value.toArray())
        result.append(item.isObject() ? item["name"_L1].toString() : item.toString());
    return result;
}

QString relative(const Workspace &files, const QString &file)
{
    return file.startsWith(files.root + u'/') ? file.sliced(files.root.size() + 1) : file;
}

/// Files of whose plugin's service reading left something open.
QStringList openFiles(const Workspace &files)
{
    QStringList result;
    for (const workspace::Diagnostic &d : files.diagnostics)
        if (d.code == "service-not-static"_L1 || d.code == "service-unknown"_L1)
            result.append(d.file);
    return result;
}

bool isOpen(const QStringList &openFiles, const Plugin &plugin)
{
    const QString folder = plugin.file.first(plugin.file.lastIndexOf(u'/') + 1);
    return std::ranges::any_of(openFiles, [&](const QString &file) { return file.startsWith(folder); });
}

using RouteKey = std::pair<QString, QString>; ///< name, version

/// The snapshot's entries by their name.
QHash<QString, QJsonObject> byName(const QJsonValue &entries)
{
    QHash<QString, QJsonObject> result;
    for (const QJsonValue &value : entries.toArray())
        result.insert(value["name"_L1].toString(), value.toObject());
    return result;
}

struct Parts
{
    QLatin1StringView what;
    QLatin1StringView field; ///< in the snapshot
    QStringList names;       ///< by the files
};

std::vector<Parts> partsOf(const Plugin &plugin)
{
    QStringList methods;
    for (const workspace::Method &m : plugin.methods)
        methods.append(m.name);
    return {{"method"_L1, "methods"_L1, methods},
            {"handler"_L1, "handlers"_L1, plugin.handlers},
            {"middleware"_L1, "middleware"_L1, plugin.middleware},
            {"event"_L1, "events"_L1, plugin.events},
            {"error"_L1, "errors"_L1, plugin.errors}};
}

} // namespace

QString LiveDifference::liveKey(const QString &what, const QString &owner, const QString &name, const QString &version)
{
    return QStringList{what, owner, name, version}.join(QChar(0x1f));
}

QList<LiveDifference> compareLive(const Workspace &files, const QJsonObject &snapshot)
{
    QList<LiveDifference> result;
    if (snapshot.isEmpty())
        return result;
    QSet<QString> live;
    QHash<QString, const Plugin *> plugins;
    for (const Plugin &plugin : files.plugins)
        plugins.insert(plugin.name, &plugin);
    const QStringList open = openFiles(files);
    for (const QJsonValue &value : snapshot["plugins"_L1].toArray()) {
        const QString name = value["name"_L1].toString();
        live.insert(name);
        const Plugin *known = plugins.value(name);
        if (!known) {
            result.append({.what = u"plugin"_s,
                           .name = name,
                           .onlyLive = true,
                           .file = relative(files, value["file"_L1].toString())});
            continue;
        }
        for (const Parts &parts : partsOf(*known)) {
            if (!value.toObject().contains(parts.field))
                continue;
            const QStringList now = texts(value[parts.field]);
            const bool counts = parts.what != "method"_L1 || isOpen(open, *known);
            for (const QString &one : now) {
                if (counts && !parts.names.contains(one))
                    result.append({.what = parts.what,
                                   .owner = name,
                                   .name = one,
                                   .onlyLive = true,
                                   .file = known->file,
                                   .line = known->line});
            }
            for (const QString &one : parts.names) {
                if (!now.contains(one))
                    result.append(
                        {.what = parts.what, .owner = name, .name = one, .file = known->file, .line = known->line});
            }
        }
    }
    for (const Plugin &plugin : files.plugins) {
        if (!live.contains(plugin.name))
            result.append({.what = u"plugin"_s, .name = plugin.name, .file = plugin.file, .line = plugin.line});
    }
    if (!snapshot.contains("routes"_L1))
        return result;
    QSet<RouteKey> served, written;
    for (const Route &route : files.routes)
        written.insert({route.name, route.version});
    for (const QJsonValue &value : snapshot["routes"_L1].toArray()) {
        const QString name = value["name"_L1].toString(), version = value["version"_L1].toString();
        served.insert({name, version});
        if (!written.contains({name, version}))
            result.append({.what = u"route"_s,
                           .name = name,
                           .version = version,
                           .onlyLive = true,
                           .file = relative(files, value["file"_L1].toString()),
                           .line = value["line"_L1].toInt()});
    }
    for (const Route &route : files.routes) {
        if (!served.contains({route.name, route.version}))
            result.append({.what = u"route"_s,
                           .name = route.name,
                           .version = route.version,
                           .file = route.file,
                           .line = route.line});
    }
    return result;
}

Workspace withLive(const Workspace &files, const QJsonObject &snapshot, const QList<LiveDifference> &differences)
{
    Workspace result = files;
    if (std::ranges::none_of(differences, &LiveDifference::onlyLive))
        return result;
    const QHash<QString, QJsonObject> plugins = byName(snapshot["plugins"_L1]);
    QHash<RouteKey, QJsonObject> routes;
    for (const QJsonValue &value : snapshot["routes"_L1].toArray())
        routes.insert({value["name"_L1].toString(), value["version"_L1].toString()}, value.toObject());
    for (const LiveDifference &d : differences) {
        if (!d.onlyLive)
            continue;
        if (d.what == "plugin"_L1) {
            const QJsonObject value = plugins.value(d.name);
            Plugin plugin{.name = d.name, .file = d.file};
            plugin.version = value["version"_L1].toString();
            plugin.dependencies = texts(value["dependencies"_L1]);
            for (const QString &method : texts(value["methods"_L1]))
                plugin.methods.append({.name = method, .signature = method});
            plugin.handlers = texts(value["handlers"_L1]);
            plugin.middleware = texts(value["middleware"_L1]);
            plugin.events = texts(value["events"_L1]);
            plugin.errors = texts(value["errors"_L1]);
            result.plugins.append(plugin);
            continue;
        }
        if (d.what == "route"_L1) {
            const QJsonObject value = routes.value({d.name, d.version});
            Route route{.name = d.name, .file = d.file, .line = d.line, .version = d.version};
            route.handler = value["handler"_L1].toString();
            route.hasInput = value["hasInput"_L1].toBool();
            route.hasOutput = value["hasOutput"_L1].toBool();
            route.middleware = texts(value["middleware"_L1]);
            result.routes.append(route);
            continue;
        }
        const auto plugin = std::ranges::find(result.plugins, d.owner, &Plugin::name);
        if (plugin == result.plugins.end())
            continue;
        if (d.what == "method"_L1)
            plugin->methods.append({.name = d.name, .signature = d.name});
        else if (d.what == "handler"_L1)
            plugin->handlers.append(d.name);
        else if (d.what == "middleware"_L1)
            plugin->middleware.append(d.name);
        else if (d.what == "event"_L1)
            plugin->events.append(d.name);
        else
            plugin->errors.append(d.name);
    }
    std::ranges::stable_sort(result.plugins, {}, &Plugin::name);
    std::ranges::stable_sort(result.routes, {}, &Route::name);
    return result;
}

QString inWords(const LiveDifference &difference)
{
    return difference.onlyLive ? u"only in the running server"_s : u"not in the running server yet"_s;
}

QJsonObject toJson(const LiveDifference &d)
{
    const auto orNull = [](const QString &text) { return text.isEmpty() ? QJsonValue() : QJsonValue(text); };
    return {{u"what"_s, d.what},
            {u"plugin"_s, orNull(d.owner)},
            {u"name"_s, d.name},
            {u"version"_s, orNull(d.version)},
            {u"onlyLive"_s, d.onlyLive},
            {u"file"_s, orNull(d.file)},
            {u"line"_s, d.line > 0 ? QJsonValue(d.line) : QJsonValue()}};
}

} // namespace paddock::session
