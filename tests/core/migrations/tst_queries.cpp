// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Queries of the user's own on real databases: they read, within their limits, and nothing else. And reading that is in
// nobody's way while a server writes.
#include "migrations/backend.h"
#include "migrations/query.h"
#include "migrations/rehearsal.h"
#include "migrations/service.h"
#include "process/processinfo.h"
#include "support/databases.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

using namespace paddock;
using namespace paddock::migrations;
using namespace Qt::StringLiterals;

namespace {

template <class T>
T wait(QFuture<T> future, int timeoutMs = 60'000)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, timeoutMs))
        qFatal("the future never ended");
    return future.result();
}

} // namespace

class TestQueries final : public QObject
{
    Q_OBJECT

    test::DatabaseServers m_servers;
    test::MigrationWorkspace m_workspace;

    Location filled(Engine engine, int rows = 25)
    {
        const Location location = m_servers.fresh(engine);
        const auto backend = openBackend(location, Access::Write);
        if (!backend)
            qFatal("%s", qPrintable(backend.error().detail));
        QStringList values;
        for (int i = 1; i <= rows; ++i)
            values << u"(%1, %2)"_s.arg(i).arg(i % 5 == 0 ? u"null"_s : u"'item %1'"_s.arg(i));
        for (const QString &sql : {u"create table items (id integer primary key, name varchar(40))"_s,
                                   QString(u"insert into items values "_s + values.join(u','))})
            if (const auto done = (*backend)->execute(sql); !done)
                qFatal("%s", qPrintable(done.error().detail));
        return location;
    }

    static qint64 countOf(const Location &location)
    {
        const auto backend = openBackend(location);
        return backend ? (*backend)->rowCount(u"items"_s).value_or(-1) : -2;
    }

private Q_SLOTS:
    void cleanupTestCase() { m_servers.end(); }

    void reads_data() { test::DatabaseServers::rows(); }
    void reads()
    {
        QFETCH(Engine, engine);
        QueryRunner runner(filled(engine));
        const auto all = wait(runner.run(u"select id, name from items order by id"_s));
        QVERIFY2(all, qPrintable(all ? QString() : all.error().message));
        QCOMPARE(all->columns, (QStringList{u"id"_s, u"name"_s}));
        QCOMPARE(all->rows.size(), 25);
        QVERIFY(!all->isCut);
        QCOMPARE(all->rows[0][1].toString(), u"item 1"_s);
        QVERIFY(all->rows[4][1].isNull());

        const auto some = wait(runner.run(u"select * from items"_s, {.rows = 10}));
        QVERIFY(some);
        QCOMPARE(some->rows.size(), 10);
        QVERIFY(some->isCut);
        const auto exactly = wait(runner.run(u"select * from items"_s, {.rows = 25}));
        QVERIFY(exactly && !exactly->isCut);

        const auto wrong = wait(runner.run(u"select nonsense from items"_s));
        QVERIFY(!wrong);
        QVERIFY2(wrong.error().message.contains(u"nonsense"_s), qPrintable(wrong.error().message));
    }

    void cannotWrite_data()
    {
        QTest::addColumn<Engine>("engine");
        QTest::addColumn<QString>("sql");
        // What the words do not give away, the connection refuses.
        QTest::newRow("SQLite: explain does not run") << Engine::Sqlite << u"with x as (select 1) delete from items"_s;
        QTest::newRow("PostgreSQL: with")
            << Engine::Postgres << u"with x as (delete from items returning id) select * from x"_s;
        QTest::newRow("PostgreSQL: explain analyze") << Engine::Postgres << u"explain analyze delete from items"_s;
        QTest::newRow("PostgreSQL: the mode of the transaction")
            << Engine::Postgres
            << u"select set_config('transaction_read_only', 'off', false), query_to_xml('delete from items', true, true, '')"_s;
        QTest::newRow("MariaDB: with") << Engine::Mysql << u"with x as (select 1) delete from items"_s;
        QTest::newRow("MariaDB: what looks like a comment")
            << Engine::Mysql << u"select 1 /*! ; delete from items */"_s;
    }
    void cannotWrite()
    {
        QFETCH(Engine, engine);
        QFETCH(QString, sql);
        const Location location = filled(engine);
        QueryRunner runner(location);
        const auto result = wait(runner.run(sql));
        QVERIFY2(!result, "it should have been refused");
        QCOMPARE(countOf(location), 25);
    }

    void cancelled_data()
    {
        QTest::addColumn<Engine>("engine");
        QTest::addColumn<QString>("sql");
        QTest::newRow("SQLite")
            << Engine::Sqlite
            << u"with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"_s;
        QTest::newRow("PostgreSQL") << Engine::Postgres << u"select pg_sleep(600)"_s;
        QTest::newRow("MariaDB") << Engine::Mysql << u"select sleep(600)"_s;
    }
    void cancelled()
    {
        QFETCH(Engine, engine);
        QFETCH(QString, sql);
        QueryRunner runner(filled(engine));
        auto endless = runner.run(sql);
        QVERIFY(runner.isRunning());
        const auto second = wait(runner.run(u"select 1"_s));
        QVERIFY(!second);
        QCOMPARE(second.error().code, u"running"_s);
        // It may not have begun yet: cancelling holds from the moment it is asked for.
        const auto ended = [&] {
            runner.cancel();
            return endless.isFinished();
        };
        QTRY_VERIFY_WITH_TIMEOUT(ended(), 20'000);
        QVERIFY(!endless.result());
        QCOMPARE(endless.result().error().code, u"query-cancelled"_s);
        QVERIFY(wait(runner.run(u"select 1"_s)));
    }

    void endsByItself_data() { cancelled_data(); }
    void endsByItself()
    {
        QFETCH(Engine, engine);
        QFETCH(QString, sql);
        QueryRunner runner(filled(engine));
        const auto result = wait(runner.run(sql, {.timeMs = 700}));
        QVERIFY(!result);
        QCOMPARE(result.error().code, u"query-timeout"_s);
    }

    /// A server that writes all the time and, as bun:sqlite by default, waits for nobody: any lock of ours that is in
    /// its way is an error of its own.
    void serverUnderLoad_data()
    {
        QTest::addColumn<QString>("journal");
        QTest::addColumn<int>("size");
        QTest::newRow("rollback journal") << u"delete"_s << 0;
        QTest::newRow("truncated journal") << u"truncate"_s << 0;
        QTest::newRow("rollback journal, large") << u"delete"_s << (40 << 20);
        QTest::newRow("truncated journal, large") << u"truncate"_s << (40 << 20);
        QTest::newRow("write-ahead log") << u"wal"_s << 0;
    }
    void serverUnderLoad()
    {
        QFETCH(QString, journal);
        QFETCH(int, size);
        m_workspace.migration(u"001_items.ts"_s, u"await db.schema.createTable('items').execute();"_s);
        const Location location = filled(Engine::Sqlite);
        QProcess server;
        server.start(
            qEnvironmentVariable("PADDOCK_FALLBACK_BUN"),
            {u"-e"_s,
             u"const { Database } = require('bun:sqlite'); const db = new Database('%1');"
             "db.exec('PRAGMA journal_mode = %2'); let written = 0; const errors = [];"
             "db.exec('create table large as select zeroblob(%3) as content');"
             "db.exec('create table pairs as select name from items');"
             "const both = db.transaction(() => { db.exec('insert into items (name) values (1)');"
             "db.exec('insert into pairs (name) values (1)'); });"
             "const step = () => { try { both(); ++written; }"
             " catch (error) { errors.push(String(error)); } setTimeout(step, 1); };"
             "step(); console.log('writing');"
             "process.stdin.once('data', () => { console.log(JSON.stringify({ written, errors })); process.exit(0); });"_s
                 .arg(location.file, journal, QString::number(size))});
        QVERIFY(server.waitForReadyRead(20'000));
        (void)server.readAll();
        constexpr int Times = 150;
        double slowest = 0;
        for (int i = 0; i < Times; ++i) {
            const Status status = readStatus(m_workspace.root(), location);
            slowest = std::max(slowest, status.ms);
            QVERIFY2(!status.unreachable, qPrintable(status.unreachable ? status.unreachable->message : QString()));
            QCOMPARE(status.entries.size(), 1);
            if (i % 10 == 0) {
                const auto backend = openBackend(location);
                QVERIFY(backend && (*backend)->schemaWithRows());
                // What is written together is read together.
                const auto pairs =
                    (*backend)->select(u"select (select count(*) from items) - (select count(*) from pairs)"_s);
                QVERIFY2(pairs, qPrintable(pairs ? QString() : pairs.error().message));
                QCOMPARE(pairs->first()[0].toInt(), 0);
            }
        }
        QVERIFY2(slowest <= 1000, qPrintable(QString::number(slowest))); // what was promised, whatever the server does
        server.write("x\n");
        QVERIFY(server.waitForFinished(20'000));
        const QJsonObject told = QJsonDocument::fromJson(server.readAll().trimmed()).object();
        QVERIFY2(told.value("written"_L1).toInt() > 0, "it did not write");
        QCOMPARE(told.value("errors"_L1).toArray(), QJsonArray());
        m_workspace.remove(u"src/plugins/shop/migrations/001_items.ts"_s);
    }

    /// A rehearsal that was killed leaves its copy; the next one takes it away, and only such.
    void sweep_data() { test::DatabaseServers::rows(); }
    void sweep()
    {
        QFETCH(Engine, engine);
        const Location location = filled(engine);
        const QString folder = qEnvironmentVariable("XDG_CACHE_HOME") + u"/paddock/rehearsals"_s;
        const auto left = [&] { return QDir(folder).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(); };
        (void)sweepRehearsals(location);
        QCOMPARE(left(), 0);
        auto alive = Stage::make(location);
        QVERIFY2(alive, qPrintable(alive ? QString() : alive.error().message));
        QCOMPARE(sweepRehearsals(location), 0); // it is ours, and we live
        QCOMPARE(left(), 1);
        QVERIFY(QFile::exists(alive->folder()));

        // As it looks when the process is gone.
        QFile owner(alive->folder() + u"/owner.json"_s);
        QVERIFY(owner.open(QIODevice::ReadOnly));
        QJsonObject object = QJsonDocument::fromJson(owner.readAll()).object();
        owner.close();
        object.insert("startTicks"_L1, u"1"_s);
        QVERIFY(owner.open(QIODevice::WriteOnly));
        owner.write(QJsonDocument(object).toJson());
        owner.close();
        QCOMPARE(sweepRehearsals(location), 1);
        QCOMPARE(left(), 0);
        if (engine != Engine::Sqlite)
            QVERIFY(!openBackend(alive->location()));
    }
};

QTEST_GUILESS_MAIN(TestQueries)
#include "tst_queries.moc"
