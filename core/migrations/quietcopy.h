// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <memory>
#include <mutex>

class QTemporaryFile;

namespace paddock::migrations {

/// A database in SQLite's rollback mode cannot be read without a lock that makes its writers fail, unless they wait;
/// and bun:sqlite does not wait. So what is small is copied without any lock, between two writes, and read from the
/// copy.
///
/// None: it is not in rollback mode (readers of a write-ahead log are in nobody's way), it is too large, or writers
/// left no moment for it within `waitMs`. Blocks for up to that time.
[[nodiscard]] std::unique_ptr<QTemporaryFile> quietCopy(const QString &file, int waitMs = 250);

/// Held while a connection of this process writes to an SQLite file, or one is copied: closing any descriptor of a file
/// gives up all locks that the process has on it.
[[nodiscard]] std::unique_lock<std::recursive_mutex> sqliteFilesInUse();

} // namespace paddock::migrations
