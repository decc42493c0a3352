// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The server and its agent as the session sees them, with a real server process.
#include "agent/link.h"
#include "session/server.h"
#include "support/devsession.h"

#include <QSignalSpy>
#include <QTest>

using namespace paddock;
using namespace paddock::session;
using namespace paddock::test;
using namespace Qt::StringLiterals;

class TestServer final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_workspace = std::make_unique<TestWorkspace>();
        QVERIFY2(m_workspace->isValid(), qPrintable(m_workspace->problem()));
        m_server = std::make_unique<Server>();
        const QString agent = QStringLiteral(PADDOCK_SOURCE_DIR "/resources/agent/agent.ts");
        m_server->setOptions({.root = m_workspace->root(),
                              .socketFolder = m_workspace->environment().value(u"XDG_RUNTIME_DIR"_s),
                              .plan = {.program = bunProgram(),
                                       .arguments = {u"--preload"_s, agent, m_workspace->path(u"src/index.ts"_s)}},
                              .environment = m_workspace->environment()});
    }

    void cleanup()
    {
        if (m_server->status().pid > 0) {
            const auto stopping = m_server->stop();
            QTRY_VERIFY_WITH_TIMEOUT(stopping.isFinished(), 20'000);
        }
        m_server.reset();
        m_workspace.reset();
    }

    /// The agent's socket is lost on our side: it calls again, and the server never notices.
    void aLostConnectionIsMadeAgain()
    {
        start();
        const qint64 pid = m_server->status().pid;
        QList<AgentState> agents;
        QList<ServerState> states;
        const QObject scope; // the lists end with this function
        connect(m_server.get(), &Server::statusChanged, &scope, [&](const ServerStatus &status) {
            if (agents.isEmpty() || agents.last() != status.agent)
                agents.append(status.agent);
            states.append(status.state);
        });
        for (int round = 1; round <= 3; ++round) {
            agents.clear();
            auto *link = m_server->findChild<agent::Link *>();
            QVERIFY(link);
            link->close();
            QTRY_VERIFY_WITH_TIMEOUT(agents == (QList{AgentState::Connecting, AgentState::Connected}), 20'000);
            QCOMPARE(m_server->status().pid, pid);
            const auto inspected = m_server->request(u"inspect"_s);
            QTRY_VERIFY_WITH_TIMEOUT(inspected.isFinished(), 10'000);
            QVERIFY(inspected.result());
            QVERIFY(!inspected.result()->value("plugins"_L1).toArray().isEmpty());
        }
        for (const ServerState state : std::as_const(states))
            QVERIFY(state == ServerState::Running);
    }

    void stoppingDuringAStartSettlesBoth()
    {
        const auto starting = m_server->start();
        const auto stopping = m_server->stop();
        QTRY_VERIFY_WITH_TIMEOUT(starting.isFinished() && stopping.isFinished(), 20'000);
        QVERIFY(!starting.result());
        QVERIFY(m_server->status().state == ServerState::Stopped);
    }

private:
    void start()
    {
        const auto starting = m_server->start();
        QTRY_VERIFY_WITH_TIMEOUT(starting.isFinished(), 60'000);
        QVERIFY2(starting.result(), starting.result() ? "" : qPrintable(starting.result().error().message));
    }

    std::unique_ptr<TestWorkspace> m_workspace;
    std::unique_ptr<Server> m_server;
};

QTEST_GUILESS_MAIN(TestServer)
#include "tst_server.moc"
