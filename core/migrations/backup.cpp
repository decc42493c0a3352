// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/backup.h"

#include "base/paths.h"
#include "migrations/engines.h"
#include "migrations/holders.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTimeZone>
#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

namespace {

QString folderOf(const Location &location)
{
    return paths::stateFolder() + u"/backups/"_s + location.identity();
}

Result<> needsSqlite(const Location &location)
{
    if (location.engine == Engine::Sqlite)
        return {};
    return fail(
        u"no-backup"_s,
        u"Paddock makes backups of SQLite only; this database is on %1."_s.arg(toString(location.engine)),
        location.engine == Engine::Postgres
            ? u"A migration on PostgreSQL runs in a transaction and is rolled back if it fails; for more, use pg_dump."_s
            : u"Statements that change the schema cannot be rolled back there: use mariadb-dump first."_s,
        location.shown());
}

Result<> flush(const QString &path)
{
    const int file = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
    const bool done = file >= 0 && ::fsync(file) == 0;
    const int error = errno;
    if (file >= 0)
        ::close(file);
    if (!done)
        return fail(error == ENOSPC ? u"disk-full"_s : u"write-failed"_s,
                    u"%1 could not be written: %2"_s.arg(path, qt_error_string(error)), u"Free some space."_s, path);
    return {};
}

Result<> check(const QString &path)
{
    Location copy{.engine = Engine::Sqlite, .file = path};
    const auto backend = openBackend(copy);
    const auto rows = backend ? (*backend)->select(u"pragma quick_check(1)"_s) : std::unexpected(backend.error());
    if (!rows || rows->isEmpty() || rows->first()[0].toString() != "ok"_L1)
        return fail(u"backup-damaged"_s,
                    u"The copy of the database is damaged: %1"_s.arg(rows ? rows->value(0).value(0).toString()
                                                                          : rows.error().message),
                    u"Check the disk; the database itself was not touched."_s, path);
    return {};
}

/// A copy at `path`, whole or not at all.
Result<> copyInto(const Location &location, const QString &path)
{
    const QString partial = path + u".part"_s;
    constexpr int QuietTries = 3;
    Result<> copied = fail(u"locked"_s, QString());
    for (int i = 0; i <= QuietTries && !copied && copied.error().code == "locked"_L1; ++i) {
        QFile::remove(partial);
        // In the end the copy matters more than a writer who does not wait for it.
        const auto backend = openBackend(location, i < QuietTries ? Access::Read : Access::Write);
        if (!backend)
            return std::unexpected(backend.error());
        copied = (*backend)->execute(u"vacuum into ?"_s, {partial});
    }
    copied = copied.and_then([&] { return flush(partial); }).and_then([&] { return check(partial); });
    if (copied && QFile::rename(partial, path))
        return {};
    QFile::remove(partial);
    if (!copied) {
        Error error = copied.error();
        if (error.code == "disk-full"_L1) {
            error.message = u"The disk is full: there is no room for a backup."_s;
            error.remedy = u"Free some space where backups are kept. Nothing was changed."_s;
            error.where = folderOf(location);
        }
        return std::unexpected(error);
    }
    return fail(u"write-failed"_s, u"The backup could not be put in its place."_s, {}, path);
}

} // namespace

Result<Backup> makeBackup(const Location &location, const QString &reason)
{
    if (auto possible = needsSqlite(location); !possible)
        return std::unexpected(possible.error());
    const QString folder = folderOf(location);
    if (!QDir().mkpath(folder))
        return fail(u"read-only"_s, u"The folder for backups cannot be made."_s, u"Check its permissions."_s, folder);
    QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const QString path = folder + u'/' + now.toString(u"yyyyMMdd'T'HHmmsszzz'Z'"_s) + u'-' + reason + u".db"_s;
    if (auto copied = copyInto(location, path); !copied)
        return std::unexpected(copied.error());
    QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner);
    return Backup{.path = path, .at = now, .size = QFileInfo(path).size(), .reason = reason};
}

QList<Backup> backupsOf(const Location &location)
{
    QList<Backup> backups;
    const QDir folder(folderOf(location));
    for (const QString &name : folder.entryList({u"*.db"_s}, QDir::Files, QDir::Name | QDir::Reversed)) {
        QDateTime at = QDateTime::fromString(name.section(u'-', 0, 0), u"yyyyMMdd'T'HHmmsszzz'Z'"_s);
        at.setTimeZone(QTimeZone::UTC);
        if (at.isValid())
            backups.append({.path = folder.filePath(name),
                            .at = at,
                            .size = QFileInfo(folder.filePath(name)).size(),
                            .reason = name.section(u'-', 1).chopped(3)});
    }
    return backups;
}

void prune(const Location &location, const Retention &retention)
{
    const QDateTime oldest = QDateTime::currentDateTimeUtc().addDays(-retention.days);
    qint64 bytes = 0;
    int count = 0;
    for (const Backup &backup : backupsOf(location)) {
        bytes += backup.size;
        ++count;
        if (count > 1 && (count > retention.count || bytes > retention.bytes || backup.at < oldest))
            QFile::remove(backup.path);
    }
}

Result<Restored> restoreBackup(const Location &location, const QString &nameOrPath)
{
    if (auto possible = needsSqlite(location); !possible)
        return std::unexpected(possible.error());
    const QList<Backup> backups = backupsOf(location);
    const auto wanted = std::ranges::find_if(backups, [&](const Backup &backup) {
        return nameOrPath.isEmpty() || backup.path == nameOrPath || QFileInfo(backup.path).fileName() == nameOrPath ||
               QFileInfo(backup.path).completeBaseName() == nameOrPath;
    });
    if (wanted == backups.end())
        return fail(u"no-such-backup"_s,
                    backups.isEmpty() ? u"There is no backup of this database."_s
                                      : u"There is no backup “%1”."_s.arg(nameOrPath),
                    u"“paddockctl migrate restore --list” shows them."_s, location.shown());
    if (auto whole = check(wanted->path); !whole)
        return std::unexpected(whole.error());

    // No runner may begin while files are swapped.
    Location side{.engine = Engine::Sqlite, .file = lockOf(location).file};
    if (QFile lock(side.file); !lock.open(QIODevice::Append))
        return fail(u"read-only"_s, u"The database's folder cannot be written to."_s, u"Check its permissions."_s,
                    side.file);
    const auto guard = openBackend(side, Access::Write);
    if (!guard)
        return std::unexpected(guard.error());
    Transaction alone(**guard);
    if (auto taken = alone.begin(); !taken)
        return fail(u"locked-by-runner"_s, u"A run of migrations on this database is under way."_s,
                    u"Wait for it to end."_s);

    Restored restored{.backup = *wanted, .replaced = {}};
    if (QFileInfo::exists(location.file)) {
        // A server would go on writing to the file that is no longer there.
        if (const QStringList holders = openedBy(location.file); !holders.isEmpty())
            return fail(u"in-use"_s, u"The database is open in process %1."_s.arg(holders.join(u", "_s)),
                        u"Stop the server first (“paddockctl stop”), then restore."_s, location.file);
        const auto kept = makeBackup(location, u"before-restore"_s);
        if (!kept)
            return std::unexpected(kept.error());
        restored.replaced = kept->path;
    }
    const QString partial = location.file + u".paddock-restore"_s;
    QFile::remove(partial);
    if (!QFile::copy(wanted->path, partial)) {
        QFile::remove(partial);
        return fail(u"disk-full"_s, u"The backup could not be copied beside the database."_s,
                    u"Free some space there, and check that the folder can be written to. Nothing was changed."_s,
                    location.file);
    }
    if (auto flushed = flush(partial).and_then([&] { return check(partial); }); !flushed) {
        QFile::remove(partial);
        return std::unexpected(flushed.error());
    }
    if (QFileInfo::exists(location.file)) {
        // What the write-ahead log still holds goes into the old file: it must not be taken for the new one's.
        const auto old = openBackend(location, Access::Write);
        if (old)
            (void)(*old)->execute(u"pragma journal_mode = delete"_s);
        for (const auto ending : {"-wal"_L1, "-shm"_L1})
            QFile::remove(location.file + ending);
    }
    if (::rename(QFile::encodeName(partial).constData(), QFile::encodeName(location.file).constData()) != 0) {
        const QString why = qt_error_string(errno);
        QFile::remove(partial);
        return fail(u"write-failed"_s, u"The database file could not be replaced: %1"_s.arg(why), {}, location.file);
    }
    return restored;
}

QJsonObject toJson(const Backup &backup)
{
    return {{u"name"_s, QFileInfo(backup.path).fileName()},
            {u"path"_s, backup.path},
            {u"at"_s, backup.at.toString(Qt::ISODateWithMs)},
            {u"bytes"_s, backup.size},
            {u"reason"_s, backup.reason}};
}

} // namespace paddock::migrations
