// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "migrations/location.h"
#include "migrations/state.h"

#include <QProcess>
#include <QTemporaryDir>
#include <map>
#include <memory>

namespace paddock::test {

/// A real database server on a local socket in a temporary folder, ended with this object. SQLite needs none: there it
/// is the folder of the files.
class DatabaseServer final
{
public:
    explicit DatabaseServer(migrations::Engine engine);
    ~DatabaseServer();

    [[nodiscard]] bool isRunning() const { return m_problem.isEmpty(); }
    [[nodiscard]] QString problem() const { return m_problem; }
    /// A new, empty database.
    [[nodiscard]] migrations::Location create();
    /// Ends the server at once (SIGKILL), or lets it run again.
    void kill();
    void start();

private:
    void startPostgres();
    void startMariadb();
    [[nodiscard]] bool run(const QString &program, const QStringList &arguments);
    [[nodiscard]] migrations::Location locationOf(const QString &database) const;

    migrations::Engine m_engine;
    QTemporaryDir m_folder;
    QProcess m_process;
    QString m_problem;
    QStringList m_prefix; ///< PostgreSQL refuses to run as root
    int m_count = 0;
};

/// The servers of a suite, each started when it is first asked for.
class DatabaseServers final
{
public:
    /// A column “engine”, and a row for each.
    static void rows();
    /// Fails the test where it does not run.
    DatabaseServer &of(migrations::Engine engine);
    /// A new, empty database that is there: of SQLite an empty file.
    migrations::Location fresh(migrations::Engine engine);
    void end() { m_servers.clear(); }

private:
    std::map<migrations::Engine, std::unique_ptr<DatabaseServer>> m_servers;
};

/// Without those of the framework itself, which are there with PADDOCK_UPSTREAM.
[[nodiscard]] QList<migrations::Entry> ofPlugins(const QList<migrations::Entry> &entries);

/// A workspace with one plugin, `shop`, on the packages that migrations need (installed once for all tests). With
/// PADDOCK_UPSTREAM they are those of the real framework, on the newest Kysely that it allows.
class MigrationWorkspace final
{
public:
    MigrationWorkspace();
    [[nodiscard]] QString problem() const { return m_problem; }
    [[nodiscard]] QString root() const { return m_folder.path() + QStringLiteral("/shop"); }
    [[nodiscard]] QString path(const QString &relative) const { return root() + u'/' + relative; }
    /// `up` and `down` are the bodies of the functions; an empty `down` leaves it out.
    void migration(const QString &name, const QString &up, const QString &down = {},
                   const QString &plugin = QStringLiteral("shop")) const;
    void write(const QString &relative, const QString &text) const;
    void remove(const QString &relative) const;
    [[nodiscard]] QProcessEnvironment environment() const;

private:
    QTemporaryDir m_folder;
    QString m_problem;
};

} // namespace paddock::test
