// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/engines.h"
#include "migrations/holders.h"
#include "migrations/query.h"

#include <QFileInfo>
#include <QSqlError>
#include <QUrl>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

namespace {

const auto ReadOnly = u"QSQLITE_BUSY_TIMEOUT=700;QSQLITE_OPEN_READONLY"_s;
constexpr int PatienceMs = 700;

} // namespace

SqliteBackend::SqliteBackend(const Location &location) : Backend(location, u"QSQLITE"_s) {}

SqliteBackend::~SqliteBackend()
{
    close(); // before others may touch the file
}

Result<> SqliteBackend::open(Access access)
{
    if (!QFileInfo::exists(m_location.file))
        return fail(u"no-database"_s, u"There is no database file yet: %1."_s.arg(m_location.file),
                    u"It is made when migrations are run, or when the server starts."_s, m_location.shown());
    if (!QFileInfo(m_location.file).isReadable())
        return fail(u"access-denied"_s, u"The database file cannot be read."_s, u"Check its permissions."_s,
                    m_location.shown());
    Result<> opened;
    if (access == Access::Write) {
        m_writing = sqliteFilesInUse();
        opened = connect(u"QSQLITE_BUSY_TIMEOUT=5000"_s);
    } else if ((m_copy = quietCopy(m_location.file))) {
        m_fileToOpen = m_copy->fileName();
        opened = connect(ReadOnly);
    } else if ((m_quiet = QuietReading::of(m_location.file))) {
        opened = openQuietly();
    } else {
        opened = connect(ReadOnly);
    }
    if (!opened)
        return opened;
    // SQLite opens lazily: only now it shows whether the file is a database at all.
    return execute(u"select count(*) from sqlite_master"_s);
}

/// As a file that nobody changes: without a lock, and blind to what is written. What it has read before is forgotten.
Result<> SqliteBackend::openQuietly()
{
    m_fileToOpen = u"file:"_s + QString::fromLatin1(QUrl::toPercentEncoding(m_location.file, "/")) + u"?immutable=1"_s;
    return connect(ReadOnly + u";QSQLITE_OPEN_URI"_s);
}

Result<> SqliteBackend::openLocking()
{
    m_quiet.reset();
    m_fileToOpen.clear();
    return connect(ReadOnly);
}

Error SqliteBackend::neverQuiet() const
{
    return {.code = u"locked"_s,
            .message = u"The database is written to without a pause, and reading it would make its writers fail."_s,
            .detail = {},
            .where = m_location.shown(),
            .remedy = u"Try again in a moment. With a write-ahead log (“PRAGMA journal_mode = WAL”) readers are in "
                      "nobody's way."_s};
}

Result<QList<QVariantList>> SqliteBackend::select(const QString &sql, const QVariantList &values)
{
    if (!m_quiet)
        return Backend::select(sql, values);
    bool isAlive = false; // somebody does write
    Patience patience(PatienceMs);
    do {
        const auto moment = m_quiet->begin();
        isAlive |= moment == QuietReading::Moment::Changed;
        if (moment != QuietReading::Moment::Busy) {
            if (moment == QuietReading::Moment::Changed)
                if (auto opened = openQuietly(); !opened)
                    return std::unexpected(opened.error());
            auto rows = Backend::select(sql, values);
            if (m_quiet->isUndisturbed())
                return rows;
            isAlive = true;
            if (sql.startsWith("vacuum into"_L1))
                break; // what it wrote is in the way
        }
    } while (patience.wait());
    if (isAlive)
        return std::unexpected(neverQuiet());
    // Whoever wrote has died over it: SQLite knows what to do.
    if (auto opened = openLocking(); !opened)
        return std::unexpected(opened.error());
    return Backend::select(sql, values);
}

Result<> SqliteBackend::read(const QString &sql, int limit, const std::atomic<bool> &stop, QueryResult &result)
{
    // (The connection must stay what it is: somebody may be about to interrupt it.)
    if (m_quiet && m_quiet->begin() != QuietReading::Moment::Same)
        return std::unexpected(neverQuiet());
    const auto done = Backend::read(sql, limit, stop, result);
    return !m_quiet || m_quiet->isUndisturbed() ? done : std::unexpected(neverQuiet());
}

Error SqliteBackend::translated(const QSqlError &error) const
{
    Error result = Backend::translated(error);
    if (error.nativeErrorCode() == "26"_L1)
        result = {u"no-database"_s, u"The file is no SQLite database: %1."_s.arg(m_location.file), result.detail,
                  m_location.shown(), u"Correct the address (%1)."_s.arg(m_location.origin)};
    if (result.code == "locked"_L1)
        if (const QStringList holders = lockedBy(m_location.file); !holders.isEmpty())
            result.message = u"The database is locked by process %1."_s.arg(holders.join(u", "_s));
    return result;
}

Result<bool> SqliteBackend::hasTable(const QString &name)
{
    const auto rows = select(u"select 1 from sqlite_master where type = 'table' and name = ?"_s, {name});
    return rows ? Result<bool>(!rows->isEmpty()) : std::unexpected(rows.error());
}

Result<Schema> SqliteBackend::schema()
{
    const auto tables = select(u"select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' "
                               "escape '\\' and name not like '\\_\\_paddock\\_%' escape '\\' and name <> "
                               "'__donkeylabs_migrations__' order by name"_s);
    if (!tables)
        return std::unexpected(tables.error());
    Schema schema;
    for (const QVariantList &row : *tables) {
        Table table{.name = row[0].toString()};
        const auto columns = select(u"select name, type, \"notnull\", dflt_value, pk from pragma_table_info(?)"_s, row);
        const auto indexes =
            select(u"select l.name, l.\"unique\", group_concat(i.name, ', ') from pragma_index_list(?) l, "
                   "pragma_index_info(l.name) i group by l.name order by l.name"_s,
                   row);
        const auto keys =
            select(u"select id, \"table\", group_concat(\"from\", ', '), group_concat(\"to\", ', '), on_delete "
                   "from pragma_foreign_key_list(?) group by id order by id"_s,
                   row);
        if (!columns || !indexes || !keys)
            return std::unexpected(!columns ? columns.error() : !indexes ? indexes.error() : keys.error());
        for (const QVariantList &c : *columns)
            table.columns.append(
                {c[0].toString(), c[1].toString().toLower(), c[2].toBool(), c[3].toString(), c[4].toInt() > 0});
        for (const QVariantList &i : *indexes)
            table.indexes.append(
                {i[0].toString(),
                 (i[1].toBool() ? u"unique on %1(%2)"_s : u"on %1(%2)"_s).arg(table.name, i[2].toString())});
        for (const QVariantList &k : *keys)
            table.keys.append(
                {u"fk "_s + k[2].toString(),
                 u"references %1(%2) on delete %3"_s.arg(k[1].toString(), k[3].toString(), k[4].toString().toLower())});
        schema.tables.append(table);
    }
    return schema;
}

Result<std::optional<QString>> SqliteBackend::lockHolder()
{
    Location side = m_location;
    side.file = lockOf(m_location).file;
    if (!QFileInfo::exists(side.file))
        return std::optional<QString>();
    // A lock that can be taken is held by nobody; it is given back at once.
    SqliteBackend probe(side);
    if (auto opened = probe.connect(u"QSQLITE_BUSY_TIMEOUT=0"_s); !opened)
        return std::unexpected(opened.error());
    const auto taken = probe.execute(u"begin exclusive"_s);
    if (taken) {
        (void)probe.execute(u"rollback"_s);
        return std::optional<QString>();
    }
    if (taken.error().code != "locked"_L1)
        return std::unexpected(taken.error());
    return std::optional<QString>(lockedBy(side.file).join(u", "_s));
}

} // namespace paddock::migrations
