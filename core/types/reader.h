// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/compilerchild.h"
#include "types/snapshot.h"
#include "types/sources.h"

#include <QFuture>
#include <QJsonArray>
#include <QJsonObject>
#include <optional>

/// Puts a snapshot together from what the compiler, the running server and the files say.
namespace paddock::types {

/// What the child is asked: `changed` are files relative to the root, none means all of them may have.
[[nodiscard]] QJsonObject snapshotRequest(const Sources &sources, const std::optional<QStringList> &changed);

/// `answer`: the child's. `contracts`: the `routes` of the agent's answer; none: no server runs, and what type
/// generation wrote of routes counts.
[[nodiscard]] Snapshot composeSnapshot(const Sources &sources, const Result<QJsonObject> &answer,
                                       const std::optional<QJsonArray> &contracts);

/// Asks the child and composes. Never fails: what is not known is in Snapshot::unknown.
[[nodiscard]] QFuture<Snapshot> readSnapshot(CompilerChild &child, const Sources &sources,
                                             const std::optional<QStringList> &changed,
                                             const std::optional<QJsonArray> &contracts);

} // namespace paddock::types
