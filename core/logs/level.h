// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "logs/logline.h"

#include <QStringView>
#include <optional>

namespace paddock::logs {

[[nodiscard]] std::optional<Level> levelFromString(QStringView text); ///< also warning, err, fatal, trace, notice

/// The level that a plain console line names (`[ERROR] …`, `12:00:01 WARN …`, `TypeError: …`, `{"level":"warn",…}`,
/// `error: …`), else `fallback`.
[[nodiscard]] Level detectLevel(QStringView line, Level fallback = Level::Info);

} // namespace paddock::logs
