// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "session/records.h"

#include <array>
#include <memory>

namespace paddock::history {

class Database;

/// Which changes a list holds. What is empty does not filter.
struct Filter
{
    QString text;   ///< in the subject's name
    QString plugin; ///< the subject's name as it is
    std::optional<change::Kind> kind;
    std::optional<session::Outcome> outcome;
    QDateTime since, until;
    qint64 session = 0;

    friend bool operator==(const Filter &, const Filter &) = default;
};

/// A line of a list; everything else is in details().
struct Entry
{
    qint64 id = 0; ///< in the file
    qint64 session = 0;
    qint64 number = 0; ///< of the change in its session
    QDateTime at;
    change::Kind kind = change::Kind::NoEffect;
    QString subjectType, subject;
    std::optional<session::Outcome> outcome; ///< none: it had not ended when its session did, or still runs
    double ms = 0;                           ///< what the developer waited for
    int generation = 0;
    QString text; ///< what came of it, else the reason
    int breaking = 0, dangerous = 0, safe = 0;

    friend bool operator==(const Entry &, const Entry &) = default;
};

struct SessionEntry
{
    qint64 id = 0;
    QString root, name, version;
    QDateTime startedAt, endedAt; ///< the second invalid: it is open
    qint64 changes = 0;
};

struct JobEntry
{
    qint64 session = 0;
    session::JobRecord job;
};

struct JournalLine
{
    qint64 session = 0;
    session::JournalEntry entry;
};

/// What came of the changes of one row of the summary table.
struct RowSummary
{
    int changes = 0, swapped = 0, restarted = 0, kept = 0;
    QList<double> latencies; ///< of the latest that took effect or failed, oldest first

    friend bool operator==(const RowSummary &, const RowSummary &) = default;
};
using Summary = std::array<RowSummary, 5>; ///< by change::Row

/// Reads a history: that of a workspace, while a session writes it, or an exported file. Belongs to one thread; each
/// call takes a few milliseconds at most on a hundred thousand changes.
class HistoryReader final
{
public:
    /// Errors: those of Database::open().
    [[nodiscard]] static Result<HistoryReader> open(const QString &file);
    HistoryReader(HistoryReader &&) noexcept;
    HistoryReader &operator=(HistoryReader &&) noexcept;
    ~HistoryReader();

    /// Newest first; `before`: only ids below it, 0: from the newest on.
    [[nodiscard]] Result<QList<Entry>> page(const Filter &filter, qint64 before, int limit);
    [[nodiscard]] Result<qint64> count(const Filter &filter);
    /// The ids of all entries that pass, newest first: what a view needs to know its length and to jump anywhere.
    [[nodiscard]] Result<QList<qint64>> ids(const Filter &filter);
    [[nodiscard]] Result<QList<Entry>> entries(const QList<qint64> &ids);
    /// Error: no-change.
    [[nodiscard]] Result<session::ChangeRecord> details(qint64 id);
    [[nodiscard]] Result<QList<SessionEntry>> sessions();
    [[nodiscard]] Result<QList<JobEntry>> jobs(const QDateTime &since = {}, int limit = 200);
    /// The fates of saves, oldest first: of one session, or of all since then; the latest `limit` of them.
    [[nodiscard]] Result<QList<JournalLine>> journal(qint64 session, const QDateTime &since = {}, int limit = 20'000);
    /// Of all sessions but the given one.
    [[nodiscard]] Result<Summary> summary(qint64 exceptSession = 0, int latencies = 24);
    [[nodiscard]] Result<QStringList> subjects(); ///< names of all plugins, sorted

private:
    explicit HistoryReader(std::unique_ptr<Database> database);
    [[nodiscard]] Result<QList<Entry>> read(const QString &condition, const QVariantList &values);

    std::unique_ptr<Database> m_database;
};

/// As `history --json` lists it.
[[nodiscard]] QJsonObject toJson(const Entry &entry);
[[nodiscard]] QJsonObject toJson(const SessionEntry &entry);
[[nodiscard]] QJsonObject toJson(const JobEntry &entry);

} // namespace paddock::history
