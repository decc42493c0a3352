// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The server as a process: started, stopped, restarted, crashed.
#include "session/server.h"

#include "agent/listener.h"
#include "process/portprobe.h"
#include "session/portholder.h"
#include "session/starterror.h"

#include <QFile>
#include <QNetworkAccessManager>
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

} // namespace

Server::Server(QObject *parent) : QObject(parent), m_network(new QNetworkAccessManager(this))
{
    m_tick.setInterval(250ms);
    connect(&m_tick, &QTimer::timeout, this, &Server::tick);
    m_startLimit.setSingleShot(true);
    connect(&m_startLimit, &QTimer::timeout, this, [this] {
        const bool hasAgent = m_status.agent == AgentState::Connected;
        m_status.message = hasAgent ? u"The process runs, but no server listens after %1 s."_s
                                    : u"The process runs, but its agent has not called after %1 s."_s;
        m_status.message = m_status.message.arg(m_options.startMs / 1000.0);
        settleStart(fail(hasAgent ? u"not-serving"_s : u"agent-missing"_s, m_status.message,
                         u"Look at the log: does what was started call start()? Then restart the server."_s));
        publish();
    });
    m_callLimit.setSingleShot(true);
    m_callLimit.setInterval(10s);
    connect(&m_callLimit, &QTimer::timeout, this, [this] {
        m_status.agent = AgentState::Absent;
        m_status.message = u"The agent lost its connection and has not called again."_s;
        publish();
    });
}

Server::~Server()
{
    if (m_process)
        m_process->disconnect(this);
    delete m_link;
    if (!m_tokenFile.isEmpty())
        QFile::remove(m_tokenFile);
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

void Server::settleStop()
{
    for (const Promise &promise : std::exchange(m_stopping, {})) {
        promise->addResult(Result<>());
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
    m_hasServed = false;
    m_inProcess = false;
    m_tail.clear();
    m_lastError = {};
    if (auto listening = listen(m_options.socketFolder); !listening) {
        set(ServerState::Crashed, listening.error().message);
        return settleStart(listening);
    }
    m_status = {
        .state = ServerState::Starting, .agent = AgentState::Connecting, .startedAt = QDateTime::currentDateTimeUtc()};
    publish();
    if (!m_gate)
        return spawn();
    m_atGate = ++m_launches;
    m_gate().then(this, [this, mine = m_atGate](const Result<> &passed) {
        if (m_atGate != mine)
            return; // it was stopped meanwhile
        m_atGate = 0;
        if (passed)
            return spawn();
        m_status.agent = AgentState::Absent;
        set(ServerState::Crashed, passed.error().message);
        Q_EMIT crashed(passed.error());
        settleStart(passed);
    });
}

void Server::spawn()
{
    QProcessEnvironment environment = m_options.environment;
    for (auto it = m_options.plan.environment.begin(); it != m_options.plan.environment.end(); ++it)
        environment.insert(it.key(), it.value());
    environment.insert(u"PADDOCK_SOCKET"_s, m_listener->path());
    environment.insert(u"PADDOCK_TOKEN"_s, m_listener->token());
    environment.insert(u"PADDOCK_WORKSPACE"_s, m_options.root);
    if (!m_options.held.isEmpty())
        environment.insert(u"PADDOCK_HELD"_s, m_options.held);
    if (!environment.contains(u"NO_COLOR"_s))
        environment.insert(u"FORCE_COLOR"_s, u"1"_s);

    m_process = std::make_unique<process::ManagedProcess>(process::ProcessOptions{
        .program = m_options.plan.program,
        .arguments = m_options.plan.arguments,
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

    m_startLimit.start(m_options.startMs);
    m_tick.start();
    child->start();
}

void Server::keepTail(const QByteArray &bytes)
{
    m_tail += bytes;
    if (m_tail.size() > 2 * TailBytes)
        m_tail.remove(0, m_tail.size() - TailBytes);
}

Error Server::attachedError() const
{
    return {.code = u"attached"_s,
            .message =
                u"This server was started by hand (process %1), so it is not Paddock's to stop."_s.arg(m_status.pid),
            .remedy = u"Stop it where it was started; or say --force, and its agent is asked to shut it down."_s};
}

QFuture<Result<>> Server::stop(const QString &why, Asked asked)
{
    m_startAgain = false;
    if (m_status.attached) {
        if (asked == Asked::No)
            return settled(std::unexpected(attachedError()));
        if (!m_link)
            return settled(fail(u"no-agent"_s, u"Its agent cannot be asked: there is no connection."_s,
                                u"Stop the server where it was started."_s));
        // Asked, never signalled: tick() sees that the process has ended.
        auto promise = std::make_shared<QPromise<Result<>>>();
        promise->start();
        m_stopping.append(promise);
        m_stopReason = why;
        m_link->request(u"shutdown"_s, {{u"timeoutMs"_s, m_options.stopMs}});
        set(ServerState::Stopping, why);
        return promise->future();
    }
    if (!m_process) {
        const bool wasAtGate = std::exchange(m_atGate, 0) != 0;
        m_status.agent = AgentState::Absent;
        if (m_status.state != ServerState::Stopped)
            set(ServerState::Stopped, why);
        if (wasAtGate)
            settleStart(fail(u"stopped"_s, u"The server was stopped before it served."_s));
        return settled({});
    }
    auto promise = std::make_shared<QPromise<Result<>>>();
    promise->start();
    m_stopping.append(promise);
    if (m_status.state == ServerState::Stopping)
        return promise->future();
    m_stopReason = why;
    m_startLimit.stop();
    m_tick.stop();
    m_callLimit.stop();
    process::StopLadder ladder;
    ladder.politeMs = m_options.stopMs;
    if (m_link && m_status.state == ServerState::Running)
        ladder.polite = [this] {
            if (!m_link)
                return;
            const auto isPolite = std::make_shared<bool>(true); // until the ladder goes on by itself
            connect(m_process.get(), &process::ManagedProcess::ladderStep, this,
                    [isPolite](process::LadderStep, qint64) { *isPolite = false; });
            m_link->request(u"shutdown"_s, {{u"timeoutMs"_s, m_options.stopMs}})
                .then(this, [this, isPolite](const Result<QJsonObject> &answer) {
                    // Its hooks have run; what keeps the process alive after that need not be waited for.
                    if (answer && m_process && *isPolite)
                        m_process->stop();
                });
        };
    if (m_status.state == ServerState::Hung)
        ladder.terminateMs = 1000; // its handler cannot run; only the system's own answer to the signal could end it
    set(ServerState::Stopping, why);
    m_process->stop(ladder);
    return promise->future();
}

QFuture<Result<>> Server::restart(const QString &why, Asked asked)
{
    if (m_status.attached && asked == Asked::No)
        return settled(std::unexpected(attachedError()));
    Q_EMIT note(why.isEmpty() ? u"restarting the server"_s : u"restarting the server: "_s + why);
    if (m_process || m_status.attached)
        stop(why, asked);
    return start();
}

void Server::ended(const process::ExitReason &reason)
{
    const ServerState before = m_status.state;
    dropLink();
    m_process.release()->deleteLater(); // we are inside its signal
    m_status.agent = AgentState::Absent;
    m_status.pid = 0;
    m_status.port = 0;
    m_status.memory = 0;
    m_status.generation = 0;

    if (before == ServerState::Stopping) {
        set(ServerState::Stopped, m_stopReason);
        settleStop();
        if (m_startAgain)
            launch();
        else
            settleStart(fail(u"stopped"_s, u"The server was stopped before it served."_s));
        return;
    }
    const Error error = startError(reason, m_tail, m_lastError, m_options.root);
    if (error.code == "port-taken"_L1)
        return nameHolder(error);
    set(ServerState::Crashed, error.message);
    Q_EMIT crashed(error);
    settleStart(std::unexpected(error));
    if (!m_hasServed)
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

} // namespace paddock::session
