// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/change.h"

namespace paddock::change {

[[nodiscard]] std::optional<Row> rowOf(Kind kind);

/// What the details say, as the middle of a sentence: `adds the method get to OWNER and changes the return type of list
/// in it`; without an owner those words are left out.
[[nodiscard]] QString inWords(const QList<Detail> &details, const QString &owner = {});

/// "a", "a and b", "a, b and c"; more than five are cut short.
[[nodiscard]] QString listed(QStringList names);

} // namespace paddock::change
