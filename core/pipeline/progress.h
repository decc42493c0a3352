// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <optional>

namespace paddock::pipeline {

/// How far a program says it is, by the last of such words in its output: “42 %”, “42.5%”, “[3/10]”, “(3/10)”,
/// “3 of 10”. 0 … 1; none: it does not say.
[[nodiscard]] std::optional<double> progressOf(QByteArrayView output);

} // namespace paddock::pipeline
