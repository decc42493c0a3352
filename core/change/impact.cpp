// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/impact.h"

#include <algorithm>

namespace paddock::change {

using namespace Qt::StringLiterals;
using namespace workspace;

namespace {

void collect(const ExprPtr &e, QSet<QString> &into, int depth = 0)
{
    if (!e || depth > 150)
        return;
    if (e->is(Expr::Kind::Name))
        into.insert(e->text);
    for (const QString &name : e->names())
        into.insert(name);
    for (const ExprPtr &child : e->children)
        collect(child, into, depth + 1);
    for (const Property &p : e->properties())
        collect(p.value, into, depth + 1);
}

bool intersects(const QStringList &list, const QSet<QString> &set)
{
    return std::ranges::any_of(list, [&set](const QString &name) { return set.contains(name); });
}

} // namespace

void Reach::unite(const Reach &other)
{
    plugins.unite(other.plugins);
    routes.unite(other.routes);
    routeFiles.unite(other.routeFiles);
    visited.unite(other.visited);
    entry |= other.entry;
}

Impact::Impact(const ProjectData &data) : m_data(data), m_model(data.model()) {}

/// Whether a declaration holds a plugin, a router, or routes: those are swapped, their importers need nothing.
bool Impact::carries(const SourceFile &file, const Declaration &d) const
{
    const auto within = [&d](int line) { return line >= d.line && line <= d.endLine; };
    const auto plugins = m_model.pluginsIn.value(file.path);
    const auto routes = m_model.routesIn.value(file.path);
    const auto routers = m_model.routersIn.value(file.path);
    return std::ranges::any_of(plugins, [&](int i) { return within(m_model.plugins[static_cast<size_t>(i)].line); }) ||
           std::ranges::any_of(routes, [&](int i) { return within(m_model.routes[static_cast<size_t>(i)].line); }) ||
           std::ranges::any_of(routers, within);
}

QSet<QString> Impact::carriers(const SourceFile &file) const
{
    QSet<QString> result;
    if (!m_model.defines(file.path))
        return result;
    for (const Declaration &d : file.facts->declarations) {
        if (carries(file, d))
            result.insert(d.name);
    }
    return result;
}

/// Adds the declarations that use what changed, and those that use them.
void Impact::addNames(const SourceFile &file, Names &names) const
{
    if (names.all)
        return;
    const QSet<QString> stops = carriers(file);
    QSet<QString> effective = names.names - stops;
    for (bool more = true; more;) {
        more = false;
        for (const Declaration &d : file.facts->declarations) {
            if (d.isTypeOnly() || names.names.contains(d.name) || !intersects(d.names, effective))
                continue;
            names.names.insert(d.name);
            if (!stops.contains(d.name))
                effective.insert(d.name);
            more = true;
        }
    }
}

bool Impact::uses(const SourceFile &file, const RouteDef &route, const Names &names) const
{
    if (names.all)
        return true;
    QSet<QString> used;
    collect(route.config.expr, used);
    for (const Ref &config : route.middlewareConfig)
        collect(config.expr, used);
    const QSet<QString> stops = carriers(file);
    for (bool more = true; more;) {
        more = false;
        for (const Declaration &d : file.facts->declarations) {
            if (!used.contains(d.name) || stops.contains(d.name))
                continue;
            for (const QString &name : d.names) {
                more |= !used.contains(name);
                used.insert(name);
            }
        }
    }
    return used.intersects(names.names);
}

void Impact::definitions(const SourceFile &file, const Names &names, Reach &reach) const
{
    const auto plugins = m_model.pluginsIn.value(file.path);
    const auto routes = m_model.routesIn.value(file.path);
    bool any = false;
    for (const int i : plugins) {
        const PluginDef &plugin = m_model.plugins[static_cast<size_t>(i)];
        const auto &declarations = file.facts->declarations;
        const auto holder = std::ranges::find_if(
            declarations, [&](const Declaration &d) { return plugin.line >= d.line && plugin.line <= d.endLine; });
        if (names.all || holder == declarations.end() || names.names.contains(holder->name)) {
            reach.plugins.insert(plugin.name);
            any = true;
        }
    }
    for (const int i : routes) {
        const RouteDef &route = m_model.routes[static_cast<size_t>(i)];
        if (uses(file, route, names)) {
            reach.routes.insert({route.name, route.version});
            reach.routeFiles.insert(route.file);
            any = true;
        }
    }
    // Something of this module changed and no name tells what it does to whom: to all that it defines.
    if (!any && intersects(file.facts->stepNames, names.names - carriers(file))) {
        for (const int i : plugins)
            reach.plugins.insert(m_model.plugins[static_cast<size_t>(i)].name);
        for (const int i : routes) {
            const RouteDef &route = m_model.routes[static_cast<size_t>(i)];
            reach.routes.insert({route.name, route.version});
            reach.routeFiles.insert(route.file);
        }
    }
}

Target Impact::definition(const SourceFile &file, const QString &name) const
{
    const Lookup lookup(m_data);
    Target target = lookup.exported(file, name);
    for (int i = 0; i < 16 && target.declaration; ++i) { // export default usersRouter
        const ExprPtr &value = target.declaration->value;
        if (!value || !value->is(Expr::Kind::Name))
            break;
        const Target next = lookup.name(value->text, target.frame);
        if (!next.declaration || !next.file)
            break;
        target = next;
    }
    return target;
}

/// All names that a file exports but for types, those of other modules included.
QStringList Impact::exportedNames(const SourceFile &file, int depth) const
{
    QStringList result;
    for (const Export &e : file.facts->exports) {
        if (e.typeOnly)
            continue;
        if (e.name != "*"_L1) {
            result.append(e.name);
        } else if (const SourceFile *target = m_data.files.find(file.targetOf(e.specifier)); target && depth < 16) {
            result += exportedNames(*target, depth + 1);
        }
    }
    return result;
}

/// The exports of a file that changed with these names.
Impact::Names Impact::outgoing(const SourceFile &file, const Names &names) const
{
    const QSet<QString> stops = carriers(file);
    Names result;
    if (names.all && stops.isEmpty()) {
        if (file.facts->exports.empty() || file.facts->stepsHash != 0)
            return {.all = true, .names = {}};
        // A barrel hands on plugins and routers of other modules: those still need nothing.
        bool held = false;
        for (const QString &name : exportedNames(file)) {
            const Target target = definition(file, name);
            if (target.declaration && target.file && carries(*target.file, *target.declaration))
                held = true;
            else
                result.names.insert(name);
        }
        return held ? result : Names{.all = true, .names = {}};
    }
    for (const QString &name : names.names) {
        if (name.startsWith(u'@'))
            result.names.insert(name.sliced(1));
    }
    for (const Export &e : file.facts->exports) {
        if (e.typeOnly || stops.contains(e.local))
            continue;
        if (names.all || (e.specifier.isEmpty() && names.names.contains(e.local))) {
            // export default usersPlugin: the plugin under another name
            const Declaration *d = file.facts->declaration(e.local);
            if (d && d->value && d->value->is(Expr::Kind::Name) && stops.contains(d->value->text))
                continue;
            result.names.insert(e.name);
        }
    }
    return result;
}

/// What an importer sees of that: its own names for it.
Impact::Names Impact::incoming(const SourceFile &importer, const QString &target, const Names &out) const
{
    Names result;
    for (size_t i = 0; i < importer.edges.size(); ++i) {
        const Import &import = importer.facts->imports[i];
        if (importer.edges[i].target != target || import.typeOnly)
            continue;
        if (import.names.empty()) {
            result.all |= out.all || !out.names.isEmpty(); // for its effects, or loaded when needed
            continue;
        }
        for (const ImportName &n : import.names) {
            const bool whole = n.imported == "*"_L1;
            if (n.typeOnly || (!whole && !out.all && !out.names.contains(n.imported)))
                continue;
            if (whole && !out.all && out.names.isEmpty())
                continue;
            if (!n.local.isEmpty()) {
                result.names.insert(n.local);
                continue;
            }
            for (const Export &e : importer.facts->exports) {
                if (e.specifier != import.specifier || e.local != n.imported)
                    continue;
                if (e.name != "*"_L1) {
                    result.names.insert(u'@' + e.name);
                } else if (out.all) {
                    result.all = true;
                } else {
                    for (const QString &name : out.names)
                        result.names.insert(u'@' + name);
                }
            }
        }
    }
    return result;
}

Reach Impact::of(const QString &file, const std::optional<QSet<QString>> &names, bool precise) const
{
    Reach reach;
    QHash<QString, Names> seen;
    QStringList queue{file};
    Names first{.all = !names.has_value(), .names = names.value_or(QSet<QString>())};
    seen.insert(file, std::move(first));
    const Importers &importers = m_data.importers();
    while (!queue.isEmpty()) {
        const QString path = queue.takeFirst();
        const SourceFile *source = m_data.files.find(path);
        if (!source)
            continue;
        reach.visited.insert(path);
        if (path == m_model.entry && path != file) {
            reach.entry = true;
            continue;
        }
        Names affected = seen.value(path);
        const bool defines = m_model.defines(path);
        if (!defines && !precise)
            affected = {.all = true, .names = {}};
        addNames(*source, affected);
        if (defines)
            definitions(*source, affected, reach);
        const Names out = outgoing(*source, affected);
        if (!out.all && out.names.isEmpty())
            continue;
        for (const QString &importer : importers.value(path)) {
            const SourceFile *upper = m_data.files.find(importer);
            if (!upper)
                continue;
            const Names in = incoming(*upper, path, out);
            if (!in.all && in.names.isEmpty())
                continue;
            Names &known = seen[importer];
            const bool news = (in.all && !known.all) || (!known.all && !known.names.contains(in.names));
            if (!news && reach.visited.contains(importer))
                continue;
            known.all |= in.all;
            known.names.unite(in.names);
            if (!queue.contains(importer))
                queue.append(importer);
        }
    }
    return reach;
}

Reach Impact::byTypes(const QString &file) const
{
    Reach reach;
    QStringList queue{file};
    reach.visited.insert(file);
    const Importers &importers = m_data.importers();
    while (!queue.isEmpty()) {
        const QString path = queue.takeLast();
        for (const int i : m_model.pluginsIn.value(path))
            reach.plugins.insert(m_model.plugins[static_cast<size_t>(i)].name);
        for (const int i : m_model.routesIn.value(path)) {
            const RouteDef &route = m_model.routes[static_cast<size_t>(i)];
            reach.routes.insert({route.name, route.version});
        }
        if (path == m_model.entry)
            continue;
        for (const QString &importer : importers.value(path)) {
            if (!reach.visited.contains(importer)) {
                reach.visited.insert(importer);
                queue.append(importer);
            }
        }
    }
    return reach;
}

QSet<QString> Impact::between(const QString &lower, const QString &upper) const
{
    // Upwards from the lower file, then back down within that.
    QSet<QString> above{lower};
    QStringList queue{lower};
    const Importers &importers = m_data.importers();
    while (!queue.isEmpty()) {
        const QString path = queue.takeLast();
        if (path == upper || path == m_model.entry)
            continue;
        for (const QString &importer : importers.value(path)) {
            if (!above.contains(importer)) {
                above.insert(importer);
                queue.append(importer);
            }
        }
    }
    QSet<QString> result;
    if (!above.contains(upper))
        return result;
    result.insert(upper);
    queue = {upper};
    while (!queue.isEmpty()) {
        const QString path = queue.takeLast();
        const SourceFile *file = path == lower ? nullptr : m_data.files.find(path);
        for (size_t i = 0; file && i < file->edges.size(); ++i) {
            const QString &target = file->edges[i].target;
            if (file->facts->imports[i].typeOnly || !above.contains(target) || result.contains(target))
                continue;
            result.insert(target);
            queue.append(target);
        }
    }
    return result;
}

} // namespace paddock::change
