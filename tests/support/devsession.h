// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QProcess>
#include <QTemporaryDir>
#include <functional>
#include <memory>

namespace paddock::test {

/// Which implementation of the framework a workspace runs on.
enum class Runtime { Sample, Upstream };

/// A copy of the sample workspace in a folder of its own, with its own XDG folders and port, so that tests neither meet
/// each other nor the user's own sessions.
class TestWorkspace final
{
public:
    explicit TestWorkspace(Runtime runtime = Runtime::Sample);

    [[nodiscard]] bool isValid() const { return m_problem.isEmpty(); }
    [[nodiscard]] QString problem() const { return m_problem; }
    [[nodiscard]] QString root() const { return m_root; }
    [[nodiscard]] QString path(const QString &relative) const { return m_root + u'/' + relative; }
    [[nodiscard]] int port() const { return m_port; }
    [[nodiscard]] QProcessEnvironment environment() const;
    [[nodiscard]] QString read(const QString &relative) const;
    /// An atomic save (write beside, rename), as most editors do.
    void save(const QString &relative, const QString &text) const;
    /// Replaces text that must be there exactly once, and saves.
    void edit(const QString &relative, const QString &from, const QString &to) const;
    void remove(const QString &relative) const;

    /// Whether PADDOCK_UPSTREAM names a checkout of the real framework.
    [[nodiscard]] static bool hasUpstream();

private:
    void install();

    QTemporaryDir m_folder;
    QString m_root;
    QString m_problem;
    int m_port = 0;
};

struct Answer
{
    int status = 0; ///< 0: no HTTP answer
    QJsonValue body;
    QString error;
    QMap<QByteArray, QByteArray> headers = {}; ///< names in lower case
};

/// `paddockctl dev --json` on a workspace, and a client of its server.
class DevSession final : public QObject
{
public:
    explicit DevSession(const TestWorkspace &workspace);
    ~DevSession() override; ///< stops it

    void start(const QStringList &arguments = {QStringLiteral("--trust")});
    [[nodiscard]] bool isRunning() const { return m_process.state() != QProcess::NotRunning; }
    [[nodiscard]] bool waitForReady(int timeoutMs = 60'000);
    /// The next event (after the last one that a wait returned) for which the predicate holds; empty on time-out.
    [[nodiscard]] QJsonObject waitFor(const std::function<bool(const QJsonObject &)> &predicate,
                                      int timeoutMs = 30'000);
    [[nodiscard]] QJsonObject waitForResult(const QString &subject = {}, int timeoutMs = 30'000);
    [[nodiscard]] const QList<QJsonObject> &events() const { return m_events; }
    [[nodiscard]] QList<QJsonObject> eventsOf(const QString &kind) const;
    /// The last `server` event.
    [[nodiscard]] QJsonObject server() const;

    [[nodiscard]] Answer call(const QString &route, const QJsonValue &input = QJsonObject{},
                              const QMap<QByteArray, QByteArray> &headers = {});
    /// The same without waiting; the reply is the caller's.
    [[nodiscard]] std::unique_ptr<QNetworkReply> post(const QString &route, const QJsonValue &input = QJsonObject{},
                                                      const QMap<QByteArray, QByteArray> &headers = {});
    [[nodiscard]] static Answer answerOf(QNetworkReply &reply);
    /// SIGINT, then waits. Returns the exit status; -1 if it did not end.
    int interrupt(int timeoutMs = 20'000);
    void kill();
    [[nodiscard]] QString errorOutput() const { return QString::fromUtf8(m_stderr); }
    [[nodiscard]] QProcess &process() { return m_process; }

private:
    void take();

    const TestWorkspace &m_workspace;
    QProcess m_process;
    QNetworkAccessManager m_network;
    QByteArray m_rest;
    QByteArray m_stderr;
    QList<QJsonObject> m_events;
    qsizetype m_seen = 0;
};

struct CommandResult
{
    int status = -1;
    QByteArray out;
    QByteArray err;
    [[nodiscard]] QJsonObject json() const;
};

/// Runs `paddockctl` to its end. The workspace's folder is given with -C unless `inside` is false.
[[nodiscard]] CommandResult paddockctl(const TestWorkspace &workspace, const QStringList &arguments, bool inside = true,
                                       const QProcessEnvironment &extra = {});

[[nodiscard]] QString paddockctlProgram();
[[nodiscard]] QString bunProgram();

} // namespace paddock::test
