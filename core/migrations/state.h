// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "migrations/migration.h"

#include <QSet>
#include <optional>

namespace paddock::migrations {

enum class State { Applied, Pending, Missing, Edited, OutOfOrder, Failed, Interrupted, Running, Unknown };

[[nodiscard]] QLatin1StringView toString(State state);

/// What can be done about a migration that is not simply applied or pending.
enum class Repair { Retry, MarkApplied, MarkReverted, Restore, PutBack, NewFromDifference, Adopt, Up };

[[nodiscard]] QLatin1StringView toString(Repair repair);

/// One migration as it stands.
struct Entry
{
    QString plugin;
    QString name;
    QString path; ///< empty: no file
    State state = State::Unknown;
    /// Whether nothing half-done can be left in the database. Interrupted or failed ones that are certain were rolled
    /// back as a whole and may simply be run again.
    bool isCertain = true;
    bool isRecorded = false; ///< its content when applied is known, so that later edits are noticed
    QString reason;          ///< a sentence; empty for what is plainly applied or pending
    QString appliedAt;
    double ms = 0;        ///< of the last run by Paddock; 0: none
    qint64 appliedId = 0; ///< order of applying; 0: not applied
    QByteArray hash;      ///< of the file
    QByteArray appliedHash;
    QList<Repair> repairs;

    [[nodiscard]] bool isApplied() const { return appliedId > 0; }
    [[nodiscard]] bool isCore() const { return migrations::isCore(plugin); }
};

/// All that decides the states.
struct Observation
{
    QList<MigrationFile> files; ///< by plugin, within a plugin in the order of running
    QList<AppliedRow> applied;
    QList<RunRow> runs;
    QSet<Key> reformatted;            ///< edited in comments and white space only
    bool runnerAlive = false;         ///< the lock is held
    std::optional<Error> unreachable; ///< the database could not be read
};

/// The state of every migration that has a file or a row: plugins in the order of `files`, then those that only the
/// database knows; core migrations come first.
[[nodiscard]] QList<Entry> entriesOf(const Observation &observation);

[[nodiscard]] QJsonObject toJson(const Entry &entry, const QString &root);

} // namespace paddock::migrations
