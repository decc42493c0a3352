// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

namespace paddock::session {

/// The user's own copy of the sample workspace, made below the data folder if it is not there yet (with `fresh`, anew:
/// the old copy is kept beside it). The user asked for the sample by name, so it counts as trusted.
/// Errors: "no-sample" when the program was installed without it, "sample-copy" when it cannot be written.
[[nodiscard]] Result<QString> sampleWorkspace(bool fresh = false);

} // namespace paddock::session
