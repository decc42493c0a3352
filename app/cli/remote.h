// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/link.h"
#include "base/result.h"
#include "options.h"

#include <memory>

namespace paddock::cli {

class Printer;

/// A link to the session that is open on the workspace. Errors: those of workspaceOf(), "no-session", …
[[nodiscard]] Result<std::unique_ptr<agent::Link>> sessionOf(const Invocation &invocation);
/// Prints the server's state, as `status` does.
void printStatus(const Printer &out, const QJsonObject &status);
/// Prints the outcome of a swap; the exit status says whether it took.
[[nodiscard]] int printResult(const Printer &out, const QJsonObject &result);

/// One request to an open session; runs the program's event loop until the answer is there.
[[nodiscard]] Result<QJsonObject> ask(agent::Link &link, const QString &method, const QJsonObject &params = {},
                                      std::chrono::milliseconds timeout = std::chrono::minutes(2));

} // namespace paddock::cli
