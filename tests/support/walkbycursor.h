// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "syntax/treewalk.h"

#include <algorithm>
#include <vector>

/// Our walk over a syntax tree, held against the parser's own cursor.
namespace paddock::test {

/// `closed` and `room` as for the walk.
inline std::vector<TreeWalkNode> walked(TSNode top, TSSymbol closed, uint32_t room)
{
    std::vector<TreeWalkNode> result, some(room);
    TreeWalk *walk = tree_walk_new(top, closed);
    while (const uint32_t count = tree_walk_next(walk, some.data(), room))
        result.insert(result.end(), some.begin(), some.begin() + count);
    tree_walk_delete(walk);
    return result;
}

inline std::vector<TreeWalkNode> walkedByCursor(TSNode top, TSSymbol closed)
{
    std::vector<TreeWalkNode> result;
    TSTreeCursor cursor = ts_tree_cursor_new(top);
    uint32_t depth = 0;
    for (;;) {
        const TSNode n = ts_tree_cursor_current_node(&cursor);
        const TreeWalkNode node{.start = ts_node_start_byte(n),
                                .end = ts_node_end_byte(n),
                                .row = ts_node_start_point(n).row,
                                .depth = depth,
                                .symbol = ts_node_symbol(n),
                                .field = ts_tree_cursor_current_field_id(&cursor),
                                .isLeaf = ts_node_child_count(n) == 0 || (closed && ts_node_symbol(n) == closed),
                                .isMissing = ts_node_is_missing(n),
                                .hasError = ts_node_has_error(n)};
        result.push_back(node);
        if (!node.isLeaf && ts_tree_cursor_goto_first_child(&cursor)) {
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

[[nodiscard]] inline bool walksAgree(TSNode top, TSSymbol closed, uint32_t room)
{
    const auto same = [](const TreeWalkNode &a, const TreeWalkNode &b) {
        return a.start == b.start && a.end == b.end && a.row == b.row && a.depth == b.depth && a.symbol == b.symbol &&
               a.field == b.field && a.isLeaf == b.isLeaf && a.isMissing == b.isMissing && a.hasError == b.hasError;
    };
    return std::ranges::equal(walked(top, closed, room), walkedByCursor(top, closed), same);
}

} // namespace paddock::test
