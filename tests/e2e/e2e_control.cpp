// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The commands that talk to an open session, and what the command line says when things are not as they should be.
#include "runtimes.h"

#include <QDir>
#include <QFile>
#include <QTcpServer>
#include <QTest>

using namespace paddock::test;
using namespace Qt::StringLiterals;

class E2eControl final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { runtimeRows(); }

    void init()
    {
        QFETCH_GLOBAL(Runtime, runtime);
        m_workspace = std::make_unique<TestWorkspace>(runtime);
        QVERIFY2(m_workspace->isValid(), qPrintable(m_workspace->problem()));
    }

    void commandsReachTheSession()
    {
        DevSession dev(*m_workspace);
        dev.start();
        QVERIFY2(dev.waitForReady(), qPrintable(dev.errorOutput()));

        const auto status = run({u"status"_s});
        QCOMPARE(status.status, 0);
        QCOMPARE(status.json()["server"_L1]["state"_L1].toString(), u"running"_s);
        QCOMPARE(status.json()["server"_L1]["port"_L1].toInt(), m_workspace->port());

        const auto reload = run({u"reload"_s, u"pricing"_s});
        QCOMPARE(reload.status, 0);
        QCOMPARE(reload.json()["outcome"_L1].toString(), u"swapped"_s);
        QCOMPARE(run({u"reload"_s, u"--routes"_s, u"src/routes/shop.ts"_s}).status, 0);
        QCOMPARE(run({u"reload"_s, u"nobody"_s}).status, 1);

        const auto routes = run({u"routes"_s});
        QVERIFY(routes.json()["live"_L1].toBool());
        QVERIFY(routes.json()["routes"_L1].toArray().size() >= 12);
        for (const QJsonValue &route : routes.json()["routes"_L1].toArray())
            QVERIFY2(route["file"_L1].toString().startsWith("src/routes/"_L1), qPrintable(route["file"_L1].toString()));

        const auto call = run({u"call"_s, u"shop.products.get"_s, u"--input"_s, u"{\"id\":\"apple\"}"_s});
        QCOMPARE(call.status, 0);
        QCOMPARE(call.json()["body"_L1]["name"_L1].toString(), u"Apple"_s);
        QCOMPARE(run({u"call"_s, u"shop.products.get"_s, u"--input"_s, u"{\"id\":\"nothing\"}"_s}).status, 1);
        QCOMPARE(run({u"call"_s, u"shop.ping"_s, u"--input"_s, u"{nonsense"_s}).status, 2);

        const auto logs = run({u"logs"_s});
        QCOMPARE(logs.status, 0);
        QVERIFY(!logs.out.isEmpty());
        QVERIFY(run({u"logs"_s, u"--grep"_s, u"no such line ever"_s}).out.isEmpty());
        QCOMPARE(run({u"logs"_s, u"--grep"_s, u"("_s}).status, 2);

        QCOMPARE(run({u"stop"_s}).json()["server"_L1]["state"_L1].toString(), u"stopped"_s);
        QCOMPARE(dev.call(u"shop.ping"_s).status, 0);
        QCOMPARE(run({u"reload"_s, u"pricing"_s}).status, 4);
        QCOMPARE(run({u"call"_s, u"shop.ping"_s}).status, 4);
        QVERIFY(!run({u"routes"_s}).json()["live"_L1].toBool());
        QCOMPARE(run({u"start"_s}).json()["server"_L1]["state"_L1].toString(), u"running"_s);
        QCOMPARE(dev.call(u"shop.ping"_s).status, 200);
        const QJsonValue pid = run({u"status"_s}).json()["server"_L1]["pid"_L1];
        QVERIFY(run({u"restart"_s}).json()["server"_L1]["pid"_L1] != pid);

        QVERIFY(run({u"pause"_s}).json()["paused"_L1].toBool());
        m_workspace->edit(u"src/routes/shop.ts"_s, u"\"pong\\n\""_s, u"\"PONG\\n\""_s);
        QTRY_COMPARE_WITH_TIMEOUT(run({u"status"_s}).json()["waitingFiles"_L1].toArray(),
                                  QJsonArray{u"src/routes/shop.ts"_s}, 20'000);
        QCOMPARE(dev.call(u"shop.ping"_s).body.toString(), u"pong\n"_s);
        QCOMPARE(run({u"resume"_s}).status, 0);
        QTRY_COMPARE_WITH_TIMEOUT(dev.call(u"shop.ping"_s).body.toString(), u"PONG\n"_s, 20'000);

        // One workspace, one session.
        DevSession second(*m_workspace);
        second.start();
        QTRY_VERIFY_WITH_TIMEOUT(!second.isRunning(), 20'000);
        QCOMPARE(second.process().exitCode(), 1);
        QVERIFY(second.errorOutput().contains(u"Another session"_s));
        QCOMPARE(dev.interrupt(), 0);
        QCOMPARE(run({u"status"_s}).status, 4);
    }

    void withoutASession_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::newRow("status") << QStringList{u"status"_s} << 4;
        QTest::newRow("start") << QStringList{u"start"_s} << 4;
        QTest::newRow("reload") << QStringList{u"reload"_s, u"pricing"_s} << 4;
        QTest::newRow("logs") << QStringList{u"logs"_s} << 4;
        QTest::newRow("call") << QStringList{u"call"_s, u"shop.ping"_s} << 4;
        QTest::newRow("tree") << QStringList{u"tree"_s} << 0;
        QTest::newRow("routes") << QStringList{u"routes"_s} << 0;
        QTest::newRow("doctor") << QStringList{u"doctor"_s} << 0;
        QTest::newRow("not trusted") << QStringList{u"dev"_s} << 5;
        QTest::newRow("no command") << QStringList{} << 2;
        QTest::newRow("unknown command") << QStringList{u"frobnicate"_s} << 2;
        QTest::newRow("unknown option") << QStringList{u"tree"_s, u"--dry-run"_s} << 2;
        QTest::newRow("too many words") << QStringList{u"tree"_s, u"more"_s} << 2;
        QTest::newRow("missing word") << QStringList{u"call"_s} << 2;
        QTest::newRow("classify without states") << QStringList{u"classify"_s} << 2;
        QTest::newRow("neither on nor off") << QStringList{u"manual"_s, u"maybe"_s} << 2;
        QTest::newRow("neither yes nor no") << QStringList{u"answer"_s, u"maybe"_s} << 2;
        QTest::newRow("no policy") << QStringList{u"policy"_s, u"maybe"_s} << 2;
        QTest::newRow("no generation") << QStringList{u"logs"_s, u"--generation"_s, u"x"_s} << 2;
        QTest::newRow("no limit") << QStringList{u"history"_s, u"--limit"_s, u"0"_s} << 2;
        QTest::newRow("no steps") << QStringList{u"migrate"_s, u"up"_s, u"--steps"_s, u"x"_s} << 2;
        QTest::newRow("help") << QStringList{u"--help"_s} << 0;
        QTest::newRow("help of a command") << QStringList{u"dev"_s, u"--help"_s} << 0;
        QTest::newRow("version") << QStringList{u"--version"_s} << 0;
    }

    void withoutASession()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        const auto result = run(arguments);
        QCOMPARE(result.status, status);
        if (status != 0)
            QVERIFY(!result.err.isEmpty());
        if (status == 2 && !arguments.isEmpty()) { // whoever asked for a document gets one
            const auto document = run(QStringList{u"--json"_s} + arguments);
            QCOMPARE(document.json()["error"_L1]["code"_L1].toString(), u"usage"_s);
        }
    }

    void badWorkspaces_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("content");
        QTest::addColumn<QString>("said");
        QTest::newRow("not JSON") << u"package.json"_s << u"{ \"name\": \"x\",\n  oops }\n"_s << u"package.json"_s;
        QTest::newRow("no server") << u"package.json"_s << u"{ \"name\": \"x\" }"_s << u"@donkeylabs/server"_s;
        QTest::newRow("empty folder") << QString() << QString() << u"package.json"_s;
    }

    void badWorkspaces()
    {
        QFETCH(QString, file);
        QFETCH(QString, content);
        QFETCH(QString, said);
        QTemporaryDir folder;
        if (!file.isEmpty()) {
            QFile out(folder.filePath(file));
            QVERIFY(out.open(QIODevice::WriteOnly));
            out.write(content.toUtf8());
        }
        const bool isWorkspace = said == "package.json"_L1 && !file.isEmpty(); // one that cannot be read
        for (const QString &command : isWorkspace ? QStringList{u"tree"_s, u"dev"_s}
                                                  : QStringList{u"tree"_s, u"dev"_s, u"status"_s, u"history"_s,
                                                                u"doctor"_s, u"run"_s, u"trust"_s, u"journal"_s}) {
            QStringList arguments{u"-C"_s, folder.path(), command};
            if (command == "dev"_L1)
                arguments << u"--trust"_s;
            const auto result = paddockctl(*m_workspace, arguments, false);
            QCOMPARE(result.status, 3);
            QVERIFY2(result.err.contains(said.toUtf8()), result.err.constData());
        }
    }

    void missingFolder()
    {
        QCOMPARE(paddockctl(*m_workspace, {u"-C"_s, u"/no/such/folder"_s, u"tree"_s}, false).status, 3);
    }

    void noBun()
    {
        QProcessEnvironment extra;
        extra.insert(u"PADDOCK_BUN"_s, u"/no/such/bun"_s);
        const auto result =
            paddockctl(*m_workspace, {u"-C"_s, m_workspace->root(), u"dev"_s, u"--trust"_s}, false, extra);
        QCOMPARE(result.status, 1);
        const QByteArray said = result.out + result.err;
        QVERIFY2(said.contains("PADDOCK_BUN"), said.constData());
    }

    void portTaken()
    {
        QTcpServer holder;
        QVERIFY(holder.listen(QHostAddress::Any, quint16(m_workspace->port())));
        DevSession dev(*m_workspace);
        dev.start();
        QTRY_VERIFY_WITH_TIMEOUT(!dev.isRunning(), 60'000);
        QCOMPARE(dev.process().exitCode(), 1);
        QJsonObject problem;
        for (const QJsonObject &event : dev.eventsOf(u"problem"_s))
            if (event.value("severity"_L1) == "error"_L1)
                problem = event;
        QCOMPARE(problem.value("code"_L1).toString(), u"port-taken"_s);
        QVERIFY(problem.value("message"_L1).toString().contains(QString::number(m_workspace->port())));
        QVERIFY(problem.value("message"_L1).toString().contains(QString::number(QCoreApplication::applicationPid())));
    }

    void killedSession()
    {
        qint64 server = 0;
        {
            DevSession dev(*m_workspace);
            dev.start();
            QVERIFY2(dev.waitForReady(), qPrintable(dev.errorOutput()));
            server = dev.server().value("pid"_L1).toInteger();
            QVERIFY(QFile::exists(u"/proc/%1"_s.arg(server)));
            dev.kill();
        }
        QTRY_VERIFY_WITH_TIMEOUT(!QFile::exists(u"/proc/%1"_s.arg(server)), 5000);
        // Nothing is in the way of the next one: neither the port nor the socket nor a token.
        DevSession next(*m_workspace);
        next.start();
        QVERIFY2(next.waitForReady(), qPrintable(next.errorOutput()));
        QCOMPARE(next.call(u"shop.ping"_s).status, 200);
    }

    void withoutPackages()
    {
        QVERIFY(QDir(m_workspace->path(u"node_modules"_s)).removeRecursively());
        DevSession dev(*m_workspace);
        dev.start();
        QVERIFY2(dev.waitForReady(120'000), qPrintable(dev.errorOutput()));
        QCOMPARE(dev.eventsOf(u"job"_s).last().value("state"_L1).toString(), u"succeeded"_s);
        QCOMPARE(dev.call(u"shop.ping"_s).status, 200);
    }

    void revokedTrust()
    {
        QCOMPARE(run({u"trust"_s}).status, 0);
        QCOMPARE(run({u"trust"_s, u"--revoke"_s}).status, 0);
        QCOMPARE(run({u"dev"_s}).status, 5);
    }

private:
    CommandResult run(const QStringList &arguments)
    {
        return paddockctl(*m_workspace, QStringList{u"--json"_s} + arguments);
    }

    std::unique_ptr<TestWorkspace> m_workspace;
};

QTEST_GUILESS_MAIN(E2eControl)
#include "e2e_control.moc"
