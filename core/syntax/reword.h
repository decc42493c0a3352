// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <vector>

namespace paddock::syntax {

/// A text in words that the grammar knows.
struct Reworded
{
    struct TypeImport
    {
        QByteArray specifier;
        int line = 0;
        QByteArray name; ///< that stands for it; of no other specifier
    };
    QByteArray text;                     ///< to be parsed; every line is where it was
    QByteArray names;                    ///< to be read: the same with all names as they are
    bool namesFollow = true;             ///< from `text`: where that is the same in two such texts, so are the names
    std::vector<int> typeExports;        ///< lines of `export type * from "…"`, which is `export * from "…"` now
    std::vector<TypeImport> typeImports; ///< of import("…").T<U>, which is a plain name now
};

/// TypeScript that is right, but that the grammar does not parse, said otherwise: sql<{ n: number }>`…`,
/// import("…").T<U> and typeof import("…") as a type, `accessor` fields, `export type *`, attributes of re-exports,
/// `in` and `out` of type parameters, comments between a question mark and a colon; words such as `abstract`,
/// `accessor` and `using` where they are names. For texts with errors: what comes of it counts only if it has none.
[[nodiscard]] Reworded reword(const QByteArray &text);

} // namespace paddock::syntax
