// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/ddl.h"

namespace paddock::migrations {

using namespace Qt::StringLiterals;

QStringList tablesDdl(Engine engine)
{
    const bool mysql = engine == Engine::Mysql;
    const QString id = engine == Engine::Postgres ? u"id serial primary key"_s
                       : mysql                    ? u"id integer primary key auto_increment"_s
                                                  : u"id integer primary key autoincrement"_s;
    // A unique key over text needs a length there; 191 characters fit into every row format.
    const QString name = mysql ? u"varchar(191)"_s : u"text"_s;
    const QString moment = mysql ? u"varchar(64)"_s : u"text"_s;
    const QString text = mysql ? u"longtext"_s : u"text"_s;
    const QString now = mysql ? u"(cast(current_timestamp as char(64)))"_s : u"CURRENT_TIMESTAMP"_s;
    QStringList statements{
        u"create table if not exists %1 (%2, plugin_name %3 not null, migration_name %3 not null, "
        "executed_at %4 default %5%6)"_s.arg(
            frameworkTable, id, name, moment, now,
            mysql ? u", unique key idx_migrations_unique (plugin_name, migration_name)"_s : QString()),
        u"create table if not exists %1 (%2, run_id %3 not null, plugin_name %4 not null, migration_name %4 not null, "
        "direction %3 not null, origin %3 not null, content_hash %5, content %6, transactional integer not null, "
        "started_at %3 not null, finished_at %3, duration_ms double precision, outcome %3, error %6, output %6)"_s.arg(
            recordTable, id, moment, name, mysql ? u"varchar(64)"_s : u"text"_s, text)};
    if (!mysql)
        statements.insert(1, u"create unique index if not exists idx_migrations_unique on %1 (plugin_name, "
                             "migration_name)"_s.arg(frameworkTable));
    return statements;
}

} // namespace paddock::migrations
