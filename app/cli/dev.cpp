// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `paddockctl dev`: a session in the foreground.
#include "commands.h"
#include "printer.h"
#include "session/eventjson.h"
#include "session/session.h"
#include "session/truststore.h"
#include "signals.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QJsonArray>
#include <cstdlib>

namespace paddock::cli {

using namespace Qt::StringLiterals;
using session::ChangeRecord;
using session::Outcome;
using session::ServerState;
using session::Session;

namespace {

QString clock()
{
    return QDateTime::currentDateTime().toString(u"HH:mm:ss"_s);
}

/// What became of the requests on the old code and of what it had registered, where there is something to say.
QStringList proofLines(const ChangeRecord &record)
{
    QStringList lines;
    const session::Proof &proof = record.proof;
    if (record.outcome == Outcome::Swapped && (proof.inFlightOld > 0 || proof.held > 0 || proof.dropped > 0))
        lines.append(u"requests: %1 in flight on the old code, %2 ended on it, %3 waited for the switch, %4 dropped"_s
                         .arg(proof.inFlightOld)
                         .arg(proof.drained)
                         .arg(proof.held)
                         .arg(proof.dropped));
    for (const session::Undisposed &left : record.ledger.undisposed)
        lines.append(u"left behind: %1 at %2:%3 %4"_s.arg(left.kind, left.file).arg(left.line).arg(left.note));
    return lines;
}

/// What the session does, as lines for people.
class Narrator final : public QObject
{
public:
    Narrator(const Printer &out, Session &session) : m_out(out)
    {
        connect(&session, &Session::serverChanged, this, [this](const session::ServerStatus &s) { server(s); });
        connect(&session, &Session::changeFinished, this, [this](const ChangeRecord &r) { result(r); });
        connect(&session, &Session::logsAdded, this, [this](const QList<logs::LogLine> &lines) { log(lines); });
        connect(&session, &Session::problemAdded, this, [this](const session::Problem &p) { problem(p); });
        connect(&session, &Session::ready, this, [this, &session] {
            m_out.line(faint(clock()) + m_out.paint(u" ready"_s, Ink::Good) +
                       u"  http://127.0.0.1:%1  watching %2"_s.arg(session.server().port).arg(session.options().root));
        });
    }

private:
    QString faint(const QString &text) const { return m_out.paint(text, Ink::Faint); }

    void server(const session::ServerStatus &status)
    {
        const bool isAgentNew = std::exchange(m_agent, status.agent) != status.agent;
        if (std::exchange(m_state, status.state) == status.state) {
            if (isAgentNew && status.state == ServerState::Running && !status.message.isEmpty())
                m_out.line(faint(clock()) + m_out.paint(u" agent "_s, Ink::Strong) + Printer::safe(status.message));
            return;
        }
        if (status.state == ServerState::Running)
            return; // `ready` says it
        const bool bad = status.state == ServerState::Crashed || status.state == ServerState::Hung;
        m_out.line(faint(clock()) + u" server "_s +
                   m_out.paint(QString(toString(status.state)), bad ? Ink::Bad : Ink::Strong) +
                   (status.message.isEmpty() ? QString() : u"  "_s + Printer::safe(status.message)));
    }

    void result(const ChangeRecord &record)
    {
        const Outcome outcome = record.outcome.value_or(Outcome::None);
        const Ink ink = outcome == Outcome::KeptOld || outcome == Outcome::Held ? Ink::Bad
                        : outcome == Outcome::None                              ? Ink::Faint
                                                                                : Ink::Good;
        QString line = faint(clock()) + u' ' + m_out.paint(QString(toString(outcome)).leftJustified(9), ink) + u' ' +
                       record.change.subject.name + faint(u"  "_s + toString(record.change.kind));
        for (const session::StageRun &run : record.stages)
            if (run.state == session::StageState::Done || run.state == session::StageState::Failed)
                line += faint(u"  %1 %2 ms"_s.arg(toString(run.stage)).arg(run.ms, 0, 'f', 1));
        m_out.line(line);
        m_out.line(faint(u"                   "_s + Printer::safe(record.change.reason)));
        if (!record.message.isEmpty()) {
            const QString place =
                record.errorFile.isEmpty() ? QString() : u"%1:%2: "_s.arg(record.errorFile).arg(record.errorLine);
            m_out.line(u"                   "_s + m_out.paint(place + Printer::safe(record.message), ink));
        }
        for (const QString &one : proofLines(record))
            m_out.line(u"                   "_s + faint(one));
    }

    void log(const QList<logs::LogLine> &lines)
    {
        for (const logs::LogLine &line : lines) {
            const Ink ink = line.level == logs::Level::Error  ? Ink::Bad
                            : line.level == logs::Level::Warn ? Ink::Warn
                                                              : Ink::Plain;
            m_out.line(faint(u"         │ "_s) + m_out.paint(Printer::safe(line.text), ink));
        }
    }

    void problem(const session::Problem &problem)
    {
        const bool isRemark = problem.severity == "info"_L1 && problem.source != "launch"_L1;
        if (problem.source.startsWith("change:"_L1) || isRemark)
            return; // the result has said it; remarks are for `tree` and for whoever asks
        const bool error = problem.severity == "error"_L1;
        const QString place = problem.file.isEmpty() ? QString()
                              : problem.line > 0     ? u"%1:%2: "_s.arg(problem.file).arg(problem.line)
                                                     : problem.file + u": "_s;
        m_out.line(faint(clock()) + u' ' + m_out.paint(problem.severity, error ? Ink::Bad : Ink::Warn) + u' ' + place +
                   Printer::safe(problem.message));
        if (!problem.remedy.isEmpty())
            m_out.line(u"                   "_s + Printer::safe(problem.remedy));
    }

    const Printer &m_out;
    ServerState m_state = ServerState::Stopped;
    session::AgentState m_agent = session::AgentState::Absent;
};

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
    QObject::connect(&session, &Session::proofChanged, context,
                     [&out](const ChangeRecord &record) { out.json(proofEvent(record)); });
    QObject::connect(&session, &Session::requestsServed, context,
                     [&out](const QJsonObject &batch) { out.json(batch); });
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
}

/// Problems that no save can mend: without a window there is nothing to wait for.
bool isHopeless(const session::Problem &problem)
{
    static const QStringList codes{u"no-bun"_s,    u"no-entry"_s,    u"port-taken"_s,
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

    const bool attach = invocation.parser.isSet(u"attach"_s);
    Session session({.root = *root,
                     .startServer = !attach && !invocation.parser.isSet(u"no-start"_s),
                     .trustGiven = trustGiven,
                     .script = invocation.parser.value(u"script"_s)});
    QObject context;
    if (out.isJson())
        streamJson(out, session, &context);
    const Narrator narrator(out, session);

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
        status = exitStatusOf({.code = problem.code});
        session.close();
    });
    QObject::connect(&session, &Session::closed, &context, [] { QCoreApplication::quit(); }, Qt::QueuedConnection);

    StopSignals signals_;
    QObject::connect(&signals_, &StopSignals::received, &context, [&, asked = false](int) mutable {
        if (std::exchange(asked, true)) {
            out.line(u"stopping at once"_s);
            std::_Exit(130); // what the session started ends with this process
        }
        session.close();
    });
    session.open();
    QCoreApplication::exec();
    return status;
}

} // namespace paddock::cli
