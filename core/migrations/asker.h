// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "migrations/location.h"

#include <QFuture>
#include <QProcessEnvironment>

namespace paddock::migrations {

/// Runs the workspace's entry up to where its server would start, in a process of its own, and asks that server for its
/// database: where no file and no variable tells, or where it must be certain. Where only the server's driver knows the
/// address, `candidate` is the answer if it is the same database. Call it on a thread that lasts.
/// Errors: "database-unknown".
[[nodiscard]] QFuture<Result<Location>> askEntry(const QString &root, const QString &entry, const QString &bun,
                                                 const QProcessEnvironment &environment, int patienceMs = 20'000,
                                                 const Location &candidate = {});

} // namespace paddock::migrations
