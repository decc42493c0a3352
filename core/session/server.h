// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/link.h"
#include "base/result.h"
#include "process/managedprocess.h"
#include "session/records.h"

#include <QFuture>
#include <QJsonObject>
#include <QObject>
#include <QProcessEnvironment>
#include <QPromise>
#include <QStringList>
#include <QTimer>
#include <deque>
#include <memory>

class QNetworkAccessManager;

namespace paddock::agent {
class Listener;
}

namespace paddock::session {

struct ServerOptions
{
    QString root;         ///< absolute: working folder of the server
    QString entry;        ///< absolute
    QString bun;          ///< absolute
    QString agent;        ///< absolute path of agent.ts
    QString socketFolder; ///< absolute, private
    QProcessEnvironment environment;
    QString inspect;      ///< for a debugger: "--inspect", "--inspect-wait=…"; empty: none
    int startMs = 30'000; ///< until it must serve
    int stopMs = 3'000;   ///< for its shut-down hooks, before SIGTERM
};

/// The server process of a session and the agent inside it: starts, stops and restarts it in strict order, knows when
/// it serves, notices when it hangs or dies. Crashes after it had served are answered by a restart, five in three
/// minutes at most; a start that fails waits for the next save or for the user.
class Server final : public QObject
{
    Q_OBJECT

public:
    explicit Server(QObject *parent = nullptr);
    ~Server() override;

    void setOptions(const ServerOptions &options); ///< for the next start
    [[nodiscard]] const ServerStatus &status() const { return m_status; }

    /// Ends when the server serves. Errors: "port-taken", "start-failed", "agent-missing" (it runs, but without us), …
    QFuture<Result<>> start();
    QFuture<Result<>> stop(const QString &why = {});
    QFuture<Result<>> restart(const QString &why);
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
    void admit(agent::Link *link, const QJsonObject &hello);
    void handle(const QJsonObject &notification);
    void becomeReady();
    void ended(const process::ExitReason &reason);
    Error startError(const process::ExitReason &reason) const;
    void nameHolder(Error error);
    void ping();
    void set(ServerState state, const QString &message = {});
    void publish();
    void settleStart(const Result<> &result);
    void keepTail(const QByteArray &bytes);

    using Promise = std::shared_ptr<QPromise<Result<>>>;
    static QFuture<Result<>> settled(const Result<> &result);

    ServerOptions m_options;
    ServerStatus m_status;
    ServerStatus m_published; ///< as last told
    std::unique_ptr<process::ManagedProcess> m_process;
    std::unique_ptr<agent::Listener> m_listener;
    agent::Link *m_link = nullptr;
    QNetworkAccessManager *m_network;
    QTimer m_ping;
    QTimer m_startLimit;
    QList<Promise> m_starting;
    QList<Promise> m_stopping;
    std::deque<qint64> m_crashes; ///< steady clock, ms
    QByteArray m_tail;            ///< the end of stderr, for the message of a failed start
    QJsonObject m_lastError;      ///< the agent's latest `error`
    bool m_pingOpen = false;
    bool m_startAgain = false;
    QString m_stopReason;
};

} // namespace paddock::session
