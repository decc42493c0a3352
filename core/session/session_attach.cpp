// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Servers that were started by hand, with the agent in them.
#include "agent/files.h"
#include "base/paths.h"
#include "session/bun.h"
#include "session/session_p.h"

#include <QFileInfo>

namespace paddock::session {

using namespace Qt::StringLiterals;

/// From the moment on in which the workspace may run, a server that was started by hand may call.
void Session::Private::listenForServers()
{
    const auto folder = paths::socketFolder(options.root);
    const auto listening = folder ? server.listen(*folder) : Result<>(std::unexpected(folder.error()));
    if (!listening)
        note(listening.error().message, logs::Level::Warn); // a start says it again, as its error
}

/// What was saved after the server was started by hand may not be in service: it is swapped in once.
void Session::Private::catchUp()
{
    const QDateTime started = server.status().startedAt;
    const auto isNewer = [&](const QString &file) {
        return QFileInfo(options.root + u'/' + file).lastModified() > started;
    };
    for (const workspace::Plugin &plugin : tree.plugins)
        if (std::ranges::any_of(ownModules(plugin.file), isNewer))
            q->reloadPlugin(plugin.name);
    QStringList routers;
    for (const workspace::Route &route : tree.routes)
        if (!routers.contains(route.file) && isNewer(route.file))
            routers.append(route.file);
    for (const QString &file : routers)
        q->reloadRoutes(file);
    const QStringList files = latest.files();
    if (std::ranges::any_of(files, isNewer))
        note(u"Files were saved after this server was started: their plugins and routes are swapped in."_s);
}

QString Session::attachCommand() const
{
    const auto agentFile = agent::installedAgent();
    if (!agentFile || d->tree.entry.isEmpty())
        return {};
    return u"PADDOCK_ATTACH=1 bun --preload %1 %2"_s.arg(*agentFile, d->tree.entry);
}

} // namespace paddock::session
