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

QStringList sorted(const QSet<QString> &set)
{
    QStringList list(set.begin(), set.end());
    list.sort();
    return list;
}

template <class T>
T only(const QSet<T> &set)
{
    for (const T &item : set)
        return item;
    return {};
}

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

QString plural(const QString &noun, qsizetype count)
{
    return count == 1 ? noun : noun + u's';
}

} // namespace

void Classifier::join(Group &group, const QString &path, int line)
{
    if (!group.files.contains(path))
        group.files.append(path);
    group.files.sort();
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
    if (!a || !b || !a->facts->isSource || !b->facts->isSource)
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
    if (a->facts->stepsHash != b->facts->stepsHash && !m_before.model().defines(path) && !m_after->model().defines(path))
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
    const PluginShape x = shapeOf(m_before, *a), y = shapeOf(*m_after, *b);
    return !signaturesOf(x, y).isEmpty() || !structureOf(x, y).isEmpty();
}

bool Classifier::schemaChanged(const RouteKey &key) const
{
    const RouteDef *a = m_before.model().route(key.first, key.second), *b = m_after->model().route(key.first, key.second);
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
                const bool same = x.handle == y.handle && x.rest == y.rest && x.middleware == y.middleware
                    && x.input == y.input && x.output == y.output && x.events == y.events && x.files == y.files
                    && a->handler == b->handler && a->middleware == b->middleware;
                // A route within a chain: its declaration changed with any of the others, its own text did not.
                const QSet<QString> used = names ? *names : QSet<QString>();
                Q_UNUSED(used)
                if (!same) {
                    routes.insert({def.name, def.version});
                }
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
        if (!m_plugins.contains(plugin) && !(shared && reach.plugins.contains(plugin)) && signatureChanged(plugin)) {
            join(m_plugins[plugin], path, line);
            explained = true;
        }
    }
    if (explained || defines)
        return;
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
        const RouteDef *a = m_before.model().route(key.first, key.second), *b = m_after->model().route(key.first, key.second);
        if (!a || !b)
            continue;
        const RouteShape x = shapeOf(m_before, *a), y = shapeOf(*m_after, *b);
        const bool own = defines && (x.handle != y.handle || x.rest != y.rest);
        if (own || schemaChanged(key) || a->handler != b->handler || a->middleware != b->middleware
            || x.middleware != y.middleware)
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
    change.modules = sorted(modules);
    if (!inEntry.isEmpty() && change.has(Action::Swap)) {
        std::ranges::replace(change.actions, Action::Swap, Action::Restart);
        change.reason += u" It is set up in %1, which runs only when the server starts."_s.arg(entry);
        change.keepHot = u"Define %1 in a module of its own that makes its router or plugin and exports it."_s.arg(
            listed(sorted(inEntry)));
    }
}

// ---------------------------------------------------------------- plugins

void Classifier::pluginChanges()
{
    const auto responsible = [this](const QString &file) {
        return m_sources.contains(file) ? QStringList{file} : m_sources;
    };
    // Added, removed, renamed: by name
    QStringList added, removed;
    for (const PluginDef &p : m_after->model().plugins) {
        if (!m_before.model().plugin(p.name))
            added.append(p.name);
    }
    for (const PluginDef &p : m_before.model().plugins) {
        if (!m_after->model().plugin(p.name))
            removed.append(p.name);
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
        Change &change = add(Kind::PluginStructure, {Subject::Type::Plugin, name}, group.files,
                             {Action::Swap, Action::TypeGen},
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
    const PluginShape x = shapeOf(m_before, *a), y = shapeOf(*m_after, *b);
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
    if (x.hasInit != y.hasInit)
        bodies.append({y.hasInit ? u"init-added"_s : u"init-removed"_s, {}});
    if (x.version != y.version)
        bodies.append({u"version-changed"_s, y.version});

    const Subject subject{Subject::Type::Plugin, name};
    Change change;
    if (!structure.isEmpty()) {
        const bool rebound = (x.config == 0) != (y.config == 0);
        change = add(Kind::PluginStructure, subject, group.files,
                     {rebound ? Action::Restart : Action::Swap, Action::TypeGen},
                     u"This %1 of the plugin \"%2\", which is part of its structure."_s.arg(inWords(structure), name));
        change.details = structure + signatures;
        if (rebound) {
            change.reason += u" The entry hands over the configuration when it registers the plugin, which only a restart repeats."_s;
            change.keepHot = y.config ? u"Read the setting elsewhere than through withConfig()."_s
                                      : u"Keep withConfig<…>() in the definition of \"%1\"."_s.arg(name);
        }
    } else if (!signatures.isEmpty()) {
        change = add(Kind::PluginSignature, subject, group.files, {Action::Swap, Action::TypeGen},
                     u"This %1 of the plugin \"%2\": what others see of its service is different."_s.arg(
                         inWords(signatures), name));
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
        const QString what = methods.isEmpty() ? u"Code inside the plugin \"%1\" changed"_s.arg(name)
                                               : u"The %1 of %2 changed in the plugin \"%3\""_s.arg(
                                                     plural(u"body"_s, 1) == u"body"_s && methods.size() > 1
                                                         ? u"bodies"_s
                                                         : u"body"_s,
                                                     listed(methods), name);
        change = add(Kind::PluginMethod, subject, group.files, {Action::Swap},
                     what + u"; the public shape of its service is the same."_s);
        change.details = bodies;
    }
    change.file = file;
    change.line = line;
    plan(change, {name}, {});
    m_changes.last() = change;
}

// ---------------------------------------------------------------- routes

void Classifier::routeChanges()
{
    const Model &before = m_before.model(), &after = m_after->model();
    QList<Detail> byEntry;
    QMap<RouteKey, QStringList> blame;
    const auto responsible = [&](const RouteDef &def, const ProjectData &data) -> QStringList {
        QStringList files;
        if (m_sources.contains(def.file))
            files.append(def.file);
        if (files.isEmpty() && m_sources.contains(def.routerFile))
            files.append(def.routerFile);
        if (!files.isEmpty() || def.file == data.model().entry)
            return files;
        const Impact impact(data);
        for (const QString &source : std::as_const(m_sources)) {
            const SourceFile *file = data.files.find(source);
            if (file && (!impact.between(def.file, source).isEmpty() || !impact.between(source, def.file).isEmpty()))
                files.append(source);
        }
        return files;
    };
    const bool entryChanged = std::ranges::any_of(m_changes, [&](const Change &c) {
        return c.kind == Kind::Config && (c.subject.name == after.entry || c.subject.name == before.entry);
    });
    QList<RouteKey> added, removed;
    const auto sift = [&](const Model &from, const Model &in, const ProjectData &data, QList<RouteKey> &into,
                          const QString &what) {
        for (const RouteDef &r : from.routes) {
            if (in.route(r.name, r.version))
                continue;
            const QStringList files = responsible(r, data);
            if (files.isEmpty() && (entryChanged || r.file == data.model().entry))
                byEntry.append({what, r.name});
            else {
                into.append({r.name, r.version});
                blame.insert({r.name, r.version}, files.isEmpty() ? m_sources : files);
            }
        }
    };
    sift(after, before, *m_after, added, u"route-added"_s);
    sift(before, after, m_before, removed, u"route-removed"_s);
    for (Change &c : m_changes) {
        if (c.kind != Kind::Config || (c.subject.name != after.entry && c.subject.name != before.entry))
            continue;
        for (const Detail &d : std::as_const(byEntry)) {
            if (!c.details.contains(d))
                c.details.append(d);
        }
    }
    for (const RouteKey &key : std::as_const(added)) {
        const RouteDef &now = *after.route(key.first, key.second);
        // The same handler under another name in the same file: renamed
        const auto old = std::ranges::find_if(removed, [&](const RouteKey &other) {
            const RouteDef &was = *before.route(other.first, other.second);
            const RouteShape a = shapeOf(m_before, was), b = shapeOf(*m_after, now);
            return was.file == now.file && was.handler == now.handler && a.handle == b.handle && a.input == b.input
                && a.output == b.output;
        });
        QStringList files = blame.value(key);
        QString reason = u"The route \"%1\" is new."_s.arg(key.first);
        Detail detail{u"route-added"_s, key.first};
        if (old != removed.end()) {
            const bool version = old->first == key.first;
            reason = version ? u"The route \"%1\" is now of version %2."_s.arg(key.first, key.second.isEmpty() ? u"none"_s : key.second)
                             : u"The route \"%1\" is now called \"%2\"."_s.arg(old->first, key.first);
            detail = {version ? u"version-changed"_s : u"route-renamed"_s, version ? key.second : old->first};
            files += blame.value(*old);
            files.sort();
            files.removeDuplicates();
            m_routes.remove(*old);
            removed.erase(old);
        }
        m_routes.remove(key);
        Change &change = add(Kind::RouteStructure, {Subject::Type::Route, key.first}, files,
                             {Action::Swap, Action::TypeGen}, reason);
        change.details.append(detail);
        change.file = now.file;
        change.line = now.line;
        plan(change, {}, {key});
    }
    for (const RouteKey &key : std::as_const(removed)) {
        m_routes.remove(key);
        Change &change = add(Kind::RouteStructure, {Subject::Type::Route, key.first}, blame.value(key),
                             {Action::Swap, Action::TypeGen}, u"The route \"%1\" is gone."_s.arg(key.first));
        change.details.append({u"route-removed"_s, key.first});
        plan(change, {}, {key});
    }
    for (const RouteDef &now : after.routes) { // middleware that a parent router adds
        const RouteDef *was = before.route(now.name, now.version);
        const RouteKey key{now.name, now.version};
        if (!was || m_routes.contains(key) || (was->handler == now.handler && was->middleware == now.middleware))
            continue;
        QStringList files = responsible(now, *m_after);
        for (const QString &file : files.isEmpty() ? m_sources : files)
            join(m_routes[key], file, now.line);
    }
    for (auto it = m_routes.cbegin(); it != m_routes.cend(); ++it)
        routeChange(it.key(), *it);
    for (auto it = m_routeModules.cbegin(); it != m_routeModules.cend(); ++it) {
        Change &change = add(Kind::RouteHandler, {Subject::Type::Module, it.key()}, {it.key()}, {Action::Swap},
                             u"Only routes use %1."_s.arg(it.key()));
        QStringList names;
        for (const RouteKey &key : *it)
            names.append(key.first);
        names.sort();
        for (const QString &name : std::as_const(names))
            change.details.append({u"route-affected"_s, name});
        if (!names.isEmpty())
            change.reason = u"Only routes use what changed in %1: %2."_s.arg(it.key(), listed(names));
        change.line = changedLine(it.key());
        plan(change, {}, *it);
        if (change.routeFiles.isEmpty() && m_after->model().routersIn.contains(it.key()))
            change.routeFiles = {it.key()};
    }
}

void Classifier::routeChange(const RouteKey &key, const Group &group)
{
    const RouteDef *a = m_before.model().route(key.first, key.second), *b = m_after->model().route(key.first, key.second);
    if (!a || !b || (group.files.isEmpty()))
        return;
    const RouteShape x = shapeOf(m_before, *a), y = shapeOf(*m_after, *b);
    QList<Detail> structure, schema;
    if (a->handler != b->handler)
        structure.append({u"handler-changed"_s, b->handler});
    if (a->middleware != b->middleware || x.middleware != y.middleware) {
        for (const QString &name : a->middleware) {
            if (!b->middleware.contains(name))
                structure.append({u"middleware-removed"_s, name});
        }
        for (const QString &name : b->middleware) {
            if (!a->middleware.contains(name))
                structure.append({u"middleware-added"_s, name});
        }
        if (structure.isEmpty() || (structure.size() == 1 && a->handler != b->handler))
            structure.append({u"middleware-changed"_s, b->middleware.join(u", "_s)});
    }
    const auto part = [&schema](quint64 before, quint64 after, const QString &what) {
        if (before != after)
            schema.append({what + (before == 0 ? u"-added"_s : after == 0 ? u"-removed"_s : u"-changed"_s), {}});
    };
    part(x.input, y.input, u"input"_s);
    part(x.output, y.output, u"output"_s);
    part(x.events, y.events, u"events"_s);
    if (x.files != y.files)
        schema.append({u"file-constraints-changed"_s, {}});
    const Subject subject{Subject::Type::Route, key.first};
    QList<Detail> handler;
    if (x.handle != y.handle)
        handler.append({u"body-changed"_s, {}});
    Change *change = nullptr;
    if (!structure.isEmpty()) {
        change = &add(Kind::RouteStructure, subject, group.files, {Action::Swap, Action::TypeGen},
                      u"This %1 of the route \"%2\"."_s.arg(inWords(structure), key.first));
        change->details = structure + schema + handler;
    } else if (!schema.isEmpty()) {
        change = &add(Kind::RouteSchema, subject, group.files, {Action::Swap, Action::TypeGen},
                      u"This %1 of the route \"%2\": clients are generated from it."_s.arg(inWords(schema), key.first));
        change->details = schema + handler;
    } else {
        change = &add(Kind::RouteHandler, subject, group.files, {Action::Swap},
                      group.files.contains(b->file)
                          ? u"Only the handler of the route \"%1\" changed."_s.arg(key.first)
                          : u"Only the route \"%1\" uses %2."_s.arg(key.first, listed(group.files)));
        change->details = handler;
    }
    change->file = group.file;
    change->line = group.line;
    plan(*change, {}, {key});
}

// ---------------------------------------------------------------- shared modules

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
        const QString &entry = m_after->model().entry;
        QList<Action> actions{shared.reach.entry ? Action::Restart : Action::Swap};
        if (!types.isEmpty())
            actions.append(Action::TypeGen);
        Change &change = add(Kind::SharedModule, {Subject::Type::Module, shared.path}, {shared.path}, actions, {});
        if (shared.reach.entry) {
            change.reason = users.isEmpty()
                ? u"%1 is part of the server entry %2, which runs only when the server starts."_s.arg(shared.path, entry)
                : u"%1 is used by %2, and by the entry %3, which runs only when the server starts."_s.arg(
                      shared.path, listed(users), entry);
            if (!users.isEmpty())
                change.keepHot = u"Let %1 do without %2: import it in plugins and routes only."_s.arg(entry, shared.path);
        } else {
            change.reason = u"%1 is used by %2: all of them are loaded afresh."_s.arg(shared.path, listed(users));
        }
        change.details = types;
        change.line = changedLine(shared.path);
        plan(change, sorted(shared.reach.plugins), shared.reach.routes);
        if (change.has(Action::Restart) && change.keepHot.isEmpty() && !shared.reach.entry)
            change.keepHot = u"Move what %1 needs into modules of their own."_s.arg(entry);
    }
}

} // namespace paddock::change
