// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QDateTime>

namespace paddock::cli {

/// What --since takes. "2h", "3d", "10min": so long ago; "2026-03-01", "2026-03-01T12:00", "12:30" (today): that
/// moment, local time. Error: usage.
[[nodiscard]] Result<QDateTime> momentOf(const QString &text);

} // namespace paddock::cli
