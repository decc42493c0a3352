// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/valuetreemodel.h"
#include "workspace/workspace.h"

#include <QJsonObject>
#include <QMap>

namespace paddock::models {

/// QString: how a row differs between the files and the running server; empty: in nothing.
inline constexpr int LiveMarkRole = Qt::UserRole + 500;

/// All that the tree shows, from wherever it comes.
struct WorkspaceState
{
    workspace::Workspace workspace;
    QJsonObject inspection;         ///< the agent's snapshot; empty: no server to ask
    QMap<QString, int> generations; ///< plugin → generation
    QMap<QString, int> rolledBack;  ///< plugin → the generation that was put back
    QMap<QString, QString> errors;  ///< plugin or route → last error
    /// "shop/003_stock.ts" → its state in the database; empty: not known, and what the files say counts.
    QHash<QString, QString> migrationStates = {};
    QStringList staleTypes; ///< plugins whose generated types are older than the code
};

[[nodiscard]] std::vector<ValueNode> workspaceNodes(const WorkspaceState &state);

/// The Workspace tree: groups "plugins", "routes", "migrations" and "services" (these are the keys) with what is in
/// them. Roles as in roles.h. Of a large workspace the nodes are made on another thread (ui/sourcemodels.h).
class WorkspaceTreeModel final : public ValueTreeModel
{
    Q_OBJECT

public:
    using ValueTreeModel::ValueTreeModel;

    void setState(const WorkspaceState &state) { setNodes(workspaceNodes(state)); }
    /// Index of a plugin by name; invalid if there is none.
    [[nodiscard]] QModelIndex plugin(const QString &name) const;
};

} // namespace paddock::models
