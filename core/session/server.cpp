// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/server.h"

#include "agent/listener.h"
#include "process/portprobe.h"
#include "process/processinfo.h"
#include "session/portholder.h"

#include <QDir>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QRegularExpression>
#include <chrono>

namespace paddock::session {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int CrashesAllowed = 5;
constexpr qint64 CrashWindowMs = 3 * 60 * 1000;
constexpr qsizetype TailBytes = 8 * 1024;

qint64 nowMs()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// Bun colours its error messages even into a pipe when told to; a message for people has no control sequences.
QString plain(const QByteArray &bytes)
{
    static const QRegularExpression sequences(u"\x1b\\[[0-9;?]*[A-Za-z]"_s);
    return QString::fromUtf8(bytes).remove(sequences).remove(u'\r');
}

} // namespace

Server::Server(QObject *parent) : QObject(parent), m_network(new QNetworkAccessManager(this))
{
    m_ping.setInterval(1s);
    connect(&m_ping, &QTimer::timeout, this, &Server::ping);
    m_startLimit.setSingleShot(true);
    connect(&m_startLimit, &QTimer::timeout, this, [this] {
        const bool hasAgent = m_status.agent == AgentState::Connected;
        m_status.message = hasAgent ? u"The process runs, but no server listens after %1 s."_s
                                    : u"The process runs, but its agent has not called after %1 s."_s;
        m_status.message = m_status.message.arg(m_options.startMs / 1000.0);
        publish();
        settleStart(fail(hasAgent ? u"not-serving"_s : u"agent-missing"_s, m_status.message,
                         u"Look at the log; does the entry call start()? Then restart the server."_s,
                         QDir(m_options.root).relativeFilePath(m_options.entry)));
    });
}

Server::~Server()
{
    if (m_process)
        m_process->disconnect(this);
    delete m_link;
}

void Server::setOptions(const ServerOptions &options)
{
    m_options = options;
}

QFuture<Result<>> Server::settled(const Result<> &result)
{
    return QtFuture::makeReadyValueFuture(result);
}

void Server::settleStart(const Result<> &result)
{
    m_startLimit.stop();
    for (const Promise &promise : std::exchange(m_starting, {})) {
        promise->addResult(result);
        promise->finish();
    }
}

void Server::publish()
{
    if (m_status == m_published)
        return;
    m_published = m_status;
    Q_EMIT statusChanged(m_status);
}

void Server::set(ServerState state, const QString &message)
{
    m_status.state = state;
    m_status.message = message;
    publish();
}

QFuture<Result<>> Server::start()
{
    if (m_status.state == ServerState::Running || m_status.state == ServerState::Hung)
        return settled({});
    auto promise = std::make_shared<QPromise<Result<>>>();
    promise->start();
    m_starting.append(promise);
    if (m_status.state == ServerState::Stopping)
        m_startAgain = true; // strict order: the old process first ends
    else if (m_status.state != ServerState::Starting)
        launch();
    return promise->future();
}

void Server::launch()
{
    m_startAgain = false;
    m_tail.clear();
    m_lastError = {};
    if (!m_listener) {
        m_listener = std::make_unique<agent::Listener>(m_options.socketFolder + u"/agent.sock"_s, agent::newToken());
        if (auto listening = m_listener->listen(); !listening) {
            m_listener.reset();
            set(ServerState::Crashed, listening.error().message);
            return settleStart(listening);
        }
        connect(m_listener.get(), &agent::Listener::connected, this, &Server::admit);
    }
    QProcessEnvironment environment = m_options.environment;
    environment.insert(u"PADDOCK_SOCKET"_s, m_listener->path());
    environment.insert(u"PADDOCK_TOKEN"_s, m_listener->token());
    environment.insert(u"PADDOCK_WORKSPACE"_s, m_options.root);
    if (!environment.contains(u"NO_COLOR"_s))
        environment.insert(u"FORCE_COLOR"_s, u"1"_s);

    m_process = std::make_unique<process::ManagedProcess>(process::ProcessOptions{
        .program = m_options.bun,
        .arguments = (m_options.inspect.isEmpty() ? QStringList() : QStringList(m_options.inspect)) +
                     QStringList{u"--preload"_s, m_options.agent, m_options.entry},
        .folder = m_options.root,
        .environment = environment,
        .name = u"server"_s,
        .workspace = m_options.root,
    });
    auto *child = m_process.get();
    connect(child, &process::ManagedProcess::started, this, [this](qint64 pid) {
        m_status.pid = pid;
        publish();
    });
    connect(child, &process::ManagedProcess::output, this, [this](process::Stream stream, const QByteArray &bytes) {
        if (stream == process::Stream::Error)
            keepTail(bytes);
        Q_EMIT output(stream, bytes);
    });
    connect(child, &process::ManagedProcess::outputEnded, this, &Server::outputEnded);
    connect(child, &process::ManagedProcess::ladderStep, this, [this](process::LadderStep step, qint64 ms) {
        Q_EMIT note(u"stopping the server: %1 after %2 ms"_s.arg(process::toString(step)).arg(ms));
    });
    connect(child, &process::ManagedProcess::finished, this, &Server::ended);

    m_status = {
        .state = ServerState::Starting, .agent = AgentState::Connecting, .startedAt = QDateTime::currentDateTimeUtc()};
    publish();
    m_startLimit.start(m_options.startMs);
    child->start();
}

void Server::keepTail(const QByteArray &bytes)
{
    m_tail += bytes;
    if (m_tail.size() > 2 * TailBytes)
        m_tail.remove(0, m_tail.size() - TailBytes);
}

void Server::admit(agent::Link *link, const QJsonObject &hello)
{
    // Any process below the server that the preload reaches may call; the newest is the one that is talked to. One that
    // calls again after losing its connection replaces its own old link.
    delete m_link;
    m_link = link;
    link->setParent(this);
    const QJsonObject runtime = hello.value("runtime"_L1).toObject();
    m_status.runtime = runtime.value("name"_L1).toString() + u' ' + runtime.value("version"_L1).toString();
    m_status.agent = AgentState::Connected;
    if (const qint64 pid = hello.value("pid"_L1).toInteger(); pid > 0)
        m_status.pid = pid;
    connect(link, &agent::Link::notified, this, &Server::handle);
    connect(link, &agent::Link::closed, this, [this, link] {
        if (m_link != link)
            return;
        m_link = nullptr;
        link->deleteLater();
        m_pingOpen = false;
        if (m_status.state == ServerState::Running || m_status.state == ServerState::Starting) {
            m_status.agent = AgentState::Connecting; // it calls again by itself if it is alive
            publish();
        }
    });
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
        const bool inProcess = notification.value("mode"_L1) == "in-process"_L1;
        if (m_status.state == ServerState::Starting &&
            (state == "listening"_L1 || (inProcess && state == "initialized"_L1)))
            becomeReady();
        else
            publish();
        return;
    }
    if (event == "generation"_L1)
        setGeneration(notification.value("generation"_L1).toInt());
    else if (event == "error"_L1)
        m_lastError = notification;
    Q_EMIT notified(notification);
}

void Server::becomeReady()
{
    checkHealth().then(this, [this](const Result<> &result) {
        if (m_status.state != ServerState::Starting)
            return;
        if (!result) {
            m_status.message = result.error().message;
            publish();
            // It said that it listens; give it the time until the limit of the start.
            QTimer::singleShot(200ms, this, [this] {
                if (m_status.state == ServerState::Starting)
                    becomeReady();
            });
            return;
        }
        m_status.memory = process::residentBytes(m_status.pid);
        set(ServerState::Running);
        m_ping.start();
        settleStart({});
        Q_EMIT ready();
    });
}

QFuture<Result<>> Server::checkHealth()
{
    if (m_status.port <= 0)
        return settled({}); // in-process servers have no port of their own
    auto promise = std::make_shared<QPromise<Result<>>>();
    promise->start();
    QNetworkRequest request(QUrl(u"http://127.0.0.1:%1/_health"_s.arg(m_status.port)));
    request.setTransferTimeout(2s);
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

QFuture<Result<>> Server::stop(const QString &why)
{
    m_startAgain = false;
    if (!m_process) {
        if (m_status.state != ServerState::Stopped)
            set(ServerState::Stopped, why);
        return settled({});
    }
    auto promise = std::make_shared<QPromise<Result<>>>();
    promise->start();
    m_stopping.append(promise);
    if (m_status.state == ServerState::Stopping)
        return promise->future();
    m_stopReason = why;
    m_ping.stop();
    const bool canAsk = m_link && m_status.state == ServerState::Running;
    process::StopLadder ladder;
    ladder.politeMs = m_options.stopMs;
    if (canAsk)
        ladder.polite = [this] {
            if (m_link)
                m_link->request(u"shutdown"_s, {{u"timeoutMs"_s, m_options.stopMs}});
        };
    set(ServerState::Stopping, why);
    m_process->stop(ladder);
    return promise->future();
}

QFuture<Result<>> Server::restart(const QString &why)
{
    Q_EMIT note(why.isEmpty() ? u"restarting the server"_s : u"restarting the server: "_s + why);
    if (m_process)
        stop(why);
    return start();
}

void Server::ended(const process::ExitReason &reason)
{
    const ServerState before = m_status.state;
    m_ping.stop();
    m_pingOpen = false;
    if (m_link) {
        m_link->disconnect(this);
        m_link->deleteLater();
        m_link = nullptr;
    }
    m_process.release()->deleteLater(); // we are inside its signal
    m_status.agent = AgentState::Absent;
    m_status.pid = 0;
    m_status.port = 0;
    m_status.memory = 0;
    m_status.generation = 0;

    if (before == ServerState::Stopping) {
        set(ServerState::Stopped, m_stopReason);
        for (const Promise &promise : std::exchange(m_stopping, {})) {
            promise->addResult(Result<>());
            promise->finish();
        }
        if (m_startAgain)
            launch();
        return;
    }
    const bool wasReady = before == ServerState::Running || before == ServerState::Hung;
    const Error error = startError(reason);
    if (error.code == "port-taken"_L1)
        return nameHolder(error);
    set(ServerState::Crashed, error.message);
    Q_EMIT crashed(error);
    settleStart(std::unexpected(error));
    if (!wasReady)
        return;
    m_crashes.push_back(nowMs());
    while (m_crashes.front() < nowMs() - CrashWindowMs)
        m_crashes.pop_front();
    if (int(m_crashes.size()) >= CrashesAllowed) {
        m_crashes.clear();
        m_status.message =
            u"It crashed five times in three minutes; the next save or “Start” tries again. "_s + m_status.message;
        publish();
        return;
    }
    Q_EMIT note(u"the server crashed (%1); starting it again"_s.arg(reason.text()));
    start();
}

void Server::nameHolder(Error error)
{
    const int port = error.detail.toInt();
    process::probePortAsync(port).then(this, [this, error, port](const process::PortUse &use) mutable {
        error.detail.clear();
        if (!use.holders.isEmpty() && use.holders.first().pid > 0) {
            const auto &holder = use.holders.first();
            error.message = u"Port %1 is taken by process %2 (%3)."_s.arg(port).arg(holder.pid).arg(holder.command);
            error.remedy = u"Stop that process, or choose another port with PORT=… ; then start the server again."_s;
            if (const auto ours = ownServer(holder.pid)) {
                error.detail = QString::number(holder.pid);
                error.message = u"Port %1 is taken by Paddock's own server of %2 (process %3)."_s.arg(port)
                                    .arg(ours->workspace)
                                    .arg(holder.pid);
                error.remedy =
                    u"“--take-port” of “paddockctl dev” or “start”, or “Stop it and start” in the window, stops that one."_s;
            }
        }
        set(ServerState::Crashed, error.message);
        Q_EMIT crashed(error);
        settleStart(std::unexpected(error));
    });
}

Error Server::startError(const process::ExitReason &reason) const
{
    if (reason.how == process::ExitReason::How::FailedToStart)
        return reason.error;
    const QString tail = plain(m_tail).trimmed();
    static const QRegularExpression portTaken(
        u"(?:EADDRINUSE|address already in use|port (\\d+) in use|Is port (\\d+) in use)"_s,
        QRegularExpression::CaseInsensitiveOption);
    if (const auto match = portTaken.match(tail); match.hasMatch()) {
        static const QRegularExpression number(u"port:?\\s*(\\d{2,5})|:(\\d{2,5})\\b"_s,
                                               QRegularExpression::CaseInsensitiveOption);
        const auto found = number.match(tail);
        const QString port = found.captured(1).isEmpty() ? found.captured(2) : found.captured(1);
        return {.code = u"port-taken"_s,
                .message = port.isEmpty() ? u"The server's port is taken."_s : u"Port %1 is taken."_s.arg(port),
                .detail = port,
                .remedy = u"Stop whoever holds it, or choose another port with PORT=…"_s};
    }
    Error error{.code = u"server-ended"_s,
                .message = u"The server ended: %1."_s.arg(reason.text()),
                .detail = tail.right(4000),
                .remedy = u"Correct the code and save; the next save starts the server again."_s};
    if (const QString message = m_lastError.value("message"_L1).toString(); !message.isEmpty())
        error.message = u"The server ended: %1"_s.arg(message);
    else {
        static const QRegularExpression wording(u"^(?:\\w*[Ee]rror|panic)\\b.*$"_s,
                                                QRegularExpression::MultilineOption);
        if (const auto match = wording.match(tail); match.hasMatch())
            error.message = u"The server ended: %1"_s.arg(match.captured(0).left(500));
    }
    static const QRegularExpression readOnly(u"\\bEROFS\\b|SQLITE_READONLY|read-?only (?:file system|database)"_s,
                                             QRegularExpression::CaseInsensitiveOption);
    if (readOnly.match(tail).hasMatch()) {
        error.code = u"read-only"_s;
        error.remedy = u"The server writes to a disk that cannot be written: copy the workspace to one that can, or "
                       "point the server's data elsewhere."_s;
    }
    if (const QString file = m_lastError.value("file"_L1).toString(); !file.isEmpty()) {
        error.where = file + u':' + QString::number(m_lastError.value("line"_L1).toInt());
    } else {
        // "at /shop/src/x.ts:12:5" of an import error, "at name (/shop/src/x.ts:12:5)" of a stack
        const QRegularExpression place(u"("_s + QRegularExpression::escape(m_options.root) + u"/[^\\s:()]+):(\\d+)"_s);
        auto it = place.globalMatch(tail);
        while (it.hasNext()) {
            const auto match = it.next();
            if (match.captured(1).contains("/node_modules/"_L1))
                continue;
            error.where = match.captured(1) + u':' + match.captured(2);
            break;
        }
    }
    return error;
}

QFuture<Result<QJsonObject>> Server::request(const QString &method, const QJsonObject &params,
                                             std::chrono::milliseconds timeout)
{
    if (m_link)
        return m_link->request(method, params, timeout);
    return QtFuture::makeReadyValueFuture<Result<QJsonObject>>(
        fail(u"no-agent"_s, u"The server does not run with Paddock's agent."_s, u"Start or restart the server."_s));
}

void Server::setGeneration(int generation)
{
    if (generation == m_status.generation)
        return;
    m_status.generation = generation;
    publish();
}

void Server::setOutputPaused(bool paused)
{
    if (m_process)
        m_process->setReadingPaused(paused);
}

void Server::ping()
{
    if (const qint64 memory = process::residentBytes(m_status.pid); memory >> 20 != m_status.memory >> 20) {
        m_status.memory = memory;
        publish();
    }
    if (!m_link || m_pingOpen)
        return;
    m_pingOpen = true;
    m_link->request(u"ping"_s, {}, 2s).then(this, [this](const Result<QJsonObject> &answer) {
        m_pingOpen = false;
        if (answer && m_status.state == ServerState::Hung)
            set(ServerState::Running);
        else if (!answer && answer.error().code == "timeout"_L1 && m_status.state == ServerState::Running)
            set(ServerState::Hung, u"It has not answered for two seconds: an endless loop? Restart the server."_s);
    });
}

} // namespace paddock::session
