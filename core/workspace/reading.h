// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "syntax/ast.h"
#include "workspace/lower.h"
#include "workspace/storedfacts.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace paddock::workspace {

/// How a file was read. With it at hand the next reading looks only at what changed since; the facts are the same.
struct Reading
{
    std::shared_ptr<const syntax::Tree> tree; ///< of this text, or of an earlier one
    syntax::Ast ast;
    LowerMemo memo;
    std::optional<syntax::Difference> sinceTree = {}; ///< bodies that were parsed apart since: start and newEnd count
    /// Of the file's own text, which has errors, where the rest is of that text in other words; null: it is not.
    std::shared_ptr<const syntax::Tree> own = {};
};

/// What one file after another may use again: memory, most of all. For one thread.
struct ReadRoom
{
    FactsStore store;
    syntax::Ast ast;
    std::vector<std::byte> facts = std::vector<std::byte>(size_t{64} * 1024); ///< until they are packed
};

} // namespace paddock::workspace
