// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Modules that only hand on what others define, and what is handed on through them.
#include "change/classifier_p.h"

#include <algorithm>
#include <array>

namespace paddock::change {

using namespace Qt::StringLiterals;
using namespace workspace;

/// Where the router itself is, not the barrel that the entry imports it from; and its name there.
std::pair<QString, QString> Classifier::definitionOf(const RouterUse &use) const
{
    const ProjectData &data = use.remove ? m_before : m_real;
    const SourceFile *file = data.files.find(use.file);
    const Target target = file ? Impact(data).definition(*file, use.exportName) : Target();
    return target.declaration ? std::pair(target.file->path, target.declaration->name)
                              : std::pair(use.file, use.exportName);
}

/// A router that the entry now imports from elsewhere is the same router.
void Classifier::withoutSameRouters()
{
    QList<RouterUse> &uses = m_given.routers;
    for (qsizetype i = 0; i < uses.size();) {
        const auto same = std::find_if(uses.begin() + i + 1, uses.end(), [&](const RouterUse &other) {
            return other.remove != uses[i].remove && definitionOf(other) == definitionOf(uses[i]);
        });
        if (same == uses.end()) {
            ++i;
            continue;
        }
        uses.erase(same);
        uses.removeAt(i);
    }
}

bool Classifier::isBarrel(const QString &path) const
{
    const auto is = [&path](const ProjectData &data) {
        const SourceFile *file = data.files.find(path);
        return !file ||
               (file->facts->declarations.empty() && file->facts->stepsHash == 0 && !file->facts->exports.empty());
    };
    return is(m_before) && is(*m_after);
}

/// What hands a router on to the entry may have done so only since the server runs; and a module that the server did
/// not use may be in its memory as it was when it did.
void Classifier::loadBarrels(Change &change, const RouterUse &use) const
{
    if (use.remove)
        return;
    const QString definition = definitionOf(use).first;
    for (const QString &file : Impact(*m_after).between(definition, use.file)) {
        const bool isKnown = file == definition && m_before.model().routesIn.contains(file);
        if (!isKnown)
            include(change.modules, file);
    }
}

/// A barrel that has no effect of its own belongs to the change of what it hands on now, or no longer does.
void Classifier::barrelChanges()
{
    for (const QString &path : std::as_const(m_barrels)) {
        const auto leadsTo = [&](const QString &target) {
            return std::ranges::any_of(std::array{&m_before, m_after}, [&](const ProjectData *data) {
                const SourceFile *file = data->files.find(path);
                return file && std::ranges::contains(file->edges, target, &Edge::target);
            });
        };
        bool isTold = false;
        for (Change &change : m_changes) {
            if ((change.kind != Kind::RouteStructure && change.kind != Kind::PluginStructure) ||
                std::ranges::none_of(change.files, leadsTo))
                continue;
            isTold = true;
            include(change.files, path);
            if (m_after->files.find(path)) // what it hands on is found in it
                include(change.modules, path);
        }
        if (!isTold)
            add(Kind::NoEffect, {Subject::Type::Module, path}, {path}, {},
                u"%1 only hands on what other modules define, and none of that changed with it."_s.arg(path));
    }
}

} // namespace paddock::change
