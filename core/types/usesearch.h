// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/apidiff.h"
#include "types/sources.h"

#include <QHash>
#include <QJsonArray>

/// Where changed symbols may be used: what a compiler has to be asked, and what texts alone tell. Functions over values
/// and files; they take their time.
namespace paddock::types {

/// One place where a changed symbol is used.
struct Use
{
    QString file; ///< relative to the root
    int line = 0; ///< from 1
    int column = 0;
    QString text;         ///< the line
    QString problem;      ///< the compiler's; empty: it compiles, as far as is known
    bool follows = false; ///< no use itself, but what one gave is used here, and no longer compiles
    friend bool operator==(const Use &, const Use &) = default;
};

struct Impact
{
    QString symbol;
    QList<Use> uses;        ///< by file and line
    bool isChecked = false; ///< whether a compiler looked at them
    [[nodiscard]] int callSites() const;
    [[nodiscard]] int broken() const; ///< places that no longer compile
    friend bool operator==(const Impact &, const Impact &) = default;
};

struct ChangedSymbol
{
    QString symbol;
    bool isGone = false;
    QStringList names; ///< of the parts that changed: "saved"
    friend bool operator==(const ChangedSymbol &, const ChangedSymbol &) = default;
};
/// Each symbol of these findings once; what is new has no users yet.
[[nodiscard]] QList<ChangedSymbol> changedSymbols(const QList<Finding> &findings);

struct UseQuery
{
    qsizetype symbol = 0;
    QString file;   ///< relative
    int offset = 0; ///< UTF-16 units
};

struct UsePlan
{
    QList<ChangedSymbol> symbols;
    QList<UseQuery> queries;
    QList<QList<Use>> named;       ///< for each symbol what texts tell: routes and events by their quoted names
    QList<QStringList> candidates; ///< for each symbol files that name what is gone
    QStringList unwritten;         ///< files that nobody wrote: uses in them do not count
};
[[nodiscard]] UsePlan planUses(const workspace::ProjectState &state, const QList<ChangedSymbol> &symbols);

/// Marks uses by what a check found in their files: on their own line, or below, where what they gave is used.
[[nodiscard]] QList<Impact> markProblems(const QString &root, const UsePlan &plan, QList<Impact> impacts,
                                         const QJsonArray &problems);

/// Where in a file a symbol is named, in UTF-16 units: the offset that the compiler is asked about. -1: not found.
[[nodiscard]] int offsetOf(const QString &text, int line, const QString &name);
/// Where the innermost of nested names is declared: "shop", "products", "list" in `shop = { products: { list: …`.
/// Names match whatever their case and separators. -1: not found.
[[nodiscard]] int offsetOfPath(const QString &text, const QStringList &path);

} // namespace paddock::types
