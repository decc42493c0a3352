// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "migrations/backup.h"
#include "migrations/schema.h"
#include "migrations/state.h"
#include "models/valuetreemodel.h"

namespace paddock::models {

/// Below each plugin its migrations, as they stand; those of the framework come last. `filter`: part of a name, of a
/// plugin's name or of a state; plugins without a match are left out.
///
/// Plugins: NameRole, DetailRole ("3"), PendingRole, ErrorRole (how many need a decision, as text; empty: none).
/// Migrations: NameRole, OwnerRole, StateRole, DetailRole (applied at, local time), LatencyRole, ErrorRole (the
/// reason), FileRole (absolute), RecordRole (migrations::Entry).
[[nodiscard]] std::vector<ValueNode> migrationNodes(const QList<migrations::Entry> &entries,
                                                    const QString &filter = {});

/// Whether a state asks for a decision of the user.
[[nodiscard]] bool needsAttention(migrations::State state);

class MigrationModel final : public ValueTreeModel
{
    Q_OBJECT

public:
    using ValueTreeModel::ValueTreeModel;
    void setEntries(const QList<migrations::Entry> &entries, const QString &filter = {})
    {
        setNodes(migrationNodes(entries, filter));
    }
    [[nodiscard]] QModelIndex migration(const QString &plugin, const QString &name) const
    {
        return indexOfPath({plugin, name});
    }
};

/// Below each table its columns, indexes and keys. NameRole, DetailRole (rows; type; definition), StateRole ("table",
/// "column", "index", "key"), SeverityRole empty, RecordRole (migrations::Table, or Column).
[[nodiscard]] std::vector<ValueNode> schemaNodes(const migrations::Schema &schema, const QString &filter = {});

class SchemaModel final : public ValueTreeModel
{
    Q_OBJECT

public:
    using ValueTreeModel::ValueTreeModel;
    void setSchema(const migrations::Schema &schema, const QString &filter = {})
    {
        setNodes(schemaNodes(schema, filter));
    }
};

/// Backups, newest first. NameRole (file name), DetailRole (size in words), StateRole (reason), RecordRole (Backup).
[[nodiscard]] std::vector<ValueNode> backupNodes(const QList<migrations::Backup> &backups);

} // namespace paddock::models
