// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/classifier_p.h"

#include "change/words.h"

#include <algorithm>

namespace paddock::change {

using namespace Qt::StringLiterals;
using namespace workspace;

namespace {

void compareNames(const QMap<QString, quint64> &a, const QMap<QString, quint64> &b, const QString &noun,
                  QList<Detail> &details)
{
    for (auto it = a.cbegin(); it != a.cend(); ++it) {
        if (!b.contains(it.key()))
            details.append({noun + u"-removed"_s, it.key()});
        else if (b[it.key()] != *it)
            details.append({noun + u"-changed"_s, it.key()});
    }
    for (auto it = b.cbegin(); it != b.cend(); ++it) {
        if (!a.contains(it.key()))
            details.append({noun + u"-added"_s, it.key()});
    }
}

/// The name of the declaration that a plugin is in; empty: of none.
QString holderOf(const ProjectData &data, const PluginDef &plugin)
{
    const SourceFile *file = data.files.find(plugin.file);
    for (const Declaration &d : file ? file->facts->declarations : std::vector<Declaration>()) {
        if (plugin.line >= d.line && plugin.line <= d.endLine)
            return d.name;
    }
    return {};
}

} // namespace

void Classifier::pluginChanges()
{
    const auto responsible = [this](const QString &file) {
        return m_sources.contains(file) ? QStringList{file} : m_entry.isEmpty() ? m_sources : QStringList{m_entry};
    };
    // Added, removed, renamed: by name
    QStringList added, removed;
    if (!m_before.model().sameOutline(m_after->model())) {
        for (const PluginDef &p : m_after->model().plugins) {
            if (!m_before.model().plugin(p.name))
                added.append(p.name);
        }
        for (const PluginDef &p : m_before.model().plugins) {
            if (!m_after->model().plugin(p.name))
                removed.append(p.name);
        }
    }
    for (const QString &name : std::as_const(added)) {
        const PluginDef *plugin = m_after->model().plugin(name);
        if (m_sources.isEmpty() || plugin->file == m_after->model().entry)
            continue;
        Group group = m_plugins.take(name);
        for (const QString &file : responsible(plugin->file))
            join(group, file, plugin->line);
        QString old;
        for (const QString &other : std::as_const(removed)) {
            if (m_before.model().plugin(other)->file == plugin->file)
                old = other;
        }
        Change &change =
            add(Kind::PluginStructure, {Subject::Type::Plugin, name}, group.files, {Action::Swap, Action::TypeGen},
                old.isEmpty() ? u"The plugin \"%1\" is new."_s.arg(name)
                              : u"The plugin \"%1\" is now called \"%2\"."_s.arg(old, name));
        change.details.append({old.isEmpty() ? u"plugin-added"_s : u"plugin-renamed"_s, old.isEmpty() ? name : old});
        change.line = plugin->line;
        plan(change, old.isEmpty() ? QStringList{name} : QStringList{old, name}, {});
        removed.removeAll(old);
        m_plugins.remove(old);
    }
    for (const QString &name : std::as_const(removed)) {
        const PluginDef *plugin = m_before.model().plugin(name);
        if (m_sources.isEmpty() || plugin->file == m_before.model().entry)
            continue;
        Group group = m_plugins.take(name);
        for (const QString &file : responsible(plugin->file))
            join(group, file, 0);
        Change &change = add(Kind::PluginStructure, {Subject::Type::Plugin, name}, group.files,
                             {Action::Swap, Action::TypeGen}, u"The plugin \"%1\" is gone."_s.arg(name));
        change.details.append({u"plugin-removed"_s, name});
        plan(change, {name}, {});
        // Types that mention what is gone are no signature changes of their own.
    }
    for (auto it = m_plugins.cbegin(); it != m_plugins.cend(); ++it)
        pluginChange(it.key(), *it);
}

QList<Detail> Classifier::structureOf(const PluginShape &a, const PluginShape &b) const
{
    QList<Detail> details;
    const auto deps = [](const QStringList &list) {
        QMap<QString, quint64> map;
        for (const QString &name : list)
            map.insert(name, 1);
        return map;
    };
    compareNames(deps(a.dependencies), deps(b.dependencies), u"dependency"_s, details);
    compareNames(a.handlers, b.handlers, u"handler"_s, details);
    compareNames(a.middleware, b.middleware, u"middleware"_s, details);
    compareNames(a.events, b.events, u"event"_s, details);
    compareNames(a.errors, b.errors, u"error"_s, details);
    const auto type = [&details](quint64 x, quint64 y, const QString &what) {
        if (x != y)
            details.append({what + (x == 0 ? u"-added"_s : y == 0 ? u"-removed"_s : u"-changed"_s), {}});
    };
    type(a.config, b.config, u"config-type"_s);
    type(a.schema, b.schema, u"schema-type"_s);
    return details;
}

QList<Detail> Classifier::signaturesOf(const PluginShape &a, const PluginShape &b) const
{
    QList<Detail> details;
    for (auto it = b.methods.cbegin(); it != b.methods.cend(); ++it) {
        if (!a.methods.contains(it.key()))
            details.append({u"method-added"_s, it.key()});
    }
    for (auto it = a.methods.cbegin(); it != a.methods.cend(); ++it) {
        const auto other = b.methods.constFind(it.key());
        if (other == b.methods.cend())
            details.append({u"method-removed"_s, it.key()});
        else if (it->parameters != other->parameters)
            details.append({u"signature-changed"_s, it.key()});
        else if (it->closure != other->closure)
            details.append({u"type-changed"_s, it.key()});
        else if (!inferredFits(it->inferred, other->inferred))
            details.append({u"return-type-changed"_s, it.key()});
    }
    return details;
}

void Classifier::pluginChange(const QString &name, const Group &group)
{
    const PluginDef *a = m_before.model().plugin(name), *b = m_after->model().plugin(name);
    if (!a || !b)
        return;
    if (b->file == m_after->model().entry && group.files == QStringList{b->file})
        return; // the change of the entry says it
    const PluginShape &x = m_before.shape(*a), &y = m_after->shape(*b);
    const QList<Detail> structure = structureOf(x, y), signatures = signaturesOf(x, y);
    QList<Detail> bodies;
    QString file = group.file;
    int line = group.line;
    for (auto it = y.methods.cbegin(); it != y.methods.cend(); ++it) {
        const auto old = x.methods.constFind(it.key());
        if (old == x.methods.cend() || old->body == it->body)
            continue;
        bodies.append({u"body-changed"_s, it.key()});
        if (bodies.size() == 1) {
            file = it->file;
            line = it->line;
        }
    }
    if (x.init != y.init)
        bodies.append({y.init == 0 ? u"init-removed"_s : x.init == 0 ? u"init-added"_s : u"init-changed"_s, {}});
    if (x.version != y.version)
        bodies.append({u"version-changed"_s, y.version});

    const Subject subject{Subject::Type::Plugin, name};
    const QString owner = u"the plugin \"%1\""_s.arg(name);
    Change change;
    if (!structure.isEmpty()) {
        const bool rebound = (x.config == 0) != (y.config == 0);
        change = add(Kind::PluginStructure, subject, group.files,
                     {rebound ? Action::Restart : Action::Swap, Action::TypeGen},
                     u"This %1: that is part of its structure."_s.arg(inWords(structure, owner)));
        change.details = structure + signatures;
        if (rebound) {
            change.reason +=
                u" The entry hands over the configuration when it registers the plugin, which only a restart repeats."_s;
            change.keepHot = y.config ? u"Read the setting from the environment or a module instead of withConfig()."_s
                                      : u"Keep withConfig<…>() in the definition of \"%1\"."_s.arg(name);
        }
    } else if (!signatures.isEmpty()) {
        change = add(Kind::PluginSignature, subject, group.files, {Action::Swap, Action::TypeGen},
                     u"This %1: what others see of its service is different."_s.arg(inWords(signatures, owner)));
        change.details = signatures;
        if (const auto method = y.methods.constFind(signatures.front().name); method != y.methods.cend()) {
            file = method->file;
            line = method->line;
        }
    } else {
        QStringList methods;
        for (const Detail &d : std::as_const(bodies)) {
            if (d.what == "body-changed"_L1)
                methods.append(d.name);
        }
        const bool isElsewhere = !group.files.contains(a->file) && !group.files.contains(b->file);
        QString what;
        if (!methods.isEmpty())
            what = u"The %1 of %2 changed in the plugin \"%3\""_s.arg(methods.size() > 1 ? u"bodies"_s : u"body"_s,
                                                                      listed(methods), name);
        else if (x.init != y.init)
            what = u"The init of the plugin \"%1\" changed, which runs again with the swap"_s.arg(name);
        else if (x.version != y.version)
            what = u"The plugin \"%1\" is of version %2 now"_s.arg(name, y.version);
        else if (isElsewhere)
            what = u"Only the plugin \"%1\" uses %2"_s.arg(name, listed(group.files));
        else
            what = u"Code inside the plugin \"%1\" changed"_s.arg(name);
        // What is returned without saying its type may be anything.
        const bool isShown = std::ranges::none_of(
            methods, [&y](const QString &method) { return y.methods[method].inferred.contains(u'?'); });
        change = add(Kind::PluginMethod, subject, group.files, {Action::Swap},
                     what + (isShown ? u"; the public shape of its service is the same."_s
                                     : u"; nothing that its service declares is different."_s));
        change.details = bodies;
        const QString was = holderOf(m_before, *a), is = holderOf(*m_after, *b);
        const bool moved = a->file != b->file;
        if (moved || was != is) { // by which the generated registry imports it
            change.actions.append(Action::TypeGen);
            change.details.append(moved ? Detail{u"plugin-moved"_s, b->file} : Detail{u"export-renamed"_s, was});
            change.reason +=
                moved ? u" It moved to %1: generated types import it from there."_s.arg(b->file)
                      : u" It is called %1 there, no longer %2: generated types import it by that name."_s.arg(is, was);
        }
    }
    change.file = file;
    change.line = line;
    plan(change, {name}, {});
    if (!a->registered && !b->registered && m_after->model().knowsRegistrations()) {
        change.actions.removeAll(Action::Swap);
        change.reason += u" %1 does not register it, so the server has no such plugin."_s.arg(m_after->model().entry);
    }
    m_changes.last() = change;
}

} // namespace paddock::change
