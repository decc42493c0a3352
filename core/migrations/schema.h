// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

namespace paddock::migrations {

struct Column
{
    QString name;
    QString type;
    bool notNull = false;
    QString defaultValue; ///< as the engine prints it; empty: none
    bool primaryKey = false;
};

/// An index, a key or another constraint, in the engine's words.
struct Definition
{
    QString name;
    QString text;
};

struct Table
{
    QString name;
    QList<Column> columns;
    QList<Definition> indexes;
    QList<Definition> keys; ///< foreign keys and other constraints
    qint64 rows = -1;       ///< -1: not counted
};

struct Schema
{
    QList<Table> tables; ///< by name, Paddock's and the framework's own tables left out
    [[nodiscard]] const Table *table(const QString &name) const;
};

/// One line for each difference: "+ table orders", "- column products.stock integer not null", "~ …".
[[nodiscard]] QStringList differences(const Schema &before, const Schema &after);

[[nodiscard]] QJsonObject toJson(const Table &table);

} // namespace paddock::migrations
