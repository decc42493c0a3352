// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <optional>

namespace paddock::ui {

class Source;

/// Whether an error of this code is a question about migrations rather than a failure.
[[nodiscard]] bool isAboutMigrations(const QString &code);

/// Why a server that was not started waits for a word about migrations; empty: it does not, and has crashed if its
/// state says so.
[[nodiscard]] std::optional<Error> waitingStart(const Source &source);

} // namespace paddock::ui
