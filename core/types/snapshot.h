// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QMap>
#include <QString>
#include <QStringList>
#include <utility>

/// What a workspace offers to others at one moment, as texts that stand for themselves.
namespace paddock::types {

/// Where data goes: what a symbol produces reaches its users, what it accepts comes from them.
enum class Direction { Produces, Accepts };

struct Symbol
{
    QString type; ///< one line, in the terms of the snapshot's definitions
    QString file; ///< relative to the root; empty: not known. Not a part of the text format
    int line = 0;
    friend bool operator==(const Symbol &a, const Symbol &b) { return a.type == b.type; }
};

/// A named type of the workspace that symbols mention: the right side of `type Name<T0> = …`.
struct Definition
{
    QStringList parameters;
    QString type;
    friend bool operator==(const Definition &, const Definition &) = default;
};

struct Snapshot
{
    QString compiler; ///< "typescript 7.0.2"; empty: none could be used
    /// By id: "plugin users.getByEmail", "route api.users.list input" (output, events, handler), "event order.created",
    /// "error UserNotFound", "table orders.total". A route's version follows its name: "api.users.list@2".
    QMap<QString, Symbol> symbols;
    QMap<QString, Definition> definitions; ///< by name
    /// Of routes, where a running server's schemas say more than what type generation makes of them: a symbol's exact
    /// type. `isExact`: they were looked at, so one that is not here is exact as it is.
    QMap<QString, QString> exact;
    bool isExact = false;
    QMap<QString, QByteArray> generated; ///< files of type generation → hex of their content's hash
    /// What could not be read → why: "plugin users", "route api.users.list", or a whole kind: "routes", "plugins".
    QMap<QString, QString> unknown;

    /// Whether it would be there if it existed.
    [[nodiscard]] bool wouldKnow(const QString &symbol) const;

    [[nodiscard]] bool isEmpty() const { return symbols.isEmpty() && generated.isEmpty() && unknown.isEmpty(); }
    friend bool operator==(const Snapshot &, const Snapshot &) = default;
};

/// Both with the exact types of their routes, where both know them; else as they are, for what a server says and what
/// was generated is not to be compared with each other.
[[nodiscard]] std::pair<Snapshot, Snapshot> onSameTerms(const Snapshot &before, const Snapshot &after);
[[nodiscard]] Direction directionOf(const QString &symbol);
/// The text to commit and to review: one symbol or definition a line, sorted, so that it merges and compares well.
[[nodiscard]] QString toText(const Snapshot &snapshot);
/// Errors: "bad-snapshot", with the line in `where` (name:line).
[[nodiscard]] Result<Snapshot> fromText(const QString &text, const QString &name = {});

} // namespace paddock::types
