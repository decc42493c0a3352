// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace paddock::migrations {

/// Other processes that have this file open: "1234 (bun src/index.ts)". Where the system does not tell: empty.
[[nodiscard]] QStringList openedBy(const QString &file);
/// Those of them that hold a lock on it.
[[nodiscard]] QStringList lockedBy(const QString &file);

} // namespace paddock::migrations
