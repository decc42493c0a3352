// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QString>

namespace paddock::history {

/// What goes into the file. Both 0: everything.
struct Selection
{
    qint64 change = 0;  ///< one change, with its session
    qint64 session = 0; ///< a session with its changes and jobs
};

/// Writes a part of a history into a file of its own: the same tables (FORMAT.md), complete without any file beside
/// it. An existing file is replaced once the new one is complete. Blocks; not for the window's thread.
/// Errors: no-change, no-session-entry, history-unreadable, …
[[nodiscard]] Result<> exportHistory(const QString &from, const QString &to, const Selection &selection);

} // namespace paddock::history
