// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/valuetreemodel.h"

#include <QStringList>

/// What can be done to a tree of values before a model shows it: on any thread, and without looking at the model.
namespace paddock::models {

/// bool: a row below it matches the filter, and the view should open the way there.
inline constexpr int MatchBelowRole = Qt::UserRole + 501;

/// The nodes whose name or detail matches every word, with their ancestors and with all that is below them; headings
/// (groups and sections) never match by themselves. The ways to the first `ways` matches carry MatchBelowRole: nobody
/// looks through more of them at once.
[[nodiscard]] std::vector<ValueNode> filteredNodes(const std::vector<ValueNode> &nodes, const QStringList &words,
                                                   int ways = 200);

/// Gives each node the stamp that it has in `before` if it is the same as there, with all below it, else a new one:
/// `last` is the last that was given. Makes keys unique among siblings. Nodes with `more` are none of its business.
void stampNodes(std::vector<ValueNode> &nodes, const std::vector<ValueNode> &before, quint64 &last);

} // namespace paddock::models
