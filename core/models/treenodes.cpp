// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/treenodes.h"

#include "models/fuzzy.h"
#include "models/roles.h"

#include <algorithm>

namespace paddock::models {

namespace {

struct Filter
{
    const QStringList &words;
    int ways;

    [[nodiscard]] bool matches(const ValueNode &node) const
    {
        const auto kind = NodeKind(node.values.value(KindRole).toInt());
        if (kind == NodeKind::Group || kind == NodeKind::Section)
            return false; // "e" would otherwise keep every "Methods" with all that is below it
        const QString name = node.values.value(NameRole).toString();
        const QString detail = node.values.value(DetailRole).toString();
        return std::ranges::all_of(words, [&](const QString &word) {
            return filterMatches(word, name) || detail.contains(word, Qt::CaseInsensitive);
        });
    }

    /// `keepAll`: an ancestor matches. The result says whether one of the nodes matches or leads to one that does.
    bool filter(const std::vector<ValueNode> &nodes, bool keepAll, std::vector<ValueNode> &kept, bool &opens)
    {
        bool any = false;
        for (const ValueNode &node : nodes) {
            const bool isMatch = matches(node);
            opens |= isMatch && ways-- > 0;
            ValueNode copy{.key = node.key, .values = node.values};
            bool opensBelow = false;
            const bool leads = filter(node.children, keepAll || isMatch, copy.children, opensBelow);
            any |= isMatch || leads;
            opens |= opensBelow;
            if (opensBelow)
                copy.values.insert(MatchBelowRole, true);
            if (keepAll || isMatch || leads)
                kept.push_back(std::move(copy));
        }
        return any;
    }
};

bool isSame(const ValueNode &node, const ValueNode &before)
{
    return node.values == before.values &&
           std::ranges::equal(node.children, before.children, {}, &ValueNode::stamp, &ValueNode::stamp);
}

void stampLevel(std::vector<ValueNode> &nodes, const std::vector<ValueNode> &before, quint64 &last)
{
    static const std::vector<ValueNode> nothing;
    QHash<QString, const ValueNode *> known;
    for (size_t i = 0; i < nodes.size(); ++i) {
        ValueNode &node = nodes[i];
        const ValueNode *old = i < before.size() && before[i].key == node.key ? &before[i] : nullptr;
        if (!old) {
            if (known.isEmpty())
                for (const ValueNode &other : before)
                    known.insert(other.key, &other);
            old = known.value(node.key);
        }
        stampLevel(node.children, old ? old->children : nothing, last);
        node.stamp = old && isSame(node, *old) ? old->stamp : ++last;
    }
}

} // namespace

std::vector<ValueNode> filteredNodes(const std::vector<ValueNode> &nodes, const QStringList &words, int ways)
{
    std::vector<ValueNode> result;
    bool opens = false;
    Filter{words, ways}.filter(nodes, false, result, opens);
    return result;
}

void stampNodes(std::vector<ValueNode> &nodes, const std::vector<ValueNode> &before, quint64 &last)
{
    makeKeysUnique(nodes);
    stampLevel(nodes, before, last);
}

} // namespace paddock::models
