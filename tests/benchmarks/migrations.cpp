// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How long it takes to list many migrations: 2,000 in 200 plugins, half of them applied and recorded, on SQLite.
#include "migrations/backend.h"
#include "migrations/ddl.h"
#include "migrations/files.h"
#include "migrations/service.h"
#include "models/migrationmodel.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <algorithm>
#include <cstdio>
#include <ctime>

using namespace paddock;
using namespace paddock::migrations;
using namespace Qt::StringLiterals;

namespace {

void must(bool done)
{
    if (!done)
        qFatal("the benchmark could not be set up");
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    QTemporaryDir dir;
    for (int plugin = 0; plugin < 200; ++plugin) {
        const QString folder = dir.filePath(u"src/plugins/p%1/migrations"_s.arg(plugin));
        must(QDir().mkpath(folder));
        for (int i = 1; i <= 10; ++i) {
            QFile file(folder + u"/%1_step.ts"_s.arg(i, 3, 10, QLatin1Char('0')));
            must(file.open(QIODevice::WriteOnly));
            file.write("import type { Kysely } from \"kysely\";\n\nexport async function up(db: Kysely<any>) {\n");
            for (int line = 0; line < 20; ++line)
                file.write("  await db.schema.alterTable(\"t\").addColumn(\"c\", \"text\").execute();\n");
            file.write("}\n");
        }
    }
    const Location location{.engine = Engine::Sqlite, .file = dir.filePath(u"shop.db"_s)};
    must(QFile(location.file).open(QIODevice::WriteOnly));
    {
        const auto backend = openBackend(location, Access::Write);
        must(backend.has_value());
        for (const QString &statement : tablesDdl(Engine::Sqlite))
            must((*backend)->execute(statement).has_value());
        Transaction transaction(**backend);
        must(transaction.begin().has_value());
        int n = 0;
        for (const MigrationFile &file : migrationFiles(dir.path())) {
            if (++n % 2)
                continue;
            must((*backend)
                     ->execute(u"insert into __donkeylabs_migrations__ (plugin_name, migration_name) values (?, ?)"_s,
                               {file.plugin, file.name})
                     .has_value());
            must((*backend)
                     ->execute(
                         u"insert into __paddock_migrations__ (run_id, plugin_name, migration_name, direction, origin, "
                         "content_hash, transactional, started_at, finished_at, duration_ms, outcome) values ('r', ?, "
                         "?, "
                         "'up', 'run', ?, 1, 'a', 'b', 1, 'done')"_s,
                         {file.plugin, file.name, QString::fromLatin1(file.hash)})
                     .has_value());
        }
        must(transaction.commit().has_value());
    }
    QList<double> wall, cpu, shown;
    for (int round = 0; round < 21; ++round) {
        QElapsedTimer timer;
        timer.start();
        const std::clock_t before = std::clock();
        const Status status = readStatus(dir.path(), location);
        models::MigrationModel model; // and what a view shows of it, on its own thread
        const qint64 read = timer.nsecsElapsed();
        model.setEntries(status.entries);
        shown << double(timer.nsecsElapsed() - read) / 1e6;
        cpu << 1000.0 * double(std::clock() - before) / CLOCKS_PER_SEC;
        wall << double(timer.nsecsElapsed()) / 1e6;
        must(!status.unreachable && status.entries.size() == 2000 && model.rowCount() == 200);
    }
    std::ranges::sort(wall);
    std::ranges::sort(cpu);
    std::ranges::sort(shown);
    const QJsonObject result{{u"migrations"_s, 2000},         {u"plugins"_s, 200},
                             {u"medianMs"_s, wall[10]},       {u"worstMs"_s, wall.last()},
                             {u"medianModelMs"_s, shown[10]}, {u"medianCpuMs"_s, cpu[10]}};
    if (QCoreApplication::arguments().contains(u"--json"_s)) {
        std::printf("%s\n", QJsonDocument(result).toJson(QJsonDocument::Compact).constData());
        return 0;
    }
    for (auto it = result.begin(); it != result.end(); ++it)
        std::printf("%-18s %12.2f\n", qPrintable(it.key()), it.value().toDouble());
    return 0;
}
