// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/eventjson.h"

#include <QJsonArray>
#include <QTimeZone>
#include <cmath>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

QJsonValue textOrNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

QJsonValue positiveOrNull(qint64 number)
{
    return number > 0 ? QJsonValue(number) : QJsonValue();
}

/// Microseconds are as fine as the clock means anything here.
double rounded(double ms)
{
    return std::round(ms * 1000.0) / 1000.0;
}

} // namespace

QJsonObject serverEvent(const ServerStatus &status)
{
    return {{u"event"_s, u"server"_s},
            {u"state"_s, toString(status.state)},
            {u"pid"_s, positiveOrNull(status.pid)},
            {u"port"_s, positiveOrNull(status.port)},
            {u"generation"_s, status.generation},
            {u"agent"_s, toString(status.agent)},
            {u"runtime"_s, textOrNull(status.runtime)},
            {u"framework"_s, textOrNull(status.framework)},
            {u"memory"_s, positiveOrNull(status.memory)},
            {u"attached"_s, status.attached},
            {u"message"_s, textOrNull(status.message)}};
}

QJsonObject proofEvent(const ChangeRecord &record)
{
    return {{u"event"_s, u"proof"_s},
            {u"change"_s, record.id},
            {u"generation"_s, record.generation},
            {u"proof"_s, toJson(record.proof)},
            {u"ledger"_s, toJson(record.ledger)}};
}

QJsonObject toJson(const Hang &hang)
{
    return {{u"plugin"_s, textOrNull(hang.plugin)},     {u"file"_s, textOrNull(hang.file)},
            {u"line"_s, positiveOrNull(hang.line)},     {u"generation"_s, positiveOrNull(hang.generation)},
            {u"before"_s, positiveOrNull(hang.before)}, {u"loading"_s, hang.isLoading}};
}

QJsonObject toJson(const PluginGeneration &generation)
{
    return {{u"generation"_s, generation.generation},
            {u"code"_s, generation.code},
            {u"at"_s, timestamp(generation.at)},
            {u"current"_s, generation.isCurrent},
            {u"change"_s, positiveOrNull(generation.change)},
            {u"reason"_s, textOrNull(generation.reason)}};
}

QJsonObject changeEvent(const ChangeRecord &record)
{
    QJsonObject event = change::toJson(record.change);
    event.insert("event"_L1, u"change"_s);
    event.insert("id"_L1, record.id);
    event.insert("at"_L1, timestamp(record.at));
    if (!record.needs.isEmpty())
        event.insert("needs"_L1, QJsonArray::fromStringList(record.needs));
    return event;
}

QJsonObject stageEvent(qint64 change, const StageRun &run)
{
    return {{u"event"_s, u"stage"_s},          {u"change"_s, change},      {u"stage"_s, toString(run.stage)},
            {u"state"_s, toString(run.state)}, {u"ms"_s, rounded(run.ms)}, {u"message"_s, textOrNull(run.message)}};
}

QJsonObject toJson(const Proof &proof)
{
    return {{u"inFlightOld"_s, proof.inFlightOld},
            {u"drained"_s, proof.drained},
            {u"held"_s, proof.held},
            {u"dropped"_s, proof.dropped},
            {u"lastEndedMs"_s, rounded(proof.lastEndedMs)}};
}

QJsonObject toJson(const Ledger &ledger)
{
    QJsonObject disposed;
    for (auto it = ledger.disposed.begin(); it != ledger.disposed.end(); ++it)
        disposed.insert(it.key(), it.value());
    QJsonArray undisposed;
    for (const Undisposed &one : ledger.undisposed)
        undisposed.append(QJsonObject{{u"kind"_s, one.kind},
                                      {u"file"_s, textOrNull(one.file)},
                                      {u"line"_s, positiveOrNull(one.line)},
                                      {u"note"_s, textOrNull(one.note)}});
    return {{u"disposed"_s, disposed}, {u"undisposed"_s, undisposed}};
}

QJsonObject resultEvent(const ChangeRecord &record)
{
    return {{u"event"_s, u"result"_s},
            {u"change"_s, record.id},
            {u"subject"_s, record.change.subject.name},
            {u"outcome"_s, toString(record.outcome.value_or(Outcome::None))},
            {u"ms"_s, rounded(record.ms)},
            {u"servedMs"_s, record.servedMs > 0 ? QJsonValue(rounded(record.servedMs)) : QJsonValue()},
            {u"generation"_s, record.generation},
            {u"message"_s, textOrNull(record.message)},
            {u"file"_s, textOrNull(record.errorFile)},
            {u"line"_s, positiveOrNull(record.errorLine)},
            {u"needs"_s, QJsonArray::fromStringList(record.needs)},
            {u"proof"_s, toJson(record.proof)},
            {u"ledger"_s, toJson(record.ledger)}};
}

QJsonObject journalEvent(const JournalEntry &entry)
{
    return {{u"event"_s, u"journal"_s},
            {u"at"_s, timestamp(entry.at)},
            {u"file"_s, entry.file},
            {u"fate"_s, toString(entry.fate)},
            {u"change"_s, positiveOrNull(entry.change)},
            {u"reason"_s, textOrNull(entry.reason)}};
}

QJsonObject requestsEvent(const QJsonObject &batch)
{
    QJsonArray items = batch.value("items"_L1).toArray();
    for (QJsonValueRef item : items) {
        QJsonObject request = item.toObject();
        if (const QJsonValue at = request.value("at"_L1); at.isDouble())
            request.insert("at"_L1, timestamp(QDateTime::fromMSecsSinceEpoch(qint64(at.toDouble()), QTimeZone::UTC)));
        item = request;
    }
    QJsonObject event = batch;
    event.insert("items"_L1, items);
    return event;
}

QJsonObject logEvent(const logs::LogLine &line)
{
    QJsonObject event{{u"event"_s, u"log"_s},
                      {u"id"_s, line.id},
                      {u"level"_s, logs::toString(line.level)},
                      {u"source"_s, line.source},
                      {u"plugin"_s, textOrNull(line.plugin)},
                      {u"generation"_s, line.generation},
                      {u"text"_s, line.text},
                      {u"at"_s, timestamp(line.at)}};
    if (!line.spans.isEmpty()) {
        QJsonArray spans;
        for (const logs::Span &span : line.spans)
            spans.append(QJsonArray{span.start, span.length, span.foreground, span.background, span.bold});
        event.insert(u"spans"_s, spans);
    }
    return event;
}

QList<logs::Span> spansOf(const QJsonObject &logEvent)
{
    QList<logs::Span> spans;
    for (const QJsonValue &span : logEvent.value("spans"_L1).toArray())
        spans.append({.start = span[0].toInt(),
                      .length = span[1].toInt(),
                      .foreground = span[2].toInt(-1),
                      .background = span[3].toInt(-1),
                      .bold = span[4].toBool()});
    return spans;
}

QJsonObject problemEvent(const Problem &problem)
{
    return {{u"event"_s, u"problem"_s},
            {u"severity"_s, problem.severity},
            {u"code"_s, problem.code},
            {u"message"_s, problem.message},
            {u"file"_s, textOrNull(problem.file)},
            {u"line"_s, positiveOrNull(problem.line)},
            {u"remedy"_s, textOrNull(problem.remedy)}};
}

QJsonObject jobEvent(const JobRecord &job)
{
    return {{u"event"_s, u"job"_s},
            {u"id"_s, job.id},
            {u"name"_s, job.name},
            {u"kind"_s, textOrNull(job.kind)},
            {u"command"_s, job.command},
            {u"folder"_s, job.folder},
            {u"environment"_s, QJsonArray::fromStringList(job.environment)},
            {u"startedAt"_s, timestamp(job.startedAt)},
            {u"state"_s, toString(job.state)},
            {u"ms"_s, rounded(job.ms)},
            {u"exitCode"_s, job.exitCode}};
}

QJsonObject errorEvent(const Error &error)
{
    return problemEvent({.severity = u"error"_s,
                         .code = error.code,
                         .message = error.message,
                         .file = error.where,
                         .remedy = error.remedy});
}

} // namespace paddock::session
