// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/engines.h"

namespace paddock::migrations {

using namespace Qt::StringLiterals;

Result<> PostgresBackend::open(Access access)
{
    const QString settings =
        access == Access::Read ? u"-c default_transaction_read_only=on -c statement_timeout=5000 -c lock_timeout=700"_s
                               : u"-c lock_timeout=5000"_s;
    return connect(u"connect_timeout=2;application_name=paddock;%1options='%2'"_s.arg(
        m_location.tls ? u"sslmode=require;"_s : QString(), settings));
}

Result<bool> PostgresBackend::hasTable(const QString &name)
{
    const auto rows = select(u"select to_regclass(?) is not null"_s, {name});
    return rows ? Result<bool>(rows->first()[0].toBool()) : std::unexpected(rows.error());
}

Result<QString> PostgresBackend::fingerprint()
{
    const auto rows =
        select(u"select concat_ws('|', current_database(), extract(epoch from pg_postmaster_start_time()))"_s);
    if (!rows)
        return std::unexpected(rows.error());
    return rows->value(0).value(0).toString();
}

Result<Schema> PostgresBackend::schema()
{
    const QString ours = u"c.relkind in ('r','p') and pg_table_is_visible(c.oid) and n.nspname not in ('pg_catalog',"
                         "'information_schema') and n.nspname not like 'pg_toast%' and c.relname not in "
                         "('__donkeylabs_migrations__','__paddock_migrations__')"_s;
    const QString from = u" from pg_class c join pg_namespace n on n.oid = c.relnamespace "_s;
    const auto columns =
        select(u"select c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, "
               "pg_get_expr(d.adbin, d.adrelid), coalesce(i.indisprimary, false)"_s +
               from +
               u"left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped "
               "left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum "
               "left join pg_index i on i.indrelid = c.oid and i.indisprimary and a.attnum = any(i.indkey) where "_s +
               ours + u" order by c.relname, a.attnum"_s);
    const auto indexes =
        select(u"select c.relname::text, x.relname::text, pg_get_indexdef(x.oid)"_s + from +
               u"join pg_index i on i.indrelid = c.oid join pg_class x on x.oid = i.indexrelid where "_s + ours +
               u" order by 1, 2"_s);
    const auto keys = select(u"select c.relname::text, k.conname::text, pg_get_constraintdef(k.oid)"_s + from +
                             u"join pg_constraint k on k.conrelid = c.oid where k.contype in ('f','c','u','x') and "_s +
                             ours + u" order by 1, 2"_s);
    if (!columns || !indexes || !keys)
        return std::unexpected(!columns ? columns.error() : !indexes ? indexes.error() : keys.error());
    Schema schema;
    for (const QVariantList &row : *columns) {
        if (schema.tables.isEmpty() || schema.tables.last().name != row[0].toString())
            schema.tables.append(Table{.name = row[0].toString()});
        if (!row[1].isNull())
            schema.tables.last().columns.append(
                {row[1].toString(), row[2].toString(), row[3].toBool(), row[4].toString(), row[5].toBool()});
    }
    for (Table &table : schema.tables) {
        for (const QVariantList &row : *indexes)
            if (row[0].toString() == table.name)
                table.indexes.append({row[1].toString(), row[2].toString()});
        for (const QVariantList &row : *keys)
            if (row[0].toString() == table.name)
                table.keys.append({row[1].toString(), row[2].toString()});
    }
    return schema;
}

Result<std::optional<QString>> PostgresBackend::lockHolder()
{
    const LockName lock = lockOf(m_location);
    const auto rows =
        select(u"select l.pid, coalesce(a.application_name, ''), coalesce(a.client_addr::text, 'local') "
               "from pg_locks l left join pg_stat_activity a on a.pid = l.pid where l.locktype = "
               "'advisory' and l.granted and l.classid = %1 and l.objid = %2 and l.objsubid = 2"_s.arg(lock.high)
                   .arg(lock.low));
    if (!rows)
        return std::unexpected(rows.error());
    if (rows->isEmpty())
        return std::optional<QString>();
    const QVariantList &row = rows->first();
    return std::optional<QString>(
        u"backend %1 (%2, %3)"_s.arg(row[0].toString(), row[1].toString(), row[2].toString()));
}

} // namespace paddock::migrations
