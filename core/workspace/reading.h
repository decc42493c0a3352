// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "syntax/ast.h"
#include "workspace/lower.h"

#include <memory>

namespace paddock::workspace {

/// How a file was read. With it at hand the next reading looks only at what changed since; the facts are the same.
struct Reading
{
    std::shared_ptr<const syntax::Tree> tree;
    syntax::Ast ast;
    LowerMemo memo;
};

} // namespace paddock::workspace
