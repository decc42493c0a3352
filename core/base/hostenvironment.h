// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace paddock {

/// For programs built against a private root file system (see ./dev): finds Qt's plugins there, and gives the user's
/// own library path back to the environment, so that what we start is not made to load our libraries. First thing in
/// main(); does nothing in a native build.
void prepareHostEnvironment();

} // namespace paddock
