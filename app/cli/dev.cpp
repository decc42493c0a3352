// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `paddockctl dev`: a session in the foreground.
#include "commands.h"
#include "livetable.h"
#include "narrator.h"
#include "once.h"
#include "printer.h"
#include "session/eventjson.h"
#include "session/session.h"
#include "session/truststore.h"
#include "signals.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <cstdlib>

namespace paddock::cli {

using namespace Qt::StringLiterals;
using session::Session;

namespace {

void streamJson(const Printer &out, Session &session, QObject *context)
{
    using namespace session;
    QObject::connect(&session, &Session::serverChanged, context,
                     [&out](const ServerStatus &status) { out.json(serverEvent(status)); });
    QObject::connect(&session, &Session::ready, context, [&out] { out.json({{u"event"_s, u"ready"_s}}); });
    QObject::connect(&session, &Session::changeAdded, context,
                     [&out](const ChangeRecord &record) { out.json(changeEvent(record)); });
    QObject::connect(&session, &Session::stageChanged, context,
                     [&out](qint64 change, const StageRun &run) { out.json(stageEvent(change, run)); });
    QObject::connect(&session, &Session::changeFinished, context,
                     [&out](const ChangeRecord &record) { out.json(resultEvent(record)); });
    QObject::connect(
        &session, &Session::typesCompared, context,
        [&out](qint64 change, const QList<types::Finding> &findings) { out.json(typesEvent(change, findings)); });
    QObject::connect(&session, &Session::proofChanged, context,
                     [&out](const ChangeRecord &record) { out.json(proofEvent(record)); });
    QObject::connect(&session, &Session::requestsServed, context,
                     [&out](const QJsonObject &batch) { out.json(requestsEvent(batch)); });
    QObject::connect(&session, &Session::journalAdded, context,
                     [&out](const JournalEntry &entry) { out.json(journalEvent(entry)); });
    QObject::connect(&session, &Session::logsAdded, context, [&out](const QList<logs::LogLine> &lines) {
        for (const logs::LogLine &line : lines)
            out.json(logEvent(line));
    });
    QObject::connect(&session, &Session::problemAdded, context,
                     [&out](const Problem &problem) { out.json(problemEvent(problem)); });
    QObject::connect(&session, &Session::jobChanged, context,
                     [&out](const JobRecord &job) { out.json(jobEvent(job)); });
    QObject::connect(&session, &Session::pausedChanged, context,
                     [&out](bool paused) { out.json({{u"event"_s, paused ? u"paused"_s : u"resumed"_s}}); });
    QObject::connect(&session, &Session::focusChanged, context, [&out](const QString &plugin) {
        out.json({{u"event"_s, u"focus"_s}, {u"plugin"_s, plugin.isEmpty() ? QJsonValue() : QJsonValue(plugin)}});
    });
    QObject::connect(&session, &Session::restartWantedChanged, context, [&out](const QString &reason) {
        out.json(
            {{u"event"_s, u"restart-wanted"_s}, {u"reason"_s, reason.isEmpty() ? QJsonValue() : QJsonValue(reason)}});
    });
}

/// "--inspect", "--inspect-wait=127.0.0.1:6499", …: as the runtime takes it.
QString inspectOption(const Invocation &invocation)
{
    for (const QString &name : {u"inspect"_s, u"inspect-wait"_s, u"inspect-brk"_s}) {
        if (!invocation.parser.isSet(name))
            continue;
        const QString address = invocation.parser.value(name);
        return u"--"_s + name + (address.isEmpty() ? QString() : u'=' + address);
    }
    return {};
}

/// Problems that no save can mend: without a window there is nothing to wait for.
bool isHopeless(const session::Problem &problem)
{
    static const QStringList codes{u"no-bun"_s,    u"no-entry"_s,    u"no-script"_s,     u"port-taken"_s,
                                   u"read-only"_s, u"agent-files"_s, u"runtime-folder"_s};
    return problem.source == "server"_L1 && codes.contains(problem.code);
}

} // namespace

int runDev(const Invocation &invocation)
{
    const Printer out(invocation);
    const auto root = workspaceOf(invocation);
    if (!root)
        return out.error(root.error());
    const bool trustGiven = invocation.parser.isSet(u"trust"_s) || invocation.sample;
    if (!trustGiven && !session::isTrusted(*root))
        return out.error({.code = u"not-trusted"_s,
                          .message = u"This workspace is not trusted, so nothing of it is run."_s,
                          .where = *root,
                          .remedy = u"If you know this code, run “paddockctl trust”, or “paddockctl dev --trust”."_s});

    const bool isOnce = invocation.parser.isSet(u"once"_s);
    if (isOnce && invocation.parser.isSet(u"no-start"_s))
        return out.error({.code = u"usage"_s, .message = u"--once needs the server: it cannot go with --no-start."_s});
    const bool attach = invocation.parser.isSet(u"attach"_s);
    Session session({.root = *root,
                     .startServer = !attach && !invocation.parser.isSet(u"no-start"_s),
                     .trustGiven = trustGiven,
                     .inspect = inspectOption(invocation),
                     .script = invocation.parser.value(u"script"_s),
                     .mayLoseData = invocation.parser.isSet(u"yes"_s),
                     .sinceLast = isOnce});
    QObject context;
    if (out.isJson())
        streamJson(out, session, &context);
    std::unique_ptr<LiveTable> table;
    if (!out.isJson() && !isOnce && !invocation.quiet && !invocation.parser.isSet(u"plain"_s) && Terminal::isUsable()) {
        table = std::make_unique<LiveTable>(out, session);
        QObject::connect(table.get(), &LiveTable::quitRequested, &session, [&session] { session.close(); });
    }
    const auto say = [&](const QString &line) { table ? table->print(line) : out.line(line); };
    const Narrator narrator(out, session, say);
    std::unique_ptr<Once> once;
    if (isOnce)
        once = std::make_unique<Once>(session, say);

    if (attach)
        QObject::connect(&session, &Session::opened, &context, [&] {
            out.line(u"waiting for a server that is started by hand, such as with\n  "_s + session.attachCommand());
        });

    int status = Done;
    bool everReady = false;
    QObject::connect(&session, &Session::ready, &context, [&] { everReady = true; });
    QObject::connect(&session, &Session::openFailed, &context, [&](const Error &error) {
        status = out.error(error);
        session.close();
    });
    QObject::connect(&session, &Session::problemAdded, &context, [&](const session::Problem &problem) {
        if (everReady || !isHopeless(problem))
            return;
        if (invocation.parser.isSet(u"take-port"_s) && session.canTakePort()) {
            session.takePort();
            return;
        }
        status = exitStatusOf({.code = problem.code});
        session.close();
    });
    QObject::connect(&session, &Session::closed, &context, [] { QCoreApplication::quit(); }, Qt::QueuedConnection);

    StopSignals signals_;
    QObject::connect(&signals_, &StopSignals::received, &context, [&, asked = false](int) mutable {
        if (std::exchange(asked, true)) {
            table.reset(); // the terminal as it was
            out.line(u"stopping at once"_s);
            std::_Exit(130); // what the session started ends with this process
        }
        session.close();
    });
    session.open();
    QCoreApplication::exec();
    table.reset();
    if (once && status == Done)
        status = once->hasFailed() ? Failed : Done;
    return status;
}

} // namespace paddock::cli
