// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `paddockctl history`: what earlier sessions did, from the store or from an exported file.
#include "commands.h"
#include "history/database.h"
#include "history/historyexport.h"
#include "history/historyreader.h"
#include "history/recordjson.h"
#include "moment.h"
#include "narrator.h"
#include "printer.h"

#include <QJsonArray>

namespace paddock::cli {

using namespace Qt::StringLiterals;

namespace {

Result<history::Filter> filterOf(const Invocation &invocation)
{
    history::Filter filter;
    const auto value = [&](const QString &name) { return invocation.parser.value(name); };
    if (invocation.parser.isSet(u"since"_s)) {
        const auto moment = momentOf(value(u"since"_s));
        if (!moment)
            return std::unexpected(moment.error());
        filter.since = *moment;
    }
    filter.plugin = value(u"plugin"_s);
    if (invocation.parser.isSet(u"kind"_s)) {
        filter.kind = change::kindFromString(value(u"kind"_s));
        if (!filter.kind)
            return fail(u"usage"_s, u"“%1” is not a kind of change."_s.arg(value(u"kind"_s)));
    }
    if (invocation.parser.isSet(u"outcome"_s)) {
        filter.outcome = history::outcomeFromString(value(u"outcome"_s));
        if (!filter.outcome)
            return fail(u"usage"_s, u"“%1” is not an outcome."_s.arg(value(u"outcome"_s)));
    }
    filter.session = value(u"session"_s).toLongLong();
    return filter;
}

void printEntry(const Printer &out, const history::Entry &entry)
{
    const QString outcome = entry.outcome ? QString(toString(*entry.outcome)) : u"unended"_s;
    out.line(out.paint(u"%1"_s.arg(entry.id).rightJustified(6), Ink::Faint) + u"  "_s +
             out.paint(entry.at.toLocalTime().toString(u"yyyy-MM-dd HH:mm:ss"_s), Ink::Faint) + u"  "_s +
             out.paint(outcome.leftJustified(9), entry.outcome ? inkOf(*entry.outcome) : Ink::Warn) + u' ' +
             u"%1 ms"_s.arg(entry.ms, 0, 'f', 1).rightJustified(11) + u"  "_s + Printer::safe(entry.subject) +
             out.paint(u"  "_s + toString(entry.kind), Ink::Faint));
    out.line(out.paint(u"                              "_s + Printer::safe(entry.text), Ink::Faint));
}

void printDetails(const Printer &out, const session::ChangeRecord &record)
{
    out.line(resultLine(out, record));
    out.line(u"  at      "_s + record.at.toLocalTime().toString(Qt::ISODateWithMs));
    out.line(u"  why     "_s + Printer::safe(record.change.reason));
    if (!record.message.isEmpty())
        out.line(u"  result  "_s + Printer::safe(record.message));
    if (!record.errorFile.isEmpty())
        out.line(u"  where   %1:%2"_s.arg(record.errorFile).arg(record.errorLine));
    out.line(u"  files   "_s + record.change.files.join(u", "_s));
    for (const session::StageRun &run : record.stages)
        out.line(u"  stage   %1 %2 %3 ms  %4"_s
                     .arg(QString(toString(run.stage)).leftJustified(8), QString(toString(run.state)).leftJustified(9))
                     .arg(run.ms, 0, 'f', 1)
                     .arg(Printer::safe(run.message)));
    out.line(u"  proof   %1 in flight on the old code, %2 ended on it, %3 dropped"_s.arg(record.proof.inFlightOld)
                 .arg(record.proof.drained)
                 .arg(record.proof.dropped));
    for (auto it = record.ledger.disposed.begin(); it != record.ledger.disposed.end(); ++it)
        out.line(u"  ledger  %1 × %2 disposed of"_s.arg(it.value()).arg(it.key()));
    for (const session::Undisposed &one : record.ledger.undisposed)
        out.line(u"  left    %1 %2:%3 %4"_s.arg(one.kind, one.file).arg(one.line).arg(Printer::safe(one.note)));
}

void printJobs(const Printer &out, const QList<history::JobEntry> &jobs)
{
    for (const auto &[sessionId, job] : jobs) {
        const bool failed = job.state == session::JobState::Failed;
        out.line(out.paint(job.startedAt.toLocalTime().toString(u"yyyy-MM-dd HH:mm:ss"_s), Ink::Faint) + u"  job "_s +
                 out.paint(QString(toString(job.state)).leftJustified(9), failed ? Ink::Bad : Ink::Good) +
                 u"%1 ms"_s.arg(job.ms, 0, 'f', 0).rightJustified(11) + u"  "_s + Printer::safe(job.name) +
                 out.paint(u"  "_s + Printer::safe(job.command), Ink::Faint));
    }
}

} // namespace

int runHistory(const Invocation &invocation)
{
    const Printer out(invocation);
    const auto filter = filterOf(invocation);
    if (!filter)
        return out.error(filter.error());
    QString file = invocation.parser.value(u"file"_s);
    if (file.isEmpty()) {
        const auto root = workspaceOf(invocation);
        if (!root)
            return out.error(root.error());
        file = history::historyFile(*root);
    }
    const qint64 id = invocation.arguments.value(0).toLongLong();
    if (!invocation.arguments.isEmpty() && id <= 0)
        return out.error({.code = u"usage"_s, .message = u"“%1” is not a number."_s.arg(invocation.arguments.first())});
    if (const QString to = invocation.parser.value(u"export"_s); !to.isEmpty()) {
        if (auto done = history::exportHistory(file, to, {.change = id, .session = filter->session}); !done)
            return out.error(done.error());
        out.json({{u"file"_s, to}});
        if (!out.isJson())
            out.line(u"exported to %1; “paddockctl history --file” and the window open it"_s.arg(to));
        return Done;
    }
    auto reader = history::HistoryReader::open(file);
    if (!reader) {
        const bool isNone = reader.error().code == "history-unreadable"_L1 && !invocation.parser.isSet(u"file"_s);
        if (!isNone)
            return out.error(reader.error());
        out.json({{u"changes"_s, QJsonArray()}, {u"jobs"_s, QJsonArray()}, {u"sessions"_s, QJsonArray()}});
        if (!out.isJson())
            out.line(u"no history yet: a session on this workspace begins it"_s);
        return Done;
    }
    if (id > 0) {
        const auto record = reader->details(id);
        if (!record)
            return out.error(record.error());
        QJsonObject object = history::toJson(*record);
        object.insert("number"_L1, record->id);
        object.insert("id"_L1, id);
        out.json(object);
        if (!out.isJson())
            printDetails(out, *record);
        return Done;
    }
    const int limit = invocation.parser.isSet(u"limit"_s) ? invocation.parser.value(u"limit"_s).toInt() : 200;
    const auto entries = reader->page(*filter, 0, limit > 0 ? limit : 200);
    const auto jobs = reader->jobs(filter->since);
    const auto sessions = reader->sessions();
    for (const Error *error :
         {entries ? nullptr : &entries.error(), jobs ? nullptr : &jobs.error(), sessions ? nullptr : &sessions.error()})
        if (error)
            return out.error(*error);
    if (out.isJson()) {
        QJsonArray changeArray, jobArray, sessionArray;
        for (const history::Entry &entry : *entries)
            changeArray.append(history::toJson(entry));
        for (const history::JobEntry &job : *jobs)
            jobArray.append(history::toJson(job));
        for (const history::SessionEntry &session : *sessions)
            sessionArray.append(history::toJson(session));
        out.json({{u"changes"_s, changeArray}, {u"jobs"_s, jobArray}, {u"sessions"_s, sessionArray}});
        return Done;
    }
    if (invocation.parser.isSet(u"jobs"_s)) {
        printJobs(out, *jobs);
        return Done;
    }
    for (const history::Entry &entry : *entries)
        printEntry(out, entry);
    if (entries->isEmpty())
        out.line(u"no changes"_s);
    return Done;
}

} // namespace paddock::cli
