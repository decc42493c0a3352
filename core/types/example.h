// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/snapshot.h"
#include "types/typetree.h"

namespace paddock::types {

/// A value of the type, as code: `"…"`, `{ id: 1 }`. Optional properties are left out.
[[nodiscard]] QString sampleOf(const Type &type, const Snapshot &terms, int depth = 0);

/// How code reaches a symbol, and where the values of its type are in it.
struct Access
{
    QString callee; ///< "ctx.plugins.users.getByEmail"
    QString result; ///< what a call's result is called in the example
    QString setup;  ///< lines before; may be empty
};
/// `type` is the symbol's before the change: its parameters show how it is called.
[[nodiscard]] Access accessOf(const QString &symbol, const Type &type, const Snapshot &terms);
/// The arguments of a call, without brackets.
[[nodiscard]] QString sampleArguments(const Signature &signature, const Snapshot &terms);

} // namespace paddock::types
