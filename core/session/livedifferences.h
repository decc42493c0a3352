// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/workspace.h"

#include <QJsonObject>
#include <QList>
#include <QString>

namespace paddock::session {

/// Something that the running server has and the files do not show, or the other way round.
struct LiveDifference
{
    QString what;  ///< plugin, route, method, handler, middleware, event, error
    QString owner; ///< the plugin; empty for plugins and routes
    QString name;
    QString version; ///< of a route
    bool onlyLive = false;
    QString file; ///< relative to the root; may be empty
    int line = 0;
    friend bool operator==(const LiveDifference &, const LiveDifference &) = default;

    [[nodiscard]] QString key() const { return liveKey(what, owner, name, version); }
    [[nodiscard]] static QString liveKey(const QString &what, const QString &owner, const QString &name,
                                         const QString &version = {});
};

/// Compares what the files say with the agent's snapshot (PROTOCOL.md); an empty one differs in nothing. Members that
/// only the server knows count where reading the files was not enough to know them all: private ones live, too.
[[nodiscard]] QList<LiveDifference> compareLive(const workspace::Workspace &files, const QJsonObject &snapshot);

/// The workspace with what only the server knows in its place.
[[nodiscard]] workspace::Workspace withLive(const workspace::Workspace &files, const QJsonObject &snapshot,
                                            const QList<LiveDifference> &differences);

/// "only in the running server", "not in the running server yet"
[[nodiscard]] QString inWords(const LiveDifference &difference);
[[nodiscard]] QJsonObject toJson(const LiveDifference &difference);

} // namespace paddock::session
