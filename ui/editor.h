// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QStringList>

/// Opening a file in the editor that the user works with.
namespace paddock::ui::editor {

/// The command for file and line. `pattern` has words with %f and %l ("code --goto %f:%l"); empty: PADDOCK_EDITOR,
/// else the first known editor on PATH. An empty list: none found.
[[nodiscard]] QStringList command(const QString &pattern, const QString &file, int line);

/// Starts it without waiting; falls back to the desktop's own choice for the file.
Result<> open(const QString &file, int line);

} // namespace paddock::ui::editor
