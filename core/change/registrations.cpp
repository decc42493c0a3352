// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The entry, where all that changed in it is what it gives to the server: that is done in the running server too.
#include "change/classifier_p.h"

#include "change/words.h"

#include <algorithm>

namespace paddock::change {

using namespace Qt::StringLiterals;
using namespace workspace;

/// Whether a change of this entry needs no run of it; then it is kept for later, when the other changes are known.
bool Classifier::registrationsOnly(const QString &path)
{
    const bool isSameEntry = path == m_before.model().entry && path == m_real.model().entry;
    if (!isSameEntry || !m_before.files.find(path) || !m_real.files.find(path))
        return false;
    m_given = compareEntries(m_before, m_real);
    withoutSameRouters();
    const auto livesElsewhere = [&](const ProjectData &data, const QString &name) {
        const PluginDef *plugin = data.model().plugin(name);
        return plugin && plugin->file != path;
    };
    const auto elsewhere = [&](const QString &name) {
        return livesElsewhere(m_real, name) || livesElsewhere(m_before, name);
    };
    if (!m_given.isAll || !std::ranges::all_of(m_given.registered + m_given.unregistered, elsewhere))
        return false;
    m_entry = path;
    return true;
}

/// The one change of a plugin, made where there is none yet.
Change &Classifier::pluginChangeFor(const QString &plugin)
{
    const Subject subject{Subject::Type::Plugin, plugin};
    const auto known = std::ranges::find(m_changes, subject, &Change::subject);
    const bool isNew = known == m_changes.end() || known->kind == Kind::NoEffect;
    Change &change =
        isNew ? add(Kind::PluginStructure, subject, {m_entry}, {Action::Swap, Action::TypeGen}, {}) : *known;
    if (isNew) {
        const PluginDef *def = m_after->model().plugin(plugin);
        plan(change, {plugin}, {});
        change.line = 0;
        change.file = def ? def->file : m_entry;
    } else if (!change.files.contains(m_entry)) {
        change.files.append(m_entry);
        change.files.sort();
        change.kind = std::max(change.kind, Kind::PluginStructure);
        change.row = rowOf(change.kind);
        if (!change.has(Action::TypeGen))
            change.actions.append(Action::TypeGen);
    }
    return change;
}

void Classifier::registrationChanges()
{
    if (m_entry.isEmpty())
        return;
    QStringList renamed;
    for (Change &change : m_changes) {
        for (const Detail &detail : std::as_const(change.details)) {
            if (detail.what == "plugin-renamed"_L1)
                renamed << change.subject.name << detail.name;
        }
    }
    const auto say = [](Change &change, const QString &what, const QString &name, const QString &sentence) {
        change.details.append({what, name});
        change.reason += (change.reason.isEmpty() ? u""_s : u" "_s) + sentence;
    };
    const qsizetype before = m_changes.size();
    for (const QString &name : std::as_const(m_given.registered)) {
        Change &change = pluginChangeFor(name);
        if (!renamed.contains(name))
            say(change, u"plugin-registered"_s, name, u"%1 registers the plugin \"%2\" now."_s.arg(m_entry, name));
        if (const auto config = m_given.configs.constFind(name); config != m_given.configs.cend())
            change.configs.insert(name, *config);
    }
    for (const QString &name : std::as_const(m_given.unregistered)) {
        if (renamed.contains(name))
            continue;
        Change &change = pluginChangeFor(name);
        change.unregistered.append(name);
        say(change, u"plugin-unregistered"_s, name, u"%1 no longer registers the plugin \"%2\"."_s.arg(m_entry, name));
    }
    if (!m_given.routers.isEmpty()) {
        QStringList files; // where the routers are
        for (const RouterUse &use : std::as_const(m_given.routers)) {
            const QString file = definitionOf(use).first;
            if (!files.contains(file))
                files.append(file);
        }
        const auto concerns = [&](const Change &c) {
            return c.has(Action::Swap) && c.plugins.isEmpty() &&
                   ((c.kind == Kind::RouteStructure && c.files.contains(m_entry)) ||
                    std::ranges::any_of(
                        files,
                        [&](const QString &file) { return c.files.contains(file) || c.routeFiles.contains(file); }) ||
                    std::ranges::any_of(m_given.routers, [&](const RouterUse &use) {
                        return c.files.contains(use.file) || c.routeFiles.contains(use.file);
                    }));
        };
        if (std::ranges::none_of(m_changes, concerns)) {
            add(Kind::RouteStructure, {Subject::Type::Module, files.front()}, {m_entry},
                {Action::Swap, Action::TypeGen}, u"%1 uses other routers now: %2."_s.arg(m_entry, listed(files)));
        }
        for (Change &change : m_changes) {
            if (!concerns(change))
                continue;
            change.routers = m_given.routers; // each may have to be applied by itself
            for (const RouterUse &use : std::as_const(m_given.routers))
                loadBarrels(change, use);
            include(change.files, m_entry);
        }
    }
    const bool isTold = std::ranges::any_of(m_changes, [this](const Change &c) { return c.files.contains(m_entry); });
    if (!isTold && m_changes.size() == before)
        add(Kind::NoEffect, {Subject::Type::Config, m_entry}, {m_entry}, {},
            u"%1 gives the server the same plugins and routers as before."_s.arg(m_entry));
}

} // namespace paddock::change
