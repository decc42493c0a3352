// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What comes in from outside: notifications of the agent, and requests over the control socket.
#include "session/eventjson.h"
#include "session/session_p.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QtConcurrentRun>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

QFuture<Result<QJsonObject>> answered(Result<QJsonObject> result)
{
    return QtFuture::makeReadyValueFuture(std::move(result));
}

template <class T>
QJsonArray toArray(const T &items, QJsonObject (*convert)(const typename T::value_type &))
{
    QJsonArray array;
    for (const auto &item : items)
        array.append(convert(item));
    return array;
}

} // namespace

void Session::Private::takeNotification(const QJsonObject &notification)
{
    const QString event = notification.value("event"_L1).toString();
    const qint64 nowMs = watch::monotonicNs() / 1'000'000;
    if (event == "log"_L1) {
        logTags.add(notification, nowMs);
    } else if (event == "inspect"_L1) {
        takeInspection(notification.value("snapshot"_L1).toObject());
    } else if (event == "retired"_L1) {
        takeRetired(notification);
    } else if (event == "undisposed"_L1) {
        takeUndisposed(notification);
    } else if (event == "swapping"_L1) {
        loading = notification;
    } else if (event == "requests"_L1) {
        Q_EMIT q->requestsServed(notification);
    } else if (event == "memory"_L1) {
        setProblem({.severity = u"warning"_s,
                    .code = u"memory"_s,
                    .message = u"The server holds %1 MB after %2 swaps, more than its budget."_s
                                   .arg(notification.value("heapUsed"_L1).toInteger() >> 20)
                                   .arg(notification.value("swaps"_L1).toInt()),
                    .remedy = u"Restart it when that suits you; PADDOCK_MEMORY_BUDGET sets the budget in MiB."_s,
                    .source = u"server"_s});
    } else if (event == "error"_L1 && server.status().state != ServerState::Starting) {
        // (What keeps a start from succeeding is told by how the start ends.)
        const QString message = notification.value("message"_L1).toString();
        setProblem({.severity = u"error"_s,
                    .code = notification.value("kind"_L1).toString(u"uncaught"_s),
                    .message = message,
                    .file = relative(notification.value("file"_L1).toString()),
                    .line = notification.value("line"_L1).toInt(),
                    .source = u"runtime"_s});
    }
    if (const auto stale = logTags.takeStale(nowMs, 500); !stale.isEmpty())
        for (const logs::LogLine &line : stale)
            logPipeline.feedLine(line);
}

void Session::Private::takeInspection(const QJsonObject &snapshot)
{
    inspection = snapshot;
    desk.setInspection(snapshot);
    generations.clear();
    for (const QJsonValue &plugin : snapshot.value("plugins"_L1).toArray())
        generations.insert(plugin["name"_L1].toString(), plugin["generation"_L1].toInt());
    server.setGeneration(snapshot.value("generation"_L1).toInt());
    compareWithServer();
    Q_EMIT q->inspectionChanged();
}

/// Everything that `dev --json` prints, for whoever subscribed.
void Session::Private::broadcastEvents()
{
    ControlServer *out = controlServer.get();
    connect(q, &Session::serverChanged, out, [out](const ServerStatus &s) { out->broadcast(serverEvent(s)); });
    connect(q, &Session::ready, out, [out] { out->broadcast({{u"event"_s, u"ready"_s}}); });
    connect(q, &Session::changeAdded, out, [out](const ChangeRecord &r) { out->broadcast(changeEvent(r)); });
    connect(q, &Session::stageChanged, out, [out](qint64 id, const StageRun &r) { out->broadcast(stageEvent(id, r)); });
    connect(q, &Session::changeFinished, out, [out](const ChangeRecord &r) { out->broadcast(resultEvent(r)); });
    connect(q, &Session::typesCompared, out, [this, out](qint64 change, const QList<types::Finding> &findings) {
        // There may be thousands of them, and this thread may show a window. `aside` has one thread: they stay in
        // order.
        if (out->isWanted(u"types"_s))
            QtConcurrent::run(&aside, [change, findings] {
                return agent::encode(typesEvent(change, findings));
            }).then(out, [out](const QByteArray &event) { out->broadcast(u"types"_s, event); });
    });
    connect(q, &Session::proofChanged, out, [out](const ChangeRecord &r) { out->broadcast(proofEvent(r)); });
    connect(q, &Session::requestsServed, out,
            [out](const QJsonObject &batch) { out->broadcast(requestsEvent(batch)); });
    connect(q, &Session::journalAdded, out, [out](const JournalEntry &e) { out->broadcast(journalEvent(e)); });
    connect(q, &Session::problemAdded, out, [out](const Problem &p) { out->broadcast(problemEvent(p)); });
    connect(q, &Session::jobChanged, out, [out](const JobRecord &j) { out->broadcast(jobEvent(j)); });
    connect(q, &Session::logsAdded, out, [out](const QList<logs::LogLine> &lines) {
        for (const logs::LogLine &line : lines)
            out->broadcast(logEvent(line));
    });
}

QJsonObject Session::Private::statusJson() const
{
    QJsonObject status = serverEvent(server.status());
    status.remove(u"event"_s);
    QJsonObject plugins;
    for (auto it = generations.begin(); it != generations.end(); ++it)
        plugins.insert(it.key(), it.value());
    QJsonObject putBackJson;
    for (auto it = rolledBack.begin(); it != rolledBack.end(); ++it)
        putBackJson.insert(it.key(), it.value());
    return {{u"workspace"_s, options.root},
            {u"trusted"_s, trusted},
            {u"paused"_s, paused},
            {u"watching"_s, watcher && watcher->isStarted()},
            {u"manual"_s, preferences.isManual},
            {u"focus"_s, focus.isEmpty() ? QJsonValue() : QJsonValue(focus)},
            {u"restartPolicy"_s, toString(restartPolicy())},
            {u"restartWanted"_s, restartReason.isEmpty() ? QJsonValue() : QJsonValue(restartReason)},
            {u"held"_s, heldJson()},
            {u"waitingFiles"_s, QJsonArray::fromStringList(q->waitingFileNames())},
            {u"pendingWork"_s, lastPending},
            {u"owner"_s, QCoreApplication::applicationPid()},
            {u"server"_s, status},
            {u"plugins"_s, plugins},
            {u"rolledBack"_s, putBackJson},
            {u"hang"_s, hang ? QJsonValue(toJson(*hang)) : QJsonValue()},
            {u"changes"_s, lastChangeId},
            {u"differences"_s, toArray(differences, &toJson)},
            {u"problems"_s, toArray(problems, &problemEvent)}};
}

QFuture<Result<QJsonObject>> Session::Private::control(const QString &method, const QJsonObject &params)
{
    const auto afterwards = [this](QFuture<Result<>> future) {
        return future.then(this, [this](const Result<> &result) -> Result<QJsonObject> {
            if (!result)
                return std::unexpected(result.error());
            return statusJson();
        });
    };
    const auto asResult = [this](QFuture<Result<ChangeRecord>> future) {
        return future.then(this, [](const Result<ChangeRecord> &record) -> Result<QJsonObject> {
            if (!record)
                return std::unexpected(record.error());
            return resultEvent(*record);
        });
    };
    if (method == "status"_L1)
        return answered(statusJson());
    if (method == "start"_L1)
        return afterwards(q->startServer(params.value("consent"_L1).toBool()));
    if (method == "stop"_L1)
        return afterwards(q->stopServer(params.value("force"_L1).toBool()));
    if (method == "restart"_L1)
        return afterwards(q->restartServer(params.value("force"_L1).toBool(), params.value("consent"_L1).toBool()));
    if (method == "pause"_L1 || method == "resume"_L1) {
        method == "pause"_L1 ? q->pause() : q->resume();
        return answered(statusJson());
    }
    if (method == "trust"_L1) {
        q->trust();
        return answered(statusJson());
    }
    if (method == "reload"_L1)
        return asResult(q->reloadPlugin(params.value("plugin"_L1).toString(), params.value("force"_L1).toBool()));
    if (method == "reloadRoutes"_L1)
        return asResult(q->reloadRoutes(params.value("file"_L1).toString()));
    if (method == "rollback"_L1) {
        const QString plugin = params.value("plugin"_L1).toString();
        const int generation = params.value("generation"_L1).toInt();
        if (params.value("restart"_L1).toBool())
            return afterwards(rollbackAndRestart(plugin,
                                                 generation > 0 ? generation
                                                 : hang         ? hang->before
                                                                : 0,
                                                 params.value("consent"_L1).toBool()));
        return asResult(rollback(plugin, generation));
    }
    if (method == "generations"_L1)
        return generationsOf(params.value("plugin"_L1).toString())
            .then(this, [](const Result<QList<PluginGeneration>> &list) -> Result<QJsonObject> {
                if (!list)
                    return std::unexpected(list.error());
                QJsonArray array;
                for (const PluginGeneration &one : *list)
                    array.append(toJson(one));
                return QJsonObject{{u"generations"_s, array}};
            });
    if (method == "types"_L1)
        return afterwards(q->generateTypes());
    if (method == "call"_L1)
        return q->call(params.value("route"_L1).toString(), params.value("input"_L1));
    if (method == "contracts"_L1)
        return server.request(u"contracts"_s);
    if (method == "inspect"_L1)
        return answered(inspection);
    if (method == "changes"_L1)
        return answered(QJsonObject{{u"changes"_s, toArray(records, &resultEvent)}});
    if (method == "journal"_L1)
        return answered(QJsonObject{{u"entries"_s, toArray(journal, &journalEvent)}});
    if (method == "logs"_L1) {
        QJsonArray lines;
        for (const logs::LogLine &line : logLines)
            lines.append(logEvent(line));
        return answered(QJsonObject{{u"lines"_s, lines}, {u"dropped"_s, logsDropped}});
    }
    bool known = false;
    if (auto answer = controlPipeline(method, params, &known); known)
        return answer;
    return answered(fail(u"no-method"_s, u"The session does not know “%1”; is it another version?"_s.arg(method)));
}

} // namespace paddock::session
