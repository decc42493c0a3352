// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/data.h"

#include <optional>

namespace paddock::workspace {

/// All migrations by plugin, as migrationsOf() has them.
[[nodiscard]] QHash<QString, QList<Migration>> allMigrations(const ProjectData &data);

/// The migrations of a plugin in the order in which they run: those of the first of the framework's folders that
/// exists.
[[nodiscard]] QList<Migration> migrationsOf(const ProjectData &data, const QString &plugin);

/// The plugin and the file name, if this path is that of a migration.
[[nodiscard]] std::optional<std::pair<QString, QString>> asMigration(QStringView path);

} // namespace paddock::workspace
