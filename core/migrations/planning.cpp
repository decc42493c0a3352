// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/planning.h"

#include <QMap>
#include <QSet>
#include <algorithm>
#include <functional>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

namespace {

bool isNamed(const Entry &entry, const QString &name)
{
    return entry.name == name || entry.name.section(u'.', 0, -2) == name;
}

/// The plugin to which `to` limits the run.
Result<QString> pluginOf(const QList<Entry> &entries, const Selection &selection)
{
    QStringList plugins;
    for (const Entry &entry : entries)
        if (isNamed(entry, selection.to) && (selection.plugin.isEmpty() || entry.plugin == selection.plugin))
            plugins << entry.plugin;
    if (plugins.isEmpty())
        return fail(u"no-such-migration"_s, u"There is no migration “%1”."_s.arg(selection.to),
                    u"“paddockctl migrate status” lists them."_s);
    if (plugins.size() > 1)
        return fail(u"ambiguous-migration"_s,
                    u"“%1” is a migration of several plugins: %2."_s.arg(selection.to, plugins.join(u", "_s)),
                    u"Say which with --plugin."_s);
    return plugins.first();
}

/// Nothing may run past a migration whose effect is not known.
Result<> inTheWay(const Entry &entry, const Selection &selection)
{
    if (entry.state == State::Running)
        return fail(u"running"_s, u"%1/%2 is being run right now."_s.arg(entry.plugin, entry.name),
                    u"Wait for it to end."_s);
    if (!entry.isCertain && !selection.retry)
        return fail(
            u"needs-repair"_s, u"%1/%2: %3"_s.arg(entry.plugin, entry.name, entry.reason),
            u"Restore the backup made before it, or look at the schema and then “paddockctl migrate adopt” it as "
            "applied, or run it again with --retry."_s,
            entry.path);
    return {};
}

} // namespace

Result<QList<Step>> planSteps(const QList<Entry> &entries, const Selection &selection, const QStringList &pluginOrder)
{
    const bool up = selection.direction == Direction::Up;
    QString plugin = selection.plugin;
    if (!selection.to.isEmpty()) {
        const auto found = pluginOf(entries, selection);
        if (!found)
            return std::unexpected(found.error());
        plugin = *found;
    }
    QList<const Entry *> candidates;
    bool known = plugin.isEmpty();
    for (const Entry &entry : entries) {
        known |= entry.plugin == plugin;
        if (plugin.isEmpty() ? !entry.isCore() : entry.plugin == plugin)
            candidates << &entry;
    }
    if (!known)
        return fail(u"no-such-plugin"_s, u"No migrations are known of a plugin “%1”."_s.arg(plugin),
                    u"“paddockctl migrate status” lists those that have some."_s);
    if (up)
        std::ranges::stable_sort(candidates, {}, [&](const Entry *entry) {
            const auto at = pluginOrder.indexOf(entry->plugin);
            return at < 0 ? pluginOrder.size() : at;
        });
    else
        std::ranges::sort(candidates, std::ranges::greater(), &Entry::appliedId);

    const bool isOpen = up || !selection.to.isEmpty() || !selection.only.isEmpty();
    const int limit = selection.steps > 0 ? selection.steps : isOpen ? 0 : 1;
    QList<Step> steps;
    bool reached = false;
    for (const Entry *entry : candidates) {
        if (reached || (limit > 0 && steps.size() >= limit))
            break;
        reached = !selection.to.isEmpty() && isNamed(*entry, selection.to);
        if (!up && reached)
            break;
        if (up ? entry->isApplied() || entry->path.isEmpty() : !entry->isApplied())
            continue;
        if (!selection.only.isEmpty() && !selection.only.contains(Key{entry->plugin, entry->name}))
            continue;
        if (auto clear = inTheWay(*entry, selection); !clear)
            return std::unexpected(clear.error());
        if (entry->path.isEmpty())
            return fail(u"no-file"_s, u"%1/%2 cannot be reverted: its file is gone."_s.arg(entry->plugin, entry->name),
                        u"Put the file back first: “paddockctl migrate adopt --put-back %1”."_s.arg(entry->name));
        steps.append({entry->plugin, entry->name, entry->path, entry->hash, selection.direction});
    }
    return steps;
}

QStringList pluginOrder(const QMap<QString, QStringList> &dependencies)
{
    QStringList order;
    QSet<QString> visited;
    const std::function<void(const QString &)> visit = [&](const QString &name) {
        if (visited.contains(name))
            return;
        visited.insert(name);
        for (const QString &needed : dependencies.value(name))
            visit(needed);
        order << name;
    };
    for (auto it = dependencies.keyBegin(); it != dependencies.keyEnd(); ++it)
        visit(*it);
    return order;
}

} // namespace paddock::migrations
