// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "syntax/ast.h"

namespace paddock::migrations {

/// The function (or variable) of that name at the top of a migration; -1: there is none.
[[nodiscard]] syntax::Ast::Index exportedFunction(const syntax::Ast &ast, const QString &name);

} // namespace paddock::migrations
