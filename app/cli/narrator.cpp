// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "narrator.h"

#include <QDateTime>

namespace paddock::cli {

using namespace Qt::StringLiterals;
using session::ChangeRecord;
using session::Outcome;
using session::ServerState;
using session::Session;

namespace {

const auto Indent = u"                   "_s;

}

QString clockText()
{
    return QDateTime::currentDateTime().toString(u"HH:mm:ss"_s);
}

Ink inkOf(Outcome outcome)
{
    return outcome == Outcome::KeptOld || outcome == Outcome::Held ? Ink::Bad
           : outcome == Outcome::None                              ? Ink::Faint
                                                                   : Ink::Good;
}

/// What became of the requests on the old code and of what it had registered, where there is something to say.
QStringList proofLines(const ChangeRecord &record)
{
    QStringList lines;
    const session::Proof &proof = record.proof;
    if (wasSwapped(record) && (proof.inFlightOld > 0 || proof.held > 0 || proof.dropped > 0))
        lines.append(u"requests: %1 in flight on the old code, %2 ended on it, %3 waited for the switch, %4 dropped"_s
                         .arg(proof.inFlightOld)
                         .arg(proof.drained)
                         .arg(proof.held)
                         .arg(proof.dropped));
    for (const session::Undisposed &left : record.ledger.undisposed)
        lines.append(
            Printer::safe(u"left behind: %1 at %2:%3 %4"_s.arg(left.kind, left.file).arg(left.line).arg(left.note)));
    return lines;
}

QString resultLine(const Printer &out, const ChangeRecord &record)
{
    const Outcome outcome = record.outcome.value_or(Outcome::None);
    QString line = out.paint(QString(toString(outcome)).leftJustified(9), inkOf(outcome)) + u' ' +
                   Printer::safe(record.change.subject.name) +
                   out.paint(u"  "_s + toString(record.change.kind), Ink::Faint);
    for (const session::StageRun &run : record.stages)
        if (run.state == session::StageState::Done || run.state == session::StageState::Failed)
            line += out.paint(u"  %1 %2 ms"_s.arg(toString(run.stage)).arg(run.ms, 0, 'f', 1), Ink::Faint);
    return line;
}

Narrator::Narrator(const Printer &out, Session &session, Write write) : m_out(out), m_write(std::move(write))
{
    connect(&session, &Session::serverChanged, this, &Narrator::server);
    connect(&session, &Session::changeFinished, this, &Narrator::result);
    connect(&session, &Session::typesCompared, this,
            [this](qint64, const QList<paddock::types::Finding> &findings) { types(findings); });
    connect(&session, &Session::logsAdded, this, &Narrator::log);
    connect(&session, &Session::problemAdded, this, &Narrator::problem);
    connect(&session, &Session::jobChanged, this, &Narrator::job);
    connect(&session, &Session::ready, this, [this, &session] {
        m_write(faint(clockText()) + m_out.paint(u" ready"_s, Ink::Good) +
                u"  http://127.0.0.1:%1  watching %2"_s.arg(session.server().port).arg(session.options().root));
    });
    connect(&session, &Session::restartWantedChanged, this, [this](const QString &reason) {
        if (!reason.isEmpty())
            m_write(faint(clockText()) + m_out.paint(u" restart? "_s, Ink::Warn) + Printer::safe(reason));
    });
}

void Narrator::server(const session::ServerStatus &status)
{
    const bool isAgentNew = std::exchange(m_agent, status.agent) != status.agent;
    if (std::exchange(m_state, status.state) == status.state) {
        if (isAgentNew && status.state == ServerState::Running && !status.message.isEmpty())
            m_write(faint(clockText()) + m_out.paint(u" agent "_s, Ink::Strong) + Printer::safe(status.message));
        return;
    }
    if (status.state == ServerState::Running)
        return; // `ready` says it
    const bool bad = status.state == ServerState::Crashed || status.state == ServerState::Hung;
    m_write(faint(clockText()) + u" server "_s +
            m_out.paint(QString(toString(status.state)), bad ? Ink::Bad : Ink::Strong) +
            (status.message.isEmpty() ? QString() : u"  "_s + Printer::safe(status.message)));
}

void Narrator::result(const ChangeRecord &record)
{
    const Ink ink = inkOf(record.outcome.value_or(Outcome::None));
    m_write(faint(clockText()) + u' ' + resultLine(m_out, record));
    m_write(faint(Indent + Printer::safe(record.change.reason)));
    const QString place =
        record.errorFile.isEmpty() ? QString() : u"%1:%2: "_s.arg(record.errorFile).arg(record.errorLine);
    if (!record.message.isEmpty())
        m_write(Indent + m_out.paint(place + Printer::safe(record.message), ink));
    for (const QString &line : proofLines(record))
        m_write(faint(Indent + line));
}

void Narrator::log(const QList<logs::LogLine> &lines)
{
    for (const logs::LogLine &line : lines) {
        const Ink ink = line.level == logs::Level::Error  ? Ink::Bad
                        : line.level == logs::Level::Warn ? Ink::Warn
                                                          : Ink::Plain;
        m_write(faint(u"         │ "_s) + (ink == Ink::Plain ? m_out.coloured(line.text, line.spans)
                                                             : m_out.paint(Printer::safe(line.text), ink)));
    }
}

/// What callers notice; nothing where they do not.
void Narrator::types(const QList<paddock::types::Finding> &findings)
{
    using paddock::types::Severity;
    for (const paddock::types::Finding &finding : findings) {
        if (finding.severity == Severity::Safe || finding.approved)
            continue;
        const Ink ink = finding.severity == Severity::Breaking ? Ink::Bad : Ink::Warn;
        m_write(faint(clockText()) + u' ' + m_out.paint(QString(toString(finding.severity)), ink) + u' ' +
                Printer::safe(finding.symbol) + faint(u"  "_s + finding.rule));
        m_write(u"                   "_s + Printer::safe(finding.message));
    }
}

void Narrator::problem(const session::Problem &problem)
{
    const bool isRemark = problem.severity == "info"_L1 && problem.source != "launch"_L1;
    if (problem.source.startsWith("change:"_L1) || isRemark)
        return; // the result has said it; remarks are for `tree` and for whoever asks
    const bool error = problem.severity == "error"_L1;
    const QString place = problem.file.isEmpty() ? QString()
                          : problem.line > 0     ? u"%1:%2: "_s.arg(problem.file).arg(problem.line)
                                                 : problem.file + u": "_s;
    m_write(faint(clockText()) + u' ' + m_out.paint(problem.severity, error ? Ink::Bad : Ink::Warn) + u' ' + place +
            Printer::safe(problem.message));
    if (!problem.remedy.isEmpty())
        m_write(Indent + Printer::safe(problem.remedy));
}

void Narrator::job(const session::JobRecord &job)
{
    if (job.state != session::JobState::Failed && job.state != session::JobState::Cancelled)
        return;
    m_write(faint(clockText()) + u" job "_s + Printer::safe(job.name) + u' ' +
            m_out.paint(QString(toString(job.state)), Ink::Bad) +
            (job.exitCode != 0 ? u" (exit status %1)"_s.arg(job.exitCode) : QString()));
}

} // namespace paddock::cli
