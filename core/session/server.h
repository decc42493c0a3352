// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/link.h"
#include "base/result.h"
#include "process/managedprocess.h"
#include "session/launchplan.h"
#include "session/records.h"

#include <QFuture>
#include <QJsonObject>
#include <QObject>
#include <QProcessEnvironment>
#include <QPromise>
#include <QStringList>
#include <QTimer>
#include <deque>
#include <functional>
#include <memory>

class QNetworkAccessManager;

namespace paddock::agent {
class Listener;
}

namespace paddock::session {

struct ServerOptions
{
    QString root;         ///< absolute: working folder of the server
    QString socketFolder; ///< absolute, private
    LaunchPlan plan;
    QProcessEnvironment environment;
    int startMs = 30'000; ///< until it must serve
    int stopMs = 3'000;   ///< for its shut-down hooks, before SIGTERM
    QString held = {}; ///< file that names the sources to load instead of what is on disk (PADDOCK_HELD); empty: none
};

/// The server process of a session and the agent inside it: starts, stops and restarts it in strict order, knows when
/// it serves, notices when it hangs or dies. Crashes after it had served are answered by a restart, five in three
/// minutes at most; a start that fails waits for the next save or for the user. A server that was started by hand may
/// be attached while none of its own runs; it is served like any other, but never signalled.
///
/// What it does with the process is in server.cpp, what it says to the agent in server_agent.cpp.
class Server final : public QObject
{
    Q_OBJECT

public:
    enum class Asked { No, Yes }; ///< whether the user asked for a server to be stopped that was started by hand

    explicit Server(QObject *parent = nullptr);
    ~Server() override;

    /// Asked before every start of a process, whoever wants it; its error is that of the start.
    void setGate(std::function<QFuture<Result<>>()> gate) { m_gate = std::move(gate); }
    void setOptions(const ServerOptions &options);               ///< for the next start
    void setHeld(const QString &file) { m_options.held = file; } ///< likewise, until the next setOptions()
    [[nodiscard]] const ServerStatus &status() const { return m_status; }
    /// Whether this process has served since it started: before that there is nothing to lose by ending it.
    [[nodiscard]] bool hasServed() const { return m_hasServed; }
    /// Whether a start is under way that has neither succeeded nor failed yet.
    [[nodiscard]] bool isStarting() const { return !m_starting.isEmpty(); }

    /// Takes agents in, also those of servers that were started by hand (PROTOCOL.md, Attaching). Done by start(), too.
    /// Errors: "socket-taken", "socket".
    [[nodiscard]] Result<> listen(const QString &socketFolder);

    /// Ends when the server serves. Errors: "port-taken", "start-failed", "agent-missing" (it runs, but without us), …
    QFuture<Result<>> start();
    /// Error: "attached" for a server that was started by hand, unless asked for.
    QFuture<Result<>> stop(const QString &why = {}, Asked asked = Asked::No);
    QFuture<Result<>> restart(const QString &why, Asked asked = Asked::No);
    /// Lets go of a server that was started by hand; it runs on.
    void detach(const QString &why);
    /// An HTTP answer of the health check. Error: "not-serving".
    QFuture<Result<>> checkHealth();

    /// Through the agent. Errors: "no-agent", "timeout", "disconnected", the agent's own.
    QFuture<Result<QJsonObject>> request(const QString &method, const QJsonObject &params = {},
                                         std::chrono::milliseconds timeout = std::chrono::seconds(10));
    void setGeneration(int generation);
    /// Keeps reading from being ahead of what can be stored.
    void setOutputPaused(bool paused);

Q_SIGNALS:
    void statusChanged(const paddock::session::ServerStatus &status);
    void ready();                                   ///< it serves, after a start or a restart
    void notified(const QJsonObject &notification); ///< of the agent, except `hello` and `server`
    void output(paddock::process::Stream stream, const QByteArray &bytes);
    void outputEnded(paddock::process::Stream stream);
    void crashed(const paddock::Error &error);
    void note(const QString &text); ///< a line for the log: what is being done to the server

private:
    void launch();
    void spawn();
    void ended(const process::ExitReason &reason);
    void dropLink();
    void nameHolder(Error error);
    void set(ServerState state, const QString &message = {});
    void publish();
    void settleStart(const Result<> &result);
    void settleStop();
    void keepTail(const QByteArray &bytes);
    [[nodiscard]] Error attachedError() const;

    void admit(agent::Link *link, const QJsonObject &hello);
    [[nodiscard]] bool mayAttach(const QJsonObject &hello) const;
    void adopt(const QJsonObject &hello);
    void linkClosed();
    void handle(const QJsonObject &notification);
    void becomeReady();
    void tick();
    void ping();
    void hangs();
    void findPort();

    using Promise = std::shared_ptr<QPromise<Result<>>>;
    static QFuture<Result<>> settled(const Result<> &result);

    std::function<QFuture<Result<>>()> m_gate;
    int m_atGate = 0; ///< number of the start that waits there; 0: none does
    int m_launches = 0;
    ServerOptions m_options;
    ServerStatus m_status;
    ServerStatus m_published; ///< as last told
    std::unique_ptr<process::ManagedProcess> m_process;
    std::unique_ptr<agent::Listener> m_listener;
    QString m_tokenFile;
    agent::Link *m_link = nullptr;
    QNetworkAccessManager *m_network;
    QTimer m_tick;
    QTimer m_startLimit;
    QTimer m_callLimit; ///< for an agent that lost its connection to call again
    QList<Promise> m_starting;
    QList<Promise> m_stopping;
    std::deque<qint64> m_crashes; ///< steady clock, ms
    QByteArray m_tail;            ///< the end of stderr, for the message of a failed start
    QJsonObject m_lastError;      ///< the agent's latest `error` that ends the process
    bool m_pingOpen = false;
    bool m_startAgain = false;
    bool m_hasServed = false;
    bool m_inProcess = false;    ///< the server has no port of its own, such as below vite
    quint64 m_attachedTicks = 0; ///< start time of an attached process; with its pid it says whether that still runs
    int m_ticks = 0;
    QString m_stopReason;
};

} // namespace paddock::session
