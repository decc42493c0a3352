// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/classifier_p.h"

#include "change/words.h"

#include <algorithm>

namespace paddock::change {

using namespace Qt::StringLiterals;
using namespace workspace;

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
                const QStringList others = m_entry.isEmpty() ? m_sources : QStringList{m_entry};
                blame.insert({r.name, r.version}, files.isEmpty() ? others : files);
            }
        }
    };
    const bool others = !before.sameOutline(after);
    if (others) {
        sift(after, before, *m_after, added, u"route-added"_s);
        sift(before, after, m_before, removed, u"route-removed"_s);
    }
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
            return was.file == now.file && was.handler == now.handler && a.handle == b.handle && a.input == b.input &&
                   a.output == b.output;
        });
        QStringList files = blame.value(key);
        QString reason = u"The route \"%1\" is new."_s.arg(key.first);
        Detail detail{u"route-added"_s, key.first};
        if (old != removed.end()) {
            const bool version = old->first == key.first;
            reason = version ? u"The route \"%1\" is now of version %2."_s.arg(
                                   key.first, key.second.isEmpty() ? u"none"_s : key.second)
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
    for (const RouteDef &now : others ? after.routes : std::vector<RouteDef>()) { // middleware of a parent router
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
    const QMap<QString, QStringList> folded = foldedRouteModules();
    for (auto it = m_routeModules.cbegin(); it != m_routeModules.cend(); ++it) {
        const bool told = it->isEmpty() && std::ranges::any_of(m_changes, [&](const Change &c) {
                              if (c.kind != Kind::RouteStructure)
                                  return false;
                              return std::ranges::any_of(c.files, [&](const QString &file) {
                                  return file == it.key() || !Impact(*m_after).between(file, it.key()).isEmpty() ||
                                         !Impact(m_before).between(file, it.key()).isEmpty();
                              });
                          });
        if (told || std::ranges::any_of(folded, [&](const QStringList &files) { return files.contains(it.key()); }))
            continue;
        QStringList files = folded.value(it.key());
        files.append(it.key());
        files.sort();
        Change &change = add(Kind::RouteHandler, {Subject::Type::Module, it.key()}, files, {Action::Swap},
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
        for (const QString &file : std::as_const(files)) {
            const bool needed = file == it.key() ? change.routeFiles.isEmpty() : !change.routeFiles.contains(file);
            if (needed && m_after->model().routersIn.contains(file))
                change.routeFiles.append(file);
        }
    }
}

/// Modules that say nothing of their own beside another one: a file whose routes another took over (it was renamed),
/// and one that only hands the other's routes on.
QMap<QString, QStringList> Classifier::foldedRouteModules() const
{
    QMap<QString, QStringList> result;
    for (auto it = m_routeModules.cbegin(); it != m_routeModules.cend(); ++it) {
        const bool gone = !m_after->files.find(it.key());
        if (gone == it->isEmpty())
            continue;
        for (auto other = m_routeModules.cbegin(); other != m_routeModules.cend(); ++other) {
            if (other->isEmpty() || !m_after->files.find(other.key()))
                continue;
            if (gone ? other->contains(*it) : !Impact(*m_after).between(other.key(), it.key()).isEmpty()) {
                result[other.key()].append(it.key());
                break;
            }
        }
    }
    return result;
}

void Classifier::routeChange(const RouteKey &key, const Group &group)
{
    const RouteDef *a = m_before.model().route(key.first, key.second),
                   *b = m_after->model().route(key.first, key.second);
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
        if (structure.isEmpty() || (structure.size() == 1 && a->handler != b->handler)) {
            QStringList names = b->middleware;
            names.removeDuplicates();
            structure.append({u"middleware-changed"_s, names.join(u", "_s)});
        }
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
    const QString owner = u"the route \"%1\""_s.arg(key.first);
    QList<Detail> handler;
    if (x.handle != y.handle)
        handler.append({u"body-changed"_s, {}});
    Change *change = nullptr;
    if (!structure.isEmpty()) {
        change = &add(Kind::RouteStructure, subject, group.files, {Action::Swap, Action::TypeGen},
                      a->handler != b->handler
                          ? u"The route \"%1\" is served by the handler \"%2\" now, no longer by \"%3\"."_s.arg(
                                key.first, b->handler, a->handler)
                          : u"This %1."_s.arg(inWords(structure, owner)));
        change->details = structure + schema + handler;
    } else if (!schema.isEmpty()) {
        change = &add(Kind::RouteSchema, subject, group.files, {Action::Swap, Action::TypeGen},
                      u"This %1: clients are generated from that."_s.arg(inWords(schema, owner)));
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

} // namespace paddock::change
