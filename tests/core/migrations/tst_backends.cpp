// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Reading real databases: schema, rows, locks, trouble; backups of SQLite and how they come back.
#include "migrations/backend.h"
#include "migrations/backup.h"
#include "migrations/ddl.h"
#include "migrations/service.h"
#include "support/databases.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QTest>
#include <sys/mount.h>
#include <unistd.h>

using namespace paddock;
using namespace paddock::migrations;
using namespace Qt::StringLiterals;

namespace {

std::unique_ptr<Backend> opened(const Location &location, Access access = Access::Write)
{
    auto backend = openBackend(location, access);
    if (!backend)
        qFatal("%s: %s", qPrintable(backend.error().message), qPrintable(backend.error().detail));
    return std::move(*backend);
}

void mustRun(Backend &backend, const QString &sql, const QVariantList &values = {})
{
    const auto done = backend.execute(sql, values);
    QVERIFY2(done, qPrintable(done ? QString() : sql + u": "_s + done.error().detail));
}

} // namespace

class TestBackends final : public QObject
{
    Q_OBJECT

    test::DatabaseServers m_servers;
    test::MigrationWorkspace m_workspace; ///< for its folders

private Q_SLOTS:
    void cleanupTestCase() { m_servers.end(); }

    void tables_data() { test::DatabaseServers::rows(); }
    void tables()
    {
        QFETCH(Engine, engine);
        const Location location = m_servers.fresh(engine);
        const auto backend = opened(location);
        QVERIFY(opened(location, Access::Read)->applied()->isEmpty()); // no table yet: nothing applied, no error
        QVERIFY(backend->runs()->isEmpty());
        for (int twice = 0; twice < 2; ++twice)
            for (const QString &statement : tablesDdl(engine))
                mustRun(*backend, statement);
        mustRun(*backend,
                u"insert into __donkeylabs_migrations__ (plugin_name, migration_name) values ('a', '1.ts')"_s);
        QVERIFY(!backend->execute(
            u"insert into __donkeylabs_migrations__ (plugin_name, migration_name) values ('a', '1.ts')"_s));
        const auto applied = backend->applied();
        QVERIFY(applied);
        QCOMPARE(applied->size(), 1);
        QCOMPARE(applied->first().name, u"1.ts"_s);
        QVERIFY2(applied->first().at.startsWith("20"_L1), qPrintable(applied->first().at)); // when, in text
        QVERIFY(backend->schema()->tables.isEmpty()); // neither table is the workspace's
    }

    void schemas_data() { test::DatabaseServers::rows(); }
    void schemas()
    {
        QFETCH(Engine, engine);
        const Location location = m_servers.fresh(engine);
        const auto backend = opened(location);
        mustRun(*backend, u"create table owners (id integer primary key, name varchar(20) not null)"_s);
        mustRun(*backend, u"create table pets (id integer primary key, owner integer default 7, "
                          "constraint pets_owner foreign key (owner) references owners(id))"_s);
        mustRun(*backend, u"create unique index by_name on owners(name)"_s);
        mustRun(*backend, u"insert into owners values (1, 'a'), (2, 'b')"_s);
        const auto schema = opened(location, Access::Read)->schemaWithRows();
        QVERIFY2(schema, qPrintable(schema ? QString() : schema.error().detail));
        QCOMPARE(schema->tables.size(), 2);
        const Table &owners = schema->tables[0];
        QCOMPARE(owners.name, u"owners"_s);
        QCOMPARE(owners.rows, 2);
        QCOMPARE(owners.columns.size(), 2);
        QVERIFY(owners.columns[0].primaryKey && owners.columns[1].notNull);
        QVERIFY(owners.columns[1].type.contains("20"_L1));
        QVERIFY(std::ranges::any_of(owners.indexes, [](const Definition &d) {
            return d.name.contains("by_name"_L1) && d.text.contains("unique"_L1, Qt::CaseInsensitive);
        }));
        const Table &pets = schema->tables[1];
        QCOMPARE(pets.columns[1].defaultValue, u"7"_s);
        QCOMPARE(pets.keys.size(), 1);
        QVERIFY2(pets.keys[0].text.contains("owners"_L1), qPrintable(pets.keys[0].text));
    }

    /// Two databases of one server, and one database asked twice.
    void fingerprints_data() { test::DatabaseServers::rows(); }
    void fingerprints()
    {
        QFETCH(Engine, engine);
        const Location one = m_servers.fresh(engine);
        const auto mine = opened(one)->fingerprint();
        QVERIFY(mine);
        QCOMPARE(mine->isEmpty(), engine == Engine::Sqlite); // there it is the file
        QVERIFY(opened(one, Access::Read)->fingerprint() == *mine);
        if (engine != Engine::Sqlite)
            QVERIFY(opened(m_servers.fresh(engine))->fingerprint() != *mine);
    }

    /// A connection for reading cannot write, whatever it is asked.
    void readOnly_data() { test::DatabaseServers::rows(); }
    void readOnly()
    {
        QFETCH(Engine, engine);
        const Location location = m_servers.fresh(engine);
        mustRun(*opened(location), u"create table t (id integer)"_s);
        const auto reader = opened(location, Access::Read);
        const auto refused = reader->execute(u"insert into t values (1)"_s);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, u"read-only"_s);
        QCOMPARE(reader->rowCount(u"t"_s).value_or(-1), 0);
    }

    void transactions_data() { test::DatabaseServers::rows(); }
    void transactions()
    {
        QFETCH(Engine, engine);
        const Location location = m_servers.fresh(engine);
        const auto backend = opened(location);
        mustRun(*backend, u"create table t (id integer)"_s);
        {
            Transaction left(*backend);
            QVERIFY(left.begin());
            mustRun(*backend, u"insert into t values (1)"_s);
        }
        QCOMPARE(backend->rowCount(u"t"_s).value_or(-1), 0);
        Transaction kept(*backend);
        QVERIFY(kept.begin());
        mustRun(*backend, u"insert into t values (1)"_s);
        QVERIFY(kept.commit());
        QCOMPARE(opened(location, Access::Read)->rowCount(u"t"_s).value_or(-1), 1);
    }

    void unreachable_data()
    {
        QTest::addColumn<Location>("location");
        QTest::addColumn<QString>("code");
        const auto at = [](Engine engine) {
            return Location{.engine = engine, .host = u"127.0.0.1"_s, .port = 1, .database = u"x"_s, .user = u"x"_s};
        };
        QTest::newRow("PostgreSQL") << at(Engine::Postgres) << u"unreachable"_s;
        QTest::newRow("MariaDB") << at(Engine::Mysql) << u"unreachable"_s;
        QTest::newRow("no file") << Location{.engine = Engine::Sqlite, .file = u"/nowhere/x.db"_s} << u"no-database"_s;
        QTest::newRow("no database file")
            << Location{.engine = Engine::Sqlite, .file = u"/bin/sh"_s} << u"no-database"_s;
    }
    void unreachable()
    {
        QFETCH(Location, location);
        QElapsedTimer timer;
        timer.start();
        const auto backend = openBackend(location);
        QVERIFY(!backend);
        QTEST(backend.error().code, "code");
        QVERIFY(!backend.error().message.isEmpty());
        QVERIFY(timer.elapsed() < 10'000);
    }

    void noSuchDatabase_data() { test::DatabaseServers::rows(); }
    void noSuchDatabase()
    {
        QFETCH(Engine, engine);
        Location location = m_servers.fresh(engine);
        location.database = u"nobody_made_this"_s;
        location.file += u"x"_s;
        const auto backend = openBackend(location);
        QVERIFY(!backend);
        QCOMPARE(backend.error().code, u"no-database"_s);
    }

    /// Somebody holds the write lock, as a server under load does: status still answers, and the other's work goes on.
    void lockedDatabase_data()
    {
        QTest::addColumn<QString>("journal");
        QTest::addColumn<int>("size");
        QTest::newRow("write-ahead log: readers do not mind") << u"wal"_s << 0;
        QTest::newRow("rollback journal, small: read from a copy") << u"delete"_s << 0;
        QTest::newRow("rollback journal, too large for that: read where it is") << u"delete"_s << (40 << 20);
    }
    void lockedDatabase()
    {
        QFETCH(QString, journal);
        QFETCH(int, size);
        const Location location = m_servers.fresh(Engine::Sqlite);
        const QString holder = qEnvironmentVariable("PADDOCK_FALLBACK_BUN");
        QProcess other; // locks belong to processes
        other.start(
            holder,
            {u"-e"_s,
             u"const { Database } = require('bun:sqlite'); const db = new Database('%1');"
             "db.exec('PRAGMA journal_mode = %2'); db.exec('create table t (id integer)');"
             "db.exec('create table large as select zeroblob(%3) as content');"
             "db.exec('BEGIN EXCLUSIVE'); db.exec('insert into t values (1)'); console.log('held');"
             "process.stdin.once('data', () => { db.exec('COMMIT'); console.log('kept'); process.exit(0); });"_s.arg(
                 location.file, journal, QString::number(size))});
        QVERIFY(other.waitForReadyRead(20'000));
        QElapsedTimer timer;
        timer.start();
        const Status status = readStatus(m_workspace.root(), location);
        QVERIFY2(timer.elapsed() < 5'000, qPrintable(QString::number(timer.elapsed())));
        QVERIFY2(!status.unreachable, qPrintable(status.unreachable ? status.unreachable->message : QString()));
        other.write("x\n");
        QVERIFY(other.waitForFinished(20'000));
        QVERIFY(other.readAll().contains("kept"));
        QCOMPARE(opened(location, Access::Read)->rowCount(u"t"_s).value_or(-1), 1);
    }

    /// Reading a database with a write-ahead log that nobody uses leaves no log beside it.
    void unusedLog_data()
    {
        QTest::addColumn<int>("size");
        QTest::newRow("small: read from a copy") << 0;
        QTest::newRow("too large for that: read where it is") << (40 << 20);
    }
    void unusedLog()
    {
        QFETCH(int, size);
        const Location location = m_servers.fresh(Engine::Sqlite);
        {
            const auto backend = opened(location);
            mustRun(*backend, u"pragma journal_mode = wal"_s);
            mustRun(*backend, u"create table t as select zeroblob(%1) as content"_s.arg(size));
        }
        const auto logs = [&] {
            const QFileInfo file(location.file);
            return file.dir().entryList({file.fileName() + u"-*"_s}, QDir::Files);
        };
        QCOMPARE(logs(), QStringList());
        {
            const auto reader = opened(location, Access::Read);
            QCOMPARE(reader->rowCount(u"t"_s).value_or(-1), 1);
            const Status status = readStatus(m_workspace.root(), location);
            QVERIFY2(!status.unreachable, qPrintable(status.unreachable ? status.unreachable->message : QString()));
            QCOMPARE(logs(), QStringList());
        }
        const auto writer = opened(location); // from here on the log has what the database has not
        mustRun(*writer, u"insert into t values (1)"_s);
        QVERIFY(!logs().isEmpty());
        QCOMPARE(opened(location, Access::Read)->rowCount(u"t"_s).value_or(-1), 2);
    }

    void backupAndRestore()
    {
        const Location location = m_servers.fresh(Engine::Sqlite);
        {
            const auto backend = opened(location);
            mustRun(*backend, u"pragma journal_mode = wal"_s);
            mustRun(*backend, u"create table t (id integer)"_s);
            mustRun(*backend, u"insert into t values (1)"_s);
        }
        const auto backup = makeBackup(location, u"manual"_s);
        QVERIFY2(backup, qPrintable(backup ? QString() : backup.error().message + backup.error().detail));
        QCOMPARE(backupsOf(location).size(), 1);
        mustRun(*opened(location), u"insert into t values (2)"_s);
        const auto restored = restoreBackup(location, {});
        QVERIFY2(restored, qPrintable(restored ? QString() : restored.error().message + restored.error().detail));
        QCOMPARE(opened(location, Access::Read)->rowCount(u"t"_s).value_or(-1), 1);
        // What it replaced is a backup as well.
        QCOMPARE(backupsOf(location).size(), 2);
        QCOMPARE(backupsOf(location).first().reason, u"before-restore"_s);
        QVERIFY(restoreBackup(location, QFileInfo(restored->replaced).fileName()));
        QCOMPARE(opened(location, Access::Read)->rowCount(u"t"_s).value_or(-1), 2);
        QCOMPARE(restoreBackup(location, u"other"_s).error().code, u"no-such-backup"_s);
    }

    void restoreRefuses()
    {
        const Location location = m_servers.fresh(Engine::Sqlite);
        mustRun(*opened(location), u"create table t (id integer)"_s);
        QVERIFY(makeBackup(location, u"manual"_s));
        mustRun(*opened(location), u"insert into t values (1)"_s);
        QProcess server;
        server.start(
            qEnvironmentVariable("PADDOCK_FALLBACK_BUN"),
            {u"-e"_s, u"const db = new (require('bun:sqlite').Database)('%1'); db.query('select * from t').all();"
                      "console.log('open'); process.stdin.once('data', () => process.exit(0));"_s.arg(location.file)});
        QVERIFY(server.waitForReadyRead(20'000));
        const auto refused = restoreBackup(location, {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, u"in-use"_s);
        QVERIFY2(refused.error().message.contains(QString::number(server.processId())),
                 qPrintable(refused.error().message));
        QCOMPARE(opened(location, Access::Read)->rowCount(u"t"_s).value_or(-1), 1);
        server.write("x\n");
        QVERIFY(server.waitForFinished(20'000));

        QFile damaged(backupsOf(location).first().path);
        QVERIFY(damaged.open(QIODevice::ReadWrite));
        damaged.write("this is no database at all, is it?");
        damaged.close();
        const auto broken = restoreBackup(location, {});
        QVERIFY(!broken);
        QCOMPARE(broken.error().code, u"backup-damaged"_s);
        QCOMPARE(opened(location, Access::Read)->rowCount(u"t"_s).value_or(-1), 1);
    }

    void backupsAreKeptByAgeAndSize()
    {
        const Location location = m_servers.fresh(Engine::Sqlite);
        mustRun(*opened(location), u"create table t (id integer)"_s);
        for (int i = 0; i < 5; ++i)
            QVERIFY(makeBackup(location, u"up"_s));
        const qint64 size = backupsOf(location).first().size;
        prune(location, {.count = 4});
        QCOMPARE(backupsOf(location).size(), 4);
        prune(location, {.bytes = 2 * size});
        QCOMPARE(backupsOf(location).size(), 2);
        const Backup newest = backupsOf(location).first();
        prune(location, {.days = -1});
        QCOMPARE(backupsOf(location).size(), 1); // the newest always stays
        QCOMPARE(backupsOf(location).first().path, newest.path);
    }

    void otherEnginesSayWhatTheyCannot()
    {
        for (const Engine engine : {Engine::Postgres, Engine::Mysql}) {
            const auto backup = makeBackup({.engine = engine}, u"manual"_s);
            QVERIFY(!backup);
            QCOMPARE(backup.error().code, u"no-backup"_s);
            QVERIFY(!backup.error().remedy.isEmpty());
        }
    }

    /// A disk of 256 KiB for the backups.
    void fullDisk()
    {
        if (::geteuid() != 0)
            QSKIP("mounting a small file system needs root");
        QTemporaryDir small;
        if (::mount("tmpfs", QFile::encodeName(small.path()).constData(), "tmpfs", 0, "size=256k") != 0)
            QSKIP("a small file system cannot be mounted here");
        const auto unmount = qScopeGuard([&] { ::umount2(QFile::encodeName(small.path()).constData(), MNT_DETACH); });
        const Location location = m_servers.fresh(Engine::Sqlite);
        mustRun(*opened(location), u"create table t (text text)"_s);
        mustRun(*opened(location),
                u"with recursive n(i) as (select 1 union all select i + 1 from n where i < 400) insert "
                "into t select hex(randomblob(1000)) from n"_s);
        const QByteArray state = qgetenv("XDG_STATE_HOME");
        qputenv("XDG_STATE_HOME", QFile::encodeName(small.path()));
        const auto backup = makeBackup(location, u"up"_s);
        const auto left = backupsOf(location);
        const QStringList files = QDir(small.path()).entryList(QDir::Files);
        qputenv("XDG_STATE_HOME", state);
        QVERIFY(!backup);
        QCOMPARE(backup.error().code, u"disk-full"_s);
        QVERIFY(left.isEmpty() && files.isEmpty());
        QCOMPARE(opened(location, Access::Read)->rowCount(u"t"_s).value_or(-1), 400);
    }
};

QTEST_GUILESS_MAIN(TestBackends)
#include "tst_backends.moc"
