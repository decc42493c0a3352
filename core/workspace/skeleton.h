// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/facts.h"

#include <QSet>
#include <optional>

namespace paddock::workspace {

/// Functions whose bodies, and values of properties that discovery looked into: by address, within one file.
using Looked = QSet<const void *>;

/// What stands where in two readings of one file.
struct Skeleton
{
    QHash<const Expr *, ExprPtr> exprs; ///< as it was → as it is
    QHash<const Function *, FunctionPtr> functions;
    QHash<int, int> lines;
    Looked lookedNow; ///< what was looked at, in the later reading
};

/// None: discovery would not do the same with the two. Functions and values of properties that are not in `looked` may
/// differ.
[[nodiscard]] std::optional<Skeleton> compareForDiscovery(const FileFacts &before, const FileFacts &after,
                                                          const Looked &looked);

} // namespace paddock::workspace
