// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Looking into the database: its schema, queries that only read, and what was applied beside what the files say.
#include "difftext.h"
#include "migrate_p.h"

#include "migrations/query.h"
#include "signals.h"

#include <QFile>
#include <QJsonArray>

namespace paddock::cli {

using namespace Qt::StringLiterals;
using migrations::Service;

namespace {

void printTable(const Printer &out, const migrations::Table &table)
{
    out.line(out.paint(Printer::safe(table.name), Ink::Strong) +
             out.paint(table.rows < 0 ? u"  rows not counted"_s : u"  %1 rows"_s.arg(table.rows), Ink::Faint));
    for (const migrations::Column &column : table.columns) {
        QString line = u"  "_s + Printer::safe(column.name).leftJustified(24) + u' ' + Printer::safe(column.type);
        if (column.primaryKey)
            line += u", primary key"_s;
        if (column.notNull)
            line += u", not null"_s;
        if (!column.defaultValue.isEmpty())
            line += u", default "_s + Printer::safe(column.defaultValue);
        out.line(line);
    }
    for (const QList<migrations::Definition> &definitions : {table.indexes, table.keys})
        for (const migrations::Definition &one : definitions)
            out.line(out.paint(u"  %1: %2"_s.arg(Printer::safe(one.name), Printer::safe(one.text)), Ink::Faint));
}

/// As wide as it needs to be, up to a bound: a wide cell is cut, not the others.
void printRows(const Printer &out, const migrations::QueryResult &result)
{
    constexpr qsizetype Widest = 40;
    QList<qsizetype> widths;
    for (const QString &name : result.columns)
        widths << std::min(Widest, name.size());
    QList<QStringList> lines;
    for (const QVariantList &row : result.rows) {
        QStringList cells;
        for (const QVariant &value : row) {
            QString text = Printer::safe(migrations::cellText(value, Widest).simplified());
            widths[cells.size()] = std::max(widths[cells.size()], std::min(Widest, text.size()));
            cells << text;
        }
        lines << cells;
    }
    const auto joined = [&](const QStringList &cells) {
        QString line;
        for (qsizetype i = 0; i < cells.size(); ++i)
            line += (cells[i].size() > Widest ? cells[i].left(Widest - 1) + u'…' : cells[i]).leftJustified(widths[i]) +
                    u"  "_s;
        return line.trimmed();
    };
    out.line(out.paint(joined(result.columns), Ink::Strong));
    for (const QStringList &cells : std::as_const(lines))
        out.line(joined(cells));
    out.line(out.paint(u"%1 rows%2  %3 ms"_s.arg(result.rows.size())
                           .arg(result.isCut ? u", there are more (--limit)"_s : QString())
                           .arg(result.ms, 0, 'f', 1),
                       Ink::Faint));
}

} // namespace

/// Of one migration, or of all whose file is not what was applied.
int migrateDiff(const Invocation &invocation, const Printer &out, const MigrateContext &context)
{
    using migrations::State;
    const QString name = invocation.arguments.value(1);
    const QString plugin = invocation.parser.value(u"plugin"_s);
    Service service(*migrateService(context));
    const auto status = await(service.status());
    if (status->unreachable)
        return out.error(*status->unreachable);
    QList<migrations::Entry> found;
    for (const migrations::Entry &entry : status->entries) {
        const bool isNamed = entry.name == name || entry.name.section(u'.', 0, -2) == name;
        const bool differs = entry.state == State::Edited || (entry.state == State::Missing && entry.isRecorded);
        if ((name.isEmpty() ? differs : isNamed) && (plugin.isEmpty() || entry.plugin == plugin))
            found << entry;
    }
    if (found.isEmpty() && !name.isEmpty())
        return out.error({.code = u"no-such-migration"_s,
                          .message = u"There is no migration “%1”."_s.arg(name),
                          .remedy = u"“paddockctl migrate status” lists them."_s});
    QJsonArray differences;
    for (const migrations::Entry &entry : found) {
        const QString label = entry.plugin + u'/' + entry.name;
        if (!entry.isRecorded && !name.isEmpty())
            return out.error(
                {.code = u"not-recorded"_s,
                 .message = u"Paddock did not apply %1, so the text that was applied is not known."_s.arg(label),
                 .remedy = u"“paddockctl migrate adopt” records its text as it is now."_s});
        const auto texts = await(service.difference({entry.plugin, entry.name}));
        if (!texts)
            return out.error(texts.error());
        differences.append(QJsonObject{{u"plugin"_s, entry.plugin},
                                       {u"name"_s, entry.name},
                                       {u"applied"_s, texts->first},
                                       {u"file"_s, entry.path.isEmpty() ? QJsonValue() : QJsonValue(texts->second)}});
        if (!out.isJson())
            printDifference(out, label, texts->first.toUtf8(), texts->second.toUtf8());
    }
    out.json({{u"differences"_s, differences}});
    if (!out.isJson() && found.isEmpty())
        out.line(u"Every file whose text is known is as it was applied."_s);
    return Done;
}

int migrateSchema(const Invocation &invocation, const Printer &out, const MigrateContext &context)
{
    const QString wanted = invocation.arguments.value(1);
    migrations::Service service(*migrateService(context));
    const auto schema = await(service.schema());
    if (!schema)
        return out.error(schema.error());
    if (!wanted.isEmpty() && !schema->table(wanted))
        return out.error({.code = u"no-such-table"_s,
                          .message = u"There is no table “%1”."_s.arg(wanted),
                          .detail = {},
                          .where = context.database.shown(),
                          .remedy = u"“paddockctl migrate schema” lists the tables."_s});
    QJsonArray tables;
    for (const migrations::Table &table : schema->tables) {
        if (!wanted.isEmpty() && table.name != wanted)
            continue;
        tables.append(toJson(table));
        if (!out.isJson())
            printTable(out, table);
    }
    out.json({{u"tables"_s, tables}});
    if (!out.isJson() && schema->tables.isEmpty())
        out.line(u"The database has no tables yet."_s);
    return Done;
}

int migrateQuery(const Invocation &invocation, const Printer &out, const MigrateContext &context)
{
    QString sql = invocation.arguments.value(1);
    if (sql == "-"_L1) {
        QFile in;
        sql = in.open(stdin, QIODevice::ReadOnly) ? QString::fromUtf8(in.readAll()) : QString();
    }
    migrations::QueryLimits limits;
    if (invocation.parser.isSet(u"limit"_s)) {
        bool isNumber = false;
        limits.rows = invocation.parser.value(u"limit"_s).toInt(&isNumber);
        if (!isNumber || limits.rows < 1)
            return out.error({.code = u"usage"_s, .message = u"--limit takes a number from 1."_s});
    }
    migrations::QueryRunner runner(context.database);
    StopSignals signals_;
    QObject::connect(&signals_, &StopSignals::received, &runner, &migrations::QueryRunner::cancel);
    const auto result = await(runner.run(sql, limits));
    if (!result)
        return out.error(result.error());
    out.json(toJson(*result));
    if (!out.isJson())
        printRows(out, *result);
    return Done;
}

} // namespace paddock::cli
