// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/schema.h"

#include <QJsonArray>
#include <QMap>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

namespace {

QMap<QString, QString> partsOf(const Table &table)
{
    QMap<QString, QString> parts;
    for (const Column &column : table.columns)
        parts.insert(u"column %1.%2"_s.arg(table.name, column.name),
                     column.type + (column.notNull ? u" not null"_s : QString()) +
                         (column.primaryKey ? u" primary key"_s : QString()) +
                         (column.defaultValue.isEmpty() ? QString() : u" default "_s + column.defaultValue));
    for (const Definition &index : table.indexes)
        parts.insert(u"index %1"_s.arg(index.name), index.text);
    for (const Definition &key : table.keys)
        parts.insert(u"key %1.%2"_s.arg(table.name, key.name), key.text);
    return parts;
}

} // namespace

const Table *Schema::table(const QString &name) const
{
    for (const Table &table : tables)
        if (table.name.compare(name, Qt::CaseInsensitive) == 0)
            return &table;
    return nullptr;
}

QStringList differences(const Schema &before, const Schema &after)
{
    QStringList lines;
    for (const Table &old : before.tables) {
        const Table *now = after.table(old.name);
        if (!now) {
            lines << u"- table "_s + old.name;
            continue;
        }
        const auto was = partsOf(old);
        const auto is = partsOf(*now);
        for (auto it = was.begin(); it != was.end(); ++it) {
            if (!is.contains(it.key()))
                lines << u"- %1 %2"_s.arg(it.key(), *it);
            else if (is.value(it.key()) != *it)
                lines << u"~ %1 %2 → %3"_s.arg(it.key(), *it, is.value(it.key()));
        }
        for (auto it = is.begin(); it != is.end(); ++it)
            if (!was.contains(it.key()))
                lines << u"+ %1 %2"_s.arg(it.key(), *it);
    }
    for (const Table &now : after.tables)
        if (!before.table(now.name))
            lines << u"+ table "_s + now.name;
    return lines;
}

QJsonObject toJson(const Table &table)
{
    QJsonArray columns;
    for (const Column &column : table.columns)
        columns.append(QJsonObject{
            {u"name"_s, column.name},
            {u"type"_s, column.type},
            {u"notNull"_s, column.notNull},
            {u"primaryKey"_s, column.primaryKey},
            {u"default"_s, column.defaultValue.isEmpty() ? QJsonValue() : QJsonValue(column.defaultValue)}});
    const auto list = [](const QList<Definition> &definitions) {
        QJsonArray array;
        for (const Definition &one : definitions)
            array.append(QJsonObject{{u"name"_s, one.name}, {u"definition"_s, one.text}});
        return array;
    };
    return {{u"name"_s, table.name},
            {u"columns"_s, columns},
            {u"indexes"_s, list(table.indexes)},
            {u"keys"_s, list(table.keys)},
            {u"rows"_s, table.rows < 0 ? QJsonValue() : QJsonValue(table.rows)}};
}

} // namespace paddock::migrations
