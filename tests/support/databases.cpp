// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/databases.h"

#include "migrations/backend.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QLockFile>
#include <QStandardPaths>
#include <QTest>

#include <csignal>
#include <unistd.h>

namespace paddock::test {

using namespace Qt::StringLiterals;
using migrations::Engine;
using migrations::Location;

namespace {

constexpr int NobodyId = 65534;
const auto Password = u"s3cret-of-the-test"_s;

QString program(const QString &name)
{
    for (const QString &folder :
         QDir(u"/usr/lib/postgresql"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name | QDir::Reversed))
        if (const QString path = u"/usr/lib/postgresql/%1/bin/%2"_s.arg(folder, name); QFile::exists(path))
            return path;
    return QStandardPaths::findExecutable(name, {u"/usr/bin"_s, u"/usr/sbin"_s, u"/usr/local/bin"_s});
}

QString bun()
{
    const QString named = qEnvironmentVariable("PADDOCK_BUN");
    return named.isEmpty() ? qEnvironmentVariable("PADDOCK_FALLBACK_BUN", u"bun"_s) : named;
}

} // namespace

DatabaseServer::DatabaseServer(Engine engine) : m_engine(engine), m_folder(u"/tmp/pdb-XXXXXX"_s)
{
    if (engine == Engine::Sqlite)
        return;
    if (::geteuid() == 0) {
        if (::chown(QFile::encodeName(m_folder.path()).constData(), NobodyId, NobodyId) != 0)
            m_problem = u"the folder cannot be given away"_s;
        m_prefix = {u"setpriv"_s, u"--reuid=65534"_s, u"--regid=65534"_s, u"--clear-groups"_s};
    }
    start();
}

DatabaseServer::~DatabaseServer()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    // PostgreSQL: fast shutdown; MariaDB: the only one there is.
    ::kill(pid_t(m_process.processId()), m_engine == Engine::Postgres ? SIGINT : SIGTERM);
    if (!m_process.waitForFinished(20'000))
        kill();
}

bool DatabaseServer::run(const QString &name, const QStringList &arguments)
{
    QProcess process;
    const QStringList command = m_prefix + QStringList{name} + arguments;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.setWorkingDirectory(m_folder.path());
    process.start(command.first(), command.sliced(1));
    if (process.waitForFinished(120'000) && process.exitCode() == 0)
        return true;
    m_problem = name + u" failed: "_s + QString::fromUtf8(process.readAll()).right(600);
    return false;
}

void DatabaseServer::start()
{
    m_engine == Engine::Postgres ? startPostgres() : startMariadb();
    QElapsedTimer timer;
    timer.start();
    const Location home = locationOf(m_engine == Engine::Postgres ? u"postgres"_s : u"mysql"_s);
    while (m_problem.isEmpty()) {
        if (migrations::openBackend(home))
            return;
        if (timer.elapsed() > 60'000 || m_process.state() == QProcess::NotRunning)
            m_problem = u"the server did not come up: "_s + QString::fromUtf8(m_process.readAll()).right(800);
        QTest::qWait(50);
    }
}

void DatabaseServer::startPostgres()
{
    const QString data = m_folder.filePath(u"data"_s);
    if (program(u"initdb"_s).isEmpty()) {
        m_problem = u"PostgreSQL is not installed"_s;
        return;
    }
    if (!QFile::exists(data + u"/PG_VERSION"_s)) {
        QFile password(m_folder.filePath(u"password"_s));
        if (password.open(QIODevice::WriteOnly))
            password.write(Password.toUtf8());
        password.close();
        if (!run(program(u"initdb"_s), {u"-D"_s, data, u"-U"_s, u"paddock"_s, u"--auth=scram-sha-256"_s, u"--no-sync"_s,
                                        u"--locale=C.UTF-8"_s, u"--pwfile="_s + password.fileName()}))
            return;
    }
    const QStringList command =
        m_prefix + QStringList{program(u"postgres"_s), u"-D"_s, data,          u"-k"_s, m_folder.path(), u"-c"_s,
                               u"listen_addresses="_s, u"-c"_s, u"fsync=off"_s};
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.start(command.first(), command.sliced(1));
}

void DatabaseServer::startMariadb()
{
    const QString data = m_folder.filePath(u"data"_s);
    if (program(u"mariadbd"_s).isEmpty()) {
        m_problem = u"MariaDB is not installed"_s;
        return;
    }
    const QString init = m_folder.filePath(u"init.sql"_s);
    if (!QFile::exists(data + u"/mysql"_s)) {
        QFile file(init);
        if (file.open(QIODevice::WriteOnly))
            file.write(u"create user if not exists paddock@localhost identified by '%1';\ngrant all on *.* to "
                       "paddock@localhost;\n"_s.arg(Password)
                           .toUtf8());
        file.close();
        if (!run(program(u"mariadb-install-db"_s),
                 {u"--no-defaults"_s, u"--datadir="_s + data, u"--auth-root-authentication-method=normal"_s,
                  u"--skip-test-db"_s, u"--skip-name-resolve"_s}))
            return;
    }
    const QStringList command = m_prefix + QStringList{program(u"mariadbd"_s),
                                                       u"--no-defaults"_s,
                                                       u"--datadir="_s + data,
                                                       u"--skip-networking"_s,
                                                       u"--socket="_s + m_folder.filePath(u"m.sock"_s),
                                                       u"--init-file="_s + init,
                                                       u"--pid-file="_s + m_folder.filePath(u"pid"_s),
                                                       u"--innodb-flush-log-at-trx-commit=0"_s};
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.start(command.first(), command.sliced(1));
}

Location DatabaseServer::locationOf(const QString &database) const
{
    return {.engine = m_engine,
            .host = u"localhost"_s,
            .socket = m_engine == Engine::Postgres ? m_folder.path() : m_folder.filePath(u"m.sock"_s),
            .database = database,
            .user = u"paddock"_s,
            .password = Password,
            .origin = u"the test"_s};
}

Location DatabaseServer::create()
{
    const QString name = u"shop%1"_s.arg(++m_count);
    if (m_engine == Engine::Sqlite)
        return {.engine = m_engine, .file = m_folder.filePath(name + u".db"_s), .origin = u"the test"_s};
    const auto backend = migrations::openBackend(locationOf(m_engine == Engine::Postgres ? u"postgres"_s : u"mysql"_s),
                                                 migrations::Access::Write);
    if (!backend)
        qFatal("%s", qPrintable(backend.error().message + backend.error().detail));
    if (auto made = (*backend)->execute(u"create database "_s + name); !made)
        qFatal("%s", qPrintable(made.error().message));
    return locationOf(name);
}

void DatabaseServer::kill()
{
    m_process.kill();
    m_process.waitForFinished(10'000);
}

void DatabaseServers::rows()
{
    QTest::addColumn<migrations::Engine>("engine");
    QTest::newRow("SQLite") << Engine::Sqlite;
    QTest::newRow("PostgreSQL") << Engine::Postgres;
    QTest::newRow("MariaDB") << Engine::Mysql;
}

DatabaseServer &DatabaseServers::of(Engine engine)
{
    auto &server = m_servers[engine];
    if (!server)
        server = std::make_unique<DatabaseServer>(engine);
    if (!server->isRunning())
        QTest::qFail(qPrintable(server->problem()), __FILE__, __LINE__);
    return *server;
}

Location DatabaseServers::fresh(Engine engine)
{
    const Location location = of(engine).create();
    if (engine == Engine::Sqlite)
        (void)QFile(location.file).open(QIODevice::WriteOnly);
    return location;
}

QList<migrations::Entry> ofPlugins(const QList<migrations::Entry> &entries)
{
    QList<migrations::Entry> own = entries;
    own.removeIf([](const migrations::Entry &entry) { return entry.isCore(); });
    return own;
}

MigrationWorkspace::MigrationWorkspace()
{
    const QString upstream = qEnvironmentVariable("PADDOCK_UPSTREAM");
    const QByteArray framework = upstream.isEmpty()
                                     ? R"("kysely":"0.27.6")"
                                     : QFile::encodeName(u"\"kysely\":\"^0.28.0\",\"@donkeylabs/server\":"
                                                         "\"file:%1/packages/server\""_s.arg(upstream));
    const QByteArray manifest = R"({"name":"paddock-migration-tests","private":true,"type":"module","dependencies":{)" +
                                framework + R"(,"kysely-bun-sqlite":"0.3.2","pg":"8.16.3","mysql2":"3.15.3"}})";
    const QString packages =
        QDir::tempPath() +
        u"/paddock-migration-tests-%1%2"_s.arg(::geteuid()).arg(upstream.isEmpty() ? QString() : u"-upstream"_s);
    QDir().mkpath(packages);
    QLockFile lock(packages + u"/lock"_s); // tests run beside each other
    lock.setStaleLockTime(0);
    lock.lock();
    if (!QFile::exists(packages + u"/.installed"_s)) {
        QFile file(packages + u"/package.json"_s);
        if (file.open(QIODevice::WriteOnly))
            file.write(manifest);
        file.close();
        QProcess install;
        install.setWorkingDirectory(packages);
        install.start(bun(), {u"install"_s});
        if (!install.waitForFinished(120'000) || install.exitCode() != 0) {
            m_problem = u"bun install failed: "_s + QString::fromUtf8(install.readAllStandardError());
            return;
        }
        (void)QFile(packages + u"/.installed"_s).open(QIODevice::WriteOnly);
    }
    lock.unlock();
    for (const QString &name : {u"state"_s, u"cache"_s, u"run"_s})
        QDir(m_folder.path()).mkdir(name);
    QFile::setPermissions(m_folder.filePath(u"run"_s), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    QDir().mkpath(path(u"src/plugins/shop/migrations"_s));
    QFile::link(packages + u"/node_modules"_s, path(u"node_modules"_s));
    write(u"package.json"_s, u"{\"name\":\"shop\",\"dependencies\":{\"@donkeylabs/server\":\"*\"}}"_s);
    // The code under test runs in this process as well.
    for (const auto &[name, folder] : {std::pair("XDG_STATE_HOME", "state"), std::pair("XDG_CACHE_HOME", "cache"),
                                       std::pair("XDG_RUNTIME_DIR", "run")})
        qputenv(name, QFile::encodeName(m_folder.filePath(QLatin1StringView(folder))));
}

void MigrationWorkspace::write(const QString &relative, const QString &text) const
{
    QDir().mkpath(QFileInfo(path(relative)).path());
    QFile file(path(relative));
    QVERIFY2(file.open(QIODevice::WriteOnly), qPrintable(relative));
    file.write(text.toUtf8());
}

void MigrationWorkspace::remove(const QString &relative) const
{
    QVERIFY(QFile::remove(path(relative)));
}

void MigrationWorkspace::migration(const QString &name, const QString &up, const QString &down,
                                   const QString &plugin) const
{
    QString text = u"import { sql, type Kysely } from \"kysely\";\nvoid sql;\n"_s;
    text += u"export async function up(db: Kysely<any>): Promise<void> {\n"_s + up + u"\n}\n"_s;
    if (!down.isEmpty())
        text += u"export async function down(db: Kysely<any>): Promise<void> {\n"_s + down + u"\n}\n"_s;
    write(u"src/plugins/%1/migrations/%2"_s.arg(plugin, name), text);
}

QProcessEnvironment MigrationWorkspace::environment() const
{
    return QProcessEnvironment::systemEnvironment();
}

} // namespace paddock::test
