// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/project.h"

#include <QString>

/// What is known of a workspace's files is kept for the next start: below the user's cache folder, a file for each
/// workspace.
namespace paddock::session {

[[nodiscard]] QString factsCacheFile(const QString &workspaceRoot);

/// Writes it on a thread of its own, where it is out of date. Small workspaces need none: they are read in no time.
void keepFactsForNextStart(const workspace::ProjectState &state, const QString &workspaceRoot);

} // namespace paddock::session
