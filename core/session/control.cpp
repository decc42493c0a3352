// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/control.h"

#include "base/paths.h"

#include <QFile>
#include <QJsonArray>
#include <QLocalSocket>
#include <QSaveFile>
#include <algorithm>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

constexpr auto SocketName = "control.sock"_L1;
constexpr auto TokenName = "control.token"_L1;

} // namespace

ControlServer::ControlServer(Handler handler, QObject *parent) : QObject(parent), m_handler(std::move(handler)) {}

ControlServer::~ControlServer()
{
    for (auto it = m_peers.begin(); it != m_peers.end(); ++it) {
        it.key()->disconnect(this);
        delete it.key();
    }
    if (!m_tokenFile.isEmpty())
        QFile::remove(m_tokenFile);
}

Result<> ControlServer::listen(const QString &workspaceRoot)
{
    const auto folder = paths::socketFolder(workspaceRoot);
    if (!folder)
        return std::unexpected(folder.error());
    auto listener = std::make_unique<agent::Listener>(*folder + u'/' + SocketName, agent::newToken());
    if (auto listening = listener->listen(); !listening) {
        if (listening.error().code == "socket-taken"_L1)
            return fail(u"session-open"_s, u"Another session is open on this workspace."_s,
                        u"Use that one (paddockctl talks to it), or close it first."_s, workspaceRoot);
        return listening;
    }
    // Only after listening: the token of a session that is open must not be overwritten.
    QSaveFile file(*folder + u'/' + TokenName);
    const bool opened = file.open(QIODevice::WriteOnly);
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    if (!opened || file.write(listener->token().toLatin1()) < 0 || !file.commit())
        return fail(u"socket"_s, u"Cannot write the control socket's token: "_s + file.errorString(), {},
                    file.fileName());
    m_tokenFile = file.fileName();
    m_listener = std::move(listener);
    connect(m_listener.get(), &agent::Listener::connected, this, [this](agent::Link *link) { admit(link); });
    return {};
}

void ControlServer::admit(agent::Link *link)
{
    m_peers.insert(link, {});
    connect(link, &agent::Link::closed, this, [this, link] {
        m_peers.remove(link);
        link->deleteLater();
    });
    connect(link, &agent::Link::requested, this, [this, link](const QJsonObject &message) {
        const QJsonValue id = message.value("id"_L1);
        const QString method = message.value("method"_L1).toString();
        const QJsonObject params = message.value("params"_L1).toObject();
        if (method == "subscribe"_L1) {
            QSet<QString> &events = m_peers[link];
            for (const QJsonValue &event : params.value("events"_L1).toArray())
                events.insert(event.toString());
            link->respond(id, QJsonObject{});
            return;
        }
        m_handler(method, params).then(link, [link, id](const Result<QJsonObject> &result) {
            link->respond(id, result);
        });
    });
}

void ControlServer::broadcast(const QJsonObject &event)
{
    if (const QString kind = event.value("event"_L1).toString(); isWanted(kind))
        broadcast(kind, agent::encode(event));
}

void ControlServer::broadcast(const QString &kind, const QByteArray &event)
{
    for (auto it = m_peers.begin(); it != m_peers.end(); ++it)
        if (it->contains(kind) || it->contains(u"*"_s))
            it.key()->sendEncoded(event);
}

bool ControlServer::isWanted(const QString &kind) const
{
    return std::ranges::any_of(
        m_peers, [&](const QSet<QString> &kinds) { return kinds.contains(kind) || kinds.contains(u"*"_s); });
}

Result<std::unique_ptr<agent::Link>> connectToSession(const QString &workspaceRoot)
{
    const auto folder = paths::socketFolder(workspaceRoot);
    if (!folder)
        return std::unexpected(folder.error());
    const auto none = [&] {
        return fail(u"no-session"_s, u"No session is open on this workspace."_s,
                    u"Start one with “paddockctl dev”, or open the workspace in the window."_s, workspaceRoot);
    };
    QFile token(*folder + u'/' + TokenName);
    if (!token.open(QIODevice::ReadOnly))
        return none();
    auto socket = std::make_unique<QLocalSocket>();
    socket->connectToServer(*folder + u'/' + SocketName);
    if (!socket->waitForConnected(1000)) // local: at once or never
        return none();
    auto link = std::make_unique<agent::Link>(std::move(socket));
    link->send({{u"event"_s, u"hello"_s}, {u"token"_s, QString::fromLatin1(token.readAll())}});
    return link;
}

} // namespace paddock::session
