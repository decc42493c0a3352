// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/apidiff.h"
#include "types/compilerchild.h"

#include <QFuture>

namespace paddock::types {

/// The child's `compare` request for a plan: the definitions of both sides, and each question both ways.
[[nodiscard]] QJsonObject compareRequest(const Snapshot &before, const Snapshot &after, const DiffPlan &plan);
/// The answers to it. A question that the compiler could not make sense of has none: empty.
[[nodiscard]] QList<std::optional<Verdict>> verdictsOf(const QJsonObject &answer, qsizetype questions);

/// What changed for callers; the compiler decides where the structure cannot. Without one (`child` null, or it fails)
/// texts decide, and the findings say so. Never fails.
[[nodiscard]] QFuture<QList<Finding>> diffSnapshots(CompilerChild *child, const Snapshot &before, const Snapshot &after);

} // namespace paddock::types
