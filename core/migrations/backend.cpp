// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/backend.h"

#include "migrations/ddl.h"
#include "migrations/query.h"

#include <QCryptographicHash>
#include <QSqlDriver>
#include <QSqlError>
#include <QSqlQuery>
#include <QSqlRecord>
#include <QUuid>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

LockName lockOf(const Location &location)
{
    const QByteArray hash =
        QCryptographicHash::hash(QString(u"paddock:"_s + location.database).toUtf8(), QCryptographicHash::Sha256);
    const auto number = [&](int at) {
        quint32 value = 0;
        for (int i = 0; i < 4; ++i)
            value = value << 8 | quint8(hash[at + i]);
        return qint32(value & 0x7fffffff);
    };
    return {.name = u"paddock:"_s + location.database.left(50),
            .high = number(0),
            .low = number(4),
            .file = location.file.isEmpty() ? QString() : location.file + u"-paddock-lock"_s};
}

Backend::Backend(Location location, const QString &driver)
    : m_location(std::move(location)), m_connection(u"migrations-"_s + QUuid::createUuid().toString(QUuid::Id128))
{
    (void)QSqlDatabase::addDatabase(driver, m_connection);
}

Backend::~Backend()
{
    close();
}

void Backend::close()
{
    if (m_connection.isEmpty())
        return;
    database().close();
    QSqlDatabase::removeDatabase(std::exchange(m_connection, {}));
}

QSqlDatabase Backend::database() const
{
    return QSqlDatabase::database(m_connection, false);
}

Result<> Backend::connect(const QString &options)
{
    QSqlDatabase connection = database();
    if (!connection.isValid())
        return fail(u"no-driver"_s, u"This installation has no Qt driver for %1."_s.arg(toString(m_location.engine)),
                    u"Install Qt's SQL driver for it."_s);
    connection.setConnectOptions(options);
    connection.setDatabaseName(m_location.engine == Engine::Sqlite
                                   ? (m_fileToOpen.isEmpty() ? m_location.file : m_fileToOpen)
                                   : m_location.database);
    if (m_location.engine != Engine::Sqlite) {
        connection.setHostName(m_location.host);
        if (m_location.engine == Engine::Postgres && !m_location.socket.isEmpty())
            connection.setHostName(m_location.socket);
        if (m_location.port > 0)
            connection.setPort(m_location.port);
        connection.setUserName(m_location.user);
        connection.setPassword(m_location.password);
    }
    if (!connection.open())
        return std::unexpected(translated(connection.lastError()));
    return {};
}

Error Backend::translated(const QSqlError &error) const
{
    QString text = error.databaseText().isEmpty() ? error.driverText() : error.databaseText();
    text = text.simplified();
    if (!m_location.password.isEmpty())
        text.replace(m_location.password, u"***"_s);
    const QString code = error.nativeErrorCode();
    const auto says = [&](std::initializer_list<const char *> words) {
        return std::ranges::any_of(
            words, [&](const char *word) { return text.contains(QLatin1StringView(word), Qt::CaseInsensitive); });
    };
    const auto make = [&](const QString &kind, const QString &message, const QString &remedy) {
        return Error{kind, message, text, m_location.shown(), remedy};
    };
    if (code == "28P01"_L1 || code == "28000"_L1 || code == "1045"_L1 || code == "1044"_L1 ||
        says({"password authentication failed", "access denied", "no password supplied"}))
        return make(u"access-denied"_s, u"The database refuses this user or password."_s,
                    u"Correct the user or password in the address (%1)."_s.arg(m_location.origin));
    if (code == "3D000"_L1 || code == "1049"_L1 || (says({"does not exist"}) && says({"database"})))
        return make(u"no-database"_s, u"The server has no database “%1”."_s.arg(m_location.database),
                    u"Create it, or correct the address (%1)."_s.arg(m_location.origin));
    if (code == "5"_L1 || code == "6"_L1 || code == "55P03"_L1 || code == "1205"_L1 ||
        says({"is locked", "lock timeout"}))
        return make(u"locked"_s, u"The database is locked by somebody else."_s,
                    u"Try again when the other has finished."_s);
    if (code == "13"_L1 || code == "53100"_L1 || code == "1021"_L1 || says({"disk is full", "no space left"}))
        return make(u"disk-full"_s, u"The disk is full."_s, u"Free some space, then run this again."_s);
    if (code == "8"_L1 || code == "25006"_L1 || code == "1290"_L1 || code == "1792"_L1 ||
        says({"readonly", "read-only"}))
        return make(u"read-only"_s, u"The database cannot be written to."_s,
                    u"Check the permissions of the file and its folder, or the user's rights."_s);
    if (code == "57P01"_L1 || code == "2006"_L1 || code == "2013"_L1 ||
        says({"server closed the connection", "terminating connection", "gone away", "lost connection"}))
        return make(u"connection-lost"_s, u"The connection to the database broke off."_s,
                    u"Check that the database server runs, then try again."_s);
    if (error.type() == QSqlError::ConnectionError || code == "2002"_L1 || code == "2003"_L1)
        return make(u"unreachable"_s, u"The database at %1 cannot be reached."_s.arg(m_location.shown()),
                    u"Start the database server, or correct the address (%1)."_s.arg(m_location.origin));
    return make(u"sql"_s, u"The database says: %1"_s.arg(text), {});
}

QString Backend::quoted(const QString &name) const
{
    return u'"' + QString(name).replace(u'"', u"\"\""_s) + u'"';
}

Result<> Backend::execute(const QString &sql, const QVariantList &values)
{
    if (auto done = select(sql, values); !done)
        return std::unexpected(done.error());
    return {};
}

Result<QList<QVariantList>> Backend::select(const QString &sql, const QVariantList &values)
{
    QSqlQuery query(database());
    query.setForwardOnly(true);
    const bool done = values.isEmpty() ? query.exec(sql) : [&] {
        if (!query.prepare(sql))
            return false;
        for (const QVariant &value : values)
            query.addBindValue(value);
        return query.exec();
    }();
    if (!done)
        return std::unexpected(translated(query.lastError()));
    QList<QVariantList> rows;
    const int columns = query.isSelect() ? query.record().count() : 0;
    while (query.next()) {
        QVariantList row;
        row.reserve(columns);
        for (int i = 0; i < columns; ++i)
            row.append(query.value(i));
        rows.append(row);
    }
    if (query.lastError().isValid())
        return std::unexpected(translated(query.lastError()));
    return rows;
}

Result<QList<AppliedRow>> Backend::applied()
{
    const auto exists = hasTable(frameworkTable);
    if (!exists || !*exists)
        return exists ? Result<QList<AppliedRow>>{} : std::unexpected(exists.error());
    const auto rows =
        select(u"select id, plugin_name, migration_name, executed_at from %1 order by id"_s.arg(frameworkTable));
    if (!rows)
        return std::unexpected(rows.error());
    QList<AppliedRow> result;
    result.reserve(rows->size());
    for (const QVariantList &row : *rows)
        result.append({row[0].toLongLong(), row[1].toString(), row[2].toString(), row[3].toString()});
    return result;
}

Result<QList<RunRow>> Backend::runs()
{
    const auto exists = hasTable(recordTable);
    if (!exists || !*exists)
        return exists ? Result<QList<RunRow>>{} : std::unexpected(exists.error());
    const auto rows = select(u"select id, run_id, plugin_name, migration_name, direction, origin, content_hash, "
                             "transactional, started_at, finished_at, duration_ms, outcome, error from %1 "
                             "order by id"_s.arg(recordTable));
    if (!rows)
        return std::unexpected(rows.error());
    QList<RunRow> result;
    result.reserve(rows->size());
    for (const QVariantList &row : *rows)
        result.append({.id = row[0].toLongLong(),
                       .runId = row[1].toString(),
                       .plugin = row[2].toString(),
                       .name = row[3].toString(),
                       .direction = row[4].toString() == "down"_L1 ? Direction::Down : Direction::Up,
                       .origin = row[5].toString(),
                       .hash = row[6].toString().toLatin1(),
                       .transactional = row[7].toInt() != 0,
                       .startedAt = row[8].toString(),
                       .finishedAt = row[9].toString(),
                       .ms = row[10].toDouble(),
                       .outcome = row[11].toString(),
                       .error = row[12].toString()});
    return result;
}

Result<std::optional<QString>> Backend::recordedContent(const Key &key)
{
    const auto exists = hasTable(recordTable);
    if (!exists || !*exists)
        return exists ? Result<std::optional<QString>>{} : std::unexpected(exists.error());
    const auto rows =
        select(u"select content from %1 where plugin_name = ? and migration_name = ? and direction = 'up' "
               "and outcome = 'done' and content is not null order by id desc limit 1"_s.arg(recordTable),
               {key.first, key.second});
    if (!rows)
        return std::unexpected(rows.error());
    return rows->isEmpty() ? std::optional<QString>() : rows->first()[0].toString();
}

Result<qint64> Backend::rowCount(const QString &table, const QString &notNullColumn)
{
    QString sql = u"select count(*) from "_s + quoted(table);
    if (!notNullColumn.isEmpty())
        sql += u" where "_s + quoted(notNullColumn) + u" is not null"_s;
    const auto rows = select(sql);
    if (!rows)
        return std::unexpected(rows.error());
    return rows->isEmpty() ? 0 : rows->first()[0].toLongLong();
}

Result<Schema> Backend::schemaWithRows(bool tolerant)
{
    auto result = schema();
    if (!result)
        return result;
    for (Table &table : result->tables) {
        const auto rows = rowCount(table.name);
        if (!rows && !tolerant)
            return std::unexpected(rows.error());
        table.rows = rows.value_or(-1);
    }
    return result;
}

Result<> Backend::beginReading(int timeMs, int rows)
{
    QStringList statements;
    switch (m_location.engine) {
    case Engine::Sqlite: statements << u"pragma query_only = 1"_s; break;
    case Engine::Postgres: // once something was read, a transaction cannot be made one that writes
        statements << u"set statement_timeout = %1"_s.arg(timeMs) << u"begin read only"_s << u"select 1"_s;
        break;
    case Engine::Mysql: // (what was not fetched would be read to its end)
        statements << u"set sql_select_limit = %1"_s.arg(rows + 1) << u"start transaction read only"_s;
        break;
    case Engine::Unknown: break;
    }
    for (const QString &statement : std::as_const(statements))
        if (auto done = execute(statement); !done)
            return done;
    return {};
}

Result<> Backend::read(const QString &sql, int limit, const std::atomic<bool> &stop, QueryResult &result)
{
    QSqlQuery query(database());
    query.setForwardOnly(true);
    if (!query.exec(sql))
        return std::unexpected(translated(query.lastError()));
    const QSqlRecord record = query.record();
    for (int i = 0; i < record.count(); ++i)
        result.columns << record.fieldName(i);
    while (!stop && query.next()) {
        if (result.rows.size() >= limit) {
            result.isCut = true;
            break;
        }
        QVariantList row;
        row.reserve(record.count());
        for (int i = 0; i < record.count(); ++i)
            row.append(query.value(i));
        result.rows.append(row);
    }
    if (query.lastError().isValid())
        return std::unexpected(translated(query.lastError()));
    return {};
}

void *Backend::sqliteHandle() const
{
    const QVariant handle = database().driver()->handle();
    const bool isOurs = handle.isValid() && qstrcmp(handle.typeName(), "sqlite3*") == 0;
    return isOurs ? *static_cast<void *const *>(handle.data()) : nullptr;
}

qint64 Backend::connectionId()
{
    const auto rows =
        select(m_location.engine == Engine::Postgres ? u"select pg_backend_pid()"_s : u"select connection_id()"_s);
    return rows && !rows->isEmpty() ? rows->first()[0].toLongLong() : 0;
}

Transaction::Transaction(Backend &backend) : m_backend(backend) {}

Transaction::~Transaction()
{
    if (!m_open)
        return;
    if (m_backend.m_location.engine == Engine::Sqlite)
        (void)m_backend.execute(u"rollback"_s);
    else
        m_backend.database().rollback();
}

Result<> Transaction::begin()
{
    // SQLite would else take its write lock only at the first change, when another may have it.
    if (m_backend.m_location.engine == Engine::Sqlite) {
        if (auto begun = m_backend.execute(u"begin immediate"_s); !begun)
            return begun;
    } else if (!m_backend.database().transaction()) {
        return std::unexpected(m_backend.translated(m_backend.database().lastError()));
    }
    m_open = true;
    return {};
}

Result<> Transaction::commit()
{
    if (m_backend.m_location.engine == Engine::Sqlite) {
        if (auto done = m_backend.execute(u"commit"_s); !done)
            return done;
    } else if (!m_backend.database().commit()) {
        return std::unexpected(m_backend.translated(m_backend.database().lastError()));
    }
    m_open = false;
    return {};
}

} // namespace paddock::migrations
