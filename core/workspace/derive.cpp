// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/derive.h"

#include "workspace/skeleton.h"

#include <algorithm>

namespace paddock::workspace {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxFiles = 64; ///< beyond, following everything once takes no longer

/// Moves what a model refers to from files as they were to those files as they are.
class Mover final
{
public:
    void add(const SourceFile *old, const SourceFile *now, Skeleton pairs)
    {
        m_files.insert(old, {now, std::move(pairs)});
    }

    [[nodiscard]] bool failed() const { return m_failed; }

    /// The same frame where it has nothing to do with the files that changed.
    FramePtr frame(const FramePtr &old)
    {
        if (!old)
            return old;
        if (const auto known = m_frames.constFind(old.get()); known != m_frames.constEnd())
            return *known;
        FramePtr result = old;
        const auto changed = m_files.constFind(old->file);
        const FramePtr parent = frame(old->parent);
        std::vector<Binding> bindings = old->bindings;
        bool moved = changed != m_files.constEnd() || parent != old->parent;
        for (Binding &binding : bindings) {
            const FramePtr from = binding.frame;
            binding.frame = frame(from);
            if (binding.frame == from)
                continue;
            moved = true;
            binding.declaration.value = expr(binding.declaration.value, from);
            binding.declaration.line = line(binding.declaration.line, from ? from->file : nullptr);
        }
        if (moved) {
            Frame copy{old->file, old->function, parent, std::move(bindings)};
            if (changed != m_files.constEnd()) {
                copy.file = changed->now;
                if (copy.function) {
                    copy.function = changed->pairs.functions.value(copy.function.get());
                    m_failed |= !copy.function;
                }
            }
            result = std::make_shared<const Frame>(std::move(copy));
        }
        m_frames.insert(old.get(), result);
        return result;
    }

    /// `where` is the frame as it was. A frame of another file may hold a changed one's values; its own stay.
    ExprPtr expr(const ExprPtr &old, const FramePtr &where)
    {
        const auto changed = where && old ? m_files.constFind(where->file) : m_files.constEnd();
        if (changed == m_files.constEnd())
            return old;
        ExprPtr now = changed->pairs.exprs.value(old.get());
        m_failed |= !now;
        return now;
    }

    /// An expression of this file itself.
    const Expr *expr(const Expr *old, const SourceFile *file)
    {
        const auto changed = m_files.constFind(file);
        if (changed == m_files.constEnd())
            return old;
        const ExprPtr now = changed->pairs.exprs.value(old);
        m_failed |= !now;
        return now.get(); // (the file keeps it)
    }

    int line(int old, const SourceFile *file)
    {
        const auto changed = m_files.constFind(file);
        if (changed == m_files.constEnd() || old == 0)
            return old;
        const int now = changed->pairs.lines.value(old, 0);
        m_failed |= now == 0;
        return now;
    }

    void move(Ref &ref)
    {
        FramePtr now = frame(ref.frame);
        if (now == ref.frame)
            return;
        ref.expr = expr(ref.expr, ref.frame);
        ref.frame = std::move(now);
    }

private:
    struct Changed
    {
        const SourceFile *now;
        Skeleton pairs;
    };
    QHash<const SourceFile *, Changed> m_files;
    QHash<const Frame *, FramePtr> m_frames;
    bool m_failed = false;
};

/// Whether what decides discovery is the same apart from the facts themselves.
bool sameFrame(const SourceFile &a, const SourceFile &b)
{
    const auto sameEdge = [](const Edge &x, const Edge &y) { return x.target == y.target; };
    const FactsHead &x = a.facts.head(), &y = b.facts.head();
    return a.extra().problem.isEmpty() && b.extra().problem.isEmpty() &&
           std::ranges::equal(a.edges, b.edges, sameEdge) && x.isSource == y.isSource &&
           x.makesServer == y.makesServer && x.makesPlugin == y.makesPlugin && x.makesRouter == y.makesRouter;
}

} // namespace

std::optional<Model> deriveModel(const ModelBasis &basis, const ProjectData &data)
{
    if (!(basis.config == data.config))
        return {};
    const auto replaced = basis.files.replaced(data.files, maxFiles);
    if (!replaced)
        return {};
    const Model &before = *basis.model;
    Model model = before;
    Mover mover;
    QSet<QString> paths;
    for (const QString &path : *replaced) {
        const SourceFile *a = basis.files.find(path), *b = data.files.find(path);
        if (!a || !b || !sameFrame(*a, *b))
            return {};
        const auto looked = before.looked->value(path);
        auto pairs = compareForDiscovery(*a->facts, *b->facts, looked);
        if (!pairs)
            return {};
        if (!looked.isEmpty()) {
            auto all = std::make_shared<LookedAt>(*model.looked);
            all->insert(path, pairs->lookedNow);
            model.looked = std::move(all);
        }
        mover.add(a, b, std::move(*pairs));
        paths.insert(path);
    }
    const auto concerns = [&paths](const Diagnostic &note) {
        return paths.contains(note.file) ||
               (note.code.startsWith("duplicate-"_L1) &&
                std::ranges::any_of(paths, [&](const QString &path) { return note.message.contains(path); }));
    };
    for (Diagnostic &note : model.notes) {
        if (!concerns(note))
            continue;
        if (note.code.startsWith("duplicate-"_L1))
            return {}; // such name a line in words
        note.line = mover.line(note.line, basis.files.find(note.file));
    }
    for (const QString &path : std::as_const(paths)) {
        if (const auto lines = model.routersIn.find(path); lines != model.routersIn.end()) {
            for (int &line : *lines)
                line = mover.line(line, basis.files.find(path));
        }
    }
    for (PluginDef &plugin : model.plugins) {
        mover.move(plugin.object);
        plugin.frame = mover.frame(plugin.frame);
        if (paths.contains(plugin.file))
            plugin.line = mover.line(plugin.line, basis.files.find(plugin.file));
    }
    for (RouteDef &route : model.routes) {
        mover.move(route.config);
        for (Ref &config : route.middlewareConfig)
            mover.move(config);
        if (paths.contains(route.file))
            route.line = mover.line(route.line, basis.files.find(route.file));
    }
    for (Registration &one : model.registrations)
        one.call = mover.expr(one.call, basis.files.find(model.entry));
    if (mover.failed())
        return {};
    return model;
}

} // namespace paddock::workspace
