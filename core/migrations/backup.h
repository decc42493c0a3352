// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "migrations/location.h"

#include <QDateTime>

/// Copies of an SQLite database, kept in the state folder.
namespace paddock::migrations {

struct Backup
{
    QString path;
    QDateTime at; ///< UTC
    qint64 size = 0;
    QString reason; ///< manual, up, down, before-restore
};

struct Retention
{
    int count = 20;
    int days = 30;
    qint64 bytes = qint64(2) << 30;
};

/// A consistent copy while others read and write (`VACUUM INTO`), checked before it counts. Nothing stays of one that
/// failed. Errors: "no-backup" (another engine), "disk-full", "read-only", "no-database", "locked", "backup-damaged".
[[nodiscard]] Result<Backup> makeBackup(const Location &location, const QString &reason);

/// Newest first.
[[nodiscard]] QList<Backup> backupsOf(const Location &location);

/// Removes what is too old or too much; the newest always stays.
void prune(const Location &location, const Retention &retention = {});

struct Restored
{
    Backup backup;
    QString replaced; ///< where the database as it was is kept
};

/// Puts a backup in the database's place. It refuses while another process has the database open; it keeps a backup of
/// what it replaces, and swaps the file in one step. Errors: as makeBackup(), and "in-use", "locked-by-runner",
/// "no-such-backup".
[[nodiscard]] Result<Restored> restoreBackup(const Location &location, const QString &nameOrPath);

[[nodiscard]] QJsonObject toJson(const Backup &backup);

} // namespace paddock::migrations
