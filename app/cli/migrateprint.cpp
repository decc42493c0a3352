// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What `migrate` shows to people.
#include "migrate.h"

#include <QDir>
#include <QFileInfo>

namespace paddock::cli {

using namespace Qt::StringLiterals;
using migrations::Severity;
using migrations::State;

namespace {

Ink inkOf(State state)
{
    switch (state) {
    case State::Applied: return Ink::Good;
    case State::Pending:
    case State::Running: return Ink::Strong;
    case State::OutOfOrder:
    case State::Unknown: return Ink::Warn;
    case State::Missing:
    case State::Edited:
    case State::Failed:
    case State::Interrupted: return Ink::Bad;
    }
    return Ink::Plain;
}

bool isNotAdopted(const migrations::Entry &entry)
{
    return entry.state == State::Applied && !entry.isRecorded && !entry.isCore();
}

/// What can be done, as the command that does it.
void printCommand(const Printer &out, const QString &what, const QString &command, const migrations::Entry &entry)
{
    out.line(out.paint(u"               %1: paddockctl migrate %2 %3 --plugin %4"_s.arg(
                           what, command, entry.name.section(u'.', 0, -2), entry.plugin),
                       Ink::Faint));
}

void printRepair(const Printer &out, migrations::Repair repair, const migrations::Entry &entry)
{
    using migrations::Repair;
    const QString again = entry.isCertain ? QString() : u" --retry"_s;
    switch (repair) {
    case Repair::Retry:
        if (!entry.isApplied())
            return printCommand(out, u"run it again"_s, u"up%1 --to"_s.arg(again), entry);
        out.line(out.paint(
            u"               revert it again: paddockctl migrate down%1 --plugin %2"_s.arg(again, entry.plugin),
            Ink::Faint));
        return;
    case Repair::Up: return printCommand(out, u"run it"_s, u"up --to"_s, entry);
    case Repair::MarkApplied: return printCommand(out, u"mark it as applied"_s, u"adopt --applied"_s, entry);
    case Repair::MarkReverted: return printCommand(out, u"mark it as not applied"_s, u"adopt --reverted"_s, entry);
    case Repair::PutBack: return printCommand(out, u"put the applied text back"_s, u"adopt --put-back"_s, entry);
    case Repair::NewFromDifference:
        return printCommand(out, u"make a new one of what is new"_s, u"adopt --from-difference"_s, entry);
    case Repair::Adopt: return printCommand(out, u"take the file as applied"_s, u"adopt"_s, entry);
    case Repair::Restore:
        out.line(out.paint(u"               go back to before it: paddockctl migrate restore (--list shows which)"_s,
                           Ink::Faint));
        return;
    }
}

void printSteps(const Printer &out, const QList<migrations::StepReport> &steps, bool withSql)
{
    for (const migrations::StepReport &step : steps) {
        const bool done = step.outcome == "done"_L1;
        const QString outcome = step.outcome.isEmpty() ? u"not run"_s
                                : done                 ? toString(step.step.direction)
                                                       : step.outcome;
        out.line(u"  "_s +
                 out.paint(outcome.leftJustified(11), done                     ? Ink::Good
                                                      : step.outcome.isEmpty() ? Ink::Faint
                                                                               : Ink::Bad) +
                 u' ' + step.step.plugin + u'/' + step.step.name +
                 (step.outcome.isEmpty()
                      ? QString()
                      : out.paint(u"  %1 ms%2"_s.arg(step.ms, 0, 'f', 1)
                                      .arg(step.transactional ? QString() : u", not in a transaction"_s),
                                  Ink::Faint)));
        if (withSql)
            for (const migrations::Statement &one : step.statements)
                out.line(
                    out.paint(u"              "_s + Printer::safe(one.sql) +
                                  (one.parameters.isEmpty() ? QString()
                                                            : u"  -- "_s + Printer::safe(one.parameters.join(u", "_s))),
                              Ink::Faint));
        for (const QString &lock : step.locks)
            out.line(out.paint(u"              locks "_s + lock, Ink::Faint));
    }
}

} // namespace

void printStatus(const Printer &out, const migrations::Status &status, const MigrateContext &context)
{
    const bool known = context.database.engine != migrations::Engine::Unknown;
    out.line(out.paint(u"database "_s, Ink::Strong) + (known ? context.database.shown() : u"not known"_s) +
             (known ? out.paint(u"  (%1)"_s.arg(context.database.origin), Ink::Faint) : QString()));
    if (context.database.engine == migrations::Engine::Sqlite && !QFileInfo::exists(context.database.file))
        out.line(out.paint(u"  there is no such file yet"_s, Ink::Warn));
    if (status.unreachable) {
        out.line(out.paint(Printer::safe(status.unreachable->message), Ink::Bad));
        if (!status.unreachable->remedy.isEmpty())
            out.line(u"  "_s + Printer::safe(status.unreachable->remedy));
    }
    QMap<State, int> counts;
    int notAdopted = 0;
    QString plugin;
    for (const migrations::Entry &entry : status.entries) {
        ++counts[entry.state];
        if (std::exchange(plugin, entry.plugin) != entry.plugin)
            out.line(out.paint(entry.plugin, Ink::Strong));
        out.line(u"  "_s + out.paint(QString(toString(entry.state)).leftJustified(12), inkOf(entry.state)) + u' ' +
                 entry.name + out.paint(entry.appliedAt.isEmpty() ? QString() : u"  "_s + entry.appliedAt, Ink::Faint) +
                 (isNotAdopted(entry) ? out.paint(u"  not adopted"_s, Ink::Faint) : QString()));
        if (!entry.reason.isEmpty() && !status.unreachable)
            out.line(u"               "_s + Printer::safe(entry.reason));
        notAdopted += isNotAdopted(entry);
        if (entry.state == State::Applied)
            continue;
        if (entry.isRecorded && (entry.state == State::Edited || entry.state == State::Missing))
            printCommand(out, u"see what differs"_s, u"diff"_s, entry);
        for (const migrations::Repair repair : entry.repairs)
            printRepair(out, repair, entry);
    }
    if (notAdopted > 0)
        out.line(u"not adopted: the framework ran it, so an edit of it would go unnoticed; “paddockctl migrate adopt” "
                 "records its text"_s);
    QStringList sums;
    for (auto it = counts.begin(); it != counts.end(); ++it)
        sums << u"%1 %2"_s.arg(*it).arg(toString(it.key()));
    out.line(out.paint(sums.isEmpty() ? u"no migrations"_s : sums.join(u", "_s), Ink::Faint));
}

void printFindings(const Printer &out, const migrations::PlannedStep &planned)
{
    for (const migrations::Finding &finding : planned.findings) {
        const Ink ink = finding.severity == Severity::Info      ? Ink::Faint
                        : finding.severity == Severity::Warning ? Ink::Warn
                                                                : Ink::Bad;
        out.line(u"  "_s + out.paint(QString(toString(finding.severity)).leftJustified(11), ink) +
                 u" %1/%2:%3  "_s.arg(planned.step.plugin, planned.step.name).arg(finding.line) +
                 Printer::safe(finding.message) +
                 (finding.rows >= 0 && finding.severity == Severity::Destructive ? u" (%1 rows)"_s.arg(finding.rows)
                                                                                 : QString()) +
                 out.paint(u"  "_s + finding.rule, Ink::Faint));
    }
}

void printRun(const Printer &out, const migrations::RunReport &report, const QString &root)
{
    if (report.steps.isEmpty()) {
        out.line(u"Nothing to do."_s);
        return;
    }
    if (report.backup)
        out.line(out.paint(u"backup "_s + report.backup->path, Ink::Faint));
    printSteps(out, report.steps, false);
    if (report.error.code.isEmpty())
        return;
    out.line(out.paint(u"failed: "_s, Ink::Bad) + Printer::safe(report.error.message));
    for (const migrations::StepReport &step : report.steps)
        if (!step.error.code.isEmpty())
            out.line(u"  at "_s + QDir(root).relativeFilePath(step.step.path));
    if (!report.error.remedy.isEmpty())
        out.line(u"  "_s + report.error.remedy);
    const auto failed = std::ranges::find_if(report.steps, [](const migrations::StepReport &step) {
        return !step.outcome.isEmpty() && step.outcome != "done"_L1;
    });
    if (failed == report.steps.end())
        return;
    const bool isFirst = failed == report.steps.begin();
    if (!failed->transactional)
        out.line(u"  It ran outside a transaction: a part of it may have taken effect."_s);
    else if (failed->outcome != "interrupted"_L1)
        out.line(u"  It was rolled back: nothing of it stayed. Correct it, and run it again."_s);
    if (!isFirst || !failed->transactional)
        out.line(u"  "_s + report.undo);
}

void printRehearsal(const Printer &out, const migrations::RehearsalReport &report)
{
    if (report.planned.isEmpty()) {
        out.line(u"Nothing to rehearse."_s);
        return;
    }
    for (const migrations::PlannedStep &planned : report.planned)
        printFindings(out, planned);
    out.line(out.paint(u"rehearsed on: "_s, Ink::Strong) + report.method);
    for (const QString &note : report.notes)
        out.line(out.paint(u"  "_s + Printer::safe(note), Ink::Warn));
    QMap<QString, qint64> rows = report.rowsBefore;
    for (const migrations::PassReport &pass : report.passes) {
        out.line(out.paint(QString(toString(pass.direction)), Ink::Strong));
        printSteps(out, pass.steps, true);
        for (const QString &difference : pass.differences)
            out.line(u"    "_s + Printer::safe(difference));
        for (auto it = pass.rows.begin(); it != pass.rows.end(); ++it)
            if (rows.value(it.key(), -1) != *it)
                out.line(u"    %1: %2 rows%3"_s.arg(it.key()).arg(*it).arg(
                    rows.contains(it.key()) ? u", before %1"_s.arg(rows.value(it.key())) : QString()));
        if (!pass.rows.isEmpty())
            rows = pass.rows;
    }
    for (const QString &left : report.leftovers)
        out.line(out.paint(u"down does not put back: "_s, Ink::Warn) + Printer::safe(left));
    if (!report.error.code.isEmpty())
        out.line(out.paint(u"failed: "_s, Ink::Bad) + Printer::safe(report.error.message));
    else
        out.line(out.paint(u"rehearsed"_s, Ink::Good) + out.paint(u"  %1 ms"_s.arg(report.ms, 0, 'f', 0), Ink::Faint));
}

} // namespace paddock::cli
