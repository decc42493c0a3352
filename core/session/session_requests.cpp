// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Swaps that the user asks for.
#include "session/session_p.h"

#include <QDir>
#include <QFileInfo>

namespace paddock::session {

using namespace Qt::StringLiterals;
using change::Action;
using change::Change;
using change::Kind;

QFuture<Result<ChangeRecord>> Session::Private::submit(const Change &change, bool force, int rollbackTo)
{
    auto promise = std::make_shared<QPromise<Result<ChangeRecord>>>();
    promise->start();
    ChangeRecord record;
    record.id = ++lastChangeId;
    record.at = QDateTime::currentDateTimeUtc();
    record.change = change;
    record.generation = server.status().generation;
    const bool isHeld = std::ranges::any_of(change.files + change.modules,
                                            [this](const QString &file) { return heldForMigrations.contains(file); });
    if (isHeld && !force && rollbackTo == 0)
        record.needs = heldNeeds;
    waitingForChange.insert(record.id, promise);
    store(record);
    Q_EMIT q->changeAdded(record);
    manual.append({.record = record, .eventNs = watch::monotonicNs(), .force = force, .rollbackTo = rollbackTo});
    if (rollbackTo > 0)
        rollbacks.insert(record.id, rollbackTo);
    pump();
    return promise->future();
}

/// The module and what it imports below its own folder: what a reload on request loads afresh.
QStringList Session::Private::ownModules(const QString &file) const
{
    return ownModules(file, latest);
}

QStringList Session::Private::ownModules(const QString &file, const workspace::ProjectState &state)
{
    const QString folder = QFileInfo(file).path() + u'/';
    QStringList modules{file};
    for (qsizetype i = 0; i < modules.size(); ++i)
        for (const QString &imported : workspace::importsOf(state, modules[i]))
            if (imported.startsWith(folder) && !modules.contains(imported))
                modules.append(imported);
    return modules;
}

QFuture<Result<ChangeRecord>> Session::reloadPlugin(const QString &plugin, bool force)
{
    const auto failed = [](Result<ChangeRecord> error) { return QtFuture::makeReadyValueFuture(std::move(error)); };
    if (d->server.status().state != ServerState::Running)
        return failed(fail(u"server-stopped"_s, u"The server does not run, so there is nothing to reload."_s,
                           u"Start it first."_s));
    const auto it = std::ranges::find(d->tree.plugins, plugin, &workspace::Plugin::name);
    if (it == d->tree.plugins.end())
        return failed(
            fail(u"no-plugin"_s, u"There is no plugin “%1”."_s.arg(plugin), u"“paddockctl tree” lists the plugins."_s));
    Change change{.kind = Kind::PluginMethod,
                  .subject = {change::Subject::Type::Plugin, plugin},
                  .files = {it->file},
                  .row = change::Row::PluginMethods,
                  .actions = {Action::Swap},
                  .reason = u"A reload of “%1” was asked for."_s.arg(plugin)};
    change.plugins = {plugin};
    change.modules = d->ownModules(it->file);
    return d->submit(change, force);
}

QFuture<Result<ChangeRecord>> Session::reloadRoutes(const QString &file)
{
    const QString path = d->relative(QDir::cleanPath(QDir(d->options.root).absoluteFilePath(file)));
    Change change{.kind = Kind::RouteHandler,
                  .subject = {change::Subject::Type::Module, path},
                  .files = {path},
                  .row = change::Row::RouteHandlers,
                  .actions = {Action::Swap},
                  .reason = u"A reload of the routes in %1 was asked for."_s.arg(path)};
    change.routeFiles = {path};
    change.modules = d->ownModules(path);
    if (d->latest.hasFile(path) && d->server.status().state == ServerState::Running)
        return d->submit(change, false);
    return QtFuture::makeReadyValueFuture<Result<ChangeRecord>>(
        d->latest.hasFile(path) ? fail(u"server-stopped"_s, u"The server does not run."_s, u"Start it first."_s)
                                : fail(u"no-file"_s, u"There is no such file in the workspace."_s, {}, path));
}

} // namespace paddock::session
