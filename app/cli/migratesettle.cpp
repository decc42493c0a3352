// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What is settled without running a migration: new ones, repairs, backups.
#include "migrate_p.h"

#include <QDir>
#include <QJsonArray>
#include <map>

namespace paddock::cli {

using namespace Qt::StringLiterals;
using migrations::Repair;
using migrations::Service;

namespace {

QString reasonText(const QString &reason)
{
    return reason == "up"_L1               ? u"before migrations ran"_s
           : reason == "down"_L1           ? u"before a reverting"_s
           : reason == "before-restore"_L1 ? u"before a restore"_s
                                           : u"made by hand"_s;
}

} // namespace

int migrateNew(const Invocation &invocation, const Printer &out, const MigrateContext &context)
{
    const QString plugin = invocation.parser.value(u"plugin"_s);
    const QString name = invocation.arguments.value(1);
    if (plugin.isEmpty() || name.isEmpty())
        return out.error({.code = u"usage"_s,
                          .message = u"A new migration needs a plugin and a name."_s,
                          .detail = {},
                          .where = {},
                          .remedy = u"Usage: paddockctl migrate new NAME --plugin P"_s});
    const auto path = migrations::newMigration(context.root, plugin, name);
    if (!path)
        return out.error(path.error());
    const QString relative = QDir(context.root).relativeFilePath(*path);
    out.json({{u"file"_s, relative}});
    if (!out.isJson())
        out.line(relative);
    return Done;
}

int migrateAdopt(const Invocation &invocation, const Printer &out, const MigrateContext &context)
{
    static const std::map<QString, Repair> repairs{{u"put-back"_s, Repair::PutBack},
                                                   {u"from-difference"_s, Repair::NewFromDifference},
                                                   {u"applied"_s, Repair::MarkApplied},
                                                   {u"reverted"_s, Repair::MarkReverted}};
    migrations::RepairRequest request{
        .repair = Repair::Adopt, .plugin = invocation.parser.value(u"plugin"_s), .name = invocation.arguments.value(1)};
    int chosen = 0;
    for (const auto &[name, repair] : repairs)
        if (invocation.parser.isSet(name)) {
            request.repair = repair;
            ++chosen;
        }
    if (chosen > 1)
        return out.error({.code = u"usage"_s,
                          .message = u"--put-back, --from-difference, --applied and --reverted exclude each other."_s});
    if (chosen == 1 && request.name.isEmpty())
        return out.error({.code = u"usage"_s, .message = u"Which migration? Name it."_s});
    Service service(*migrateService(context));
    const auto settled = await(service.repair(request));
    if (!settled)
        return out.error(settled.error());
    tellSession(context.root);
    out.json({{u"settled"_s, QJsonArray::fromStringList(*settled)}});
    for (const QString &name : *settled)
        if (!out.isJson())
            out.line(out.paint(u"settled "_s, Ink::Good) +
                     Printer::safe(name.startsWith(context.root + u'/') ? name.sliced(context.root.size() + 1) : name));
    if (!out.isJson() && settled->isEmpty())
        out.line(u"Nothing needs it."_s);
    return Done;
}

int migrateBackup(const Invocation &, const Printer &out, const MigrateContext &context)
{
    Service service(*migrateService(context));
    const auto backup = await(service.backup());
    if (!backup)
        return out.error(backup.error());
    out.json(toJson(*backup));
    if (!out.isJson())
        out.line(backup->path + out.paint(u"  %1 KiB"_s.arg((backup->size + 1023) / 1024), Ink::Faint));
    return Done;
}

int migrateRestore(const Invocation &invocation, const Printer &out, const MigrateContext &context)
{
    Service service(*migrateService(context));
    if (invocation.parser.isSet(u"list"_s)) {
        const auto backups = await(service.backups());
        QJsonArray array;
        for (const migrations::Backup &backup : *backups) {
            array.append(toJson(backup));
            if (!out.isJson())
                out.line(u"%1  %2 %3 KiB  "_s
                             .arg(backup.at.toLocalTime().toString(u"yyyy-MM-dd HH:mm:ss"_s),
                                  reasonText(backup.reason).leftJustified(24))
                             .arg((backup.size + 1023) / 1024, 8) +
                         out.paint(QFileInfo(backup.path).fileName(), Ink::Faint));
        }
        if (!out.isJson() && backups->isEmpty())
            out.line(u"There is no backup of this database yet."_s);
        out.json({{u"backups"_s, array}});
        return Done;
    }
    if (!invocation.parser.isSet(u"yes"_s)) {
        const Error error{
            .code = u"needs-consent"_s,
            .message =
                u"Restoring replaces the database: what came after the backup stays only as a backup of its own."_s,
            .detail = context.database.shown(),
            .where = {},
            .remedy = u"If it is what you want, add --yes."_s};
        if (!mayLoseData(invocation, out, error))
            return out.error(error);
    }
    const auto restored = await(service.restore(invocation.arguments.value(1)));
    if (!restored)
        return out.error(restored.error());
    tellSession(context.root);
    const auto pending = await(service.prepare({}));
    out.json({{u"restored"_s, toJson(restored->backup)},
              {u"replaced"_s, restored->replaced.isEmpty() ? QJsonValue() : QJsonValue(restored->replaced)},
              {u"pending"_s, pending ? QJsonValue(pending->size()) : QJsonValue()}});
    if (!out.isJson()) {
        out.line(out.paint(u"restored "_s, Ink::Good) + restored->backup.path);
        if (!restored->replaced.isEmpty())
            out.line(out.paint(u"what it replaced is kept: "_s + restored->replaced, Ink::Faint));
        if (pending && !pending->isEmpty())
            out.line(
                u"Migrations that are pending again, and run with the server's next start: %1"_s.arg(pending->size()));
    }
    return Done;
}

} // namespace paddock::cli
