// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

namespace paddock::session {

/// The `bun` to run: PADDOCK_BUN, else the workspace's own, else PATH's, else the one that ./dev installed
/// (PADDOCK_FALLBACK_BUN). Errors: "no-bun".
[[nodiscard]] Result<QString> findBun(const QString &workspaceRoot);

} // namespace paddock::session
