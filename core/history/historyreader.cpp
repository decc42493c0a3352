// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/historyreader.h"

#include "history/database.h"
#include "history/recordjson.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <cmath>

namespace paddock::history {

using namespace Qt::StringLiterals;
using session::Outcome;

namespace {

constexpr auto Columns =
    "id, session, number, at, kind, subject_type, subject, outcome, ms, served_ms, generation, text, "
    "breaking, dangerous, safe"_L1;

QDateTime timeOf(const QVariant &ms)
{
    return ms.isNull() ? QDateTime() : QDateTime::fromMSecsSinceEpoch(ms.toLongLong(), QTimeZone::UTC);
}

struct Condition
{
    QStringList parts{u"1"_s};
    QVariantList values;

    void add(const QString &part, const QVariant &value)
    {
        parts.append(part);
        values.append(value);
    }
    [[nodiscard]] QString text() const { return parts.join(" AND "_L1); }
};

Condition conditionOf(const Filter &filter)
{
    Condition condition;
    if (!filter.text.isEmpty())
        condition.add(u"instr(lower(subject), ?)"_s, filter.text.toLower());
    if (!filter.plugin.isEmpty())
        condition.add(u"subject = ?"_s, filter.plugin);
    if (filter.kind)
        condition.add(u"kind = ?"_s, QString(toString(*filter.kind)));
    if (filter.outcome)
        condition.add(u"outcome = ?"_s, QString(toString(*filter.outcome)));
    if (filter.since.isValid())
        condition.add(u"at >= ?"_s, filter.since.toMSecsSinceEpoch());
    if (filter.until.isValid())
        condition.add(u"at <= ?"_s, filter.until.toMSecsSinceEpoch());
    if (filter.session > 0)
        condition.add(u"session = ?"_s, filter.session);
    return condition;
}

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

double rounded(double ms)
{
    return std::round(ms * 1000) / 1000;
}

} // namespace

HistoryReader::HistoryReader(std::unique_ptr<Database> database) : m_database(std::move(database)) {}
HistoryReader::HistoryReader(HistoryReader &&) noexcept = default;
HistoryReader &HistoryReader::operator=(HistoryReader &&) noexcept = default;
HistoryReader::~HistoryReader() = default;

Result<HistoryReader> HistoryReader::open(const QString &file)
{
    // Beside a writer there are locks and a journal; where nothing can be written there is neither.
    const bool isAlone = !QFileInfo::exists(file + u"-wal"_s) && !QFileInfo(QFileInfo(file).path()).isWritable();
    auto database = Database::open(file, isAlone ? Database::Mode::ReadAlone : Database::Mode::Read);
    if (!database)
        return std::unexpected(database.error());
    return HistoryReader(std::move(*database));
}

Result<QList<Entry>> HistoryReader::read(const QString &condition, const QVariantList &values)
{
    auto query = m_database->query(u"SELECT "_s + Columns + u" FROM changes WHERE "_s + condition, values);
    if (!query)
        return std::unexpected(query.error());
    QList<Entry> entries;
    while (query->next()) {
        const double served = query->value(9).toDouble();
        entries.append({.id = query->value(0).toLongLong(),
                        .session = query->value(1).toLongLong(),
                        .number = query->value(2).toLongLong(),
                        .at = timeOf(query->value(3)),
                        .kind = change::kindFromString(query->value(4).toString()).value_or(change::Kind::NoEffect),
                        .subjectType = query->value(5).toString(),
                        .subject = query->value(6).toString(),
                        .outcome = outcomeFromString(query->value(7).toString()),
                        .ms = served > 0 ? served : query->value(8).toDouble(),
                        .generation = query->value(10).toInt(),
                        .text = query->value(11).toString(),
                        .breaking = query->value(12).toInt(),
                        .dangerous = query->value(13).toInt(),
                        .safe = query->value(14).toInt()});
    }
    return entries;
}

Result<QList<Entry>> HistoryReader::page(const Filter &filter, qint64 before, int limit)
{
    Condition condition = conditionOf(filter);
    if (before > 0)
        condition.add(u"id < ?"_s, before);
    return read(condition.text() + u" ORDER BY id DESC LIMIT %1"_s.arg(limit), condition.values);
}

Result<qint64> HistoryReader::count(const Filter &filter)
{
    const Condition condition = conditionOf(filter);
    auto query = m_database->query(u"SELECT count(*) FROM changes WHERE "_s + condition.text(), condition.values);
    if (!query)
        return std::unexpected(query.error());
    return query->next() ? query->value(0).toLongLong() : 0;
}

Result<QList<qint64>> HistoryReader::ids(const Filter &filter)
{
    QList<qint64> ids;
    if (filter == Filter()) {
        // Ids are given in order and go from the oldest on, so nearly always they have no gap.
        auto bounds = m_database->query(u"SELECT min(id), max(id) FROM changes"_s);
        if (!bounds)
            return std::unexpected(bounds.error());
        const qint64 oldest = bounds->next() ? bounds->value(0).toLongLong() : 0;
        const qint64 newest = bounds->value(1).toLongLong();
        bounds->finish();
        if (newest == 0)
            return ids;
        if (newest - oldest + 1 == m_database->number(u"SELECT count(*) FROM changes"_s)) {
            ids.reserve(newest - oldest + 1);
            for (qint64 id = newest; id >= oldest; --id)
                ids.append(id);
            return ids;
        }
    }
    const Condition condition = conditionOf(filter);
    auto query = m_database->query(u"SELECT id FROM changes WHERE "_s + condition.text() + u" ORDER BY id DESC"_s,
                                   condition.values);
    if (!query)
        return std::unexpected(query.error());
    while (query->next())
        ids.append(query->value(0).toLongLong());
    return ids;
}

Result<QList<Entry>> HistoryReader::entries(const QList<qint64> &ids)
{
    QStringList numbers;
    for (const qint64 id : ids)
        numbers.append(QString::number(id));
    return read(u"id IN ("_s + numbers.join(u',') + u") ORDER BY id DESC"_s, {});
}

Result<session::ChangeRecord> HistoryReader::details(qint64 id)
{
    auto query = m_database->query(u"SELECT record FROM details WHERE change = ?"_s, {id});
    if (!query)
        return std::unexpected(query.error());
    if (!query->next())
        return fail(u"no-change"_s, u"The history has no change %1."_s.arg(id),
                    u"“paddockctl history” lists the changes with their numbers."_s);
    return changeFromJson(QJsonDocument::fromJson(query->value(0).toString().toUtf8()).object());
}

Result<QList<SessionEntry>> HistoryReader::sessions()
{
    auto query = m_database->query(u"SELECT s.id, s.root, s.name, s.version, s.started_at, s.ended_at,"
                                   " (SELECT count(*) FROM changes c WHERE c.session = s.id)"
                                   " FROM sessions s ORDER BY s.id DESC"_s);
    if (!query)
        return std::unexpected(query.error());
    QList<SessionEntry> sessions;
    while (query->next())
        sessions.append({query->value(0).toLongLong(), query->value(1).toString(), query->value(2).toString(),
                         query->value(3).toString(), timeOf(query->value(4)), timeOf(query->value(5)),
                         query->value(6).toLongLong()});
    return sessions;
}

Result<QList<JobEntry>> HistoryReader::jobs(const QDateTime &since, int limit)
{
    auto query = m_database->query(
        u"SELECT session, number, name, command, folder, state, started_at, ms, exit_code, output, environment"
        " FROM jobs WHERE started_at >= ? ORDER BY id DESC LIMIT ?"_s,
        {since.isValid() ? since.toMSecsSinceEpoch() : 0, limit});
    if (!query)
        return std::unexpected(query.error());
    QList<JobEntry> jobs;
    while (query->next()) {
        session::JobRecord job;
        job.id = query->value(1).toLongLong();
        job.name = query->value(2).toString();
        job.command = query->value(3).toString();
        job.folder = query->value(4).toString();
        job.state = jobStateFromString(query->value(5).toString());
        job.startedAt = timeOf(query->value(6));
        job.ms = query->value(7).toDouble();
        job.exitCode = query->value(8).toInt();
        job.output = query->value(9).toString().split(u'\n');
        job.environment = query->value(10).toString().split(u'\n', Qt::SkipEmptyParts);
        jobs.append({query->value(0).toLongLong(), job});
    }
    return jobs;
}

Result<QList<JournalLine>> HistoryReader::journal(qint64 session, const QDateTime &since, int limit)
{
    QList<JournalLine> lines;
    if (!m_database->isPresent())
        return lines; // of a version that kept none
    auto query = m_database->query(
        u"SELECT session, at, file, fate, number, reason FROM journal WHERE (? = 0 OR session = ?) AND at >= ?"
        " ORDER BY id DESC LIMIT ?"_s,
        {session, session, since.isValid() ? since.toMSecsSinceEpoch() : 0, limit});
    if (!query)
        return std::unexpected(query.error());
    while (query->next())
        lines.prepend({query->value(0).toLongLong(),
                       {.at = timeOf(query->value(1)),
                        .file = query->value(2).toString(),
                        .fate = session::fateFromString(query->value(3).toString()),
                        .change = query->value(4).toLongLong(),
                        .reason = query->value(5).toString()}});
    return lines;
}

Result<Summary> HistoryReader::summary(qint64 exceptSession, int latencies)
{
    Summary summary;
    const auto rowOf = [&summary](const QString &word) -> RowSummary * {
        for (size_t row = 0; row < summary.size(); ++row)
            if (toString(change::Row(row)) == word)
                return &summary[row];
        return nullptr;
    };
    auto counts = m_database->query(u"SELECT summary_row, outcome, count(*) FROM changes WHERE summary_row IS NOT NULL"
                                    " AND outcome IS NOT NULL AND session <> ? GROUP BY summary_row, outcome"_s,
                                    {exceptSession});
    if (!counts)
        return std::unexpected(counts.error());
    while (counts->next()) {
        RowSummary *row = rowOf(counts->value(0).toString());
        const auto outcome = outcomeFromString(counts->value(1).toString());
        if (!row || !outcome)
            continue;
        const int count = counts->value(2).toInt();
        row->changes += count;
        switch (*outcome) {
        case Outcome::Restarted: row->restarted += count; break;
        case Outcome::KeptOld:
        case Outcome::Held: row->kept += count; break;
        case Outcome::None: break;
        default: row->swapped += count;
        }
    }
    for (size_t row = 0; row < summary.size(); ++row) {
        auto times = m_database->query(u"SELECT CASE WHEN served_ms > 0 THEN served_ms ELSE ms END FROM changes"
                                       " WHERE summary_row = ? AND outcome NOT IN ('held', 'none') AND session <> ?"
                                       " ORDER BY id DESC LIMIT ?"_s,
                                       {QString(toString(change::Row(row))), exceptSession, latencies});
        if (!times)
            return std::unexpected(times.error());
        while (times->next())
            summary[row].latencies.prepend(times->value(0).toDouble());
    }
    return summary;
}

Result<QStringList> HistoryReader::subjects()
{
    auto query =
        m_database->query(u"SELECT DISTINCT subject FROM changes WHERE subject_type = 'plugin' ORDER BY subject"_s);
    if (!query)
        return std::unexpected(query.error());
    QStringList names;
    while (query->next())
        names.append(query->value(0).toString());
    return names;
}

QJsonObject toJson(const Entry &entry)
{
    return {{u"id"_s, entry.id},
            {u"session"_s, entry.session},
            {u"number"_s, entry.number},
            {u"at"_s, session::timestamp(entry.at)},
            {u"kind"_s, toString(entry.kind)},
            {u"subject"_s, QJsonObject{{u"type"_s, entry.subjectType}, {u"name"_s, entry.subject}}},
            {u"outcome"_s, entry.outcome ? QJsonValue(toString(*entry.outcome)) : QJsonValue()},
            {u"ms"_s, rounded(entry.ms)},
            {u"generation"_s, entry.generation},
            {u"message"_s, entry.text},
            {u"types"_s,
             QJsonObject{{u"breaking"_s, entry.breaking}, {u"dangerous"_s, entry.dangerous}, {u"safe"_s, entry.safe}}}};
}

QJsonObject toJson(const SessionEntry &entry)
{
    return {{u"id"_s, entry.id},
            {u"workspace"_s, entry.root},
            {u"name"_s, entry.name},
            {u"version"_s, entry.version},
            {u"startedAt"_s, session::timestamp(entry.startedAt)},
            {u"endedAt"_s, orNull(entry.endedAt.isValid() ? session::timestamp(entry.endedAt) : QString())},
            {u"changes"_s, entry.changes}};
}

QJsonObject toJson(const JobEntry &entry)
{
    const session::JobRecord &job = entry.job;
    return {{u"session"_s, entry.session},
            {u"number"_s, job.id},
            {u"name"_s, job.name},
            {u"command"_s, job.command},
            {u"folder"_s, job.folder},
            {u"state"_s, toString(job.state)},
            {u"startedAt"_s, session::timestamp(job.startedAt)},
            {u"ms"_s, rounded(job.ms)},
            {u"exitCode"_s, job.exitCode},
            {u"environment"_s, QJsonArray::fromStringList(job.environment)},
            {u"output"_s, job.output.join(u'\n')}};
}

} // namespace paddock::history
