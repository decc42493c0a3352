// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "syntax/kinds.h"
#include "syntax/parser.h"

#include <tree_sitter/api.h>
#include <vector>

namespace paddock::syntax {

/// A token that counts, or not, by where it stands.
enum class Mark : quint8 {
    Other,
    Semicolon,
    Comma,
    Pipe,
    Ampersand,
    OpeningParenthesis,
    ClosingParenthesis,
    Opener,
    Closer
};

/// What one symbol number of a grammar stands for.
struct Symbol
{
    Kind kind = Kind::Other;
    Mark mark = Mark::Other;
    quint64 hash = 0;
};

/// The numbers of a grammar translated into those of kinds.h.
struct Grammar
{
    std::vector<Symbol> symbols;
    std::vector<Field> fields;
    TSSymbol string = 0; ///< the number of Kind::string
};

[[nodiscard]] const Grammar &grammarOf(const TSTree *tree, Language language);

} // namespace paddock::syntax
