// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/apidiff.h"
#include "types/compilerchild.h"
#include "types/sources.h"

#include <QFuture>

namespace paddock::types {

/// One place where a changed symbol is used.
struct Use
{
    QString file; ///< relative to the root
    int line = 0; ///< from 1
    int column = 0;
    QString text;    ///< the line
    QString problem; ///< the compiler's, on that line; empty: it compiles
    friend bool operator==(const Use &, const Use &) = default;
};

struct Impact
{
    QString symbol;
    QList<Use> uses; ///< by file and line
    [[nodiscard]] int broken() const;
    friend bool operator==(const Impact &, const Impact &) = default;
};

/// Where in a file a symbol is named, in UTF-16 units: the offset that the compiler is asked about. -1: not found.
[[nodiscard]] int offsetOf(const QString &text, int line, const QString &name);

/// The uses of these symbols of plugins ("plugin users.getByEmail") in the workspace as it is now; with those that no
/// longer compile marked, after a check of the files that use them. Symbols that the compiler cannot find have no uses.
/// `child` must outlive it. Never fails.
[[nodiscard]] QFuture<QList<Impact>> impactOf(CompilerChild *child, const Sources &sources, const QStringList &symbols);

} // namespace paddock::types
