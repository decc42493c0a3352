// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/change.h"

namespace paddock::change {

[[nodiscard]] std::optional<Row> rowOf(Kind kind);

/// What the details say, as the beginning of a sentence: `adds getByEmail and changes the return type of list`.
[[nodiscard]] QString inWords(const QList<Detail> &details);

/// "a", "a and b", "a, b and c"; more than five are cut short.
[[nodiscard]] QString listed(QStringList names);

} // namespace paddock::change
