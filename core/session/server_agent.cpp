// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The agent inside the server: who may call, whether it serves, whether it still answers.
#include "agent/listener.h"
#include "process/portprobe.h"
#include "process/processinfo.h"
#include "session/server.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QPointer>
#include <QSaveFile>
#include <QTimeZone>
#include <chrono>

namespace paddock::session {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// Asked every 250 ms, two answers missing: a hang is known within two seconds of its beginning. Code that is loaded at
// a start may well keep the loop busy for longer.
constexpr auto AnswerLimit = 1250ms;
constexpr auto AnswerLimitAtStart = 5s;
constexpr auto SecondAnswerLimit = 300ms;

} // namespace

Result<> Server::listen(const QString &socketFolder)
{
    if (m_listener)
        return {};
    auto listener = std::make_unique<agent::Listener>(socketFolder + u"/agent.sock"_s, agent::newToken());
    if (auto listening = listener->listen(); !listening)
        return listening;
    // For servers that are started by hand; others get it in their environment.
    QSaveFile file(socketFolder + u"/agent.token"_s);
    const bool opened = file.open(QIODevice::WriteOnly);
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    if (!opened || file.write(listener->token().toLatin1()) < 0 || !file.commit())
        return fail(u"socket"_s, u"Cannot write the agent socket's token: "_s + file.errorString(), {},
                    file.fileName());
    m_tokenFile = file.fileName();
    m_listener = std::move(listener);
    connect(m_listener.get(), &agent::Listener::connected, this, &Server::admit);
    return {};
}

bool Server::mayAttach(const QJsonObject &hello) const
{
    if (m_process || m_atGate != 0)
        return false;
    return !m_status.attached || m_status.pid == hello.value("pid"_L1).toInteger();
}

void Server::admit(agent::Link *link, const QJsonObject &hello)
{
    // Any process below the server that the preload reaches may call; the newest is the one that is talked to. One that
    // calls again after losing its connection replaces its own old link.
    const bool byHand = hello.value("attached"_L1).toBool();
    if (byHand ? !mayAttach(hello) : !m_process) {
        link->deleteLater();
        return;
    }
    if (m_link)
        m_link->disconnect(this);
    delete m_link;
    m_link = link;
    m_pingOpen = false;
    m_callLimit.stop();
    link->setParent(this);
    if (byHand && !m_status.attached)
        adopt(hello);
    const QJsonObject runtime = hello.value("runtime"_L1).toObject();
    m_status.runtime = runtime.value("name"_L1).toString() + u' ' + runtime.value("version"_L1).toString();
    if (m_status.agent != AgentState::Connected && m_status.state == ServerState::Running) {
        m_status.message.clear();
        Q_EMIT note(u"the agent is connected again"_s);
    }
    m_status.agent = AgentState::Connected;
    if (const qint64 pid = hello.value("pid"_L1).toInteger(); pid > 0)
        m_status.pid = pid;
    connect(link, &agent::Link::notified, this, &Server::handle);
    connect(link, &agent::Link::closed, this, &Server::linkClosed);
    publish();
}

void Server::adopt(const QJsonObject &hello)
{
    const qint64 pid = hello.value("pid"_L1).toInteger();
    const auto info = process::processInfo(pid);
    m_attachedTicks = info ? info->startTicks : 0;
    m_hasServed = false;
    m_inProcess = false;
    m_status = {.state = ServerState::Starting,
                .agent = AgentState::Connected,
                .pid = pid,
                .startedAt =
                    QDateTime::fromMSecsSinceEpoch(qint64(hello.value("startedAt"_L1).toDouble()), QTimeZone::UTC),
                .attached = true};
    m_startLimit.start(m_options.startMs);
    m_tick.start();
    Q_EMIT note(u"attached to the server of process %1, which was started by hand"_s.arg(pid));
}

/// No more of the agent: nothing is asked, and what it may still say is not heard.
void Server::dropLink()
{
    m_tick.stop();
    m_callLimit.stop();
    m_pingOpen = false;
    if (m_link) {
        m_link->disconnect(this);
        m_link->deleteLater();
        m_link = nullptr;
    }
}

void Server::detach(const QString &why)
{
    if (!m_status.attached)
        return;
    dropLink();
    m_status = {};
    set(ServerState::Stopped, why);
    settleStart(fail(u"server-ended"_s, why));
    settleStop();
    if (m_startAgain)
        launch();
}

void Server::linkClosed()
{
    m_link->deleteLater();
    m_link = nullptr;
    m_pingOpen = false;
    const bool isUp = m_status.state == ServerState::Running || m_status.state == ServerState::Starting ||
                      m_status.state == ServerState::Hung;
    if (!isUp)
        return;
    m_status.agent = AgentState::Connecting; // it calls again by itself if it is alive
    if (m_hasServed) {
        m_status.message = u"The connection to the agent was lost; it calls again by itself."_s;
        m_callLimit.start();
    }
    publish();
}

void Server::handle(const QJsonObject &notification)
{
    const QString event = notification.value("event"_L1).toString();
    if (event == "server"_L1) {
        const QString state = notification.value("state"_L1).toString();
        if (const int port = notification.value("port"_L1).toInt(); port > 0)
            m_status.port = port;
        const QJsonObject framework = notification.value("framework"_L1).toObject();
        if (const QString name = framework.value("name"_L1).toString(); !name.isEmpty())
            m_status.framework = name + u' ' + framework.value("version"_L1).toString();
        m_inProcess = notification.value("mode"_L1) == "in-process"_L1;
        const bool serves = state == "listening"_L1 || (m_inProcess && state == "initialized"_L1);
        if (m_status.state == ServerState::Hung && !m_hasServed)
            m_status.state = ServerState::Starting; // it was only slow
        if (m_status.state == ServerState::Starting && serves)
            becomeReady();
        else
            publish();
        return;
    }
    if (event == "generation"_L1)
        setGeneration(notification.value("generation"_L1).toInt());
    else if (event == "error"_L1 && notification.value("fatal"_L1).toBool(true))
        m_lastError = notification;
    Q_EMIT notified(notification);
}

/// A server below vite or the like listens on a port that only the system can tell.
void Server::findPort()
{
    const QList<int> ports = process::listeningPorts(m_status.pid);
    if (ports.isEmpty())
        return;
    const int wanted = m_options.environment.value(u"PORT"_s).toInt();
    m_status.port = ports.contains(wanted) ? wanted : ports.first();
}

void Server::becomeReady()
{
    const auto again = [this] { // it said that it serves; give it the time until the limit of the start
        QTimer::singleShot(200ms, this, [this] {
            if (m_status.state == ServerState::Starting)
                becomeReady();
        });
    };
    if (m_inProcess && m_status.port <= 0) {
        findPort();
        if (m_status.port <= 0)
            return again();
    }
    checkHealth().then(this, [this, again](const Result<> &result) {
        if (m_status.state != ServerState::Starting)
            return;
        if (!result) {
            m_status.message = result.error().message;
            publish();
            return again();
        }
        m_status.memory = process::residentBytes(m_status.pid);
        m_hasServed = true;
        set(ServerState::Running);
        settleStart({});
        Q_EMIT ready();
    });
}

QFuture<Result<>> Server::checkHealth()
{
    if (m_status.port <= 0)
        return settled(fail(u"not-serving"_s, u"No port is known."_s));
    auto promise = std::make_shared<QPromise<Result<>>>();
    promise->start();
    // vite listens on whatever “localhost” is, which may be IPv6 alone
    const QString host = m_inProcess ? u"localhost"_s : u"127.0.0.1"_s;
    QNetworkRequest request(QUrl(u"http://%1:%2/_health"_s.arg(host).arg(m_status.port)));
    request.setRawHeader("Connection", "close");        // a server that shuts down need not wait for us
    request.setTransferTimeout(m_inProcess ? 15s : 2s); // the first page of a vite server compiles it all
    QNetworkReply *reply = m_network->get(request);
    connect(reply, &QNetworkReply::finished, this, [this, reply, promise] {
        reply->deleteLater();
        // Any answer proves that it serves; whether it is healthy is for its own checks to say.
        const bool answered = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).isValid();
        promise->addResult(answered ? Result<>()
                                    : fail(u"not-serving"_s,
                                           u"No answer on port %1: %2"_s.arg(m_status.port).arg(reply->errorString())));
        promise->finish();
    });
    return promise->future();
}

QFuture<Result<QJsonObject>> Server::request(const QString &method, const QJsonObject &params,
                                             std::chrono::milliseconds timeout)
{
    if (m_link)
        return m_link->request(method, params, timeout);
    return QtFuture::makeReadyValueFuture<Result<QJsonObject>>(
        fail(u"no-agent"_s, u"The server does not run with Paddock's agent."_s, u"Start or restart the server."_s));
}

void Server::tick()
{
    if (m_status.attached && !process::isSame(m_status.pid, m_attachedTicks)) {
        const bool asked = m_status.state == ServerState::Stopping;
        return detach(asked ? m_stopReason
                            : u"The server that was started by hand (process %1) has ended."_s.arg(m_status.pid));
    }
    if (++m_ticks % 4 == 0) {
        const qint64 memory = process::residentBytes(m_status.pid);
        if (memory >> 20 != m_status.memory >> 20) {
            m_status.memory = memory;
            publish();
        }
    }
    ping();
}

void Server::ping()
{
    const bool isUp = m_status.state == ServerState::Running || m_status.state == ServerState::Starting ||
                      m_status.state == ServerState::Hung;
    if (!m_link || m_pingOpen || !isUp)
        return;
    m_pingOpen = true;
    const QPointer<agent::Link> link = m_link;
    const auto answered = [this, link](const Result<QJsonObject> &answer) {
        if (link != m_link)
            return; // of a connection that has been replaced
        m_pingOpen = false;
        if (answer && m_status.state == ServerState::Hung)
            set(m_hasServed ? ServerState::Running : ServerState::Starting);
        else if (!answer && answer.error().code == "timeout"_L1)
            hangs();
    };
    const std::chrono::milliseconds limit = m_hasServed ? AnswerLimit : AnswerLimitAtStart;
    m_link->request(u"ping"_s, {}, limit).then(this, [this, link, answered](const Result<QJsonObject> &answer) {
        if (answer || answer.error().code != "timeout"_L1 || link != m_link || !link)
            return answered(answer);
        // It may have been us who slept: a second question is answered at once then.
        link->request(u"ping"_s, {}, SecondAnswerLimit).then(this, answered);
    });
}

void Server::hangs()
{
    if (m_status.state != ServerState::Running && m_status.state != ServerState::Starting)
        return;
    const bool served = m_hasServed;
    set(ServerState::Hung, served ? u"It does not answer: an endless loop?"_s
                                  : u"It does not answer while it starts: an endless loop in code that runs then?"_s);
    if (!served)
        settleStart(fail(u"hung"_s, m_status.message, u"Correct the code and save, or restart the server."_s));
}

} // namespace paddock::session
