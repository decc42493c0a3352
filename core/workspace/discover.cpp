// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/interpreter.h"
#include "workspace/migrations.h"
#include "workspace/project.h"
#include "workspace/shape.h"

#include <algorithm>
#include <array>
#include <functional>

namespace paddock::workspace {

using namespace Qt::StringLiterals;

namespace {

/// The file that starts or exports the server.
QString findEntry(const ProjectData &data)
{
    static constexpr std::array usual = {
        "src/server/index.ts"_L1, "src/index.ts"_L1, "src/server.ts"_L1, "src/main.ts"_L1,  "src/app.ts"_L1,
        "server/index.ts"_L1,     "index.ts"_L1,     "server.ts"_L1,     "src/index.js"_L1, "index.js"_L1};
    if (!data.config.entry.isEmpty() && data.files.find(data.config.entry))
        return data.config.entry;
    QStringList candidates = data.config.entryHints;
    for (const auto path : usual)
        candidates.append(path);
    // The file that is run may leave the making to one that it imports. The places differ in how likely they are, so
    // the first that leads to a server wins.
    const QSet<QString> makers = [&] {
        QSet<QString> result;
        data.files.forEach([&](const SourceFile &file) {
            if (file.facts.head().makesServer && !isTestFile(file.path))
                result.insert(file.path);
        });
        return result;
    }();
    const auto leadsToServer = [&](const QString &path) {
        QSet<QString> seen{path};
        QStringList queue{path};
        while (!queue.isEmpty()) {
            const QString at = queue.takeLast();
            if (makers.contains(at))
                return true;
            const SourceFile *file = data.files.find(at);
            for (size_t i = 0; file && i < file->edges.size(); ++i) {
                const QString &target = file->edges[i].target;
                if (!target.isEmpty() && !file->facts->imports[i].typeOnly && !seen.contains(target)) {
                    seen.insert(target);
                    queue.append(target);
                }
            }
        }
        return false;
    };
    for (const QString &path : std::as_const(candidates)) {
        if (!makers.isEmpty() && data.files.find(path) && leadsToServer(path))
            return path;
    }
    QStringList others(makers.begin(), makers.end());
    if (!others.isEmpty()) {
        std::ranges::sort(others, {}, [](const QString &path) { return std::pair{path.count(u'/'), path}; });
        return others.front();
    }
    for (const QString &path : std::as_const(candidates)) {
        if (data.files.find(path))
            return path;
    }
    return {};
}

bool matches(const QString &path, const QString &pattern)
{
    const qsizetype stars = pattern.indexOf("**"_L1);
    const QString base = stars >= 0 ? pattern.first(stars) : pattern.first(pattern.lastIndexOf(u'/') + 1);
    return path.startsWith(base);
}

/// Folders where plugins live, whether or not the entry loads them.
bool isPluginPlace(const QString &path, const Config &config)
{
    if (isTestFile(path))
        return false;
    if (std::ranges::any_of(config.plugins, [&](const QString &pattern) { return matches(path, pattern); }))
        return true;
    return path.startsWith("src/server/plugins/"_L1) || path.startsWith("src/plugins/"_L1) ||
           path.startsWith("plugins/"_L1);
}

void noteFiles(const ProjectData &data, const Model &model, QList<Diagnostic> &notes)
{
    data.files.forEach([&](const SourceFile &file) {
        const QString &problem = file.extra().problem;
        if (problem == "unreadable"_L1)
            notes.append({u"error"_s, problem, file.path, 0, u"%1 cannot be read."_s.arg(file.path)});
        else if (problem == "file-too-large"_L1)
            notes.append(
                {u"warning"_s, problem, file.path, 0,
                 u"%1 is too large to be looked at: any change of it counts as one of code."_s.arg(file.path)});
        else if (problem == "too-complex"_L1)
            notes.append(
                {u"warning"_s, problem, file.path, 0, u"%1 could not be parsed in reasonable time."_s.arg(file.path)});
        else if (file.facts.head().errorLine > 0)
            notes.append({u"error"_s, u"syntax"_s, file.path, file.facts.head().errorLine,
                          u"%1 does not parse."_s.arg(file.path)});
        if (!file.facts.hasNotes() && !file.facts.head().hasImports)
            return;
        if (!model.loaded.contains(file.path) && !model.entry.isEmpty() && !isPluginPlace(file.path, data.config))
            return; // scripts and other packages: what they load is no concern of the server's
        for (const FileNote &note : file.facts->notes)
            notes.append({u"info"_s, note.code, file.path, note.line, note.message});
        for (size_t i = 0; i < file.edges.size(); ++i) {
            const Import &import = file.facts->imports[i];
            if (!file.edges[i].found() && import.specifier.startsWith(u'.') && !import.typeOnly &&
                !import.specifier.contains("/$"_L1) && !isTestFile(file.path)) {
                notes.append({u"warning"_s, u"import-not-found"_s, file.path, import.line,
                              u"\"%1\" leads to no file."_s.arg(import.specifier)});
            }
        }
    });
}

/// Plugins that wait for each other: the framework refuses to start with them. Each cycle is told once.
void noteCycles(Workspace &workspace)
{
    QHash<QString, const Plugin *> plugins;
    for (const Plugin &plugin : std::as_const(workspace.plugins))
        plugins.insert(plugin.name, &plugin);
    enum class Mark { New, Open, Done };
    QHash<QString, Mark> marks;
    QStringList path;
    const std::function<void(const Plugin &)> visit = [&](const Plugin &plugin) {
        marks[plugin.name] = Mark::Open;
        path.append(plugin.name);
        for (const QString &name : plugin.dependencies) {
            const Plugin *next = plugins.value(name);
            if (!next)
                continue;
            if (const Mark mark = marks.value(name, Mark::New); mark == Mark::New) {
                visit(*next);
            } else if (mark == Mark::Open) {
                const QStringList cycle = path.sliced(path.indexOf(name)) << name;
                workspace.diagnostics.append(
                    {u"error"_s, u"dependency-cycle"_s, plugin.file, plugin.line,
                     u"These plugins depend on each other in a circle, and no server starts with them: %1."_s.arg(
                         cycle.join(u" → "_s))});
            }
        }
        path.removeLast();
        marks[plugin.name] = Mark::Done;
    };
    for (const Plugin &plugin : std::as_const(workspace.plugins)) {
        if (marks.value(plugin.name, Mark::New) == Mark::New)
            visit(plugin);
    }
}

} // namespace

const PluginDef *Model::plugin(QStringView name) const
{
    const auto found = pluginIndex.constFind(name.toString());
    return found == pluginIndex.constEnd() ? nullptr : &plugins[static_cast<size_t>(*found)];
}

const RouteDef *Model::route(QStringView name, QStringView version) const
{
    const auto found = routeIndex.constFind({name.toString(), version.toString()});
    return found == routeIndex.constEnd() ? nullptr : &routes[static_cast<size_t>(*found)];
}

Model discover(const ProjectData &data)
{
    Model model;
    model.entry = findEntry(data);
    Interpreter interpreter(data, model);
    if (const SourceFile *entry = data.files.find(model.entry)) {
        interpreter.load(*entry);
        QStringList pending{model.entry};
        model.loaded.insert(model.entry);
        while (!pending.isEmpty()) {
            const SourceFile *file = data.files.find(pending.takeLast());
            for (size_t i = 0; file && i < file->edges.size(); ++i) {
                const QString &target = file->edges[i].target;
                if (target.isEmpty() || file->facts->imports[i].typeOnly || model.loaded.contains(target))
                    continue;
                model.loaded.insert(target);
                pending.append(target);
            }
        }
    } else {
        const auto configs = data.files.paths().filter(u"donkeylabs.config."_s);
        model.notes.append({u"warning"_s, u"no-entry"_s,
                            configs.isEmpty() || configs.first().contains(u'/') ? u"package.json"_s : configs.first(),
                            0, u"No file makes an AppServer: name the entry in donkeylabs.config.ts."_s});
    }
    // A mounted router says that the rest is not served; without any, everything is shown.
    const bool mounted = interpreter.sawServer() && interpreter.sawMount();
    QStringList rest;
    data.files.forEach([&](const SourceFile &file) {
        const FactsHead &head = file.facts.head();
        if (!(head.makesPlugin || (head.makesRouter && !mounted)) || model.loaded.contains(file.path))
            return; // most files, in a large workspace
        const bool plugin = head.makesPlugin && isPluginPlace(file.path, data.config);
        const bool router =
            head.makesRouter && !mounted && (file.path.startsWith("src/"_L1) || file.path.startsWith("routes/"_L1));
        if ((plugin || router) && !isTestFile(file.path))
            rest.append(file.path);
    });
    rest.sort();
    for (const QString &path : std::as_const(rest))
        interpreter.load(*data.files.find(path));
    interpreter.finish(mounted);
    model.looked = std::make_shared<const LookedAt>(interpreter.takeLooked());

    std::ranges::sort(model.plugins, {}, &PluginDef::name);
    std::ranges::sort(model.routes, {}, [](const RouteDef &r) { return std::tie(r.name, r.version); });
    for (size_t i = 0; i < model.plugins.size(); ++i) {
        model.pluginsIn[model.plugins[i].file].append(static_cast<int>(i));
        model.pluginIndex.insert(model.plugins[i].name, static_cast<int>(i));
    }
    for (size_t i = 0; i < model.routes.size(); ++i) {
        const RouteDef &route = model.routes[i];
        model.routesIn[route.file].append(static_cast<int>(i));
        model.routeIndex.insert({route.name, route.version}, static_cast<int>(i));
    }
    for (const PluginDef &plugin : model.plugins) {
        if (interpreter.sawServer() && !plugin.registered)
            model.notes.append({u"info"_s, u"plugin-not-registered"_s, plugin.file, plugin.line,
                                u"No server registers the plugin \"%1\"."_s.arg(plugin.name)});
    }
    return model;
}

Workspace describe(const ProjectState &state)
{
    const ProjectData &data = state.data();
    const Model &model = data.model();
    const Lookup lookup(data);
    Workspace result{.root = data.root,
                     .name = data.config.name,
                     .entry = model.entry,
                     .frameworkName = data.config.frameworkName,
                     .frameworkVersion = data.config.frameworkVersion};
    result.diagnostics = data.notes + model.notes;
    noteFiles(data, model, result.diagnostics);
    const auto migrations = allMigrations(data);
    QStringList migrationLike;
    data.files.forEach([&](const SourceFile &file) {
        if (file.path.contains("/migrations/"_L1) && file.path.endsWith(".ts"_L1) && !isTestFile(file.path))
            migrationLike.append(file.path);
    });
    for (const PluginDef &def : model.plugins) {
        const ServiceShape service = serviceOf(data, def);
        const PluginShape &shape = data.shape(def);
        result.diagnostics += service.notes;
        Plugin plugin{.name = def.name,
                      .version = shape.version,
                      .file = def.file,
                      .line = def.line,
                      .hasInit = shape.hasInit,
                      .configType = def.config.text,
                      .schemaType = def.schema.text};
        for (const ServiceMember &m : service.members)
            plugin.methods.append({m.name, m.signature, m.line, m.file.isEmpty() ? def.file : m.file});
        const auto list = [&](QStringView property, const QMap<QString, quint64> &known) {
            // In the order of the source
            Ref object = lookup.settle(lookup.property(def.object, property));
            QStringList keys =
                object.isValid() && object.expr->is(Expr::Kind::Object) ? lookup.keys(object) : QStringList();
            for (const QString &key : known.keys()) {
                if (!keys.contains(key))
                    keys.append(key);
            }
            return keys;
        };
        plugin.handlers = list(u"handlers", shape.handlers);
        plugin.middleware = list(u"middleware", shape.middleware);
        plugin.events = list(u"events", shape.events);
        plugin.errors = list(u"customErrors", shape.errors);
        for (const QString &property : shape.open)
            result.diagnostics.append(
                {u"info"_s, u"structure-not-static"_s, def.file, def.line,
                 u"Not all of \"%1\" of the plugin \"%2\" is known before it runs."_s.arg(property, def.name)});
        plugin.dependencies = dependenciesOf(data, def);
        if (plugin.dependencies.removeAll(u"?"_s) > 0)
            result.diagnostics.append({u"warning"_s, u"dependency-not-static"_s, def.file, def.line,
                                       u"A dependency of \"%1\" is known only when it runs."_s.arg(def.name)});
        for (const QString &dependency : std::as_const(plugin.dependencies)) {
            if (!model.plugin(dependency))
                result.diagnostics.append(
                    {u"warning"_s, u"missing-dependency"_s, def.file, def.line,
                     u"\"%1\" depends on \"%2\", which no file defines."_s.arg(def.name, dependency)});
        }
        const QString place = def.file.first(def.file.lastIndexOf(u'/') + 1) + u"migrations/"_s;
        for (const QString &path : std::as_const(migrationLike)) {
            if (!path.startsWith(place))
                continue;
            if (const auto known = asMigration(path); !known || known->first != def.name)
                result.diagnostics.append(
                    {u"warning"_s, u"migration-misplaced"_s, path, 0,
                     u"The framework does not find %1: it looks into src/server/plugins/%2/migrations, "
                     "src/plugins/%2/migrations and plugins/%2/migrations."_s.arg(path, def.name)});
        }
        for (const Migration &m : migrations.value(def.name)) {
            plugin.migrations.append(m.name);
            result.migrations.append(m);
        }
        result.plugins.append(std::move(plugin));
    }
    noteCycles(result);
    for (const RouteDef &def : model.routes) {
        const auto given = [&](QStringView property) {
            const Ref ref = lookup.property(def.config, property);
            return ref.isValid() && !ref.expr->is(Expr::Kind::Nullish);
        };
        result.routes.append({.name = def.name,
                              .handler = def.handler,
                              .file = def.file,
                              .line = def.line,
                              .hasInput = given(u"input"),
                              .hasOutput = given(u"output"),
                              .middleware = def.middleware,
                              .version = def.version});
        const Ref config = lookup.settle(def.config);
        if (!config.isValid() || !config.expr->is(Expr::Kind::Object))
            result.diagnostics.append({u"info"_s, u"route-not-static"_s, def.file, def.line,
                                       u"What the route \"%1\" is given is known only when it runs."_s.arg(def.name)});
    }
    std::ranges::sort(result.diagnostics, {}, [](const Diagnostic &d) {
        const int severity = d.severity == "error"_L1 ? 0 : d.severity == "warning"_L1 ? 1 : 2;
        return std::tuple(severity, d.file, d.line, d.code, d.message);
    });
    const auto repeated = std::ranges::unique(result.diagnostics);
    result.diagnostics.erase(repeated.begin(), repeated.end());
    return result;
}

} // namespace paddock::workspace
