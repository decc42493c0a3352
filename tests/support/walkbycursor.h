// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "syntax/treewalk.h"

#include <functional>
#include <vector>

/// Our walk over a syntax tree, held against the parser's own cursor.
namespace paddock::test {

struct WalkedNode
{
    TreeWalkNode node;
    TSFieldId field;

    friend bool operator==(const WalkedNode &a, const WalkedNode &b)
    {
        return a.node.start == b.node.start && a.node.end == b.node.end && a.node.row == b.node.row &&
               a.node.children == b.node.children && a.node.symbol == b.node.symbol &&
               a.node.isMissing == b.node.isMissing && a.node.hasError == b.node.hasError && a.field == b.field;
    }
};

/// Which nodes are looked into.
using WalkInto = std::function<bool(const TreeWalkNode &)>;

inline std::vector<WalkedNode> walked(TSNode top, const WalkInto &into)
{
    std::vector<WalkedNode> result;
    TreeWalk *walk = tree_walk_new(top);
    for (TreeWalkNode node; tree_walk_next(walk, &node);) {
        result.push_back({node, tree_walk_field(walk)});
        if (into(node))
            tree_walk_enter(walk);
    }
    tree_walk_delete(walk);
    return result;
}

inline std::vector<WalkedNode> walkedByCursor(TSNode top, const WalkInto &into)
{
    std::vector<WalkedNode> result;
    TSTreeCursor cursor = ts_tree_cursor_new(top);
    size_t depth = 0;
    for (;;) {
        const TSNode n = ts_tree_cursor_current_node(&cursor);
        const TreeWalkNode node{.start = ts_node_start_byte(n),
                                .end = ts_node_end_byte(n),
                                .row = ts_node_start_point(n).row,
                                .children = ts_node_child_count(n),
                                .symbol = ts_node_symbol(n),
                                .isMissing = ts_node_is_missing(n),
                                .hasError = ts_node_has_error(n)};
        result.push_back({node, ts_tree_cursor_current_field_id(&cursor)});
        if (into(node) && ts_tree_cursor_goto_first_child(&cursor)) {
            ++depth;
            continue;
        }
        while (depth > 0 && !ts_tree_cursor_goto_next_sibling(&cursor)) {
            ts_tree_cursor_goto_parent(&cursor);
            --depth;
        }
        if (depth == 0)
            break;
    }
    ts_tree_cursor_delete(&cursor);
    return result;
}

[[nodiscard]] inline bool walksAgree(TSNode top, const WalkInto &into)
{
    return walked(top, into) == walkedByCursor(top, into);
}

} // namespace paddock::test
