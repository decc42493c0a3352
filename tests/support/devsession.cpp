// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/devsession.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QSaveFile>
#include <QTcpServer>
#include <QTest>

#include <csignal>

namespace paddock::test {

using namespace Qt::StringLiterals;

namespace {

bool copyTree(const QString &from, const QString &to)
{
    QProcess copy;
    copy.start(u"cp"_s, {u"-a"_s, from, to});
    return copy.waitForFinished(60'000) && copy.exitCode() == 0;
}

int freePort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

} // namespace

QString bunProgram()
{
    const QString named = qEnvironmentVariable("PADDOCK_BUN");
    return named.isEmpty() ? qEnvironmentVariable("PADDOCK_FALLBACK_BUN", u"bun"_s) : named;
}

QString paddockctlProgram()
{
    return QStringLiteral(PADDOCK_BINARY_DIR "/bin/paddockctl");
}

bool TestWorkspace::hasUpstream()
{
    return QFile::exists(qEnvironmentVariable("PADDOCK_UPSTREAM") + u"/packages/server/package.json"_s);
}

TestWorkspace::TestWorkspace(Runtime runtime) : m_root(m_folder.filePath(u"shop"_s)), m_port(freePort())
{
    for (const QString &name : {u"state"_s, u"cache"_s, u"data"_s, u"run"_s})
        QDir(m_folder.path()).mkdir(name);
    QFile::setPermissions(m_folder.filePath(u"run"_s), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    if (!copyTree(QStringLiteral(PADDOCK_SOURCE_DIR "/resources/sample"), m_root)) {
        m_problem = u"the sample could not be copied"_s;
        return;
    }
    QDir(path(u"data"_s)).removeRecursively();
    if (runtime == Runtime::Sample) {
        // Whether its packages were installed depends on what else ran in the checkout; no session is to install them.
        if (!QDir(path(u"node_modules"_s)).exists())
            install();
        return;
    }
    QString package = read(u"package.json"_s);
    package.replace(u"file:./runtime"_s, u"file:"_s + qEnvironmentVariable("PADDOCK_UPSTREAM") + u"/packages/server"_s);
    save(u"package.json"_s, package);
    QFile::remove(path(u"bun.lock"_s));
    QDir(path(u"runtime"_s)).removeRecursively();
    QDir(path(u"node_modules"_s)).removeRecursively();
    install();
    // The framework's command line is a package of its own; it is where its scripts look for it.
    const QString command = path(u"node_modules/.bin/donkeylabs"_s);
    save(u"node_modules/.bin/donkeylabs"_s, u"#!/bin/sh\nexec '%1' '%2/packages/cli/src/index.ts' \"$@\"\n"_s.arg(
                                                bunProgram(), qEnvironmentVariable("PADDOCK_UPSTREAM")));
    if (!QFile::setPermissions(command, QFile::permissions(command) | QFile::ExeOwner))
        m_problem = command + u" cannot be made executable"_s;
}

void TestWorkspace::install()
{
    QProcess install;
    install.setWorkingDirectory(m_root);
    install.start(bunProgram(), {u"install"_s});
    if (!install.waitForFinished(120'000) || install.exitCode() != 0)
        m_problem = u"bun install failed: "_s + QString::fromUtf8(install.readAllStandardError());
}

QProcessEnvironment TestWorkspace::environment() const
{
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"XDG_STATE_HOME"_s, m_folder.filePath(u"state"_s));
    environment.insert(u"XDG_CACHE_HOME"_s, m_folder.filePath(u"cache"_s));
    environment.insert(u"XDG_DATA_HOME"_s, m_folder.filePath(u"data"_s));
    environment.insert(u"XDG_RUNTIME_DIR"_s, m_folder.filePath(u"run"_s));
    environment.insert(u"PORT"_s, QString::number(m_port));
    return environment;
}

QString TestWorkspace::read(const QString &relative) const
{
    QFile file(path(relative));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

void TestWorkspace::save(const QString &relative, const QString &text) const
{
    QDir().mkpath(QFileInfo(path(relative)).path());
    QSaveFile file(path(relative));
    QVERIFY2(file.open(QIODevice::WriteOnly), qPrintable(relative));
    file.write(text.toUtf8());
    QVERIFY(file.commit());
}

void TestWorkspace::edit(const QString &relative, const QString &from, const QString &to) const
{
    QString text = read(relative);
    QVERIFY2(text.count(from) == 1,
             qPrintable(u"“%1” stands %2 times in %3"_s.arg(from).arg(text.count(from)).arg(relative)));
    save(relative, text.replace(from, to));
}

void TestWorkspace::remove(const QString &relative) const
{
    QVERIFY(QFile::remove(path(relative)));
}

DevSession::DevSession(const TestWorkspace &workspace) : m_workspace(workspace)
{
    connect(&m_process, &QProcess::readyReadStandardOutput, this, [this] { take(); });
    connect(&m_process, &QProcess::readyReadStandardError, this,
            [this] { m_stderr += m_process.readAllStandardError(); });
}

DevSession::~DevSession()
{
    if (isRunning())
        interrupt();
    if (isRunning())
        kill();
}

void DevSession::start(const QStringList &arguments)
{
    m_process.setProcessEnvironment(m_workspace.environment());
    m_process.start(paddockctlProgram(), QStringList{u"-C"_s, m_workspace.root(), u"dev"_s, u"--json"_s} + arguments);
}

void DevSession::take()
{
    m_rest += m_process.readAllStandardOutput();
    for (qsizetype end; (end = m_rest.indexOf('\n')) >= 0; m_rest.remove(0, end + 1)) {
        const auto document = QJsonDocument::fromJson(m_rest.first(end));
        QVERIFY2(document.isObject(), m_rest.first(end).constData()); // nothing else may be on stdout
        m_events.append(document.object());
    }
}

bool DevSession::waitForReady(int timeoutMs)
{
    return !waitFor([](const QJsonObject &e) { return e.value("event"_L1) == "ready"_L1; }, timeoutMs).isEmpty();
}

QJsonObject DevSession::waitFor(const std::function<bool(const QJsonObject &)> &predicate, int timeoutMs)
{
    QJsonObject found;
    [[maybe_unused]] const bool ok = QTest::qWaitFor(
        [&] {
            while (m_seen < m_events.size())
                if (predicate(m_events[m_seen++])) {
                    found = m_events[m_seen - 1];
                    return true;
                }
            return !isRunning() && m_process.bytesAvailable() == 0;
        },
        timeoutMs);
    return found;
}

QJsonObject DevSession::waitForResult(const QString &subject, int timeoutMs)
{
    return waitFor(
        [&](const QJsonObject &e) {
            return e.value("event"_L1) == "result"_L1 && (subject.isEmpty() || e.value("subject"_L1) == subject);
        },
        timeoutMs);
}

QList<QJsonObject> DevSession::eventsOf(const QString &kind) const
{
    QList<QJsonObject> found;
    for (const QJsonObject &event : m_events)
        if (event.value("event"_L1) == kind)
            found.append(event);
    return found;
}

QJsonObject DevSession::server() const
{
    const auto all = eventsOf(u"server"_s);
    return all.isEmpty() ? QJsonObject() : all.last();
}

std::unique_ptr<QNetworkReply> DevSession::post(const QString &route, const QJsonValue &input,
                                                const QMap<QByteArray, QByteArray> &headers)
{
    QNetworkRequest request(QUrl(u"http://127.0.0.1:%1/%2"_s.arg(m_workspace.port()).arg(route)));
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    for (auto it = headers.begin(); it != headers.end(); ++it)
        request.setRawHeader(it.key(), it.value());
    request.setTransferTimeout(10'000);
    return std::unique_ptr<QNetworkReply>(
        m_network.post(request, QJsonDocument(input.toObject()).toJson(QJsonDocument::Compact)));
}

Answer DevSession::answerOf(QNetworkReply &reply)
{
    Answer answer;
    answer.status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    answer.error = reply.errorString();
    for (const auto &[name, value] : reply.rawHeaderPairs())
        answer.headers.insert(name.toLower(), value);
    const QByteArray text = reply.readAll();
    const auto document = QJsonDocument::fromJson('[' + text + ']');
    answer.body = document.isArray() ? document.array().at(0) : QJsonValue(QString::fromUtf8(text));
    return answer;
}

Answer DevSession::call(const QString &route, const QJsonValue &input, const QMap<QByteArray, QByteArray> &headers)
{
    const auto reply = post(route, input, headers);
    [[maybe_unused]] const bool done = QTest::qWaitFor([&] { return reply->isFinished(); }, 15'000);
    return answerOf(*reply);
}

int DevSession::interrupt(int timeoutMs)
{
    if (isRunning())
        ::kill(pid_t(m_process.processId()), SIGINT);
    if (!QTest::qWaitFor([this] { return !isRunning(); }, timeoutMs))
        return -1;
    take();
    return m_process.exitCode();
}

void DevSession::kill()
{
    m_process.kill();
    m_process.waitForFinished(5000);
}

QJsonObject CommandResult::json() const
{
    return QJsonDocument::fromJson(out).object();
}

CommandResult paddockctl(const TestWorkspace &workspace, const QStringList &arguments, bool inside,
                         const QProcessEnvironment &extra)
{
    QProcess process;
    auto environment = workspace.environment();
    environment.insert(extra);
    process.setProcessEnvironment(environment);
    process.start(paddockctlProgram(), inside ? QStringList{u"-C"_s, workspace.root()} + arguments : arguments);
    process.closeWriteChannel();
    // The event loop keeps turning: the session under test may live in this process's other children.
    [[maybe_unused]] const bool ended =
        QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 60'000);
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(),
            process.readAllStandardError()};
}

} // namespace paddock::test
