// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QString>

/// Where Paddock keeps things outside a workspace. Nothing is ever written into a workspace unasked.
namespace paddock::paths {

/// $XDG_STATE_HOME/paddock (~/.local/state/paddock): trust, history, what was left running.
[[nodiscard]] QString stateFolder();
/// $XDG_CACHE_HOME/paddock: what can be made again.
[[nodiscard]] QString cacheFolder();
/// $XDG_DATA_HOME/paddock: the user's copy of the sample.
[[nodiscard]] QString dataFolder();

/// A folder for the sockets of one workspace, made if need be, that only this user can enter: below $XDG_RUNTIME_DIR,
/// else below the temporary folder. Errors: "runtime-folder" when it belongs to somebody else or cannot be made.
[[nodiscard]] Result<QString> socketFolder(const QString &workspaceRoot);

/// A short stable name for a workspace: from its canonical path.
[[nodiscard]] QString workspaceId(const QString &workspaceRoot);

} // namespace paddock::paths
