// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

namespace paddock::agent {

/// The absolute path of agent.ts on disk, to preload. The agent is carried inside the program and laid out once in the
/// cache folder, named by its content. PADDOCK_AGENT_DIR names another place, for work on the agent itself.
/// Errors: "agent-files" when the cache folder cannot be written.
[[nodiscard]] Result<QString> installedAgent();

} // namespace paddock::agent
