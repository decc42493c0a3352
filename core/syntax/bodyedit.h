// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "syntax/ast.h"

#include <optional>

namespace paddock::syntax {

/// A file of which nothing changed but the inside of one function's body.
struct BodyEdit
{
    Ast ast;
    Difference body; ///< between its braces
};

/// Parses that body alone, which takes a fraction of what the file takes even with its old tree at hand; the result is
/// that of parsing the whole file. None: the change is another one, or the body is not whole.
[[nodiscard]] std::optional<BodyEdit> editBody(const Ast &previous, const QByteArray &source, Language language,
                                               Parser &parser);

} // namespace paddock::syntax
