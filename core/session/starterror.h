// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "process/managedprocess.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>

namespace paddock::session {

/// Why the server ended, in words, with the place of the fault where one is told. `tail` is the end of its stderr,
/// `lastError` the agent's latest `error` (empty: none). Codes: "port-taken" (the port in `detail`), "read-only",
/// "server-ended", or why the program could not be started.
[[nodiscard]] Error startError(const process::ExitReason &reason, const QByteArray &tail, const QJsonObject &lastError,
                               const QString &root);

} // namespace paddock::session
