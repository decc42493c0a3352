// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace paddock {

/// Gives back to the system what was freed after some large work; otherwise it is kept for as long as the program runs.
void releaseFreeMemory();

} // namespace paddock
