// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/classifier.h"

#include "change/classifier_p.h"
#include "change/configchange.h"
#include "change/words.h"
#include "workspace/migrations.h"

#include <algorithm>

namespace paddock::change {

using namespace Qt::StringLiterals;
using namespace workspace;

QList<Change> classify(const ProjectState &before, const ProjectState &after, const Facts &facts)
{
    return Classifier(before.data(), after.data(), facts).run();
}

Classifier::Classifier(const ProjectData &before, const ProjectData &after, const Facts &facts)
    : m_facts(facts), m_before(before), m_real(after), m_after(&after)
{}

const SourceFile *Classifier::changedFile(const QString &path) const
{
    const SourceFile *file = m_real.files.find(path);
    return file ? file : m_before.files.find(path);
}

QList<Change> Classifier::run()
{
    const QStringList changed = m_before.files.differences(m_real.files);
    if (changed.isEmpty())
        return {};
    QStringList migrations;
    m_sources = sortOut(changed, migrations);
    lostFiles();
    withoutForeign();
    if (!m_sources.isEmpty() || !migrations.isEmpty())
        migrationFiles(migrations);
    for (const QString &path : std::as_const(m_sources))
        source(path);
    pluginChanges();
    routeChanges();
    sharedChanges();
    registrationChanges();
    barrelChanges();
    readByTypeGeneration();
    for (Change &change : m_changes) {
        for (Detail &detail : change.details) {
            if (detail.name.isEmpty())
                detail.name = change.subject.name;
        }
    }
    std::ranges::stable_sort(m_changes, [](const Change &a, const Change &b) {
        return std::tie(b.kind, a.subject.name) < std::tie(a.kind, b.subject.name);
    });
    return m_changes;
}

/// Deals with everything but the modules of plugins and routes, which come back.
QStringList Classifier::sortOut(const QStringList &changed, QStringList &migrations)
{
    QStringList sources;
    const auto isEntry = [this](const QString &path) {
        return path == m_before.model().entry || path == m_real.model().entry;
    };
    for (const QString &path : changed) {
        const SourceFile *old = m_before.files.find(path), *now = m_real.files.find(path);
        const bool unreadable = now && now->extra().problem == "unreadable"_L1;
        if (isGenerated(path)) {
            add(Kind::Generated, {Subject::Type::Module, path}, {path}, {},
                u"%1 is written by type generation."_s.arg(path));
            m_generated.append(path);
        } else if (isConfigFile(path) && !(now ? now : old)->facts.head().isSource) {
            configFile(path);
        } else if (unreadable || (now && now->facts.head().errorLine > 0)) {
            m_broken.append(path);
        } else if (old && now && old->facts.head().codeHash == now->facts.head().codeHash &&
                   old->extra().problem == now->extra().problem) {
            noEffect(path);
        } else if (asMigration(path)) {
            migrations.append(path);
        } else if (isConfigFile(path) || isEntry(path)) {
            entryOrConfig(path);
        } else {
            sources.append(path);
        }
    }
    return sources;
}

bool Classifier::isGenerated(const QString &path) const
{
    const auto by = [&](const ProjectData &data) {
        const SourceFile *file = data.files.find(path);
        const QString &out = data.config.outDir;
        if (!file)
            return false;
        if (file->facts.head().isGenerated || m_facts.generatedHashes.contains(file->facts.contentHash()))
            return true;
        const bool inPlace = (!out.isEmpty() && path.startsWith(out + u'/')) ||
                             (!data.config.clientOutput.isEmpty() && path == data.config.clientOutput);
        return inPlace && (!m_facts.generatedFiles || m_facts.generatedFiles->contains(path));
    };
    return m_real.files.find(path) ? by(m_real) : by(m_before);
}

Change &Classifier::add(Kind kind, Subject subject, const QStringList &files, const QList<Action> &actions,
                        const QString &reason)
{
    Change change;
    change.kind = kind;
    change.subject = std::move(subject);
    change.files = files;
    change.row = rowOf(kind);
    change.actions = actions;
    change.reason = reason;
    change.file = files.value(0);
    m_changes.append(std::move(change));
    return m_changes.last();
}

/// The plugin or route that a file belongs to, where it is one alone; else the file itself.
Subject Classifier::ownerOf(const QString &path, const ProjectData &data) const
{
    if (const auto migration = asMigration(path))
        return {Subject::Type::Migration, migration->first + u'/' + migration->second};
    if (path == data.model().entry || isConfigFile(path))
        return {Subject::Type::Config, path};
    const SourceFile *file = data.files.find(path);
    if (!file)
        return {Subject::Type::Module, path};
    const Reach reach = Impact(data).of(path, {}, false);
    const QStringList own = [&] {
        QStringList names;
        for (const int i : data.model().pluginsIn.value(path))
            names.append(data.model().plugins[static_cast<size_t>(i)].name);
        return names;
    }();
    if (own.size() == 1)
        return {Subject::Type::Plugin, own.front()};
    if (!reach.entry && reach.plugins.size() == 1 && reach.routes.isEmpty())
        return {Subject::Type::Plugin, reach.plugins.values().front()};
    if (!reach.entry && reach.plugins.isEmpty() && reach.routes.size() == 1)
        return {Subject::Type::Route, reach.routes.values().front().first};
    return {Subject::Type::Module, path};
}

void Classifier::noEffect(const QString &path)
{
    const Subject subject = ownerOf(path, m_real);
    for (Change &known : m_changes) {
        if (known.kind == Kind::NoEffect && known.subject == subject) {
            known.files.append(path);
            return;
        }
    }
    add(Kind::NoEffect, subject, {path}, {}, u"Only comments or formatting of %1 changed."_s.arg(path));
}

/// What is now, but with these files as they were; `basis` is a state that it differs little from.
std::shared_ptr<const ProjectData> Classifier::asBefore(const QStringList &paths, const ProjectData &basis) const
{
    auto copy = std::make_shared<ProjectData>();
    copy->root = m_after->root;
    copy->files = m_after->files;
    copy->config = m_after->config;
    copy->startFrom(basis);
    for (const QString &path : paths) {
        if (const SourceFilePtr old = m_before.files.get(path))
            copy->files.set(old);
        else
            copy->files.remove(path);
    }
    return copy;
}

/// A file that does not parse says nothing, and a generated one follows from others: they count as unchanged for
/// everything else. (Else the edit of a plugin saved along with its generated schema would be one of its structure.)
void Classifier::withoutForeign()
{
    if (m_broken.isEmpty() && m_lost.isEmpty() && (m_generated.isEmpty() || m_sources.isEmpty()))
        return;
    m_substitute = asBefore(m_broken + m_lost + m_generated, m_before);
    m_after = m_substitute.get();
    for (const QString &path : std::as_const(m_broken)) {
        const SourceFile *now = m_real.files.find(path);
        const bool known = m_before.files.find(path);
        const Subject subject = ownerOf(path, known ? m_before : m_real);
        const QString why = now->extra().problem.isEmpty()
                                ? u"%1 does not parse (line %2): the running code stays as it is."_s.arg(path).arg(
                                      now->facts.head().errorLine)
                                : u"%1 cannot be read: the running code stays as it is."_s.arg(path);
        Change &change = add(Kind::Broken, subject, {path}, {Action::Hold}, why);
        change.line = now->facts.head().errorLine;
        change.row = subject.type == Subject::Type::Plugin      ? std::optional(Row::PluginMethods)
                     : subject.type == Subject::Type::Route     ? std::optional(Row::RouteHandlers)
                     : subject.type == Subject::Type::Migration ? std::optional(Row::Database)
                                                                : std::nullopt;
    }
}

void Classifier::configFile(const QString &path)
{
    const SourceFile *old = m_before.files.find(path), *now = m_real.files.find(path);
    const ConfigDifference d =
        compareConfig(path, old ? old->extra().content : QByteArray(), now ? now->extra().content : QByteArray());
    const Subject subject{Subject::Type::Config, path};
    if (d.broken) {
        add(Kind::Broken, subject, {path}, {Action::Hold},
            u"%1 does not parse (line %2): the running server stays as it is."_s.arg(path).arg(d.line))
            .line = d.line;
        return;
    }
    if (!d.any) {
        add(Kind::NoEffect, subject, {path}, {}, u"Only comments or formatting of %1 changed."_s.arg(path));
        return;
    }
    QList<Action> actions{Action::Restart, Action::TypeGen};
    if (d.install)
        actions.prepend(Action::Install);
    const QString what = d.details.isEmpty() ? u"changes"_s : inWords(d.details);
    const QString why = d.install ? u"%1 %2: packages are installed, and the server takes them in when it starts."_s
                                  : u"%1 %2: it is read when the server starts."_s;
    add(Kind::Config, subject, {path}, actions, why.arg(path, what)).details = d.details;
}

void Classifier::entryOrConfig(const QString &path)
{
    const bool entry = !isConfigFile(path);
    if (entry && registrationsOnly(path))
        return;
    const SourceFile *old = m_before.files.find(path), *now = m_real.files.find(path);
    Change &change = add(Kind::Config, {Subject::Type::Config, path}, {path}, {Action::Restart, Action::TypeGen},
                         entry ? u"%1 is the server entry: it runs once, when the server starts."_s.arg(path)
                               : u"%1 is read when the server starts and when types are generated."_s.arg(path));
    if (!entry || !old || !now)
        return;
    if (!m_given.obstacle.isEmpty())
        change.reason += u' ' + m_given.obstacle;
    // Routes and plugins that live in the entry could be swapped if they lived elsewhere.
    QStringList movable;
    for (const ProjectData *data : {&m_before, &m_real}) {
        for (const int i : data->model().routesIn.value(path)) {
            const RouteDef &route = data->model().routes[static_cast<size_t>(i)];
            const RouteDef *other = (data == &m_before ? m_real : m_before).model().route(route.name, route.version);
            const bool same =
                other && shapeOf(*data, route).handle == shapeOf(data == &m_before ? m_real : m_before, *other).handle;
            if (!same && !movable.contains(u"the route "_s + route.name)) {
                movable.append(u"the route "_s + route.name);
                change.details.append({other               ? u"route-changed"_s
                                       : data == &m_before ? u"route-removed"_s
                                                           : u"route-added"_s,
                                       route.name});
            }
        }
        for (const int i : data->model().pluginsIn.value(path)) {
            const QString name = u"the plugin "_s + data->model().plugins[static_cast<size_t>(i)].name;
            if (!movable.contains(name))
                movable.append(name);
        }
    }
    if (!movable.isEmpty())
        change.keepHot = u"Move %1 into a module of its own and import it in %2."_s.arg(listed(movable), path);
    for (const ProjectData *data : {&m_before, &m_real}) {
        const ProjectData &other = data == &m_before ? m_real : m_before;
        for (const PluginDef &plugin : data->model().plugins) {
            const PluginDef *counterpart = other.model().plugin(plugin.name);
            if (plugin.registered && (counterpart ? !counterpart->registered : data == &m_real))
                change.details.append(
                    {data == &m_before ? u"plugin-unregistered"_s : u"plugin-registered"_s, plugin.name});
        }
    }
}

bool Classifier::isApplied(const QString &plugin, const QString &name, bool known) const
{
    return m_facts.migrationsKnown ? m_facts.appliedMigrations.contains(plugin + u'/' + name) : known;
}

void Classifier::migrationFiles(const QStringList &paths)
{
    struct Item
    {
        QString path, plugin, name;
        const SourceFile *old, *now;
    };
    std::vector<Item> items;
    for (const QString &path : paths) {
        const auto migration = *asMigration(path);
        items.push_back({path, migration.first, migration.second, m_before.files.find(path), m_real.files.find(path)});
    }
    // The framework looks for migrations by the names of its plugins. What waited for its plugin is new with it.
    const auto hasPlugin = [](const ProjectData &data, const QString &name) { return data.model().plugin(name); };
    const bool others = !m_before.model().sameOutline(m_after->model());
    for (const PluginDef &plugin : others ? m_after->model().plugins : std::vector<PluginDef>()) {
        if (hasPlugin(m_before, plugin.name))
            continue;
        const bool renamed = m_before.model().pluginsIn.contains(plugin.file); // it may have had that name before
        for (const Migration &migration : migrationsOf(m_real, plugin.name)) {
            if (!paths.contains(migration.file) && !isApplied(plugin.name, migration.name, renamed))
                items.push_back(
                    {migration.file, plugin.name, migration.name, nullptr, m_real.files.find(migration.file)});
        }
    }
    const auto plan = [&](const Item &item, Kind kind, const QString &reason, const QString &what,
                          const QStringList &files) -> Change & {
        const bool drift = kind == Kind::MigrationDrift;
        const QString id = item.plugin + u'/' + item.name;
        Change &change =
            add(kind, {Subject::Type::Migration, id}, files,
                drift ? QList{Action::Ask} : QList{Action::Migrate, Action::TypeGen, Action::Swap}, reason);
        change.details.append({what, item.name});
        if (!drift && m_after->model().plugin(item.plugin)) {
            change.plugins = {item.plugin};
            change.modules = {m_after->model().plugin(item.plugin)->file};
        }
        return change;
    };
    QSet<QString> done;
    for (const Item &gone : items) { // renamed: the same text under another name
        if (!gone.old || gone.now)
            continue;
        const auto twin = std::ranges::find_if(items, [&](const Item &other) {
            return !other.old && other.now && other.plugin == gone.plugin && !done.contains(other.path) &&
                   other.now->facts.head().codeHash == gone.old->facts.head().codeHash;
        });
        if (twin == items.end())
            continue;
        done.insert(gone.path);
        done.insert(twin->path);
        QStringList files{gone.path, twin->path};
        files.sort();
        if (isApplied(gone.plugin, gone.name, true)) {
            plan(gone, Kind::MigrationDrift,
                 u"The applied migration %1 of %2 was renamed to %3: it would run a second time."_s.arg(
                     gone.name, gone.plugin, twin->name),
                 u"migration-renamed"_s, files);
        } else {
            plan(*twin, Kind::Migration,
                 u"The pending migration %1 of %2 is now called %3."_s.arg(gone.name, gone.plugin, twin->name),
                 u"migration-renamed"_s, files);
        }
    }
    for (const Item &item : items) {
        if (done.contains(item.path))
            continue;
        if (!hasPlugin(m_before, item.plugin) && !hasPlugin(*m_after, item.plugin)) {
            add(Kind::NoEffect, {Subject::Type::Migration, item.plugin + u'/' + item.name}, {item.path}, {},
                u"No plugin is called \"%1\", and the framework looks for migrations by the names of its plugins."_s
                    .arg(item.plugin));
            continue;
        }
        const QString what = !item.old   ? u"migration-added"_s
                             : !item.now ? u"migration-removed"_s
                                         : u"migration-edited"_s;
        const QString verb = !item.old ? u"added"_s : !item.now ? u"removed"_s : u"edited"_s;
        if (isApplied(item.plugin, item.name, item.old != nullptr)) {
            if (!item.old) {
                add(Kind::NoEffect, {Subject::Type::Migration, item.plugin + u'/' + item.name}, {item.path}, {},
                    u"The migration %1 of %2 is recorded as applied already."_s.arg(item.name, item.plugin));
                continue;
            }
            const QString known = m_facts.migrationsKnown ? u"is applied"_s : u"may be applied already"_s;
            plan(item, Kind::MigrationDrift,
                 u"The migration %1 of %2 %3 and was %4: the database does not follow by itself."_s.arg(
                     item.name, item.plugin, known, verb),
                 what, {item.path});
            continue;
        }
        Change &change =
            plan(item, Kind::Migration,
                 !item.old ? u"The migration %1 of %2 is new: it has to run before the code that needs it."_s.arg(
                                 item.name, item.plugin)
                           : u"The pending migration %1 of %2 was %3."_s.arg(item.name, item.plugin, verb),
                 what, {item.path});
        for (const Migration &other : migrationsOf(m_before, item.plugin)) {
            if (!item.old && other.name > item.name && isApplied(item.plugin, other.name, true)) {
                change.details.append({u"out-of-order"_s, other.name});
                change.reason += u" It comes before %1, which is applied."_s.arg(other.name);
                break;
            }
        }
    }
}

} // namespace paddock::change
