/* SPDX-FileCopyrightText: The Paddock authors
   SPDX-License-Identifier: GPL-3.0-or-later */
#include "syntax/treewalk.h"

#include "alloc.h"
#include "language.h"
#include "subtree.h"
#include "tree.h"

/* A subtree whose children are walked over. */
typedef struct Level
{
    const Subtree *child, *last;              /* the next one, and behind all of them */
    const TSSymbol *aliases;                  /* by position; null: none */
    const TSFieldMapEntry *fields, *fieldEnd; /* by position */
    uint32_t end, endRow;                     /* of the child before the next one */
    uint32_t position;  /* of the next child among those that are no extras: aliases and fields go by it */
    uint32_t depth;     /* of its children */
    TSFieldId ownField; /* of a hidden one, whose children stand for it; else 0 */
} Level;

struct TreeWalk
{
    const TSLanguage *language;
    const TSSymbol *publicSymbols;
    TSNode top;
    TSSymbol closed;
    bool begun;
    bool hasErrors; /* anywhere */
    Level *levels;
    uint32_t depth, room;
};

/* `self` has children. */
static inline void push(TreeWalk *walk, Subtree self, uint32_t start, uint32_t row, uint32_t depth, TSFieldId ownField)
{
    if (walk->depth == walk->room) {
        walk->room *= 2;
        walk->levels = ts_realloc(walk->levels, walk->room * sizeof(Level));
    }
    Level *level = &walk->levels[walk->depth++];
    level->child = ts_subtree_children(self);
    level->last = level->child + self.ptr->child_count;
    level->aliases = NULL;
    level->fields = level->fieldEnd = NULL;
    const uint32_t production = self.ptr->production_id;
    if (production != 0) {
        level->aliases = ts_language_alias_sequence(walk->language, production);
        ts_language_field_map(walk->language, production, &level->fields, &level->fieldEnd);
    }
    /* Its padding is that of the first child, and lies before the start of both. */
    level->end = start - self.ptr->padding.bytes;
    level->endRow = row - self.ptr->padding.extent.row;
    level->position = 0;
    level->depth = depth;
    level->ownField = ownField;
}

static inline TSFieldId field_at(const Level *level, uint32_t position)
{
    for (const TSFieldMapEntry *entry = level->fields; entry < level->fieldEnd; ++entry) {
        if (entry->child_index == position && !entry->inherited)
            return entry->field_id;
    }
    return level->ownField;
}

static inline void tell(const TreeWalk *walk, Subtree self, TSSymbol alias, TreeWalkNode *node)
{
    const TSSymbol symbol = alias ? alias : ts_subtree_symbol(self);
    node->symbol = symbol == ts_builtin_sym_error ? symbol : walk->publicSymbols[symbol];
    node->isLeaf = ts_subtree_visible_child_count(self) == 0 || (walk->closed && node->symbol == walk->closed);
    node->isMissing = walk->hasErrors && ts_subtree_missing(self);
    node->hasError = walk->hasErrors && ts_subtree_error_cost(self) > 0;
}

TreeWalk *tree_walk_new(TSNode top, TSSymbol closed)
{
    TreeWalk *walk = ts_malloc(sizeof *walk);
    const TSLanguage *language = ((const TSTree *)top.tree)->language;
    *walk = (TreeWalk){
        .language = language,
        .publicSymbols = language->public_symbol_map,
        .top = top,
        .closed = closed,
        .hasErrors = ts_subtree_error_cost(*(const Subtree *)top.id) > 0,
        .room = 32,
    };
    walk->levels = ts_malloc(walk->room * sizeof(Level));
    return walk;
}

void tree_walk_delete(TreeWalk *walk)
{
    ts_free(walk->levels);
    ts_free(walk);
}

uint32_t tree_walk_next(TreeWalk *walk, TreeWalkNode *nodes, uint32_t room)
{
    uint32_t count = 0;
    if (!walk->begun && room > 0) {
        const Subtree top = *(const Subtree *)walk->top.id;
        TreeWalkNode *node = &nodes[count++];
        node->start = ts_node_start_byte(walk->top);
        node->end = node->start + ts_subtree_size(top).bytes;
        node->row = ts_node_start_point(walk->top).row;
        node->depth = 0;
        node->field = 0;
        tell(walk, top, (TSSymbol)walk->top.context[3], node);
        walk->begun = true;
        if (!node->isLeaf)
            push(walk, top, node->start, node->row, 1, 0);
    }
    while (walk->depth > 0 && count < room) {
        Level *level = &walk->levels[walk->depth - 1];
        if (level->child == level->last) {
            --walk->depth;
            continue;
        }
        const Subtree child = *level->child++;
        uint32_t start, row, size, rows;
        bool isExtra, isVisible, hasChildren;
        if (child.data.is_inline) { /* as most are: they are all there is to it */
            start = level->end + child.data.padding_bytes;
            row = level->endRow + child.data.padding_rows;
            size = child.data.size_bytes;
            rows = 0;
            isExtra = child.data.extra;
            isVisible = child.data.visible;
            hasChildren = false;
        } else {
            start = level->end + child.ptr->padding.bytes;
            row = level->endRow + child.ptr->padding.extent.row;
            size = child.ptr->size.bytes;
            rows = child.ptr->size.extent.row;
            isExtra = child.ptr->extra;
            isVisible = child.ptr->visible;
            hasChildren = ts_subtree_visible_child_count(child) > 0;
        }
        level->end = start + size;
        level->endRow = row + rows;
        TSSymbol alias = 0;
        TSFieldId field = 0;
        if (!isExtra) {
            const uint32_t position = level->position++;
            if (level->aliases) {
                alias = level->aliases[position];
                isVisible |= alias != 0;
            }
            field = field_at(level, position);
        }
        uint32_t depth = level->depth;
        if (isVisible) {
            TreeWalkNode *node = &nodes[count++];
            node->start = start;
            node->end = start + size;
            node->row = row;
            node->depth = depth++;
            node->field = field;
            tell(walk, child, alias, node);
            hasChildren &= !node->isLeaf;
        }
        if (hasChildren)
            push(walk, child, start, row, depth, isVisible ? 0 : field);
    }
    return count;
}
