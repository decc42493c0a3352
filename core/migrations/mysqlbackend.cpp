// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/engines.h"

namespace paddock::migrations {

using namespace Qt::StringLiterals;

Result<> MysqlBackend::open(Access access)
{
    QString options = u"MYSQL_OPT_CONNECT_TIMEOUT=2;MYSQL_OPT_READ_TIMEOUT=20;MYSQL_OPT_WRITE_TIMEOUT=20"_s;
    if (!m_location.socket.isEmpty())
        options += u";UNIX_SOCKET="_s + m_location.socket;
    if (auto opened = connect(options); !opened)
        return opened;
    (void)execute(access == Access::Read ? u"set session lock_wait_timeout = 1"_s
                                         : u"set session lock_wait_timeout = 5"_s);
    if (access == Access::Read)
        return execute(u"set session transaction read only"_s);
    return {};
}

QString MysqlBackend::quoted(const QString &name) const
{
    return u'`' + QString(name).replace(u'`', u"``"_s) + u'`';
}

Result<bool> MysqlBackend::hasTable(const QString &name)
{
    const auto rows =
        select(u"select 1 from information_schema.tables where table_schema = database() and table_name = ?"_s, {name});
    return rows ? Result<bool>(!rows->isEmpty()) : std::unexpected(rows.error());
}

Result<QString> MysqlBackend::fingerprint()
{
    const auto rows = select(u"select concat_ws('|', database(), @@hostname, @@port, @@datadir)"_s);
    if (!rows)
        return std::unexpected(rows.error());
    return rows->value(0).value(0).toString();
}

Result<Schema> MysqlBackend::schema()
{
    const QString ours = u"table_schema = database() and table_name not in ('__donkeylabs_migrations__',"
                         "'__paddock_migrations__')"_s;
    const auto tables =
        select(u"select table_name from information_schema.tables where table_type = 'BASE TABLE' and "_s + ours +
               u" order by table_name"_s);
    const auto columns = select(u"select table_name, column_name, column_type, is_nullable = 'NO', column_default, "
                                "column_key = 'PRI' from information_schema.columns where "_s +
                                ours + u" order by table_name, ordinal_position"_s);
    const auto indexes = select(u"select table_name, index_name, min(non_unique) = 0, "
                                "group_concat(column_name order by seq_in_index separator ', ') "
                                "from information_schema.statistics where "_s +
                                ours + u" group by table_name, index_name order by 1, 2"_s);
    const auto keys =
        select(u"select table_name, constraint_name, group_concat(column_name order by ordinal_position "
               "separator ', '), max(referenced_table_name), group_concat(referenced_column_name order by "
               "ordinal_position separator ', ') from information_schema.key_column_usage where "
               "referenced_table_name is not null and "_s +
               ours + u" group by table_name, constraint_name order by 1, 2"_s);
    if (!tables || !columns || !indexes || !keys)
        return std::unexpected(!tables    ? tables.error()
                               : !columns ? columns.error()
                               : !indexes ? indexes.error()
                                          : keys.error());
    Schema schema;
    for (const QVariantList &row : *tables) {
        Table table{.name = row[0].toString()};
        for (const QVariantList &c : *columns)
            if (c[0] == row[0])
                table.columns.append({c[1].toString(), c[2].toString(), c[3].toBool(), c[4].toString(), c[5].toBool()});
        for (const QVariantList &i : *indexes)
            if (i[0] == row[0])
                table.indexes.append({table.name + u'.' + i[1].toString(),
                                      (i[2].toBool() ? u"unique (%1)"_s : u"(%1)"_s).arg(i[3].toString())});
        for (const QVariantList &k : *keys)
            if (k[0] == row[0])
                table.keys.append({k[1].toString(), u"foreign key (%1) references %2(%3)"_s.arg(
                                                        k[2].toString(), k[3].toString(), k[4].toString())});
        schema.tables.append(table);
    }
    return schema;
}

Result<std::optional<QString>> MysqlBackend::lockHolder()
{
    const auto rows = select(u"select is_used_lock(?)"_s, {lockOf(m_location).name});
    if (!rows)
        return std::unexpected(rows.error());
    if (rows->isEmpty() || rows->first()[0].isNull())
        return std::optional<QString>();
    return std::optional<QString>(u"connection "_s + rows->first()[0].toString());
}

Result<std::unique_ptr<Backend>> openBackend(const Location &location, Access access)
{
    const auto opened = [access]<class T>(std::unique_ptr<T> backend) -> Result<std::unique_ptr<Backend>> {
        if (auto done = backend->open(access); !done)
            return std::unexpected(done.error());
        return std::unique_ptr<Backend>(std::move(backend));
    };
    switch (location.engine) {
    case Engine::Sqlite: return opened(std::make_unique<SqliteBackend>(location));
    case Engine::Postgres: return opened(std::make_unique<PostgresBackend>(location));
    case Engine::Mysql: return opened(std::make_unique<MysqlBackend>(location));
    case Engine::Unknown: break;
    }
    return fail(u"database-unknown"_s, u"The engine of this database is not known."_s);
}

} // namespace paddock::migrations
