// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/sourcekeeper.h"
#include "workspace/project.h"

#include <QDateTime>

/// What was in service when the last session of a workspace ended, kept in the state folder so that `dev --once` can
/// tell what has changed since. Texts of .env files are never kept, their hashes are.
namespace paddock::session {

[[nodiscard]] QString lastServedFile(const QString &workspaceRoot);

/// Replaces it. Workspaces whose sources are too large for SourceKeeper leave out what it does not have.
void writeLastServed(const workspace::ProjectState &state, const SourceKeeper &sources, const QString &file);

/// The same workspace as it was, read from its kept texts. Errors: no-last-session; what is damaged is as good as none.
[[nodiscard]] Result<workspace::ProjectState> readLastServed(const QString &workspaceRoot, const QString &file);

} // namespace paddock::session
