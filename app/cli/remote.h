// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/link.h"
#include "base/result.h"

namespace paddock::cli {

/// One request to an open session; runs the program's event loop until the answer is there.
[[nodiscard]] Result<QJsonObject> ask(agent::Link &link, const QString &method, const QJsonObject &params = {},
                                      std::chrono::milliseconds timeout = std::chrono::minutes(2));

} // namespace paddock::cli
