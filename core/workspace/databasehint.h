// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/project.h"

#include <QProcessEnvironment>

namespace paddock::workspace {

/// The SQLite file that the server's code opens, as written there: new Database("app.db"), also behind a constant, a
/// default (process.env.DB_FILE ?? "data/app.db") or a variable of `environment`. Empty: not known without running.
[[nodiscard]] QString databaseHint(const ProjectState &state, const QProcessEnvironment &environment);

} // namespace paddock::workspace
