// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Runs, rehearsals and repairs on real databases: the same table of cases for every engine.
#include "migrations/backend.h"
#include "migrations/service.h"
#include "session/bun.h"
#include "support/databases.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <sys/mount.h>
#include <unistd.h>

using namespace paddock;
using namespace paddock::migrations;
using namespace Qt::StringLiterals;
using test::DatabaseServer;
using test::MigrationWorkspace;

namespace {

template <class T>
T wait(QFuture<T> future, int timeoutMs = 60'000)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, timeoutMs))
        qFatal("the future never ended");
    return future.result();
}

QString states(const QList<Entry> &entries)
{
    QStringList lines;
    for (const Entry &entry : test::ofPlugins(entries))
        lines << entry.name.section(u'_', 0, 0) + u' ' + toString(entry.state);
    return lines.join(u", "_s);
}

const auto createItems = u"await db.schema.createTable('items').addColumn('id', 'integer', c => c.primaryKey())"
                         ".addColumn('name', 'varchar(40)').execute();"_s;
const auto dropItems = u"await db.schema.dropTable('items').execute();"_s;

} // namespace

class TestMigrationRuns final : public QObject
{
    Q_OBJECT

private:
    /// Everything that a case needs: a workspace, an empty database, a service on both.
    struct Case
    {
        MigrationWorkspace workspace;
        Location database;
        std::unique_ptr<Service> service;
        [[nodiscard]] std::unique_ptr<Service> newService() const
        {
            return std::make_unique<Service>(
                ServiceOptions{.root = workspace.root(),
                               .bun = session::findBun(workspace.root()).value_or(QString()),
                               .database = database});
        }
        [[nodiscard]] QString states() const { return ::states(wait(service->status())->entries); }
        [[nodiscard]] qint64 count(const QString &table) const
        {
            const auto backend = openBackend(database);
            return backend ? (*backend)->rowCount(table).value_or(-1) : -2;
        }
    };

    std::unique_ptr<Case> make(Engine engine)
    {
        auto made = std::make_unique<Case>();
        if (!made->workspace.problem().isEmpty())
            QTest::qFail(qPrintable(made->workspace.problem()), __FILE__, __LINE__);
        made->database = m_servers.of(engine).create();
        made->service = made->newService();
        return made;
    }

    test::DatabaseServers m_servers;

    static void mustRun(const Case &c)
    {
        const auto report = wait(c.service->run({}, false));
        QVERIFY2(report, qPrintable(report ? QString() : report.error().message));
        QVERIFY2(report->error.code.isEmpty(), qPrintable(report->error.message));
    }

private Q_SLOTS:
    void cleanupTestCase() { m_servers.end(); }

    void upAndDown_data() { test::DatabaseServers::rows(); }
    void upAndDown()
    {
        QFETCH(Engine, engine);
        const auto c = make(engine);
        c->workspace.migration(u"001_items.ts"_s, createItems, dropItems);
        c->workspace.migration(u"002_fill.ts"_s,
                               u"await db.insertInto('items').values({id: 1, name: 'one'}).execute();"_s,
                               u"await db.deleteFrom('items').where('id', '=', 1).execute();"_s);
        c->workspace.migration(
            u"003_price.ts"_s,
            u"await db.schema.alterTable('items').addColumn('price', 'integer', c => c.defaultTo(5)).execute();"_s,
            u"await db.schema.alterTable('items').dropColumn('price').execute();"_s);
        QCOMPARE(c->states(), u"001 pending, 002 pending, 003 pending"_s);

        auto report = wait(c->service->run({.to = u"002_fill"_s}, false));
        QVERIFY2(report, qPrintable(report ? QString() : report.error().message + report.error().detail));
        QVERIFY2(report->error.code.isEmpty(), qPrintable(report->error.message + report->error.detail));
        QCOMPARE(c->states(), u"001 applied, 002 applied, 003 pending"_s);
        QCOMPARE(c->count(u"items"_s), 1);
        QCOMPARE(report->backup.has_value(), engine == Engine::Sqlite);
        QCOMPARE(report->steps.size(), 2);
        QVERIFY(report->steps[0].statements.value(0).sql.contains("create table"_L1));
        QCOMPARE(report->steps[0].transactional, engine != Engine::Mysql);

        report = wait(c->service->run({}, false));
        QVERIFY(report && report->error.code.isEmpty());
        QCOMPARE(c->states(), u"001 applied, 002 applied, 003 applied"_s);
        report = wait(c->service->run({}, false));
        QVERIFY(report && report->steps.isEmpty());

        // Down takes values with it, so it asks; then one step, then back to the first.
        report = wait(c->service->run({.direction = Direction::Down}, false));
        QVERIFY(!report);
        QCOMPARE(report.error().code, u"needs-consent"_s);
        report = wait(c->service->run({.direction = Direction::Down}, true));
        QVERIFY2(report && report->error.code.isEmpty(),
                 qPrintable(report ? report->error.message : report.error().message));
        QCOMPARE(c->states(), u"001 applied, 002 applied, 003 pending"_s);
        report = wait(c->service->run({.direction = Direction::Down, .to = u"001_items"_s}, true));
        QVERIFY(report && report->error.code.isEmpty());
        QCOMPARE(c->states(), u"001 applied, 002 pending, 003 pending"_s);
        QCOMPARE(c->count(u"items"_s), 0);
    }

    void failure_data() { test::DatabaseServers::rows(); }
    void failure()
    {
        QFETCH(Engine, engine);
        const auto c = make(engine);
        c->workspace.migration(u"001_items.ts"_s, createItems, dropItems);
        c->workspace.migration(u"002_bad.ts"_s,
                               u"await db.insertInto('items').values({id: 7, name: 'x'}).execute();\n"
                               "await db.schema.createTable('half').addColumn('id', 'integer').execute();\n"
                               "await sql`insert into nowhere values (1)`.execute(db);"_s,
                               u"await db.schema.dropTable('half').execute();"_s);
        c->workspace.migration(u"003_after.ts"_s, u"await sql`select 1`.execute(db);"_s);
        const auto report = wait(c->service->run({}, false));
        QVERIFY2(report, qPrintable(report ? QString() : report.error().message));
        QVERIFY(!report->error.code.isEmpty());
        QVERIFY2(report->error.message.contains("nowhere"_L1), qPrintable(report->error.message));
        QCOMPARE(report->steps[1].outcome, u"failed"_s);
        QCOMPARE(report->steps[2].outcome, QString());
        const auto status = wait(c->service->status());
        QCOMPARE(states(status->entries), u"001 applied, 002 failed, 003 pending"_s);
        const bool rolledBack = engine != Engine::Mysql;
        QCOMPARE(test::ofPlugins(status->entries)[1].isCertain, rolledBack);
        QCOMPARE(c->count(u"items"_s), rolledBack ? 0 : 1);
        QCOMPARE(c->count(u"half"_s), rolledBack ? -1 : 0);
        // Where a part may have stayed, nothing runs past it unasked.
        c->workspace.migration(u"002_bad.ts"_s, u"await db.insertInto('items').values({id: 8, name: 'y'}).execute();"_s,
                               u"await db.deleteFrom('items').where('id', '=', 8).execute();"_s);
        auto again = wait(c->service->run({}, false));
        if (!rolledBack) {
            QVERIFY(!again);
            QCOMPARE(again.error().code, u"needs-repair"_s);
            again = wait(c->service->run({.retry = true}, false));
        }
        QVERIFY2(again && again->error.code.isEmpty(),
                 qPrintable(again ? again->error.message : again.error().message));
        QCOMPARE(c->states(), u"001 applied, 002 applied, 003 applied"_s);
    }

    void edited_data() { test::DatabaseServers::rows(); }
    void edited()
    {
        QFETCH(Engine, engine);
        const auto c = make(engine);
        const QString file = u"src/plugins/shop/migrations/001_items.ts"_s;
        c->workspace.migration(u"001_items.ts"_s, createItems, dropItems);
        mustRun(*c);
        QFile read(c->workspace.path(file));
        QVERIFY(read.open(QIODevice::ReadOnly));
        const QString original = QString::fromUtf8(read.readAll());
        c->workspace.write(file, u"// a remark\n"_s + original);
        QCOMPARE(c->states(), u"001 applied"_s);
        const QString changed = QString(original).replace(u"varchar(40)"_s, u"varchar(50)"_s);
        c->workspace.write(file, changed);
        QCOMPARE(c->states(), u"001 edited"_s);
        const auto texts = wait(c->service->difference({u"shop"_s, u"001_items.ts"_s}));
        QVERIFY(texts);
        QCOMPARE(texts->first, original);
        QCOMPARE(texts->second, changed);

        QVERIFY(wait(c->service->repair({.repair = Repair::PutBack, .name = u"001_items"_s})));
        QCOMPARE(c->states(), u"001 applied"_s);
        c->workspace.write(file, changed);
        const auto split = wait(c->service->repair({.repair = Repair::NewFromDifference, .name = u"001_items"_s}));
        QVERIFY2(split, qPrintable(split ? QString() : split.error().message));
        QCOMPARE(c->states(), u"001 applied, 002 pending"_s);
        c->workspace.remove(u"src/plugins/shop/migrations/002_items_changed.ts"_s);
        c->workspace.write(file, changed);
        QVERIFY(wait(c->service->repair({.repair = Repair::Adopt, .name = u"001_items"_s})));
        QCOMPARE(c->states(), u"001 applied"_s);
        c->workspace.remove(file);
        QCOMPARE(c->states(), u"001 missing"_s);
        QVERIFY(wait(c->service->repair({.repair = Repair::PutBack, .name = u"001_items"_s})));
        QCOMPARE(c->states(), u"001 applied"_s);
        QVERIFY(wait(c->service->repair({.repair = Repair::MarkReverted, .name = u"001_items"_s})));
        QCOMPARE(c->states(), u"001 pending"_s);
        QVERIFY(wait(c->service->repair({.repair = Repair::MarkApplied, .name = u"001_items"_s})));
        QCOMPARE(c->states(), u"001 applied"_s);
    }

    void rehearsal_data() { test::DatabaseServers::rows(); }
    void rehearsal()
    {
        QFETCH(Engine, engine);
        const auto c = make(engine);
        c->workspace.migration(u"001_items.ts"_s, createItems, dropItems);
        c->workspace.migration(u"002_fill.ts"_s,
                               u"await db.insertInto('items').values({id: 1, name: 'one'}).execute();"_s,
                               u"await db.deleteFrom('items').execute();"_s);
        mustRun(*c);
        c->workspace.migration(u"003_more.ts"_s,
                               u"await db.schema.alterTable('items').addColumn('price', 'integer').execute();\n"
                               "await db.insertInto('items').values({id: 2, name: 'two', price: 5}).execute();"_s,
                               u"await db.deleteFrom('items').where('id', '=', 2).execute();\n"
                               "await db.schema.alterTable('items').dropColumn('price').execute();"_s);
        const auto report = wait(c->service->rehearse({}));
        QVERIFY2(report, qPrintable(report ? QString() : report.error().message + report.error().detail));
        QVERIFY2(report->error.code.isEmpty(), qPrintable(report->error.message + report->error.detail));
        QCOMPARE(report->method, engine == Engine::Sqlite     ? u"copy"_s
                                 : engine == Engine::Postgres ? u"template"_s
                                                              : u"scratch"_s);
        QCOMPARE(report->passes.size(), 3);
        QCOMPARE(report->rowsBefore.value(u"items"_s), 1);
        QCOMPARE(report->passes[0].rows.value(u"items"_s), 2);
        QVERIFY2(report->passes[0].differences.value(0).startsWith("+ column items.price"_L1),
                 qPrintable(report->passes[0].differences.join(u'\n')));
        QCOMPARE(report->passes[1].rows.value(u"items"_s), 1);
        QCOMPARE(report->leftovers, QStringList());
        QCOMPARE(report->passes[0].steps[0].statements.size(), 2);
        // The real one knows nothing of it, and nothing is left.
        QCOMPARE(c->states(), u"001 applied, 002 applied, 003 pending"_s);
        QCOMPARE(c->count(u"items"_s), 1);
        if (engine != Engine::Sqlite) {
            const auto backend = openBackend(c->database);
            const auto left = (*backend)->select(
                engine == Engine::Postgres ? u"select datname from pg_database where datname like 'paddock%'"_s
                                           : u"show databases like 'paddock%'"_s);
            QVERIFY(left && left->isEmpty());
        }
    }

    /// PostgreSQL cannot be copied while somebody is connected.
    void rehearsalOnABusyDatabase()
    {
        const auto c = make(Engine::Postgres);
        c->workspace.migration(u"001_items.ts"_s, createItems, dropItems);
        mustRun(*c);
        c->workspace.migration(u"002_more.ts"_s,
                               u"await db.insertInto('items').values({id: 2, name: 'two'}).execute();"_s,
                               u"await db.deleteFrom('items').where('id', '=', 2).execute();"_s);
        const auto other = openBackend(c->database);
        QVERIFY(other);
        const auto report = wait(c->service->rehearse({}));
        QVERIFY2(report, qPrintable(report ? QString() : report.error().message));
        QVERIFY2(report->error.code.isEmpty(), qPrintable(report->error.message + report->error.detail));
        QCOMPARE(report->method, u"transaction"_s);
        QCOMPARE(report->passes.size(), 3);
        for (const PassReport &pass : report->passes)
            QCOMPARE(pass.steps[0].outcome, u"done"_s);
        QVERIFY2(report->passes[0].steps[0].locks.join(u'\n').contains("items"_L1),
                 qPrintable(report->passes[0].steps[0].locks.join(u'\n')));
        QCOMPARE(c->states(), u"001 applied, 002 pending"_s);
        QCOMPARE(c->count(u"items"_s), 0);
    }

    /// Whatever a migration tries, a rehearsal leaves the real database alone.
    void rehearsalCannotEscape_data()
    {
        QTest::addColumn<QString>("body");
        QTest::newRow("by its path")
            << u"const { Database } = await import('bun:sqlite'); new Database(REAL_PATH).exec('delete from items');"_s;
        QTest::newRow("by a program of its own")
            << u"const { spawnSync } = await import('node:child_process'); spawnSync(process.execPath, ['-e', "
               "`new (require('bun:sqlite').Database)(REAL_PATH).exec('delete from items')`]);"_s;
        QTest::newRow("over its bytes")
            << u"const fs = await import('node:fs'); fs.writeFileSync(REAL_PATH, 'gone');"_s;
        QTest::newRow("by removing it") << u"const fs = await import('node:fs'); fs.rmSync(REAL_PATH);"_s;
        QTest::newRow("by the address that the server uses")
            << u"const { Database } = await import('bun:sqlite'); new Database(process.env.DATABASE_URL).exec('delete from items');"_s;
        QTest::newRow("attached") << u"await sql.raw(`attach '${REAL_PATH}' as other`).execute(db); await "
                                     "sql.raw('delete from other.items').execute(db);"_s;
    }
    void rehearsalCannotEscape()
    {
        QFETCH(QString, body);
        const auto c = make(Engine::Sqlite);
        c->workspace.migration(u"001_items.ts"_s,
                               createItems + u"await db.insertInto('items').values({id: 1}).execute();"_s, dropItems);
        mustRun(*c);
        // Written out in the text, where nothing redirects it: for most rows only the kernel stands before the file.
        body.replace(u"REAL_PATH"_s, u'\'' + c->database.file + u'\'');
        c->workspace.migration(u"002_escape.ts"_s, body, u"await sql`select 1`.execute(db);"_s);
        ServiceOptions options = c->service->options();
        options.database.given = c->database.file;
        options.environment.insert(u"DATABASE_URL"_s, c->database.file);
        Service service(options);
        const auto report = wait(service.rehearse({}));
        QVERIFY2(report, qPrintable(report ? QString() : report.error().message));
        QCOMPARE(c->count(u"items"_s), 1);
        QCOMPARE(c->states(), u"001 applied, 002 pending"_s);
    }

    /// Servers: a migration with a connection of its own, and the real address at hand.
    void rehearsalCannotReachTheServer_data()
    {
        QTest::addColumn<Engine>("engine");
        QTest::addColumn<QString>("body");
        const auto pg =
            u"const { default: pg } = await import('pg'); const c = new pg.Client(JSON.parse(process.env.REAL));"
            "await c.connect(); await c.query('delete from items');"_s;
        const auto mysql = u"const { createConnection } = await import('mysql2/promise'); const c = await "
                           "createConnection(JSON.parse(process.env.REAL)); await c.query('delete from items');"_s;
        const QString child = u"const { spawnSync } = await import('node:child_process'); const done = "
                              "spawnSync(process.execPath, ['-e', `(async () => { %1 })()`], { stdio: 'inherit' });"_s;
        QTest::newRow("PostgreSQL") << Engine::Postgres << pg;
        QTest::newRow("PostgreSQL, by a program of its own") << Engine::Postgres << child.arg(pg);
        QTest::newRow("MariaDB") << Engine::Mysql << mysql;
        QTest::newRow("MariaDB, by a program of its own") << Engine::Mysql << child.arg(mysql);
        QTest::newRow("MariaDB, by its name")
            << Engine::Mysql
            << u"await sql.raw(`delete from ${JSON.parse(process.env.REAL).database}.items`).execute(db);"_s;
    }
    void rehearsalCannotReachTheServer()
    {
        QFETCH(Engine, engine);
        QFETCH(QString, body);
        const auto c = make(engine);
        c->workspace.migration(u"001_items.ts"_s,
                               createItems + u"await db.insertInto('items').values({id: 1}).execute();"_s, dropItems);
        mustRun(*c);
        c->workspace.migration(u"002_escape.ts"_s, body, u"await sql`select 1`.execute(db);"_s);
        ServiceOptions options = c->service->options();
        const bool postgres = engine == Engine::Postgres;
        options.environment.insert(
            u"REAL"_s,
            QString::fromUtf8(QJsonDocument(QJsonObject{{postgres ? u"host"_s : u"socketPath"_s, c->database.socket},
                                                        {u"database"_s, c->database.database},
                                                        {u"user"_s, c->database.user},
                                                        {u"password"_s, c->database.password}})
                                  .toJson(QJsonDocument::Compact)));
        Service service(options);
        const auto report = wait(service.rehearse({}));
        QVERIFY2(report, qPrintable(report ? QString() : report.error().message));
        QVERIFY2(!report->error.code.isEmpty(), "the attempt went unnoticed");
        QCOMPARE(c->count(u"items"_s), 1);
        QCOMPARE(c->states(), u"001 applied, 002 pending"_s);
    }

    /// On the real database in a transaction: nothing may end that transaction.
    void rehearsalKeepsItsTransaction_data()
    {
        QTest::addColumn<QString>("body");
        QTest::newRow("transaction()")
            << u"await db.transaction().execute(async (t) => { await t.deleteFrom('items').execute(); });"_s;
        QTest::newRow("commit") << u"await db.deleteFrom('items').execute(); await sql`commit`.execute(db);"_s;
        QTest::newRow("hidden") << u"await sql.raw('delete from items; /* ; */ Commit').execute(db);"_s;
        QTest::newRow("end") << u"await sql.raw('delete from items;\\n--\\n END').execute(db);"_s;
        QTest::newRow("rollback") << u"await sql.raw('rollback; delete from items').execute(db);"_s;
    }
    void rehearsalKeepsItsTransaction()
    {
        QFETCH(QString, body);
        const auto c = make(Engine::Postgres);
        c->workspace.migration(u"001_items.ts"_s,
                               createItems + u"await db.insertInto('items').values({id: 1}).execute();"_s, dropItems);
        mustRun(*c);
        c->workspace.migration(u"002_end.ts"_s, body, u"await sql`select 1`.execute(db);"_s);
        const auto other = openBackend(c->database);
        const auto report = wait(c->service->rehearse({}));
        QVERIFY2(report, qPrintable(report ? QString() : report.error().message));
        QCOMPARE(report->method, u"transaction"_s);
        QCOMPARE(report->error.code, u"rehearsal-refused"_s);
        QCOMPARE(c->count(u"items"_s), 1);
        QCOMPARE(c->states(), u"001 applied, 002 pending"_s);
    }

    void twoRunners_data() { test::DatabaseServers::rows(); }
    void twoRunners()
    {
        QFETCH(Engine, engine);
        const auto c = make(engine);
        c->workspace.migration(u"001_items.ts"_s, createItems, dropItems);
        c->workspace.migration(u"002_wait.ts"_s,
                               u"await new Promise(r => setTimeout(r, 4000)); "
                               "await db.insertInto('items').values({id: 1}).execute();"_s,
                               u"await sql`select 1`.execute(db);"_s);
        const auto second = c->newService();
        QSignalSpy started(c->service.get(), &Service::stepStarted);
        auto first = c->service->run({}, false);
        QTRY_VERIFY_WITH_TIMEOUT(started.size() == 2, 30'000);
        // Under way: seen as such by whoever asks, and nobody else may run.
        const auto status = wait(second->status());
        QVERIFY2(!status->unreachable, qPrintable(status->unreachable ? status->unreachable->message : QString()));
        QCOMPARE(states(status->entries), u"001 applied, 002 running"_s);
        const auto refused = wait(second->run({}, false));
        QVERIFY(!refused || !refused->error.code.isEmpty());
        const QString code = refused ? refused->error.code : refused.error().code;
        QVERIFY2(code == "running"_L1 || code == "locked-by-runner"_L1, qPrintable(code));
        const auto done = wait(first);
        QVERIFY(done && done->error.code.isEmpty());
        QCOMPARE(c->count(u"items"_s), 1);
        QCOMPARE(c->states(), u"001 applied, 002 applied"_s);
    }

    /// Both at the same moment, from the same state.
    void twoRunnersAtOnce_data() { test::DatabaseServers::rows(); }
    void twoRunnersAtOnce()
    {
        QFETCH(Engine, engine);
        const auto c = make(engine);
        c->workspace.migration(u"001_items.ts"_s, createItems, dropItems);
        c->workspace.migration(u"002_fill.ts"_s, u"await db.insertInto('items').values({id: 1}).execute();"_s,
                               u"await sql`select 1`.execute(db);"_s);
        const auto other = c->newService();
        auto one = c->service->run({}, false);
        auto two = other->run({}, false);
        const auto first = wait(one);
        const auto second = wait(two);
        const auto did = [](const Result<RunReport> &report) {
            return report && report->error.code.isEmpty() && !report->steps.isEmpty();
        };
        QVERIFY2(did(first) != did(second), qPrintable(u"%1 %2"_s.arg(did(first)).arg(did(second))));
        QCOMPARE(c->count(u"items"_s), 1);
        QCOMPARE(c->states(), u"001 applied, 002 applied"_s);
    }

    void cancelled_data() { test::DatabaseServers::rows(); }
    void cancelled()
    {
        QFETCH(Engine, engine);
        const auto c = make(engine);
        c->workspace.migration(u"001_forever.ts"_s, createItems + u" await new Promise(() => {});"_s, dropItems);
        QSignalSpy statements(c->service.get(), &Service::statement);
        auto run = c->service->run({}, false);
        QTRY_VERIFY_WITH_TIMEOUT(statements.size() == 1, 30'000);
        c->service->cancel();
        const auto report = wait(run);
        QVERIFY(report);
        QCOMPARE(report->error.code, u"cancelled"_s);
        const auto status = wait(c->service->status());
        QCOMPARE(states(status->entries), u"001 failed"_s);
        QCOMPARE(test::ofPlugins(status->entries)[0].isCertain, engine != Engine::Mysql);
        QCOMPARE(c->count(u"items"_s), engine == Engine::Mysql ? 0 : -1);
    }

    /// One that never gives the event loop back cannot be asked: it is ended.
    void cancelledInALoop()
    {
        const auto c = make(Engine::Sqlite);
        c->workspace.migration(u"001_loop.ts"_s, createItems + u" for (;;);"_s, dropItems);
        QSignalSpy statements(c->service.get(), &Service::statement);
        auto run = c->service->run({}, false);
        QTRY_VERIFY_WITH_TIMEOUT(statements.size() == 1, 30'000);
        c->service->cancel();
        const auto report = wait(run);
        QCOMPARE(report->error.code, u"cancelled"_s);
        const auto status = wait(c->service->status());
        QCOMPARE(states(status->entries), u"001 interrupted"_s);
        QVERIFY(test::ofPlugins(status->entries)[0].isCertain);
        QCOMPARE(c->count(u"items"_s), -1);
        c->workspace.migration(u"001_loop.ts"_s, createItems, dropItems);
        const auto again = wait(c->service->run({}, false));
        QVERIFY2(again, qPrintable(again ? QString() : again.error().code + again.error().message));
        QVERIFY2(again->error.code.isEmpty(), qPrintable(again->error.code + again->error.message));
        QCOMPARE(c->states(), u"001 applied"_s);
    }

    void consentNamesWhatIsLost_data() { test::DatabaseServers::rows(); }
    void consentNamesWhatIsLost()
    {
        QFETCH(Engine, engine);
        const auto c = make(engine);
        c->workspace.migration(
            u"001_items.ts"_s,
            createItems +
                u"await db.insertInto('items').values([{id: 1, name: 'a'}, {id: 2, name: null}]).execute();"_s,
            dropItems);
        mustRun(*c);
        c->workspace.migration(u"002_drop.ts"_s, u"await db.schema.alterTable('items').dropColumn('name').execute();\n"
                                                 "await db.schema.dropTable('items').execute();"_s);
        const auto refused = wait(c->service->run({}, false));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, u"needs-consent"_s);
        QVERIFY2(refused.error().detail.contains("items.name with all its values. (1 row)"_L1) &&
                     refused.error().detail.contains("(2 rows)"_L1),
                 qPrintable(refused.error().detail));
        QCOMPARE(c->count(u"items"_s), 2);
        const auto done = wait(c->service->run({}, true));
        QVERIFY2(done && done->error.code.isEmpty(), qPrintable(done ? done->error.message : done.error().message));
        QCOMPARE(c->count(u"items"_s), -1);
    }

    void cannotSucceed_data() { test::DatabaseServers::rows(); }
    void cannotSucceed()
    {
        QFETCH(Engine, engine);
        const auto c = make(engine);
        c->workspace.migration(u"001_items.ts"_s, createItems, dropItems);
        mustRun(*c);
        c->workspace.migration(
            u"002_strict.ts"_s,
            u"await db.schema.alterTable('items').addColumn('code', 'integer', c => c.notNull()).execute();"_s,
            u"await sql`select 1`.execute(db);"_s);
        QVERIFY(wait(c->service->prepare({}))->first().findings.first().severity == Severity::Warning); // empty: it may
        {
            const auto backend = openBackend(c->database, Access::Write);
            QVERIFY((*backend)->execute(u"insert into items (id) values (1)"_s));
        }
        const auto refused = wait(c->service->run({}, true));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, u"lint"_s);
    }

    /// Neither the record in the database nor what a report says holds a secret of the environment.
    void secretsAreMasked_data() { test::DatabaseServers::rows(); }
    void secretsAreMasked()
    {
        QFETCH(Engine, engine);
        const auto c = make(engine);
        c->workspace.migration(u"001_talk.ts"_s,
                               u"console.log('key', process.env.API_TOKEN);"
                               "throw new Error(`no entry with ${process.env.API_TOKEN} at "
                               "redis://me:${process.env.API_TOKEN}@host`);"_s,
                               u"await sql`select 1`.execute(db);"_s);
        ServiceOptions options = c->service->options();
        options.environment.insert(u"API_TOKEN"_s, u"t0ps3cret-value"_s);
        Service service(options);
        QString said;
        connect(&service, &Service::output, &service, [&](const QString &text) { said += text; });
        const auto report = wait(service.run({}, false));
        QVERIFY(report && report->error.code == "migration-failed"_L1);
        said += QString::fromUtf8(QJsonDocument(toJson(*report)).toJson());
        const auto backend = openBackend(c->database);
        const auto rows = (*backend)->select(u"select error, output from __paddock_migrations__"_s);
        QVERIFY(rows);
        QVERIFY(!rows->first()[1].toString().isEmpty());
        said += rows->first()[0].toString() + rows->first()[1].toString();
        QVERIFY2(!said.contains("t0ps3cret"_L1), qPrintable(said));
        QVERIFY2(said.contains("no entry with ***"_L1), qPrintable(said));
    }

    void missingDriverIsNamed()
    {
        const auto c = make(Engine::Sqlite);
        c->workspace.migration(u"001_items.ts"_s, createItems, dropItems);
        QVERIFY(QFile::remove(c->workspace.path(u"node_modules"_s)));
        const auto report = wait(c->service->run({}, false));
        QVERIFY(report);
        QCOMPARE(report->error.code, u"no-kysely"_s);
        QCOMPARE(c->states(), u"001 pending"_s);
    }

    void wrongPassword_data()
    {
        QTest::addColumn<Engine>("engine");
        QTest::newRow("PostgreSQL") << Engine::Postgres;
        QTest::newRow("MariaDB") << Engine::Mysql;
    }
    void wrongPassword()
    {
        QFETCH(Engine, engine);
        const auto c = make(engine);
        c->workspace.migration(u"001_items.ts"_s, createItems, dropItems);
        c->database.password = u"not-this-one-either"_s;
        c->service = c->newService();
        const auto status = wait(c->service->status());
        QVERIFY(status->unreachable);
        QCOMPARE(status->unreachable->code, u"access-denied"_s);
        QCOMPARE(c->states(), u"001 unknown"_s);
        const QString all = status->unreachable->message + status->unreachable->detail + status->unreachable->remedy +
                            status->unreachable->where;
        QVERIFY2(!all.contains(c->database.password), qPrintable(all));
    }

    /// The database server dies in the middle of a migration.
    void readOnlyFile()
    {
        if (::geteuid() != 0)
            QSKIP("mounting a file system needs root");
        QTemporaryDir folder;
        const QByteArray path = QFile::encodeName(folder.path());
        if (::mount("tmpfs", path.constData(), "tmpfs", 0, "size=4m") != 0)
            QSKIP("a file system cannot be mounted here");
        const auto unmount = qScopeGuard([&] { ::umount2(path.constData(), MNT_DETACH); });
        const auto c = make(Engine::Sqlite);
        c->database.file = folder.filePath(u"shop.db"_s);
        c->service = c->newService();
        c->workspace.migration(u"001_items.ts"_s, createItems, dropItems);
        mustRun(*c);
        c->workspace.migration(u"002_stock.ts"_s,
                               u"await db.schema.alterTable('items').addColumn('stock', 'integer').execute();"_s);
        QCOMPARE(::mount("tmpfs", path.constData(), "tmpfs", MS_REMOUNT | MS_RDONLY, ""), 0);
        QCOMPARE(c->states(), u"001 applied, 002 pending"_s); // reading goes on
        const auto report = wait(c->service->run({}, false));
        QVERIFY(!report);
        QCOMPARE(report.error().code, u"read-only"_s);
        QVERIFY2(report.error().where.contains(u"shop.db"_s), qPrintable(report.error().where));
        const auto rehearsed = wait(c->service->rehearse({}));
        QVERIFY2(rehearsed && rehearsed->error.code.isEmpty(), "it can be tried nevertheless");
        QCOMPARE(c->states(), u"001 applied, 002 pending"_s);
    }

    /// A server that keeps SQLite's write lock for longer than a run waits: it is named, and nothing is done.
    void lockedByAServer()
    {
        const auto c = make(Engine::Sqlite);
        c->workspace.migration(u"001_items.ts"_s, createItems, dropItems);
        QProcess server;
        server.start(qEnvironmentVariable("PADDOCK_FALLBACK_BUN"),
                     {u"-e"_s, u"const db = new (require('bun:sqlite').Database)('%1');"
                               "db.exec('pragma journal_mode = wal; begin immediate'); console.log('held');"
                               "process.stdin.once('data', () => process.exit(0));"_s.arg(c->database.file)});
        QVERIFY(server.waitForReadyRead(20'000));
        const auto report = wait(c->service->run({}, false));
        const Error error = report ? report->error : report.error();
        QCOMPARE(error.code, u"locked"_s);
        QVERIFY2(error.message.contains(QString::number(server.processId())), qPrintable(error.message));
        QVERIFY(!error.remedy.isEmpty());
        QCOMPARE(c->states(), u"001 pending"_s);
        server.write("x\n");
        QVERIFY(server.waitForFinished(20'000));
        mustRun(*c);
        QCOMPARE(c->states(), u"001 applied"_s);
    }

    void droppedConnection_data() { wrongPassword_data(); }
    void droppedConnection()
    {
        QFETCH(Engine, engine);
        DatabaseServer server(engine);
        QVERIFY2(server.isRunning(), qPrintable(server.problem()));
        const auto c = make(engine);
        c->database = server.create();
        c->service = c->newService();
        c->workspace.migration(
            u"001_items.ts"_s,
            createItems +
                u"await new Promise(r => setTimeout(r, 1500)); await db.insertInto('items').values({id: 1}).execute();"_s,
            dropItems);
        QSignalSpy statements(c->service.get(), &Service::statement);
        auto run = c->service->run({}, false);
        QTRY_VERIFY_WITH_TIMEOUT(statements.size() == 1, 30'000);
        server.kill();
        const auto report = wait(run);
        QVERIFY(report && !report->error.code.isEmpty());
        QVERIFY(wait(c->service->status())->unreachable);
        server.start();
        QVERIFY2(server.isRunning(), qPrintable(server.problem()));
        const auto status = wait(c->service->status());
        QCOMPARE(states(status->entries), u"001 interrupted"_s);
        QCOMPARE(test::ofPlugins(status->entries)[0].isCertain, engine == Engine::Postgres);
        QCOMPARE(c->count(u"items"_s), engine == Engine::Postgres ? -1 : 0);
    }
};

QTEST_GUILESS_MAIN(TestMigrationRuns)
#include "tst_migrationruns.moc"
