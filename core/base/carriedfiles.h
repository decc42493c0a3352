// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

namespace paddock {

/// Lays files that the program carries (all below `resource`, such as ":/paddock/agent") out in the cache folder, once,
/// in a folder named by `name` and their content. Returns that folder.
/// Errors: `name`-files when the cache folder cannot be written.
[[nodiscard]] Result<QString> layOutCarriedFiles(const QString &resource, const QString &name);

} // namespace paddock
