// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/link.h"
#include "base/result.h"

#include <QObject>
#include <QString>

class QLocalServer;
class QLocalSocket;

namespace paddock::agent {

/// 32 random bytes, hex.
[[nodiscard]] QString newToken();

/// A local socket that lets in only processes of this user that show the token in their first message. Serves the agent
/// and the control socket alike.
class Listener final : public QObject
{
    Q_OBJECT

public:
    Listener(QString path, QString token, QObject *parent = nullptr);
    ~Listener() override;

    /// Errors: "socket-taken" when a living process listens there, "socket" for anything else.
    [[nodiscard]] Result<> listen();
    [[nodiscard]] QString path() const { return m_path; }
    [[nodiscard]] QString token() const { return m_token; }

Q_SIGNALS:
    /// A peer has shown the token. `hello` is its first message; the receiver takes the link over (it has no parent).
    void connected(paddock::agent::Link *link, const QJsonObject &hello);
    void refused(const QString &why);

private:
    void accept(QLocalSocket *socket);

    QString m_path;
    QString m_token;
    QLocalServer *m_server;
};

} // namespace paddock::agent
