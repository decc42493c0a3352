// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/messages.h"

#include <QJsonArray>

namespace paddock::agent {

using namespace Qt::StringLiterals;

QJsonObject toJson(const SwapRequest &request)
{
    QJsonArray plugins;
    for (const SwapPlugin &plugin : request.plugins) {
        QJsonObject entry{{u"name"_s, plugin.name}, {u"file"_s, plugin.file}};
        if (plugin.remove)
            entry.insert("remove"_L1, true);
        if (!plugin.renamedFrom.isEmpty())
            entry.insert("renamedFrom"_L1, plugin.renamedFrom);
        if (!plugin.config.isUndefined())
            entry.insert("config"_L1, plugin.config);
        plugins.append(entry);
    }
    QJsonArray routes;
    for (const QString &file : request.routeFiles)
        routes.append(QJsonObject{{u"file"_s, file}});
    QJsonArray routers;
    for (const SwapRouter &router : request.routers)
        routers.append(
            QJsonObject{{u"file"_s, router.file}, {u"export"_s, router.exportName}, {u"remove"_s, router.remove}});
    return {{u"changeId"_s, request.changeId},
            {u"plugins"_s, plugins},
            {u"routers"_s, routers},
            {u"routes"_s, routes},
            {u"modules"_s, QJsonArray::fromStringList(request.modules)},
            {u"entry"_s, request.entry},
            {u"force"_s, request.force},
            {u"timeoutMs"_s, request.timeoutMs}};
}

session::Proof proofFromJson(const QJsonObject &object)
{
    return {.inFlightOld = object.value("inFlightOld"_L1).toInt(),
            .drained = object.value("drained"_L1).toInt(),
            .held = object.value("held"_L1).toInt(),
            .dropped = object.value("dropped"_L1).toInt(),
            .lastEndedMs = object.value("lastEndedMs"_L1).toDouble()};
}

session::Ledger ledgerFromJson(const QJsonObject &object)
{
    session::Ledger ledger;
    const QJsonObject disposed = object.value("disposed"_L1).toObject();
    for (auto it = disposed.begin(); it != disposed.end(); ++it)
        ledger.disposed.insert(it.key(), it.value().toInt());
    for (const QJsonValue &value : object.value("undisposed"_L1).toArray())
        ledger.undisposed.append({.kind = value["kind"_L1].toString(),
                                  .file = value["file"_L1].toString(),
                                  .line = value["line"_L1].toInt(),
                                  .note = value["note"_L1].toString()});
    return ledger;
}

SwapResult swapResultFromJson(const QJsonObject &object)
{
    SwapResult result{.ok = object.value("ok"_L1).toBool(),
                      .generation = object.value("generation"_L1).toInt(),
                      .ms = object.value("ms"_L1).toDouble(),
                      .proof = proofFromJson(object.value("proof"_L1).toObject()),
                      .ledger = ledgerFromJson(object.value("ledger"_L1).toObject()),
                      .restart = object.value("restart"_L1).toString()};
    for (const QJsonValue &plugin : object.value("plugins"_L1).toArray()) {
        result.pluginGenerations.insert(plugin["name"_L1].toString(), plugin["generation"_L1].toInt());
        for (const QJsonValue &name : plugin["rebuilt"_L1].toArray())
            result.rebuilt.append(name.toString());
    }
    const QJsonObject error = object.value("error"_L1).toObject();
    result.failure = {.phase = object.value("phase"_L1).toString(),
                      .plugin = object.value("plugin"_L1).toString(),
                      .code = error.value("code"_L1).toString(),
                      .message = error.value("message"_L1).toString(),
                      .file = error.value("file"_L1).toString(),
                      .line = error.value("line"_L1).toInt(),
                      .stack = error.value("stack"_L1).toString()};
    return result;
}

} // namespace paddock::agent
