// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "syntax/kinds.h"
#include "syntax/parser.h"

#include <vector>

namespace paddock::syntax {

/// What one symbol number of a grammar stands for.
struct Symbol
{
    Kind kind = Kind::Other;
    quint64 hash = 0;
};

/// The numbers of a grammar translated into those of kinds.h.
struct Grammar
{
    std::vector<Symbol> symbols;
    std::vector<Field> fields;
};

[[nodiscard]] const Grammar &grammarOf(const TSTree *tree, Language language);

} // namespace paddock::syntax
