// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "migrations/migration.h"

namespace paddock::migrations {

inline constexpr QLatin1StringView frameworkTable{"__donkeylabs_migrations__"};
inline constexpr QLatin1StringView recordTable{"__paddock_migrations__"};

/// Statements that make the framework's table (as the framework makes it) and Paddock's own, where they are missing.
/// Both the runner and the backends use these.
[[nodiscard]] QStringList tablesDdl(Engine engine);

} // namespace paddock::migrations
