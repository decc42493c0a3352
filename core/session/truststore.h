// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

/// Which workspaces may run code. Kept by canonical path in the state folder: a moved or copied workspace asks again.
namespace paddock::session {

[[nodiscard]] bool isTrusted(const QString &root);
/// Errors: "trust-store" when the state folder cannot be written.
[[nodiscard]] Result<> setTrusted(const QString &root, bool trusted);

} // namespace paddock::session
