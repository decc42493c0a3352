/* SPDX-FileCopyrightText: The Paddock authors
   SPDX-License-Identifier: GPL-3.0-or-later */
#include "syntax/treewalk.h"

#include "alloc.h"
#include "language.h"
#include "subtree.h"
#include "tree.h"

/* A subtree where it stands: in the list of its siblings, hidden ones among them. */
typedef struct Place
{
    Subtree subtree;
    uint32_t start, row;
    uint32_t position; /* among those siblings that are no extras: aliases and fields go by it */
} Place;

/* A subtree whose children are walked over. */
typedef struct Level
{
    Place self;
    bool isVisible; /* else the grammar's own, and its children are those of the next visible one above */
    const Subtree *children;
    const TSSymbol *aliases; /* by position; null: none */
    uint32_t count, next;    /* children */
    uint32_t end, endRow;    /* of the child before the next one; of the first one the start */
    uint32_t position;       /* of the next child */
} Level;

struct TreeWalk
{
    const TSLanguage *language;
    Place here; /* the node that was told last */
    TSSymbol topAlias;
    bool begun;
    Level *levels;
    uint32_t depth, room;
};

static void push(TreeWalk *walk, Place self, bool isVisible)
{
    if (walk->depth == walk->room) {
        walk->room *= 2;
        walk->levels = ts_realloc(walk->levels, walk->room * sizeof(Level));
    }
    walk->levels[walk->depth++] =
        (Level){.self = self,
                .isVisible = isVisible,
                .children = ts_subtree_children(self.subtree),
                .aliases = ts_language_alias_sequence(walk->language, ts_subtree_production_id(self.subtree)),
                .count = ts_subtree_child_count(self.subtree),
                .end = self.start,
                .endRow = self.row};
}

static inline void tell(TreeWalk *walk, Place here, uint32_t size, TSSymbol alias, TreeWalkNode *node)
{
    walk->here = here;
    const TSSymbol symbol = alias ? alias : ts_subtree_symbol(here.subtree);
    node->start = here.start;
    node->end = here.start + size;
    node->row = here.row;
    node->children = here.subtree.data.is_inline ? 0 : ts_subtree_visible_child_count(here.subtree);
    node->symbol = symbol == ts_builtin_sym_error ? symbol : walk->language->public_symbol_map[symbol];
    node->isMissing = ts_subtree_missing(here.subtree);
    node->hasError = ts_subtree_error_cost(here.subtree) > 0;
}

TreeWalk *tree_walk_new(TSNode top)
{
    TreeWalk *walk = ts_malloc(sizeof *walk);
    *walk = (TreeWalk){
        .language = ((const TSTree *)top.tree)->language,
        .here = {.subtree = *(const Subtree *)top.id,
                 .start = ts_node_start_byte(top),
                 .row = ts_node_start_point(top).row},
        .topAlias = (TSSymbol)top.context[3],
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

bool tree_walk_next(TreeWalk *walk, TreeWalkNode *node)
{
    if (!walk->begun) {
        walk->begun = true;
        tell(walk, walk->here, ts_subtree_size(walk->here.subtree).bytes, walk->topAlias, node);
        return true;
    }
    while (walk->depth > 0) {
        Level *level = &walk->levels[walk->depth - 1];
        if (level->next == level->count) {
            --walk->depth;
            continue;
        }
        const Subtree child = level->children[level->next];
        /* The padding of the first one is that of its parent, and lies before its start. */
        const bool isFirst = level->next == 0;
        uint32_t before, rowsBefore, size, rows;
        if (child.data.is_inline) { /* as most are: they are all there is to it */
            before = child.data.padding_bytes;
            rowsBefore = child.data.padding_rows;
            size = child.data.size_bytes;
            rows = 0;
        } else {
            before = child.ptr->padding.bytes;
            rowsBefore = child.ptr->padding.extent.row;
            size = child.ptr->size.bytes;
            rows = child.ptr->size.extent.row;
        }
        const Place place = {.subtree = child,
                             .start = level->end + (isFirst ? 0 : before),
                             .row = level->endRow + (isFirst ? 0 : rowsBefore),
                             .position = level->position};
        ++level->next;
        level->end = place.start + size;
        level->endRow = place.row + rows;
        TSSymbol alias = 0;
        if (!ts_subtree_extra(child)) {
            alias = level->aliases ? level->aliases[level->position] : 0;
            ++level->position;
        }
        if (alias || ts_subtree_visible(child)) {
            tell(walk, place, size, alias, node);
            return true;
        }
        if (ts_subtree_visible_child_count(child) > 0)
            push(walk, place, false);
    }
    return false;
}

void tree_walk_enter(TreeWalk *walk)
{
    push(walk, walk->here, true);
}

TSFieldId tree_walk_field(const TreeWalk *walk)
{
    const Place *place = &walk->here;
    for (uint32_t i = walk->depth; i-- > 0 && !ts_subtree_extra(place->subtree);) {
        const Level *level = &walk->levels[i];
        const TSFieldMapEntry *entry, *end;
        ts_language_field_map(walk->language, ts_subtree_production_id(level->self.subtree), &entry, &end);
        for (; entry < end; ++entry) {
            if (!entry->inherited && entry->child_index == place->position)
                return entry->field_id;
        }
        if (level->isVisible)
            break;
        place = &level->self;
    }
    return 0;
}
