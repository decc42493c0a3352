/* SPDX-FileCopyrightText: The Paddock authors
   SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <tree_sitter/api.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Every node of a syntax tree in document order. A TSTreeCursor says the same; of a first scan, it alone took a tenth.
   This looks into the trees of the parser itself, which is why it is C, and why the parser is one that we compile. */

typedef struct TreeWalkNode
{
    uint32_t start, end; /* bytes */
    uint32_t row;        /* from 0 */
    uint32_t depth;      /* below the top node, which has 0 */
    TSSymbol symbol;     /* as ts_node_symbol() */
    TSFieldId field;     /* what it means to its parent; 0: nothing, or it is the top */
    bool isLeaf;         /* nothing of what is below it comes */
    bool isMissing;
    bool hasError; /* in it, or it is one */
} TreeWalkNode;

typedef struct TreeWalk TreeWalk;

/* The tree must stay until tree_walk_delete(). Nodes of the symbol `closed` are not looked into; 0: all are. */
TreeWalk *tree_walk_new(TSNode top, TSSymbol closed);
void tree_walk_delete(TreeWalk *walk);
/* The next ones, the top node first: how many of them, at most `room`. 0: there is none any more. */
uint32_t tree_walk_next(TreeWalk *walk, TreeWalkNode *nodes, uint32_t room);

#ifdef __cplusplus
}
#endif
