// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/link.h"
#include "agent/listener.h"
#include "base/result.h"

#include <QFuture>
#include <QJsonObject>
#include <QObject>
#include <QSet>
#include <functional>
#include <memory>

/// The local socket through which commands reach an open session. It lies in a folder that only the user can enter,
/// beside a file with its token; peers show both the right user and the token.
namespace paddock::session {

/// Answers the requests of other programs and streams the session's events to those that asked for them.
class ControlServer final : public QObject
{
    Q_OBJECT

public:
    using Handler = std::function<QFuture<Result<QJsonObject>>(const QString &method, const QJsonObject &params)>;

    explicit ControlServer(Handler handler, QObject *parent = nullptr);
    ~ControlServer() override;

    /// Errors: "session-open" when another session has the workspace, "socket", "runtime-folder".
    [[nodiscard]] Result<> listen(const QString &workspaceRoot);
    /// To every subscriber of this kind of event ("*" subscribes to all).
    void broadcast(const QJsonObject &event);
    /// The same for one that was made elsewhere because it is large (agent::encode()).
    void broadcast(const QString &kind, const QByteArray &event);
    [[nodiscard]] bool isWanted(const QString &kind) const; ///< by any subscriber

private:
    void admit(agent::Link *link);

    Handler m_handler;
    std::unique_ptr<agent::Listener> m_listener;
    QString m_tokenFile;
    QHash<agent::Link *, QSet<QString>> m_peers; ///< and what they subscribed to
};

/// Connects to the session that is open on a workspace.
/// Errors: "no-session" when there is none, "socket", "runtime-folder".
[[nodiscard]] Result<std::unique_ptr<agent::Link>> connectToSession(const QString &workspaceRoot);

} // namespace paddock::session
