// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/facts.h"

namespace paddock::workspace {

/// The same function, further down in its file by so many lines.
[[nodiscard]] FunctionPtr moveLines(const FunctionPtr &function, int lines);
/// The same body; those of functions in it are moved when somebody asks for them.
[[nodiscard]] FunctionBody moveLines(const FunctionBody &body, int lines);

} // namespace paddock::workspace
