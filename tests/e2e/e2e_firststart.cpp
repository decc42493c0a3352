// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The framework runs what is pending as it starts. Whoever starts it, Paddock is there before: with a backup and a
// record, and never with data lost unasked.
#include "notemigration.h"
#include "shopcase.h"
#include "support/databases.h"
#include "support/devsession.h"

#include <QDir>
#include <QFileInfo>
#include <QTest>
#include <csignal>

using namespace paddock::test;
using namespace Qt::StringLiterals;

namespace {

const auto DropStock = migrationText(
    u"await db.schema.alterTable(\"products\").dropColumn(\"stock\").execute();"_s,
    u"await db.schema.alterTable(\"products\").addColumn(\"stock\", \"integer\", (c) => c.notNull().defaultTo(0)).execute();"_s);

} // namespace

class FirstStartEndToEnd final : public QObject
{
    Q_OBJECT

    std::unique_ptr<Shop> m_shop;

    QJsonObject entryOf(const QString &migration, const QStringList &more = {}) const
    {
        const QJsonObject status = m_shop->run(QStringList{u"migrate"_s, u"status"_s} + more).json();
        for (const QJsonValue &one : status.value("migrations"_L1).toArray())
            if (one["plugin"_L1].toString() + u'/' + one["name"_L1].toString() == migration)
                return one.toObject();
        return {};
    }
    QString stateOf(const QString &migration) const { return entryOf(migration).value("state"_L1).toString(); }

    bool hasColumn(const QString &column) const
    {
        const QJsonObject schema = m_shop->run({u"migrate"_s, u"schema"_s, u"products"_s}).json();
        for (const QJsonValue &one : schema["tables"_L1][0]["columns"_L1].toArray())
            if (one["name"_L1] == column)
                return true;
        return false;
    }

    qsizetype backupCount() const
    {
        return m_shop->run({u"migrate"_s, u"restore"_s, u"--list"_s}).json().value("backups"_L1).toArray().size();
    }

    /// A database with its tables and rows, as a session before this one left it.
    void serveOnce()
    {
        QVERIFY2(m_shop->start(), qPrintable(m_shop->dev->errorOutput()));
        QCOMPARE(m_shop->dev->interrupt(), 0);
    }

    /// What was learnt about the workspace is forgotten, as if Paddock had never been here.
    void forget() const
    {
        QDir(m_shop->workspace.environment().value(u"XDG_STATE_HOME"_s) + u"/paddock/migrations"_s).removeRecursively();
    }

    QJsonObject problem(const QString &code) const
    {
        return m_shop->dev->waitFor([&](const QJsonObject &event) {
            return event.value("event"_L1) == "problem"_L1 && event.value("code"_L1) == code;
        });
    }

    QStringList jobs() const
    {
        QStringList names;
        for (const QJsonObject &event : m_shop->dev->eventsOf(u"job"_s))
            names << event.value("name"_L1).toString();
        return names;
    }

private Q_SLOTS:
    void initTestCase_data() { runtimeRows(); }
    void init() { openShop(m_shop); }
    void cleanup() { closeShop(m_shop); }

    void anEmptyDatabaseJustStarts_data()
    {
        QTest::addColumn<QString>("settings");
        QTest::addColumn<bool>("isThere");
        QTest::newRow("no file yet") << QString() << false;
        QTest::newRow("an empty file") << QString() << true;
        QTest::newRow("though it is to ask") << u"migrations = \"ask\"\n"_s << true;
    }
    void anEmptyDatabaseJustStarts()
    {
        QFETCH(QString, settings);
        QFETCH(bool, isThere);
        if (!settings.isEmpty())
            m_shop->workspace.save(u"paddock.toml"_s, settings);
        if (isThere)
            m_shop->workspace.save(u"data/shop.db"_s, QString());
        serveOnce();
        QCOMPARE(backupCount(), 0);
        QVERIFY2(!jobs().contains(u"migrate up"_s), qPrintable(jobs().join(u' ')));
        QCOMPARE(stateOf(u"catalog/002_add_stock.ts"_s), u"applied"_s);
    }

    void whatIsPendingRunsWithABackup_data()
    {
        QTest::addColumn<bool>("isKnown");
        QTest::newRow("the database is known") << true;
        QTest::newRow("the entry is asked") << false;
    }
    void whatIsPendingRunsWithABackup()
    {
        QFETCH(bool, isKnown);
        serveOnce();
        m_shop->workspace.save(MigrationFile, AddNote);
        if (!isKnown)
            forget();
        QVERIFY2(m_shop->start(), qPrintable(m_shop->dev->errorOutput()));
        const QJsonObject entry = entryOf(Migration);
        QCOMPARE(entry.value("state"_L1).toString(), u"applied"_s);
        QVERIFY(entry.value("recorded"_L1).toBool());
        QCOMPARE(backupCount(), 1);
        QVERIFY2(jobs().contains(u"migrate up"_s), qPrintable(jobs().join(u' ')));
        QCOMPARE(m_shop->dev->call(u"shop.products.list"_s).status, 200);
    }

    void losingDataIsAsked()
    {
        serveOnce();
        m_shop->workspace.save(MigrationFile, DropStock);
        m_shop->dev = std::make_unique<DevSession>(m_shop->workspace);
        m_shop->dev->start();
        const QJsonObject told = problem(u"needs-consent"_s);
        const QString message = told.value("message"_L1).toString();
        QVERIFY2(message.contains("products.stock"_L1) && message.contains("5 rows"_L1), qPrintable(message));
        QVERIFY(told.value("remedy"_L1).toString().contains("--yes"_L1));
        QVERIFY(hasColumn(u"stock"_s));
        QCOMPARE(backupCount(), 0);
        // Again without a word: again nothing.
        const auto again = m_shop->run({u"start"_s});
        QVERIFY2(again.status == 1, qPrintable(said(again)));
        QCOMPARE(again.json()["error"_L1]["code"_L1].toString(), u"needs-consent"_s);
        QVERIFY(hasColumn(u"stock"_s));
        const auto started = m_shop->run({u"start"_s, u"--yes"_s});
        QVERIFY2(started.status == 0, qPrintable(said(started)));
        QVERIFY(!hasColumn(u"stock"_s));
        QCOMPARE(backupCount(), 1);
        QCOMPARE(started.json()["server"_L1]["state"_L1].toString(), u"running"_s);
        for (const QJsonValue &one : started.json()["problems"_L1].toArray())
            QVERIFY2(one["severity"_L1] != "error"_L1, qPrintable(one["message"_L1].toString()));
    }

    void aSaveMendsIt()
    {
        serveOnce();
        m_shop->workspace.save(MigrationFile, DropStock);
        m_shop->dev = std::make_unique<DevSession>(m_shop->workspace);
        m_shop->dev->start();
        QVERIFY(!problem(u"needs-consent"_s).isEmpty());
        m_shop->workspace.save(MigrationFile, AddNote);
        QVERIFY2(m_shop->dev->waitForReady(), qPrintable(m_shop->dev->errorOutput()));
        QCOMPARE(stateOf(Migration), u"applied"_s);
        QVERIFY(hasColumn(u"stock"_s) && hasColumn(u"note"_s));
        QCOMPARE(backupCount(), 1);
    }

    void withNobodyThere()
    {
        serveOnce();
        m_shop->workspace.save(MigrationFile, DropStock);
        const auto run = [&](const QStringList &more) {
            DevSession session(m_shop->workspace);
            session.start(QStringList{u"--trust"_s, u"--once"_s} + more);
            if (!session.process().waitForFinished(60'000))
                return -1;
            return session.process().exitCode();
        };
        QCOMPARE(run({}), 1);
        QVERIFY(hasColumn(u"stock"_s));
        QCOMPARE(run({u"--yes"_s}), 0);
        QVERIFY(!hasColumn(u"stock"_s));
        QCOMPARE(backupCount(), 1);
    }

    /// As `migrate new` leaves it: where somebody is there to write it, it is not recorded as applied.
    void oneThatIsNotWrittenYet()
    {
        serveOnce();
        QCOMPARE(m_shop->run({u"migrate"_s, u"new"_s, u"add_note"_s, u"--plugin"_s, u"catalog"_s}).status, 0);
        m_shop->dev = std::make_unique<DevSession>(m_shop->workspace);
        m_shop->dev->start();
        QVERIFY(!problem(u"empty-migration"_s).isEmpty());
        QCOMPARE(stateOf(Migration), u"pending"_s);
        m_shop->workspace.save(MigrationFile, AddNote);
        QVERIFY2(m_shop->dev->waitForReady(), qPrintable(m_shop->dev->errorOutput()));
        QVERIFY(hasColumn(u"note"_s));
        QCOMPARE(m_shop->dev->interrupt(), 0);
        QCOMPARE(m_shop->run({u"migrate"_s, u"new"_s, u"nothing"_s, u"--plugin"_s, u"catalog"_s}).status, 0);
        DevSession once(m_shop->workspace);
        once.start({u"--trust"_s, u"--once"_s});
        QVERIFY(once.process().waitForFinished(60'000));
        QCOMPARE(once.process().exitCode(), 0);
        QCOMPARE(stateOf(u"catalog/004_nothing.ts"_s), u"applied"_s);
    }

    void aMigrationThatFails()
    {
        serveOnce();
        m_shop->workspace.save(MigrationFile, migrationText(u"throw new Error(\"no note today\");"_s, QString()));
        m_shop->dev = std::make_unique<DevSession>(m_shop->workspace);
        m_shop->dev->start();
        const QJsonObject crashed = m_shop->waitForState(u"crashed"_s);
        QVERIFY2(crashed.value("message"_L1).toString().contains("no note today"_L1),
                 qPrintable(crashed.value("message"_L1).toString()));
        m_shop->workspace.save(MigrationFile, AddNote);
        QVERIFY2(m_shop->dev->waitForReady(), qPrintable(m_shop->dev->errorOutput()));
        QCOMPARE(stateOf(Migration), u"applied"_s);
    }

    /// A variable that names some other database is no reason to run migrations there.
    void notOnAnotherDatabase()
    {
        serveOnce();
        QVERIFY(QFile::copy(m_shop->workspace.path(u"data/shop.db"_s), m_shop->workspace.path(u"data/other.db"_s)));
        m_shop->workspace.save(u".env"_s, u"DATABASE_URL=sqlite:data/other.db\n"_s);
        m_shop->workspace.save(MigrationFile, AddNote);
        QVERIFY2(m_shop->start(), qPrintable(m_shop->dev->errorOutput()));
        QCOMPARE(stateOf(Migration), u"applied"_s);
        QCOMPARE(entryOf(Migration, {u"--database"_s, u"data/other.db"_s}).value("state"_L1).toString(), u"pending"_s);
        QCOMPARE(backupCount(), 1);
    }

    /// A crashed server is started again by itself: what was to be asked about is asked then, too.
    void afterACrash()
    {
        m_shop->workspace.save(u"paddock.toml"_s, u"migrations = \"ask\"\n"_s);
        QVERIFY2(m_shop->start(), qPrintable(m_shop->dev->errorOutput()));
        m_shop->workspace.save(MigrationFile, AddNote);
        QCOMPARE(m_shop->outcome(Migration), u"held"_s);
        ::kill(pid_t(m_shop->pid()), SIGKILL);
        QVERIFY(!problem(u"migrations-pending"_s).isEmpty());
        QCOMPARE(stateOf(Migration), u"pending"_s);
        const auto started = m_shop->run({u"start"_s, u"--yes"_s});
        QVERIFY2(started.status == 0, qPrintable(said(started)));
        QCOMPARE(stateOf(Migration), u"applied"_s);
        QCOMPARE(backupCount(), 1);
    }

    void puttingBackByARestart()
    {
        m_shop->workspace.save(u"paddock.toml"_s, u"migrations = \"ask\"\n"_s);
        QVERIFY2(m_shop->start(), qPrintable(m_shop->dev->errorOutput()));
        m_shop->workspace.edit(CatalogFile, u"export const catalogPlugin"_s,
                               u"const unused = 1;\nexport const catalogPlugin"_s);
        QCOMPARE(m_shop->outcome(u"catalog"_s), u"swapped"_s);
        m_shop->workspace.save(MigrationFile, AddNote);
        QCOMPARE(m_shop->outcome(Migration), u"held"_s);
        const qint64 pid = m_shop->pid();
        const QStringList back{u"rollback"_s, u"catalog"_s, u"--to"_s, u"1"_s, u"--restart"_s};
        const auto asked = m_shop->run(back);
        QVERIFY2(asked.status == 1, qPrintable(said(asked)));
        QCOMPARE(asked.json()["error"_L1]["code"_L1].toString(), u"migrations-pending"_s);
        QVERIFY2(said(asked).contains("rollback catalog --to 1 --restart --yes"_L1), qPrintable(said(asked)));
        QCOMPARE(m_shop->pid(), pid);
        QCOMPARE(stateOf(Migration), u"pending"_s);
        const auto done = m_shop->run(back + QStringList{u"--yes"_s});
        QVERIFY2(done.status == 0, qPrintable(said(done)));
        QVERIFY(m_shop->pid() != pid);
        QCOMPARE(stateOf(Migration), u"applied"_s);
        QCOMPARE(backupCount(), 1);
    }

    /// The framework and Paddock in turn on PostgreSQL. (On MariaDB the framework cannot record what it ran.)
    void onPostgres()
    {
        QFETCH_GLOBAL(Runtime, runtime);
        if (runtime == Runtime::Sample)
            QSKIP("the sample's own runtime knows SQLite only");
        DatabaseServer server(paddock::migrations::Engine::Postgres);
        QVERIFY2(server.isRunning(), qPrintable(server.problem()));
        const auto location = server.create();
        const MigrationWorkspace packages; // has the driver
        QVERIFY2(packages.problem().isEmpty(), qPrintable(packages.problem()));
        const TestWorkspace &workspace = m_shop->workspace;
        QVERIFY(QFile::link(QFileInfo(packages.path(u"node_modules/pg"_s)).canonicalFilePath(),
                            workspace.path(u"node_modules/pg"_s)));
        workspace.save(u".env"_s, u"DATABASE_URL=postgres://%1:%2@localhost/%3?host=%4\n"_s.arg(
                                      location.user, location.password, location.database, location.socket));
        workspace.save(u"src/database.ts"_s,
                       u"import { Kysely, PostgresDialect } from \"kysely\";\nimport pg from \"pg\";\n"
                       "export function openDatabase(): Kysely<any> {\n"
                       "  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });\n"
                       "  return new Kysely({ dialect: new PostgresDialect({ pool }) });\n}\n"_s);
        workspace.edit(u"src/plugins/orders/migrations/001_create_orders.ts"_s,
                       u"\"integer\", (column) => column.primaryKey().autoIncrement().notNull()"_s,
                       u"\"serial\", (column) => column.primaryKey()"_s);
        serveOnce();
        QCOMPARE(stateOf(u"catalog/002_add_stock.ts"_s), u"applied"_s);
        workspace.save(MigrationFile, AddNote);
        serveOnce();
        QVERIFY(entryOf(Migration).value("recorded"_L1).toBool());
        QVERIFY(hasColumn(u"note"_s));
        serveOnce(); // the framework does not run it again: it would fail
        const auto down = m_shop->run({u"migrate"_s, u"down"_s, u"--yes"_s});
        QVERIFY2(down.status == 0, qPrintable(said(down)));
        QVERIFY(!hasColumn(u"note"_s));
        m_shop->workspace.save(MigrationFile, DropStock);
        m_shop->dev = std::make_unique<DevSession>(workspace);
        m_shop->dev->start();
        const QString told = problem(u"needs-consent"_s).value("message"_L1).toString();
        QVERIFY2(told.contains("products.stock"_L1) && told.contains("5 rows"_L1), qPrintable(told));
        QVERIFY(hasColumn(u"stock"_s));
        const auto started = m_shop->run({u"start"_s, u"--yes"_s});
        QVERIFY2(started.status == 0, qPrintable(said(started)));
        QVERIFY(!hasColumn(u"stock"_s));
        m_shop->dev.reset(); // before its database ends
    }

    void stopWhileItMigrates()
    {
        serveOnce();
        m_shop->workspace.save(MigrationFile,
                               migrationText(u"await new Promise(() => setInterval(() => {}, 1000));"_s, QString()));
        m_shop->dev = std::make_unique<DevSession>(m_shop->workspace);
        m_shop->dev->start();
        QVERIFY(!m_shop->dev
                     ->waitFor([](const QJsonObject &event) {
                         return event.value("event"_L1) == "log"_L1 &&
                                event.value("text"_L1).toString().contains("up "_L1 + Migration);
                     })
                     .isEmpty());
        const auto stopped = m_shop->run({u"stop"_s});
        QVERIFY2(stopped.status == 0, qPrintable(said(stopped)));
        QTRY_COMPARE(stateOf(Migration), u"failed"_s); // cancelled, rolled back
        QCOMPARE(m_shop->run({u"status"_s}).json()["server"_L1]["state"_L1].toString(), u"stopped"_s);
        QCOMPARE(m_shop->dev->interrupt(), 0);
    }
};

QTEST_GUILESS_MAIN(FirstStartEndToEnd)
#include "e2e_firststart.moc"
