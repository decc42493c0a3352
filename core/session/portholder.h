// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "process/processregistry.h"

#include <QFuture>
#include <optional>

/// A port that is held by a server which Paddock itself had started, in another session.
namespace paddock::session {

/// The entry of a process that is a server of some Paddock, or a part of one; none: it is not ours, so hands off.
[[nodiscard]] std::optional<process::RegisteredProcess> ownServer(qint64 pid);

/// Asks the session that owns the server to stop it. Errors: "not-ours", "no-session" and those of the session.
[[nodiscard]] QFuture<Result<>> stopOwnServer(qint64 pid, QObject *context);

} // namespace paddock::session
