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

/* Where a walk is. */
typedef struct TreeWalkNode
{
    uint32_t start, end; /* bytes */
    uint32_t row;        /* from 0 */
    uint32_t children;   /* those that can be walked to */
    TSSymbol symbol;     /* as ts_node_symbol() */
    bool isMissing;
    bool hasError; /* in it, or it is one */
} TreeWalkNode;

typedef struct TreeWalk TreeWalk;

/* The tree must stay until tree_walk_delete(). */
TreeWalk *tree_walk_new(TSNode top);
void tree_walk_delete(TreeWalk *walk);
/* The top node first. False: there is none any more. */
bool tree_walk_next(TreeWalk *walk, TreeWalkNode *node);
/* The children of the node where the walk is come next; else they are left out. */
void tree_walk_enter(TreeWalk *walk);
/* What the node where the walk is means to its parent; 0: nothing, or it is the top. */
TSFieldId tree_walk_field(const TreeWalk *walk);

#ifdef __cplusplus
}
#endif
