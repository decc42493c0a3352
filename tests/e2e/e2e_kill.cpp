// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// kill -9 of Paddock at each stage: nothing is left running, nothing is damaged, and the next start says what it found.
#include "runtimes.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTest>
#include <csignal>

using namespace paddock::test;
using namespace Qt::StringLiterals;

class E2eKill final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { runtimeRows(); }

    void atEachStage_data()
    {
        QTest::addColumn<QString>("moment");
        QTest::addColumn<QString>("said"); // by the next start
        for (const QString &moment : {u"start"_s, u"served"_s, u"swap"_s, u"typegen"_s, u"restart"_s, u"job"_s})
            QTest::newRow(qPrintable(moment)) << moment
                                              << (moment == "swap"_L1      ? u"pricing (swap)"_s
                                                  : moment == "typegen"_L1 ? u"(typegen)"_s
                                                  : moment == "restart"_L1 ? u"(restart)"_s
                                                  : moment == "job"_L1     ? u"hostile"_s
                                                                           : u"without closing"_s);
    }

    void atEachStage()
    {
        QFETCH(QString, moment);
        QFETCH(QString, said);
        QFETCH_GLOBAL(Runtime, runtime);
        TestWorkspace workspace(runtime);
        QVERIFY2(workspace.isValid(), qPrintable(workspace.problem()));
        prepare(workspace, moment);
        {
            DevSession dev(workspace);
            dev.start();
            if (moment == "start"_L1)
                QVERIFY(!dev.waitFor([](const QJsonObject &e) {
                                return e.value("event"_L1) == "server"_L1 && e.value("pid"_L1).toInteger() > 0;
                            })
                             .isEmpty());
            else
                QVERIFY2(dev.waitForReady(), qPrintable(dev.errorOutput()));
            provoke(workspace, dev, moment);
            QVERIFY(processesOf(workspace).size() >= 2);
            // The history is written in batches; what a kill finds there is what is tested here.
            QTRY_VERIFY(isRecorded(workspace, moment));
            dev.kill();
        }
        QTRY_VERIFY2_WITH_TIMEOUT(processesOf(workspace).isEmpty(), qPrintable(processesOf(workspace).join(u'\n')),
                                  5000);
        calm(workspace, moment);
        DevSession next(workspace);
        next.start();
        QVERIFY2(next.waitForReady(), qPrintable(next.errorOutput()));
        QCOMPARE(next.call(u"shop.ping"_s).status, 200);
        QString text;
        QTRY_VERIFY_WITH_TIMEOUT(
            [&] {
                for (const QJsonObject &event : next.eventsOf(u"problem"_s))
                    if (event.value("code"_L1) == "session-interrupted"_L1)
                        text = event.value("message"_L1).toString();
                return !text.isEmpty();
            }(),
            10'000);
        QVERIFY2(text.contains(said), qPrintable(text));
        QVERIFY(std::ranges::none_of(next.eventsOf(u"problem"_s), [](const QJsonObject &event) {
            return event.value("code"_L1).toString().startsWith("history"_L1);
        }));
        const auto sessions = [&] { // written in batches, a moment after the fact
            const auto history = paddockctl(workspace, {u"--json"_s, u"history"_s});
            return history.status == 0 ? history.json()["sessions"_L1].toArray().size() : -1;
        };
        // (A session that did nothing is not kept.)
        QTRY_COMPARE_WITH_TIMEOUT(sessions(), moment == "start"_L1 || moment == "served"_L1 ? 1 : 2, 10'000);
        QCOMPARE(next.interrupt(), 0);
        // Who ends in order takes everything along: nothing is left to wait for.
        const QStringList left = processesOf(workspace);
        QVERIFY2(left.isEmpty(), qPrintable(left.join(u'\n')));
    }

    void orderlyEnd_data()
    {
        QTest::addColumn<QString>("moment");
        QTest::addColumn<bool>("inWindow");
        for (const QString &moment :
             {u"start"_s, u"served"_s, u"swap"_s, u"typegen"_s, u"restart"_s, u"job"_s, u"stubborn job"_s})
            QTest::newRow(qPrintable(moment)) << moment << false;
        for (const QString &moment : {u"served"_s, u"job"_s, u"stubborn job"_s})
            QTest::newRow(qPrintable(moment + u", in the window"_s)) << moment << true;
    }

    // What reads the stream goes away: the session ends in order as soon as it has something to say.
    void nobodyReadsAnyMore()
    {
        QFETCH_GLOBAL(Runtime, runtime);
        TestWorkspace workspace(runtime);
        QVERIFY2(workspace.isValid(), qPrintable(workspace.problem()));
        QProcess shell;
        shell.setProcessEnvironment(workspace.environment());
        shell.start(u"sh"_s, {u"-c"_s, u"\"$0\" -C \"$1\" dev --trust --json | grep -m 1 '\"ready\"'"_s,
                              paddockctlProgram(), workspace.root()});
        QVERIFY2(QTest::qWaitFor([&] { return shell.state() == QProcess::NotRunning; }, 60'000),
                 shell.readAllStandardError().constData());
        QVERIFY(shell.readAllStandardOutput().contains("\"ready\"")); // it served
        const QStringList left = processesOf(workspace);
        QVERIFY2(left.isEmpty(), qPrintable(left.join(u'\n')));
    }

    // Ctrl+C, or SIGTERM, in the middle of any work: the moment the program has ended, everything of it has.
    void orderlyEnd()
    {
        QFETCH(QString, moment);
        QFETCH(bool, inWindow);
        QFETCH_GLOBAL(Runtime, runtime);
        TestWorkspace workspace(runtime);
        QVERIFY2(workspace.isValid(), qPrintable(workspace.problem()));
        prepare(workspace, moment);
        QProcess window;
        DevSession dev(workspace);
        if (inWindow) {
            QCOMPARE(paddockctl(workspace, {u"trust"_s}).status, 0);
            startWindow(window, workspace);
        } else {
            dev.start();
        }
        const auto isRunning = [&] { return serverState(workspace) == "running"_L1; };
        if (moment == "start"_L1)
            QTRY_VERIFY_WITH_TIMEOUT(processesOf(workspace).size() >= 3, 60'000); // it, a guard, and what it guards
        else
            QTRY_VERIFY2_WITH_TIMEOUT(isRunning(), qPrintable(dev.errorOutput()), 60'000);
        provoke(workspace, dev, moment);
        QVERIFY(processesOf(workspace).size() >= 2);
        QProcess &paddock = inWindow ? window : dev.process();
        ::kill(pid_t(paddock.processId()), inWindow ? SIGTERM : SIGINT);
        QVERIFY(QTest::qWaitFor([&] { return paddock.state() == QProcess::NotRunning; }, 30'000));
        const QStringList left = processesOf(workspace);
        QVERIFY2(left.isEmpty(), qPrintable(left.join(u'\n')));
        QCOMPARE(paddock.exitStatus(), QProcess::NormalExit);
        QCOMPARE(paddock.exitCode(), 0);
        calm(workspace, moment);
        // What was cut off is in the history as it ended, not as something that still runs.
        const auto history = paddockctl(workspace, {u"--json"_s, u"history"_s});
        QCOMPARE(history.status, 0);
        const QJsonArray jobs = history.json()["jobs"_L1].toArray();
        if (moment.endsWith("job"_L1) || moment == "typegen"_L1)
            QVERIFY(!jobs.isEmpty());
        for (const QJsonValue &job : jobs)
            QVERIFY2(job["state"_L1] != "running"_L1, qPrintable(job["name"_L1].toString()));
    }

    // The window, on the offscreen platform: the session in it is the same, but its process is another program.
    void theWindow()
    {
        QFETCH_GLOBAL(Runtime, runtime);
        TestWorkspace workspace(runtime);
        QVERIFY2(workspace.isValid(), qPrintable(workspace.problem()));
        QCOMPARE(paddockctl(workspace, {u"trust"_s}).status, 0);
        QProcess window;
        startWindow(window, workspace);
        const auto isRunning = [&] { return serverState(workspace) == "running"_L1; };
        QTRY_VERIFY2_WITH_TIMEOUT(isRunning(), window.readAllStandardError().constData(), 60'000);
        QVERIFY(processesOf(workspace).size() >= 2);
        window.kill();
        QVERIFY(window.waitForFinished());
        QTRY_VERIFY2_WITH_TIMEOUT(processesOf(workspace).isEmpty(), qPrintable(processesOf(workspace).join(u'\n')),
                                  5000);
        DevSession next(workspace);
        next.start();
        QVERIFY2(next.waitForReady(), qPrintable(next.errorOutput()));
        QTRY_VERIFY_WITH_TIMEOUT(std::ranges::any_of(next.eventsOf(u"problem"_s),
                                                     [](const QJsonObject &event) {
                                                         return event.value("code"_L1) == "session-interrupted"_L1;
                                                     }),
                                 10'000);
    }

private:
    static void startWindow(QProcess &window, const TestWorkspace &workspace)
    {
        auto environment = workspace.environment();
        environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
        environment.insert(u"XDG_CONFIG_HOME"_s, workspace.path(u"../data"_s));
        window.setProcessEnvironment(environment);
        window.start(QStringLiteral(PADDOCK_BINARY_DIR "/bin/paddock"), {workspace.root()});
        QVERIFY(window.waitForStarted());
    }

    static QString serverState(const TestWorkspace &workspace)
    {
        return paddockctl(workspace, {u"--json"_s, u"status"_s}).json()["server"_L1]["state"_L1].toString();
    }

    void prepare(const TestWorkspace &workspace, const QString &moment)
    {
        const QString slow = u"await new Promise((done) => setTimeout(done, 4000));"_s;
        if (moment == "start"_L1)
            workspace.edit(u"src/index.ts"_s, u"await server.start();"_s, slow + u"\nawait server.start();"_s);
        else if (moment == "typegen"_L1)
            workspace.edit(u"package.json"_s, u"\"donkeylabs generate\""_s, u"\"sleep 600 & sleep 600\""_s);
        else if (moment.endsWith("job"_L1))
            workspace.save(u"paddock.toml"_s,
                           u"[[command]]\nname = \"hostile\"\ncommand = \"%1\"\nargs = [\"%2\"]\n"_s.arg(
                               QStringLiteral(PADDOCK_BINARY_DIR "/tests/hostile"),
                               moment == "job"_L1 ? u"double-fork"_s : u"ignore-term"_s));
    }

    void provoke(const TestWorkspace &workspace, DevSession &dev, const QString &moment)
    {
        if (moment == "swap"_L1)
            workspace.edit(
                u"src/plugins/pricing/index.ts"_s, u"const { catalog } = ctx.deps;"_s,
                u"const { catalog } = ctx.deps;\n    await new Promise((done) => setTimeout(done, 4000));"_s);
        else if (moment == "typegen"_L1)
            workspace.edit(u"src/routes/shop.ts"_s, u"member: z.boolean().default(false)"_s,
                           u"member: z.boolean().default(false), note: z.string().optional()"_s);
        else if (moment == "restart"_L1)
            workspace.edit(u"src/index.ts"_s, u"await server.start();"_s,
                           u"await new Promise((done) => setTimeout(done, 4000));\nawait server.start();"_s);
        else if (moment.endsWith("job"_L1)) {
            m_job.setProcessEnvironment(workspace.environment());
            m_job.start(paddockctlProgram(), {u"-C"_s, workspace.root(), u"run"_s, u"hostile"_s});
            QTRY_VERIFY_WITH_TIMEOUT(
                paddockctl(workspace, {u"--json"_s, u"logs"_s}).out.contains("\"source\":\"hostile\""), 20'000);
        }
        if (moment == "swap"_L1 || moment == "typegen"_L1 || moment == "restart"_L1)
            QVERIFY(!dev.waitFor([&](const QJsonObject &e) {
                            return e.value("event"_L1) == "stage"_L1 && e.value("stage"_L1) == moment &&
                                   e.value("state"_L1) == "running"_L1;
                        })
                         .isEmpty());
    }

    /// Whether the history on disk knows of the session, and of what was provoked in it.
    static bool isRecorded(const TestWorkspace &workspace, const QString &moment)
    {
        const auto history = paddockctl(workspace, {u"--json"_s, u"history"_s});
        if (history.status != 0 || history.json()["sessions"_L1].toArray().isEmpty())
            return false;
        const bool did =
            !history.json()["changes"_L1].toArray().isEmpty() || !history.json()["jobs"_L1].toArray().isEmpty();
        return did || moment == "start"_L1 || moment == "served"_L1;
    }

    void calm(const TestWorkspace &workspace, const QString &moment)
    {
        if (moment == "typegen"_L1)
            workspace.edit(u"package.json"_s, u"\"sleep 600 & sleep 600\""_s, u"\"donkeylabs generate\""_s);
        if (m_job.state() != QProcess::NotRunning)
            QVERIFY(m_job.waitForFinished(10'000)); // its session has gone
    }

    /// Whatever runs with this workspace's own folders in its environment, but for the commands that tests give.
    static QStringList processesOf(const TestWorkspace &workspace)
    {
        const QByteArray mark = "XDG_STATE_HOME=" + workspace.environment().value(u"XDG_STATE_HOME"_s).toUtf8() + '\0';
        QStringList found;
        for (const QString &pid : QDir(u"/proc"_s).entryList(QDir::Dirs)) {
            QFile environment(u"/proc/%1/environ"_s.arg(pid));
            QFile commandLine(u"/proc/%1/cmdline"_s.arg(pid));
            QFile stat(u"/proc/%1/stat"_s.arg(pid));
            if (!environment.open(QIODevice::ReadOnly) || !environment.readAll().contains(mark))
                continue;
            if (!commandLine.open(QIODevice::ReadOnly) || !stat.open(QIODevice::ReadOnly))
                continue;
            const QByteArray words = commandLine.readAll().replace('\0', ' ').trimmed();
            const QByteArray status = stat.readAll();
            const bool isZombie = status.mid(status.lastIndexOf(')') + 2, 1) == "Z";
            if (!words.isEmpty() && !isZombie && !words.contains(" run hostile"))
                found.append(pid + u' ' + QString::fromUtf8(words));
        }
        return found;
    }

    QProcess m_job;
};

QTEST_GUILESS_MAIN(E2eKill)
#include "e2e_kill.moc"
