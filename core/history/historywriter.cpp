// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/historywriter.h"

#include "history/recordjson.h"
#include "process/processinfo.h"
#include "version.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QSqlError>
#include <QSqlQuery>

namespace paddock::history {

using namespace Qt::StringLiterals;
using session::ChangeRecord;
using session::JobRecord;

namespace {

constexpr int WriteAfterMs = 100;  // a save with all its stages is one transaction
constexpr int PruneEvery = 500;    // changes written
constexpr int FreePagesKept = 256; // pages that may stay empty for what comes next

/// The stage that a change was in: the one that ran, else the last that had been reached.
QString stageOf(const ChangeRecord &record)
{
    for (const session::StageRun &run : record.stages)
        if (run.state == session::StageState::Running || run.state == session::StageState::Waiting)
            return toString(run.stage);
    return u"waiting"_s;
}

bool isUnderWay(const ChangeRecord &record)
{
    return std::ranges::any_of(record.stages, [](const session::StageRun &run) {
        return run.state == session::StageState::Running || run.state == session::StageState::Waiting;
    });
}

} // namespace

HistoryWriter::HistoryWriter(QString file, Limits limits) : m_file(std::move(file)), m_limits(limits), m_timer(this)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(WriteAfterMs);
    connect(&m_timer, &QTimer::timeout, this, &HistoryWriter::flush);
}

HistoryWriter::~HistoryWriter() = default;

void HistoryWriter::fail(const Error &error)
{
    // Once: a full disk would otherwise be told of with each save.
    m_hasGivenUp = true;
    m_database.reset();
    m_changes.clear();
    m_jobs.clear();
    m_journal.clear();
    Q_EMIT problem(error);
}

/// A damaged file makes room for a new one; whether it did.
bool HistoryWriter::replaceDamaged(const Error &error)
{
    if (error.code != "history-corrupt"_L1 && error.code != "not-history"_L1)
        return false;
    m_database.reset();
    const auto aside = setAside(m_file);
    if (!aside)
        return false;
    Q_EMIT problem(
        {.code = u"history-set-aside"_s,
         .message = u"The history could not be read and a new one was begun."_s,
         .detail = error.message,
         .where = *aside,
         .remedy = u"The old file was kept beside it; “sqlite3 FILE .recover” may still get much out of it."_s});
    return true;
}

Result<> HistoryWriter::open()
{
    auto database = Database::open(m_file, Database::Mode::Write);
    if (!database && replaceDamaged(database.error()))
        database = Database::open(m_file, Database::Mode::Write);
    if (!database)
        return std::unexpected(database.error());
    m_database = std::move(*database);
    return {};
}

void HistoryWriter::begin(const QString &root, const QString &name)
{
    m_root = root;
    m_name = name;
    Found found;
    const auto all = [&]() -> Result<> {
        if (auto done = takeStock(found); !done)
            return done;
        if (auto done = beginSession(); !done)
            return done;
        return prune();
    };
    Result<> done = open();
    if (done)
        done = all();
    if (!done && m_database && replaceDamaged(done.error())) {
        done = open();
        if (done)
            done = all();
    }
    if (!done)
        return fail(done.error());
    found.session = m_session;
    Q_EMIT opened(found);
    flush();
}

/// What an earlier session left without having been closed. Whether its process is gone is told by pid and start time.
Result<> HistoryWriter::takeStock(Found &found)
{
    struct Left
    {
        qint64 id, pid;
        quint64 startTicks;
    };
    QList<Left> left;
    auto sessions = m_database->query(u"SELECT id, pid, start_ticks FROM sessions WHERE ended_at IS NULL"_s);
    if (!sessions)
        return std::unexpected(sessions.error());
    while (sessions->next())
        left.append(
            {sessions->value(0).toLongLong(), sessions->value(1).toLongLong(), sessions->value(2).toULongLong()});
    sessions->finish();
    for (const Left &one : left) {
        if (process::isSame(one.pid, one.startTicks) && one.pid != QCoreApplication::applicationPid())
            continue;
        found.wasInterrupted = true;
        // A file that was being written when its writer was killed is looked at before it is trusted.
        auto check = m_database->query(u"PRAGMA quick_check(1)"_s);
        if (!check)
            return std::unexpected(check.error());
        if (check->next() && check->value(0).toString() != "ok"_L1)
            return paddock::fail(u"history-corrupt"_s, check->value(0).toString(), {}, m_file);
        check->finish();
        auto changes = m_database->query(u"SELECT d.record FROM changes c JOIN details d ON d.change = c.id"
                                         " WHERE c.session = ? AND c.outcome IS NULL ORDER BY c.id LIMIT 20"_s,
                                         {one.id});
        if (!changes)
            return std::unexpected(changes.error());
        while (changes->next()) {
            const ChangeRecord record =
                changeFromJson(QJsonDocument::fromJson(changes->value(0).toString().toUtf8()).object());
            found.unfinishedChanges.append(u"%1 (%2)"_s.arg(record.change.subject.name, stageOf(record)));
        }
        changes->finish();
        auto jobs = m_database->query(u"SELECT name FROM jobs WHERE session = ? AND state IN ('running', 'waiting')"_s,
                                      {one.id});
        if (!jobs)
            return std::unexpected(jobs.error());
        while (jobs->next())
            found.unfinishedJobs.append(jobs->value(0).toString());
        jobs->finish();
        // Its last sign of life stands for its end.
        for (const QString &statement :
             {u"UPDATE sessions SET ended_at = coalesce((SELECT max(at) FROM changes WHERE session = sessions.id),"
              " started_at) WHERE id = ?"_s,
              u"UPDATE jobs SET state = 'cancelled' WHERE session = ? AND state IN ('running', 'waiting')"_s})
            if (auto done = m_database->run(statement, {one.id}); !done)
                return done;
    }
    return {};
}

Result<> HistoryWriter::beginSession()
{
    const qint64 pid = QCoreApplication::applicationPid();
    const auto self = process::processInfo(pid);
    auto inserted = m_database->query(
        u"INSERT INTO sessions (root, name, version, pid, start_ticks, started_at) VALUES (?, ?, ?, ?, ?, ?)"_s,
        {m_root, m_name, QString::fromLatin1(VERSION), pid, self ? qint64(self->startTicks) : 0,
         QDateTime::currentMSecsSinceEpoch()});
    if (!inserted)
        return std::unexpected(inserted.error());
    m_session = inserted->lastInsertId().toLongLong();
    return {};
}

void HistoryWriter::put(const ChangeRecord &record)
{
    if (m_hasGivenUp)
        return;
    m_changes.insert(record.id, record);
    if (!m_timer.isActive())
        m_timer.start();
}

void HistoryWriter::put(const JobRecord &job)
{
    if (m_hasGivenUp)
        return;
    m_jobs.insert(job.id, job);
    if (!m_timer.isActive())
        m_timer.start();
}

void HistoryWriter::put(const session::JournalEntry &entry)
{
    if (m_hasGivenUp)
        return;
    m_journal.append(entry);
    if (!m_timer.isActive())
        m_timer.start();
}

void HistoryWriter::flush()
{
    m_timer.stop();
    if (!m_database || (m_changes.isEmpty() && m_jobs.isEmpty() && m_journal.isEmpty()))
        return;
    auto done = write();
    if (!done && replaceDamaged(done.error())) {
        done = open();
        if (done)
            done = beginSession();
        if (done)
            done = write();
    }
    if (!done)
        return fail(done.error());
    Q_EMIT written();
}

Result<> HistoryWriter::write()
{
    m_untilPrune -= int(m_changes.size() + m_journal.size() / 10);
    {
        Transaction transaction(*m_database);
        if (auto begun = transaction.begin(); !begun)
            return begun;
        for (const ChangeRecord &record : std::as_const(m_changes))
            if (auto done = writeChange(masked(record)); !done)
                return done;
        for (const JobRecord &job : std::as_const(m_jobs))
            if (auto done = writeJob(job); !done)
                return done;
        if (auto done = writeJournal(); !done)
            return done;
        if (auto done = transaction.commit(); !done)
            return done;
    }
    m_changes.clear();
    m_jobs.clear();
    m_journal.clear();
    return m_untilPrune < 0 ? prune() : Result<>();
}

ChangeRecord HistoryWriter::masked(ChangeRecord record) const
{
    const auto mask = [this](QString &text) { text = m_masker.mask(text); };
    mask(record.message);
    mask(record.change.reason);
    for (session::StageRun &run : record.stages)
        mask(run.message);
    for (session::TypeChange &type : record.types)
        mask(type.message);
    for (session::Undisposed &one : record.ledger.undisposed)
        mask(one.note);
    return record;
}

Result<> HistoryWriter::writeChange(const ChangeRecord &record)
{
    int breaking = 0, dangerous = 0, safe = 0;
    for (const session::TypeChange &type : record.types)
        ++(type.severity == "breaking"_L1 ? breaking : type.severity == "dangerous"_L1 ? dangerous : safe);
    const change::Change &change = record.change;
    auto done = m_database->query(
        u"INSERT INTO changes (session, number, at, kind, subject_type, subject, summary_row, outcome, ms, served_ms,"
        " generation, text, breaking, dangerous, safe) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (session, number) DO UPDATE SET outcome = excluded.outcome, ms = excluded.ms,"
        " served_ms = excluded.served_ms, generation = excluded.generation, text = excluded.text,"
        " breaking = excluded.breaking, dangerous = excluded.dangerous, safe = excluded.safe RETURNING id"_s,
        {m_session, record.id, record.at.toMSecsSinceEpoch(), QString(toString(change.kind)),
         QString(toString(change.subject.type)), change.subject.name,
         change.row ? QVariant(QString(toString(*change.row))) : QVariant(),
         record.outcome && !isUnderWay(record) ? QVariant(QString(toString(*record.outcome))) : QVariant(), record.ms,
         record.servedMs, record.generation, record.message.isEmpty() ? change.reason : record.message, breaking,
         dangerous, safe});
    if (!done)
        return std::unexpected(done.error());
    if (!done->next())
        return paddock::fail(u"history-unreadable"_s, u"A change could not be written."_s, {}, m_file);
    const qint64 id = done->value(0).toLongLong();
    done->finish();
    return m_database->run(
        u"INSERT INTO details (change, record) VALUES (?, ?) ON CONFLICT (change) DO UPDATE SET record = excluded.record"_s,
        {id, QString::fromUtf8(QJsonDocument(toJson(record)).toJson(QJsonDocument::Compact))});
}

Result<> HistoryWriter::writeJob(const JobRecord &job)
{
    return m_database->run(
        u"INSERT INTO jobs (session, number, name, command, folder, state, started_at, ms, exit_code, output,"
        " environment) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (session, number) DO UPDATE SET"
        " state = excluded.state, ms = excluded.ms, exit_code = excluded.exit_code, output = excluded.output"_s,
        {m_session, job.id, job.name, m_masker.mask(job.command), job.folder, QString(toString(job.state)),
         job.startedAt.toMSecsSinceEpoch(), job.ms, job.exitCode,
         m_masker.mask(job.output.join(u'\n').right(m_limits.outputCharacters)), job.environment.join(u'\n')});
}

/// One statement for all of them: a checkout brings ten thousand.
Result<> HistoryWriter::writeJournal()
{
    if (m_journal.isEmpty())
        return {};
    QSqlQuery query(m_database->sql());
    bool ok =
        query.prepare(u"INSERT INTO journal (session, at, file, fate, number, reason) VALUES (?, ?, ?, ?, ?, ?)"_s);
    for (const session::JournalEntry &entry : std::as_const(m_journal)) {
        query.bindValue(0, m_session);
        query.bindValue(1, entry.at.toMSecsSinceEpoch());
        query.bindValue(2, entry.file);
        query.bindValue(3, QString(toString(entry.fate)));
        query.bindValue(4, entry.change > 0 ? QVariant(entry.change) : QVariant());
        const QString reason = m_masker.mask(entry.reason);
        query.bindValue(5, reason.isNull() ? u""_s : reason);
        ok = ok && query.exec();
    }
    if (!ok)
        return std::unexpected(m_database->error(query.lastError()));
    return {};
}

/// The bounds, by age, count and size. Each time as much goes as makes room for a while.
Result<> HistoryWriter::prune()
{
    m_untilPrune = PruneEvery;
    const qint64 oldest = QDateTime::currentMSecsSinceEpoch() - qint64(m_limits.days) * 86'400'000;
    qint64 keepFrom = m_database->number(u"SELECT min(id) FROM changes WHERE at >= %1"_s.arg(oldest));
    if (keepFrom == 0)
        keepFrom = m_database->number(u"SELECT coalesce(max(id), 0) + 1 FROM changes"_s);
    const qint64 newest = m_database->number(u"SELECT max(id) FROM changes"_s);
    keepFrom = std::max(keepFrom, newest - m_limits.changes + 1);
    const qint64 used = m_database->number(u"PRAGMA page_count"_s) - m_database->number(u"PRAGMA freelist_count"_s);
    if (used * m_database->number(u"PRAGMA page_size"_s) > m_limits.bytes) {
        const qint64 first = std::max(keepFrom, m_database->number(u"SELECT min(id) FROM changes"_s));
        keepFrom = std::max(keepFrom, first + (newest - first + 1) / 5 + 1);
    }
    {
        Transaction transaction(*m_database);
        if (auto begun = transaction.begin(); !begun)
            return begun;
        for (const QString &statement : {
                 u"DELETE FROM details WHERE change < %1"_s.arg(keepFrom),
                 u"DELETE FROM changes WHERE id < %1"_s.arg(keepFrom),
                 // Jobs go with the changes of their time.
                 u"DELETE FROM jobs WHERE started_at < %1 OR session < (SELECT min(session) FROM changes)"_s.arg(
                     oldest),
                 u"DELETE FROM journal WHERE at < %1 OR id <= (SELECT max(id) FROM journal) - %2"_s.arg(oldest).arg(
                     m_limits.journal),
                 u"DELETE FROM sessions WHERE id <> %1 AND ended_at IS NOT NULL"
                 " AND id NOT IN (SELECT session FROM changes) AND id NOT IN (SELECT session FROM jobs)"
                 " AND id NOT IN (SELECT session FROM journal)"_s.arg(m_session),
             })
            if (auto done = m_database->run(statement); !done)
                return done;
        if (auto done = transaction.commit(); !done)
            return done;
    }
    if (m_database->number(u"PRAGMA freelist_count"_s) > FreePagesKept) {
        auto vacuum = m_database->query(u"PRAGMA incremental_vacuum"_s);
        while (vacuum && vacuum->next()) // it goes on with each row that is fetched
            ;
    }
    return {};
}

void HistoryWriter::end()
{
    flush();
    if (m_database) {
        auto done = m_database->run(u"UPDATE sessions SET ended_at = ? WHERE id = ?"_s,
                                    {QDateTime::currentMSecsSinceEpoch(), m_session});
        if (!done)
            Q_EMIT problem(done.error());
        m_database.reset(); // the last connection folds the journal into the file
    }
    Q_EMIT ended();
}

} // namespace paddock::history
