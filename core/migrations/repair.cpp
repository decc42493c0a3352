// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Settling what is edited, missing or interrupted, without running anything.
#include "migrations/backend.h"
#include "migrations/ddl.h"
#include "migrations/files.h"
#include "migrations/prepare.h"
#include "migrations/remainder.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSaveFile>
#include <QUuid>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

namespace {

QString labelOf(const Entry &entry)
{
    return entry.plugin + u'/' + entry.name;
}

Result<> write(const QString &path, const QByteArray &text, bool overwrite)
{
    if (!overwrite && QFileInfo::exists(path))
        return fail(u"migration-exists"_s, u"There is a file %1 already."_s.arg(path), u"Choose another name."_s, path);
    QDir().mkpath(QFileInfo(path).path());
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
        return fail(u"write-failed"_s, u"%1 could not be written: %2"_s.arg(path, file.errorString()),
                    u"Check its permissions and the free space."_s, path);
    return {};
}

QString textOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

Result<QList<Entry>> chosen(const QList<Entry> &entries, const RepairRequest &request)
{
    QList<Entry> found;
    for (const Entry &entry : entries) {
        const bool named = entry.name == request.name || entry.name.section(u'.', 0, -2) == request.name;
        if ((request.name.isEmpty() ? request.repair == Repair::Adopt && entry.repairs.contains(Repair::Adopt)
                                    : named) &&
            (request.plugin.isEmpty() || entry.plugin == request.plugin))
            found << entry;
    }
    if (request.name.isEmpty())
        return found;
    if (found.isEmpty())
        return fail(u"no-such-migration"_s, u"There is no migration “%1”."_s.arg(request.name),
                    u"“paddockctl migrate status” lists them."_s);
    if (found.size() > 1)
        return fail(u"ambiguous-migration"_s, u"“%1” is a migration of several plugins."_s.arg(request.name),
                    u"Say which with --plugin."_s);
    return found;
}

/// What each repair may be used on. A mistake here would make the record untrue.
Result<> fits(const Entry &entry, Repair repair)
{
    const auto no = [&](const QString &why) {
        return fail(u"not-needed"_s, u"%1 %2"_s.arg(labelOf(entry), why),
                    u"“paddockctl migrate status” says how it stands."_s);
    };
    if (entry.state == State::Running)
        return no(u"is being run right now."_s);
    switch (repair) {
    case Repair::Adopt:
        return entry.isApplied() && !entry.path.isEmpty() ? Result<>() : no(u"is not applied, or has no file."_s);
    case Repair::MarkApplied:
        return entry.isApplied() || entry.path.isEmpty() ? no(u"is applied already, or has no file."_s) : Result<>();
    case Repair::MarkReverted: return entry.isApplied() || !entry.isCertain ? Result<>() : no(u"is not applied."_s);
    case Repair::PutBack:
    case Repair::NewFromDifference:
        return entry.isRecorded ? Result<>() : no(u"was not applied by Paddock, so its text is not known."_s);
    default: return no(u"cannot be settled this way."_s);
    }
}

Result<> record(Backend &backend, const Entry &entry, const QString &origin, Direction direction)
{
    const QString now = QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs);
    const QVariant content = entry.path.isEmpty() ? QVariant() : QVariant(textOf(entry.path));
    return backend.execute(
        u"insert into %1 (run_id, plugin_name, migration_name, direction, origin, content_hash, content, "
        "transactional, started_at, finished_at, duration_ms, outcome) values (?, ?, ?, ?, ?, ?, ?, 1, "
        "?, ?, 0, 'done')"_s.arg(recordTable),
        {QUuid::createUuid().toString(QUuid::Id128), entry.plugin, entry.name, QString(toString(direction)), origin,
         QString::fromLatin1(entry.hash), content, now, now});
}

Result<> mark(Backend &backend, const Entry &entry, Repair repair)
{
    Transaction transaction(backend);
    if (auto begun = transaction.begin(); !begun)
        return begun;
    const Direction direction = repair == Repair::MarkReverted ? Direction::Down : Direction::Up;
    Result<> done;
    if (repair != Repair::Adopt)
        done = backend.execute(u"delete from %1 where plugin_name = ? and migration_name = ?"_s.arg(frameworkTable),
                               {entry.plugin, entry.name});
    if (done && repair == Repair::MarkApplied)
        done = backend.execute(u"insert into %1 (plugin_name, migration_name) values (?, ?)"_s.arg(frameworkTable),
                               {entry.plugin, entry.name});
    if (done)
        done = record(backend, entry, repair == Repair::Adopt ? u"adopt"_s : u"mark"_s, direction);
    return done ? transaction.commit() : done;
}

Result<> putBack(Backend &backend, const Entry &entry, const QString &root)
{
    const auto content = backend.recordedContent({entry.plugin, entry.name});
    if (!content)
        return std::unexpected(content.error());
    if (!*content)
        return fail(u"not-needed"_s, u"The text of %1 is not recorded."_s.arg(labelOf(entry)));
    const QString folder = migrationFolder(root, entry.plugin);
    return write(entry.path.isEmpty() ? folder + u'/' + entry.name : entry.path, (*content)->toUtf8(), true);
}

/// The edited file becomes a migration of its own, and the applied one gets its old text back.
Result<QString> splitOff(Backend &backend, const Entry &entry, const QString &root)
{
    const QString edited = textOf(entry.path);
    static const QRegularExpression number(u"^\\d+[_-]?"_s);
    QString name = entry.name.section(u'.', 0, -2);
    name.remove(number);
    const auto content = backend.recordedContent({entry.plugin, entry.name});
    if (!content || !*content)
        return fail(u"not-needed"_s, u"The text of %1 is not recorded."_s.arg(labelOf(entry)));
    const QByteArray body = remainderOf((*content)->toUtf8(), edited.toUtf8(), entry.name);
    const auto path = newMigration(root, entry.plugin, name + u"_changed"_s, QString::fromUtf8(body));
    if (!path)
        return path;
    if (auto back = putBack(backend, entry, root); !back) {
        QFile::remove(*path);
        return std::unexpected(back.error());
    }
    return path;
}

} // namespace

Result<QStringList> repairMigrations(const ServiceOptions &options, const RepairRequest &request)
{
    const Status status = readStatus(options.root, options.database);
    if (status.unreachable)
        return std::unexpected(*status.unreachable);
    const auto entries = chosen(status.entries, request);
    if (!entries)
        return std::unexpected(entries.error());
    const bool writes = request.repair != Repair::PutBack && request.repair != Repair::NewFromDifference;
    if (entries->isEmpty())
        return QStringList();
    const auto opened = openBackend(options.database, writes ? Access::Write : Access::Read);
    if (!opened)
        return std::unexpected(opened.error());
    Backend &backend = **opened;
    if (writes)
        for (const QString &statement : tablesDdl(options.database.engine))
            if (auto made = backend.execute(statement); !made)
                return std::unexpected(made.error());
    QStringList settled;
    for (const Entry &entry : *entries) {
        if (auto fitting = fits(entry, request.repair); !fitting)
            return std::unexpected(fitting.error());
        if (request.repair == Repair::NewFromDifference) {
            const auto path = splitOff(backend, entry, options.root);
            if (!path)
                return std::unexpected(path.error());
            settled << labelOf(entry) << *path;
            continue;
        }
        const auto done = request.repair == Repair::PutBack ? putBack(backend, entry, options.root)
                                                            : mark(backend, entry, request.repair);
        if (!done)
            return std::unexpected(done.error());
        settled << labelOf(entry);
    }
    return settled;
}

Result<QString> newMigration(const QString &root, const QString &plugin, const QString &name, const QString &body)
{
    static const QRegularExpression allowed(u"^[a-z][a-z0-9_-]*$"_s);
    static const QRegularExpression numbered(u"^(\\d+)[_-]"_s);
    if (!allowed.match(name).hasMatch() || name.size() > 80)
        return fail(u"bad-name"_s, u"“%1” is no name for a migration."_s.arg(name),
                    u"Use lower-case letters, digits and underscores, beginning with a letter: add_stock."_s);
    const QString folder = migrationFolder(root, plugin);
    if (folder.isEmpty())
        return fail(u"no-such-plugin"_s, u"There is no plugin “%1”."_s.arg(plugin),
                    u"“paddockctl tree” lists the plugins."_s, root);
    qint64 highest = 0;
    qsizetype width = 3;
    for (const QString &file : QDir(folder).entryList({u"*.ts"_s}, QDir::Files, QDir::Name)) {
        const auto match = numbered.match(file);
        if (!match.hasMatch())
            continue;
        highest = std::max(highest, match.captured(1).toLongLong());
        width = match.capturedLength(1);
        if (file.section(u'.', 0, 0).mid(match.capturedLength()) == name)
            return fail(u"migration-exists"_s, u"%1 has that name already."_s.arg(file), u"Choose another name."_s,
                        folder + u'/' + file);
    }
    const QString path =
        folder + QStringLiteral("/%1_%2.ts").arg(QString::number(highest + 1).rightJustified(width, u'0'), name);
    static const QString blank = u"import type { Kysely } from \"kysely\";\n\n"
                                 "export async function up(db: Kysely<any>): Promise<void> {\n"
                                 "  // await db.schema.alterTable(\"…\").addColumn(\"…\", \"text\").execute();\n"
                                 "}\n\n"
                                 "export async function down(db: Kysely<any>): Promise<void> {\n"
                                 "  // Undo everything that up() does, in the opposite order.\n"
                                 "}\n"_s;
    if (auto written = write(path, (body.isEmpty() ? blank : body).toUtf8(), false); !written)
        return std::unexpected(written.error());
    return path;
}

} // namespace paddock::migrations
