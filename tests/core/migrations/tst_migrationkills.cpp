// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// kill -9 behind each thing that a run does: afterwards the state that is shown agrees with the database, and whatever
// is offered works.
#include "migrations/backend.h"
#include "migrations/service.h"
#include "session/bun.h"
#include "support/databases.h"

#include <QTest>

using namespace paddock;
using namespace paddock::migrations;
using namespace Qt::StringLiterals;
using test::MigrationWorkspace;

namespace {

template <class T>
T wait(QFuture<T> future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 60'000))
        qFatal("the future never ended");
    return future.result();
}

constexpr int Points = 17; ///< events of a run of two migrations with three statements, before it says that it is done

} // namespace

class TestMigrationKills final : public QObject
{
    Q_OBJECT

    test::DatabaseServers m_servers;

private Q_SLOTS:
    void cleanupTestCase() { m_servers.end(); }

    void killed_data()
    {
        QTest::addColumn<Engine>("engine");
        QTest::addColumn<bool>("transactional");
        QTest::addColumn<int>("point");
        for (int point = 1; point <= Points; ++point) {
            QTest::addRow("SQLite %d", point) << Engine::Sqlite << true << point;
            QTest::addRow("SQLite without transactions %d", point) << Engine::Sqlite << false << point;
            QTest::addRow("PostgreSQL %d", point) << Engine::Postgres << true << point;
            QTest::addRow("MariaDB %d", point) << Engine::Mysql << false << point;
        }
    }
    void killed()
    {
        QFETCH(Engine, engine);
        QFETCH(bool, transactional);
        QFETCH(int, point);
        const MigrationWorkspace workspace;
        QVERIFY2(workspace.problem().isEmpty(), qPrintable(workspace.problem()));
        // Such that they may be run again over what they left: the retry is one of the repairs.
        const QString marker = transactional ? QString() : u"// PRAGMA\n"_s;
        workspace.migration(
            u"001_one.ts"_s,
            marker + u"await db.schema.createTable('one').ifNotExists().addColumn('id', 'integer').execute();\n"
                     "await db.schema.createTable('two').ifNotExists().addColumn('id', 'integer').execute();"_s,
            u"await db.schema.dropTable('one').execute(); await db.schema.dropTable('two').execute();"_s);
        workspace.migration(
            u"002_three.ts"_s,
            marker + u"await db.schema.createTable('three').ifNotExists().addColumn('id', 'integer').execute();"_s,
            u"await db.schema.dropTable('three').execute();"_s);
        workspace.write(u"killer.ts"_s, u"import fs from 'node:fs';\nconst write = fs.writeSync;\nlet n = 0;\n"
                                        "fs.writeSync = ((fd: number, ...rest: []) => {\n"
                                        "  const done = write(fd, ...rest);\n"
                                        "  if (fd === 1 && ++n === %1) process.kill(process.pid, 'SIGKILL');\n"
                                        "  return done;\n}) as typeof fs.writeSync;\n"_s.arg(point));
        ServiceOptions options{.root = workspace.root(),
                               .bun = session::findBun(workspace.root()).value_or(QString()),
                               .database = m_servers.of(engine).create()};
        {
            ServiceOptions deadly = options;
            deadly.environment.insert(u"BUN_OPTIONS"_s, u"--preload=%1"_s.arg(workspace.path(u"killer.ts"_s)));
            Service victim(deadly);
            const auto report = wait(victim.run({}, false));
            QVERIFY2(report, qPrintable(report ? QString() : report.error().message));
            QCOMPARE(report->error.code, u"runner-died"_s);
        }

        const auto has = [&](const QString &table) {
            const auto backend = openBackend(options.database);
            return backend && (*backend)->schema()->table(table);
        };
        Service service(options);
        const auto status = wait(service.status());
        QVERIFY2(!status->unreachable, qPrintable(status->unreachable ? status->unreachable->message : QString()));
        const QList<Entry> entries = test::ofPlugins(status->entries);
        QCOMPARE(entries.size(), 2);
        const QList<QStringList> effects{{u"one"_s, u"two"_s}, {u"three"_s}};
        const Entry *stuck = nullptr;
        for (int i = 0; i < 2; ++i) {
            const Entry &entry = entries[i];
            const auto there = std::ranges::count_if(effects[i], has);
            const QString told =
                u"%1 %2, %3 of its tables are there"_s.arg(entry.name, toString(entry.state)).arg(there);
            switch (entry.state) {
            case State::Applied: QVERIFY2(there == effects[i].size(), qPrintable(told)); break;
            case State::Pending: QVERIFY2(there == 0, qPrintable(told)); break;
            case State::Interrupted:
                QCOMPARE(entry.isCertain, transactional);
                QVERIFY2(!entry.isCertain || there == 0, qPrintable(told));
                QVERIFY(!entry.reason.isEmpty() && !entry.repairs.isEmpty());
                // How far it came is told as well, and truly.
                if (!entry.isCertain)
                    QVERIFY2(entry.reason.contains(u"%1 of its statements"_s.arg(there)) ||
                                 (there == 0 && entry.reason.contains("No statement"_L1)),
                             qPrintable(entry.reason + told));
                stuck = &entry;
                break;
            default: QFAIL(qPrintable(told));
            }
        }
        // Each repair in its turn, over the points.
        Selection selection;
        if (stuck && !stuck->isCertain) {
            QCOMPARE(wait(service.run({}, false)).error().code, u"needs-repair"_s);
            switch (point % 3) {
            case 0: selection.retry = true; break;
            case 1: {
                const bool whole = std::ranges::all_of(effects[stuck->name.startsWith("001"_L1) ? 0 : 1], has);
                if (whole) {
                    const auto marked = wait(service.repair({.repair = Repair::MarkApplied, .name = stuck->name}));
                    QVERIFY2(marked, qPrintable(marked ? QString() : marked.error().message));
                } else {
                    QVERIFY(wait(service.repair({.repair = Repair::MarkReverted, .name = stuck->name})));
                }
                break;
            }
            default:
                if (engine != Engine::Sqlite) {
                    selection.retry = true;
                    break;
                }
                const auto restored = wait(service.restore({}));
                QVERIFY2(restored, qPrintable(restored ? QString() : restored.error().message));
                const QList<Entry> before = test::ofPlugins(wait(service.status())->entries);
                for (const Entry &entry : before)
                    QVERIFY(entry.state == State::Pending);
                QVERIFY(!has(u"one"_s));
            }
        }
        const auto done = wait(service.run(selection, false));
        QVERIFY2(done && done->error.code.isEmpty(), qPrintable(done ? done->error.message : done.error().message));
        const QList<Entry> after = test::ofPlugins(wait(service.status())->entries);
        for (const Entry &entry : after)
            QVERIFY2(entry.state == State::Applied, qPrintable(entry.name + toString(entry.state)));
        for (const QStringList &tables : effects)
            QVERIFY(std::ranges::all_of(tables, has));
    }
};

QTEST_GUILESS_MAIN(TestMigrationKills)
#include "tst_migrationkills.moc"
