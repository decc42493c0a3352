// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

/// Migrations of a workspace and what a database knows of them, as plain values.
namespace paddock::migrations {

enum class Engine { Unknown, Sqlite, Postgres, Mysql };
enum class Direction { Up, Down };

[[nodiscard]] QLatin1StringView toString(Engine engine);
[[nodiscard]] QLatin1StringView toString(Direction direction);

/// Plugin and file name: what the framework's table goes by.
using Key = std::pair<QString, QString>;

struct MigrationFile
{
    QString plugin;  ///< "@core/<service>" for those of the framework
    QString name;    ///< with its ending, as the framework records it
    QString path;    ///< absolute
    QByteArray hash; ///< SHA-256 of the bytes, in hex
    [[nodiscard]] Key key() const { return {plugin, name}; }
};

/// A row of the framework's table `__donkeylabs_migrations__`.
struct AppliedRow
{
    qint64 id = 0; ///< rises in the order of applying
    QString plugin;
    QString name;
    QString at; ///< as the framework wrote it
};

/// A row of Paddock's own table `__paddock_migrations__`, without the text of the file.
struct RunRow
{
    qint64 id = 0;
    QString runId;
    QString plugin;
    QString name;
    Direction direction = Direction::Up;
    QString origin; ///< run, adopt, mark
    QByteArray hash;
    bool transactional = false;
    QString startedAt;
    QString finishedAt; ///< empty: no finish mark
    double ms = 0;
    QString outcome; ///< done, failed, cancelled; empty: no finish mark
    QString error;
};

[[nodiscard]] inline bool isCore(const QString &plugin)
{
    return plugin.startsWith(QLatin1StringView("@core/"));
}

} // namespace paddock::migrations
