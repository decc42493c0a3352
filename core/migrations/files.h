// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "migrations/migration.h"

namespace paddock::migrations {

/// The migrations of a workspace, read from its folders as the framework finds them: by plugin, sorted by file name;
/// core migrations (from the installed framework) first. Only bytes are read, nothing is parsed or run.
[[nodiscard]] QList<MigrationFile> migrationFiles(const QString &root);

/// The folder in which a plugin's migrations are, or would be.
[[nodiscard]] QString migrationFolder(const QString &root, const QString &plugin);

/// Whether two texts differ at most in comments, white space and what formatters rewrite.
[[nodiscard]] bool isSameCode(const QByteArray &before, const QByteArray &after);

} // namespace paddock::migrations
