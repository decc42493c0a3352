// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/listener.h"

#include <QCryptographicHash>
#include <QFile>
#include <QLocalServer>
#include <QLocalSocket>
#include <QRandomGenerator>
#include <QTimer>

#include <sys/socket.h>
#include <unistd.h>

namespace paddock::agent {

using namespace Qt::StringLiterals;

namespace {

bool isOurUser([[maybe_unused]] qintptr descriptor)
{
#ifdef Q_OS_LINUX
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(int(descriptor), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
#else
    return true; // the folder's rights stand alone there
#endif
}

/// Compares digests, so that the time taken says nothing about the token.
bool sameToken(const QString &a, const QString &b)
{
    const auto digest = [](const QString &t) {
        return QCryptographicHash::hash(t.toUtf8(), QCryptographicHash::Sha256);
    };
    return digest(a) == digest(b);
}

} // namespace

QString newToken()
{
    QByteArray bytes(32, Qt::Uninitialized);
    QRandomGenerator::system()->generate(reinterpret_cast<quint32 *>(bytes.data()),
                                         reinterpret_cast<quint32 *>(bytes.data() + bytes.size()));
    return QString::fromLatin1(bytes.toHex());
}

Listener::Listener(QString path, QString token, QObject *parent)
    : QObject(parent), m_path(std::move(path)), m_token(std::move(token)), m_server(new QLocalServer(this))
{
    m_server->setSocketOptions(QLocalServer::UserAccessOption);
    connect(m_server, &QLocalServer::newConnection, this, [this] {
        while (QLocalSocket *socket = m_server->nextPendingConnection())
            accept(socket);
    });
}

Listener::~Listener() = default;

Result<> Listener::listen()
{
    if (QFile::exists(m_path)) {
        QLocalSocket probe;
        probe.connectToServer(m_path);
        if (probe.waitForConnected(200)) // a local connect answers at once, or not at all
            return fail(u"socket-taken"_s, u"Another process listens on this workspace's socket."_s, {}, m_path);
        QFile::remove(m_path); // left by a process that is gone
    }
    if (!m_server->listen(m_path))
        return fail(u"socket"_s, u"Cannot listen on the local socket: "_s + m_server->errorString(),
                    u"Set XDG_RUNTIME_DIR to a folder with a short path that you may write to."_s, m_path);
    return {};
}

void Listener::accept(QLocalSocket *socket)
{
    if (!isOurUser(socket->socketDescriptor())) {
        Q_EMIT refused(u"a process of another user"_s);
        delete socket;
        return;
    }
    socket->setParent(nullptr);
    auto *link = new Link(std::unique_ptr<QIODevice>(socket), this);
    auto *limit = new QTimer(link);
    limit->setSingleShot(true);
    connect(limit, &QTimer::timeout, link, &Link::close);
    connect(link, &Link::closed, link, &QObject::deleteLater);
    connect(link, &Link::notified, this, [this, link, limit](const QJsonObject &hello) {
        if (!sameToken(hello.value("token"_L1).toString(), m_token)) {
            Q_EMIT refused(u"a wrong token"_s);
            link->close();
            return;
        }
        delete limit;
        link->disconnect(this);
        QObject::disconnect(link, &Link::closed, link, &QObject::deleteLater);
        link->setParent(nullptr);
        Q_EMIT connected(link, hello);
    });
    limit->start(std::chrono::seconds(5));
}

} // namespace paddock::agent
