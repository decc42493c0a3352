// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "printer.h"

namespace paddock::cli {

/// As `diff -u` would print it; nothing where both are the same, or no text.
void printDifference(const Printer &out, const QString &name, const QByteArray &before, const QByteArray &after);

} // namespace paddock::cli
