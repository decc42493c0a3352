// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/classifier_p.h"

#include "change/words.h"

#include <algorithm>

namespace paddock::change {

using namespace Qt::StringLiterals;
using namespace workspace;

namespace {

const Declaration *find(const SourceFile *file, const QString &name)
{
    return file ? file->facts->declaration(name) : nullptr;
}

template <class T>
T only(const QSet<T> &set)
{
    for (const T &item : set)
        return item;
    return {};
}

} // namespace

void Classifier::join(Group &group, const QString &path, int line)
{
    include(group.files, path);
    if (group.file.isEmpty()) {
        group.file = path;
        group.line = line;
    }
}

const RouteDef *Classifier::route(const RouteKey &key) const
{
    const RouteDef *now = m_after->model().route(key.first, key.second);
    return now ? now : m_before.model().route(key.first, key.second);
}

/// The declarations of a file whose code differs, and imported names that lead elsewhere.
std::optional<QSet<QString>> Classifier::changedNames(const QString &path) const
{
    const SourceFile *a = m_before.files.find(path), *b = m_after->files.find(path);
    if (!a || !b || !a->facts.head().isSource || !b->facts.head().isSource)
        return {};
    QSet<QString> result;
    const auto compare = [&result](const SourceFile *x, const SourceFile *y) {
        for (const Declaration &d : x->facts->declarations) {
            const Declaration *other = find(y, d.name);
            if (!d.isTypeOnly() && (!other || other->hash != d.hash))
                result.insert(d.name);
        }
        for (size_t i = 0; i < x->facts->imports.size(); ++i) {
            const Import &import = x->facts->imports[i];
            for (const ImportName &n : import.names) {
                const auto &others = y->facts->imports;
                const bool known = std::ranges::any_of(others, [&](const Import &o) {
                    return o.specifier == import.specifier && std::ranges::any_of(o.names, [&](const ImportName &m) {
                               return m.imported == n.imported && m.local == n.local && m.typeOnly == n.typeOnly;
                           });
                });
                if (!known && !n.typeOnly)
                    result.insert(n.local.isEmpty() ? u'@' + n.imported : n.local);
            }
        }
    };
    compare(a, b);
    compare(b, a);
    if (a->facts->stepsHash != b->facts->stepsHash && !m_before.model().defines(path) &&
        !m_after->model().defines(path))
        return {}; // something that runs when the module is loaded: anything may depend on it
    return result;
}

int Classifier::changedLine(const QString &path) const
{
    const SourceFile *a = m_before.files.find(path), *b = m_after->files.find(path);
    if (!b)
        return 0;
    for (const Declaration &d : b->facts->declarations) {
        const Declaration *other = find(a, d.name);
        if (!other || other->hash != d.hash)
            return d.line;
    }
    return 1;
}

Reach Classifier::reachOf(const QString &path, const std::optional<QSet<QString>> &names, bool precise) const
{
    Reach reach;
    for (const ProjectData *data : {&m_before, m_after}) {
        if (data->files.find(path))
            reach.unite(Impact(*data).of(path, names, precise));
    }
    return reach;
}

bool Classifier::signatureChanged(const QString &name) const
{
    const PluginDef *a = m_before.model().plugin(name), *b = m_after->model().plugin(name);
    if (!a || !b)
        return false;
    const PluginShape &x = m_before.shape(*a), &y = m_after->shape(*b);
    return !signaturesOf(x, y).isEmpty() || !structureOf(x, y).isEmpty();
}

/// Whether it would have stayed the same, or changed less, without the change of this file. Of many files at once that
/// is not asked: each takes the model of a state of its own.
bool Classifier::signatureFollows(const QString &name, const QString &path) const
{
    constexpr qsizetype Many = 16;
    if (!signatureChanged(name))
        return false;
    if (m_sources.size() == 1 || m_sources.size() > Many)
        return true;
    const auto without = asBefore({path}, *m_after);
    const PluginDef *a = without->model().plugin(name), *b = m_after->model().plugin(name);
    if (!a || !b)
        return true;
    const PluginShape &x = without->shape(*a), &y = m_after->shape(*b);
    return !signaturesOf(x, y).isEmpty() || !structureOf(x, y).isEmpty();
}

bool Classifier::schemaChanged(const RouteKey &key) const
{
    const RouteDef *a = m_before.model().route(key.first, key.second),
                   *b = m_after->model().route(key.first, key.second);
    if (!a || !b)
        return false;
    const RouteShape x = shapeOf(m_before, *a), y = shapeOf(*m_after, *b);
    return x.input != y.input || x.output != y.output || x.events != y.events || x.files != y.files;
}

/// One changed module: finds out to whom it belongs.
void Classifier::source(const QString &path)
{
    const bool defines = m_before.model().defines(path) || m_after->model().defines(path);
    const auto names = changedNames(path);
    const Reach reach = reachOf(path, defines ? names : std::nullopt, false);
    const int line = changedLine(path);
    bool explained = false;

    if (defines) {
        for (const QString &plugin : reach.plugins) {
            join(m_plugins[plugin], path, line);
            explained = true;
        }
        QSet<RouteKey> routes = reach.routes;
        for (const ProjectData *data : {&m_before, m_after}) { // those whose own text changed
            for (const int i : data->model().routesIn.value(path)) {
                const RouteDef &def = data->model().routes[static_cast<size_t>(i)];
                const RouteDef *a = m_before.model().route(def.name, def.version);
                const RouteDef *b = m_after->model().route(def.name, def.version);
                if (!a || !b) {
                    explained = true;
                    continue; // routeChanges() tells
                }
                const RouteShape x = shapeOf(m_before, *a), y = shapeOf(*m_after, *b);
                const bool same = x.handle == y.handle && x.rest == y.rest && x.middleware == y.middleware &&
                                  x.input == y.input && x.output == y.output && x.events == y.events &&
                                  x.files == y.files && a->handler == b->handler && a->middleware == b->middleware;
                if (!same)
                    routes.insert({def.name, def.version});
            }
        }
        for (const RouteKey &key : std::as_const(routes)) {
            if (!m_before.model().route(key.first, key.second) || !m_after->model().route(key.first, key.second))
                continue;
            explained = true;
        }
        if (!routes.isEmpty())
            routeModule(path, routes);
        if (reach.entry) {
            m_shared.append({path, reach});
            explained = true;
        }
        if (!explained) {
            QSet<RouteKey> own;
            for (const int i : m_after->model().pluginsIn.value(path))
                join(m_plugins[m_after->model().plugins[static_cast<size_t>(i)].name], path, line);
            for (const int i : m_after->model().routesIn.value(path)) {
                const RouteDef &def = m_after->model().routes[static_cast<size_t>(i)];
                own.insert({def.name, def.version});
            }
            if (m_after->model().pluginsIn.value(path).isEmpty())
                m_routeModules[path] = own;
        }
    } else if (reach.entry || reach.units() > 1) {
        m_shared.append({path, reach});
        explained = true;
    } else if (reach.units() == 1) {
        explained = true;
        if (!reach.plugins.isEmpty()) {
            join(m_plugins[only(reach.plugins)], path, line);
        } else {
            const Reach precise = reachOf(path, names, true);
            routeModule(path, precise.routes.isEmpty() ? reach.routes : precise.routes);
        }
    }

    // Types reach further than code does.
    Reach types;
    for (const ProjectData *data : {&m_before, m_after}) {
        if (data->files.find(path))
            types.unite(Impact(*data).byTypes(path));
    }
    const bool shared = !m_shared.isEmpty() && m_shared.last().path == path;
    for (const QString &plugin : sorted(types.plugins)) {
        const bool grouped = m_plugins.contains(plugin);
        if ((!grouped || (!explained && !defines)) && !(shared && reach.plugins.contains(plugin)) &&
            signatureFollows(plugin, path)) {
            join(m_plugins[plugin], path, line);
            explained = true;
        }
    }
    if (explained || defines)
        return;
    if (isBarrel(path)) {
        m_barrels.append(path);
        return;
    }
    const bool loaded = m_after->model().loaded.contains(path) || m_before.model().loaded.contains(path);
    const QString why = isTestFile(path) ? u"%1 is a test: the server does not load it."_s
                        : !types.plugins.isEmpty() || !types.routes.isEmpty() || loaded
                            ? u"%1 is used for its types alone, and no signature changed with them."_s
                            : u"Nothing that the server loads imports %1."_s;
    add(Kind::NoEffect, {Subject::Type::Module, path}, {path}, {}, why.arg(path));
}

/// Changes of a module that routes use: by route where that is one, or where schemas changed; else by module.
void Classifier::routeModule(const QString &path, QSet<RouteKey> routes)
{
    const bool defines = m_before.model().defines(path) || m_after->model().defines(path);
    QSet<RouteKey> rest;
    for (const RouteKey &key : std::as_const(routes)) {
        const RouteDef *a = m_before.model().route(key.first, key.second),
                       *b = m_after->model().route(key.first, key.second);
        if (!a || !b)
            continue;
        const RouteShape x = shapeOf(m_before, *a), y = shapeOf(*m_after, *b);
        const bool own = defines && (x.handle != y.handle || x.rest != y.rest);
        if (own || schemaChanged(key) || a->handler != b->handler || a->middleware != b->middleware ||
            x.middleware != y.middleware)
            join(m_routes[key], path, b->file == path ? b->line : changedLine(path));
        else
            rest.insert(key);
    }
    // In a chain every route seems to use every other's names; those of which nothing changed need no mention.
    const auto names = changedNames(path);
    if (defines && names) {
        const ProjectData &data = *m_after;
        const SourceFile *file = data.files.find(path);
        QSet<QString> helpers = *names;
        for (const int i : data.model().routesIn.value(path)) {
            const RouteDef &def = data.model().routes[static_cast<size_t>(i)];
            for (const Declaration &d : file->facts->declarations) {
                if (def.line >= d.line && def.line <= d.endLine)
                    helpers.remove(d.name);
            }
        }
        if (helpers.isEmpty())
            rest.clear();
    }
    if (rest.size() == 1)
        join(m_routes[only(rest)], path, changedLine(path));
    else if (!rest.isEmpty())
        m_routeModules[path].unite(rest);
}

/// What a swap of these needs; turns it into a restart where a swap cannot do it.
void Classifier::plan(Change &change, const QStringList &plugins, const QSet<RouteKey> &routes) const
{
    const Impact now(*m_after);
    const QString &entry = m_after->model().entry;
    QSet<QString> modules, routeFiles, inEntry;
    const auto reachUp = [&](const QString &target) {
        for (const QString &file : std::as_const(change.files)) {
            if (m_after->files.find(file))
                modules.unite(now.between(file, target));
        }
        if (m_after->files.find(target))
            modules.insert(target);
    };
    for (const QString &name : plugins) {
        const PluginDef *plugin = m_after->model().plugin(name);
        if (!plugin)
            continue;
        if (plugin->file == entry)
            inEntry.insert(u"the plugin "_s + name);
        reachUp(plugin->file);
    }
    for (const RouteKey &key : routes) {
        const RouteDef *def = route(key);
        if (!def)
            continue;
        const bool apart = def->routerFile != def->file && now.between(def->file, def->routerFile).isEmpty();
        if (def->routerFile == entry || apart)
            inEntry.insert(u"the route "_s + def->name);
        routeFiles.insert(def->routerFile);
        reachUp(def->routerFile);
    }
    for (const QString &file : std::as_const(change.files)) {
        if (m_after->files.find(file) || m_before.files.find(file))
            modules.insert(file);
    }
    change.plugins = plugins;
    change.routeFiles = sorted(routeFiles);
    modules.remove(entry); // it runs once
    change.modules = sorted(modules);
    if (change.files == QStringList{m_entry}) { // nothing of theirs changed but that the server has them
        change.modules.clear();
        change.routeFiles.clear();
    }
    if (!inEntry.isEmpty() && change.has(Action::Swap)) {
        std::ranges::replace(change.actions, Action::Swap, Action::Restart);
        change.reason += u" It is set up in %1, which runs only when the server starts."_s.arg(entry);
        change.keepHot = u"Define %1 in a module of its own that makes its router or plugin and exports it."_s.arg(
            listed(sorted(inEntry)));
    }
}

QList<Detail> Classifier::typeDetails(const Reach &reach) const
{
    QList<Detail> details;
    for (const QString &plugin : sorted(reach.plugins)) {
        if (!m_plugins.contains(plugin) && signatureChanged(plugin))
            details.append({u"plugin-signature"_s, plugin});
    }
    QList<RouteKey> routes(reach.routes.begin(), reach.routes.end());
    std::ranges::sort(routes);
    for (const RouteKey &key : std::as_const(routes)) {
        if (!m_routes.contains(key) && schemaChanged(key))
            details.append({u"route-schema"_s, key.first});
    }
    return details;
}

void Classifier::sharedChanges()
{
    for (const Shared &shared : std::as_const(m_shared)) {
        const QList<Detail> types = typeDetails(shared.reach);
        QStringList users = sorted(shared.reach.plugins);
        for (QString &name : users)
            name = u"the plugin "_s + name;
        for (const QString &file : sorted(shared.reach.routeFiles))
            users.append(u"the routes of "_s + file);
        const QString &entry = m_after->model().entry.isEmpty() ? m_before.model().entry : m_after->model().entry;
        QList<Action> actions{shared.reach.entry ? Action::Restart : Action::Swap};
        if (!types.isEmpty())
            actions.append(Action::TypeGen);
        Change &change = add(Kind::SharedModule, {Subject::Type::Module, shared.path}, {shared.path}, actions, {});
        if (shared.reach.entry) {
            change.reason =
                users.isEmpty()
                    ? u"%1 is part of the server entry %2, which runs only when the server starts."_s.arg(shared.path,
                                                                                                          entry)
                    : u"%1 is used by %2, and by the entry %3, which runs only when the server starts."_s.arg(
                          shared.path, listed(users), entry);
            if (!users.isEmpty())
                change.keepHot =
                    u"Let %1 do without %2: import it in plugins and routes only."_s.arg(entry, shared.path);
        } else {
            change.reason = u"%1 is used by %2: all of them are loaded afresh."_s.arg(shared.path, listed(users));
        }
        if (!types.isEmpty()) {
            QStringList names;
            for (const Detail &d : types)
                names.append(d.name);
            change.reason += u" The types of %1 change with it."_s.arg(listed(names));
        }
        change.details = types;
        change.line = changedLine(shared.path);
        plan(change, sorted(shared.reach.plugins), shared.reach.routes);
        if (change.has(Action::Restart) && change.keepHot.isEmpty() && !shared.reach.entry)
            change.keepHot = u"Move what %1 needs into modules of their own."_s.arg(entry);
    }
}

} // namespace paddock::change
