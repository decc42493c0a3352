// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Commands that talk to an open session over its control socket.
#include "remote.h"

#include "await.h"
#include "commands.h"
#include "printer.h"
#include "session/control.h"
#include "session/eventjson.h"
#include "workspace/project.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

namespace paddock::cli {

using namespace Qt::StringLiterals;

namespace {

struct LogQuery
{
    int level = 0;
    QString plugin;
    QRegularExpression expression;
    int generation = 0;

    bool matches(const QJsonObject &line) const
    {
        static const QStringList levels{u"debug"_s, u"info"_s, u"warn"_s, u"error"_s};
        return levels.indexOf(line.value("level"_L1).toString()) >= level &&
               (plugin.isEmpty() || line.value("plugin"_L1).toString() == plugin) &&
               (generation == 0 || line.value("generation"_L1).toInt() == generation) &&
               (expression.pattern().isEmpty() || expression.match(line.value("text"_L1).toString()).hasMatch());
    }
};

void printLog(const Printer &out, const QJsonObject &line)
{
    out.json(line);
    if (out.isJson())
        return;
    const QString level = line.value("level"_L1).toString();
    const Ink ink = level == "error"_L1 ? Ink::Bad : level == "warn"_L1 ? Ink::Warn : Ink::Faint;
    const QString time = QDateTime::fromString(line.value("at"_L1).toString(), Qt::ISODateWithMs)
                             .toLocalTime()
                             .toString(u"HH:mm:ss.zzz"_s);
    const QString plugin = line.value("plugin"_L1).toString();
    out.line(out.paint(time, Ink::Faint) + u' ' + out.paint(level.leftJustified(5), ink) + u' ' +
             (plugin.isEmpty() ? QString() : out.paint(u"["_s + plugin + u"] "_s, Ink::Strong)) +
             out.coloured(line.value("text"_L1).toString(), session::spansOf(line)));
}

} // namespace

Result<std::unique_ptr<agent::Link>> sessionOf(const Invocation &invocation)
{
    const auto root = workspaceOf(invocation);
    if (!root)
        return std::unexpected(root.error());
    return session::connectToSession(*root);
}

/// What keeps changes from being applied by themselves, and which files wait for that.
void printWaiting(const Printer &out, const QJsonObject &status)
{
    if (status.value("paused"_L1).toBool())
        out.line(out.paint(u"paused"_s, Ink::Warn) + u"  “paddockctl resume” takes up what is saved meanwhile"_s);
    if (status.value("manual"_L1).toBool())
        out.line(out.paint(u"manual"_s, Ink::Warn) + u"  changes are applied by “paddockctl apply”"_s);
    if (const QString focus = status.value("focus"_L1).toString(); !focus.isEmpty())
        out.line(out.paint(u"focus"_s, Ink::Warn) +
                 u"   only “%1” is served; “paddockctl watch --all” ends that"_s.arg(Printer::safe(focus)));
    if (const QString reason = status.value("restartWanted"_L1).toString(); !reason.isEmpty())
        out.line(out.paint(u"restart?"_s, Ink::Warn) + u' ' + Printer::safe(reason) +
                 u" “paddockctl answer yes” or “no”"_s);
    const QJsonArray waiting = status.value("waitingFiles"_L1).toArray();
    constexpr qsizetype Named = 20;
    for (qsizetype i = 0; i < waiting.size() && i < Named; ++i)
        out.line(out.paint(u"waits"_s, Ink::Warn) + u"   "_s + Printer::safe(waiting[i].toString()));
    if (waiting.size() > Named)
        out.line(out.paint(u"waits"_s, Ink::Warn) + u"   and %1 more"_s.arg(waiting.size() - Named));
}

void printStatus(const Printer &out, const QJsonObject &status)
{
    const QJsonObject server = status.value("server"_L1).toObject();
    const QString state = server.value("state"_L1).toString();
    const Ink ink = state == "running"_L1                         ? Ink::Good
                    : state == "crashed"_L1 || state == "hung"_L1 ? Ink::Bad
                                                                  : Ink::Warn;
    QString line = u"server "_s + out.paint(state, ink);
    if (const int port = server.value("port"_L1).toInt(); port > 0)
        line += u"  http://127.0.0.1:%1"_s.arg(port);
    if (const qint64 pid = server.value("pid"_L1).toInteger(); pid > 0)
        line += u"  pid %1"_s.arg(pid);
    if (const qint64 memory = server.value("memory"_L1).toInteger(); memory > 0)
        line += u"  %1 MB"_s.arg(memory >> 20);
    line += u"  generation %1"_s.arg(server.value("generation"_L1).toInt());
    if (server.value("attached"_L1).toBool())
        line += out.paint(u"  started by hand"_s, Ink::Warn);
    out.line(line);
    if (const QString message = server.value("message"_L1).toString(); !message.isEmpty())
        out.line(u"  "_s + Printer::safe(message));
    out.line(u"agent  %1   %2   %3"_s.arg(server.value("agent"_L1).toString(), server.value("runtime"_L1).toString(),
                                          server.value("framework"_L1).toString()));
    printWaiting(out, status);
    const QJsonArray needed = status.value("held"_L1)["migrations"_L1].toArray();
    for (const QJsonValue &migration : needed)
        out.line(out.paint(u"held"_s, Ink::Warn) +
                 u"  code waits for the migration %1; “paddockctl apply” does both"_s.arg(
                     Printer::safe(migration.toString())));
    const QJsonObject rolledBack = status.value("rolledBack"_L1).toObject();
    for (auto it = rolledBack.begin(); it != rolledBack.end(); ++it)
        out.line(out.paint(u"rolled back"_s, Ink::Warn) +
                 u"  %1 serves the code of generation %2; its next save goes on from disk"_s.arg(it.key()).arg(
                     it.value().toInt()));
    for (const QJsonValue &problem : status.value("problems"_L1).toArray())
        out.line(out.paint(problem["severity"_L1].toString(), Ink::Bad) + u' ' + problem["file"_L1].toString() +
                 u": "_s + Printer::safe(problem["message"_L1].toString()));
}

int printResult(const Printer &out, const QJsonObject &result)
{
    out.json(result);
    const QString outcome = result.value("outcome"_L1).toString();
    const bool took = outcome == "swapped"_L1 || outcome == "restarted"_L1;
    if (!out.isJson()) {
        out.line(out.paint(outcome, took ? Ink::Good : Ink::Bad) +
                 u"  %1 ms, generation %2"_s.arg(result.value("ms"_L1).toDouble(), 0, 'f', 1)
                     .arg(result.value("generation"_L1).toInt()));
        if (const QString message = result.value("message"_L1).toString(); !message.isEmpty())
            out.line(u"  "_s + Printer::safe(message));
        if (const QString file = result.value("file"_L1).toString(); !file.isEmpty())
            out.line(u"  at %1:%2"_s.arg(file).arg(result.value("line"_L1).toInt()));
        const QJsonValue proof = result.value("proof"_L1);
        if (proof["inFlightOld"_L1].toInt() > 0)
            out.line(u"  %1 requests in flight on the old code, %2 dropped"_s.arg(proof["inFlightOld"_L1].toInt())
                         .arg(proof["dropped"_L1].toInt()));
        for (const QJsonValue &left : result.value("ledger"_L1)["undisposed"_L1].toArray())
            out.line(u"  left behind: %1 at %2:%3 %4"_s.arg(left["kind"_L1].toString(), left["file"_L1].toString())
                         .arg(left["line"_L1].toInt())
                         .arg(left["note"_L1].toString()));
    }
    return took ? Done : Failed;
}

Result<QJsonObject> ask(agent::Link &link, const QString &method, const QJsonObject &params,
                        std::chrono::milliseconds timeout)
{
    return await(link.request(method, params, timeout));
}

int runServerCommand(const Invocation &invocation)
{
    const Printer out(invocation);
    const auto link = sessionOf(invocation);
    if (!link)
        return out.error(link.error());
    const bool takesPort = invocation.command == "start"_L1 && invocation.parser.isSet(u"take-port"_s);
    QJsonObject params;
    if (invocation.command == "stop"_L1 || invocation.command == "restart"_L1)
        params.insert("force"_L1, invocation.parser.isSet(u"force"_s));
    if (invocation.command == "restart"_L1 || invocation.command == "start"_L1)
        params.insert("consent"_L1, invocation.parser.isSet(u"yes"_s));
    // (Migrations and types may run before it starts.)
    const auto status = ask(**link, takesPort ? u"takePort"_s : invocation.command, params, std::chrono::minutes(10));
    if (!status)
        return out.error(status.error());
    out.json(*status);
    if (!out.isJson())
        printStatus(out, *status);
    return Done;
}

int runReload(const Invocation &invocation)
{
    const Printer out(invocation);
    const QString file = invocation.parser.value(u"routes"_s);
    const QString plugin = invocation.arguments.value(0);
    if (file.isEmpty() == plugin.isEmpty())
        return out.error({.code = u"usage"_s,
                          .message = u"reload takes either a plugin or --routes FILE."_s,
                          .remedy = u"Usage: paddockctl reload PLUGIN, or paddockctl reload --routes FILE"_s});
    const auto link = sessionOf(invocation);
    if (!link)
        return out.error(link.error());
    const bool force = invocation.parser.isSet(u"force"_s);
    const auto result = plugin.isEmpty() ? ask(**link, u"reloadRoutes"_s, {{u"file"_s, file}})
                                         : ask(**link, u"reload"_s, {{u"plugin"_s, plugin}, {u"force"_s, force}});
    return result ? printResult(out, *result) : out.error(result.error());
}

int runRoutes(const Invocation &invocation)
{
    const Printer out(invocation);
    const auto root = workspaceOf(invocation);
    if (!root)
        return out.error(root.error());
    QJsonArray routes;
    bool live = false;
    if (const auto link = session::connectToSession(*root); link) {
        // What was said last is kept when the server stops: then the files say more.
        const auto status = ask(**link, u"status"_s);
        const bool runs = status && status->value("server"_L1)["agent"_L1].toString() == "connected"_L1;
        const auto snapshot = runs ? ask(**link, u"inspect"_s) : Result<QJsonObject>();
        if (snapshot && snapshot->contains("routes"_L1)) {
            for (const QJsonValue &value : snapshot->value("routes"_L1).toArray()) {
                QJsonObject route = value.toObject();
                if (const QString file = route.value("file"_L1).toString(); file.startsWith(*root + u'/'))
                    route.insert("file"_L1, file.sliced(root->size() + 1));
                routes.append(route);
            }
            live = true;
        }
    }
    if (!live) {
        const auto state = workspace::readProject(*root);
        if (!state)
            return out.error(state.error());
        routes = workspace::toJson(workspace::describe(*state)).value("routes"_L1).toArray();
    }
    out.json({{u"live"_s, live}, {u"routes"_s, routes}});
    if (out.isJson())
        return Done;
    for (const QJsonValue &route : routes)
        out.line(route["name"_L1].toString().leftJustified(36) + u' ' +
                 route["handler"_L1].toString().leftJustified(10) +
                 out.paint(route["version"_L1].toString(), Ink::Faint));
    if (!live)
        out.line(out.paint(u"From the files: no server runs."_s, Ink::Faint));
    return Done;
}

int runCall(const Invocation &invocation)
{
    const Printer out(invocation);
    QByteArray text = invocation.parser.value(u"input"_s).toUtf8();
    if (text == "-") {
        QFile in;
        if (in.open(stdin, QIODevice::ReadOnly))
            text = in.readAll();
    }
    QJsonValue input = QJsonObject{};
    if (!text.isEmpty()) {
        // Qt reads documents only: a wrapping array lets any JSON value through.
        QJsonParseError parseError;
        const auto document = QJsonDocument::fromJson('[' + text + ']', &parseError);
        if (!document.isArray() || document.array().size() != 1)
            return out.error({.code = u"usage"_s,
                              .message = u"The input is not JSON: %1 (at character %2)."_s.arg(parseError.errorString())
                                             .arg(std::max(0, parseError.offset - 1)),
                              .remedy = u"Quote it for the shell: --input '{\"id\": 1}'"_s});
        input = document.array().at(0);
    }
    const auto link = sessionOf(invocation);
    if (!link)
        return out.error(link.error());
    const auto answer = ask(**link, u"call"_s, {{u"route"_s, invocation.arguments.first()}, {u"input"_s, input}});
    if (!answer)
        return out.error(answer.error());
    out.json(*answer);
    const int status = answer->value("status"_L1).toInt();
    if (!out.isJson()) {
        const QJsonValue body = answer->value("body"_L1);
        out.line(out.paint(u"%1"_s.arg(status), status < 400 ? Ink::Good : Ink::Bad) +
                 out.paint(u"  %1 ms  generation %2"_s.arg(answer->value("ms"_L1).toDouble(), 0, 'f', 1)
                               .arg(answer->value("generation"_L1).toInt()),
                           Ink::Faint));
        const QJsonDocument document = body.isArray() ? QJsonDocument(body.toArray()) : QJsonDocument(body.toObject());
        out.line(body.isArray() || body.isObject() ? QString::fromUtf8(document.toJson()).trimmed()
                                                   : Printer::safe(body.toVariant().toString()));
    }
    return status >= 200 && status < 400 ? Done : Failed;
}

int runLogs(const Invocation &invocation)
{
    const Printer out(invocation);
    LogQuery query;
    const QStringList levels{u"debug"_s, u"info"_s, u"warn"_s, u"error"_s};
    const QString level = invocation.parser.value(u"level"_s);
    query.level = level.isEmpty() ? 0 : int(levels.indexOf(level));
    if (query.level < 0)
        return out.error({.code = u"usage"_s, .message = u"--level takes debug, info, warn or error."_s});
    query.plugin = invocation.parser.value(u"plugin"_s);
    query.generation = invocation.parser.value(u"generation"_s).toInt();
    query.expression.setPattern(invocation.parser.value(u"grep"_s));
    if (!query.expression.isValid())
        return out.error({.code = u"usage"_s,
                          .message = u"--grep: %1 (at character %2)."_s.arg(query.expression.errorString())
                                         .arg(query.expression.patternErrorOffset())});
    const auto link = sessionOf(invocation);
    if (!link)
        return out.error(link.error());
    const bool follow = invocation.parser.isSet(u"follow"_s);
    qint64 lastId = 0;
    const auto show = [&](const QJsonObject &line) {
        if (query.matches(line))
            printLog(out, line);
    };
    if (follow) {
        // Subscribed before reading what there is, so that no line falls in between.
        QObject::connect(link->get(), &agent::Link::notified, qApp, [&](const QJsonObject &event) {
            if (event.value("event"_L1) == "log"_L1 && event.value("id"_L1).toInteger() > lastId)
                show(event);
        });
        QObject::connect(link->get(), &agent::Link::closed, qApp, [] { QCoreApplication::exit(NoSession); });
        (*link)->request(u"subscribe"_s, {{u"events"_s, QJsonArray{u"log"_s}}});
    }
    const auto answer = ask(**link, u"logs"_s);
    if (!answer)
        return out.error(answer.error());
    for (const QJsonValue &line : answer->value("lines"_L1).toArray()) {
        lastId = line["id"_L1].toInteger();
        show(line.toObject());
    }
    return follow ? QCoreApplication::exec() : Done;
}

} // namespace paddock::cli
