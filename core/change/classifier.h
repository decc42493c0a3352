// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/change.h"
#include "workspace/project.h"

#include <QByteArray>
#include <QSet>
#include <QString>
#include <optional>

namespace paddock::change {

/// What the files alone do not tell.
struct Facts
{
    QSet<QString> appliedMigrations;  ///< "users/001_create_users.ts"
    QSet<QByteArray> generatedHashes; ///< workspace::contentHashOf() of what type generation was seen to write
    /// The paths that type generation was seen to write, once a whole run was seen: another file in its folder without
    /// a generator's header is somebody's own. Not set: everything in its folder counts as generated.
    std::optional<QSet<QString>> generatedFiles;
    /// Whether `appliedMigrations` is the database's own record. Without it every migration of the earlier state counts
    /// as applied: the framework applies them at each start, and a needless question does less harm than an edit that
    /// silently never reaches the database.
    bool migrationsKnown = false;
};

/// The changes between two states of a workspace, whose roots may differ, with forecast. One change for each subject,
/// sorted by kind (table order reversed: what matters most comes first), then by subject.
[[nodiscard]] QList<Change> classify(const workspace::ProjectState &before, const workspace::ProjectState &after,
                                     const Facts &facts = {});

} // namespace paddock::change
