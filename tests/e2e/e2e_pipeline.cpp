// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What steers the pipeline, the jobs, and what is left for later sessions.
#include "runtimes.h"

#include <QFile>
#include <QJsonDocument>
#include <QProcess>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTest>
#include <csignal>

using namespace paddock::test;
using namespace Qt::StringLiterals;

class E2ePipeline final : public QObject
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

    void focus()
    {
        DevSession dev(*m_workspace);
        dev.start();
        QVERIFY2(dev.waitForReady(), qPrintable(dev.errorOutput()));
        QCOMPARE(run({u"watch"_s, u"nobody"_s}).status, 1);
        QCOMPARE(run({u"watch"_s}).status, 2);
        QCOMPARE(run({u"watch"_s, u"pricing"_s}).json()["focus"_L1].toString(), u"pricing"_s);
        ping(u"PONG"_s);
        const auto held = dev.waitFor([](const QJsonObject &e) {
            return e.value("event"_L1) == "journal"_L1 && e.value("file"_L1) == "src/routes/shop.ts"_L1;
        });
        QCOMPARE(held.value("fate"_L1).toString(), u"held"_s);
        QVERIFY2(held.value("reason"_L1).toString().contains(u"pricing"_s), qPrintable(held["reason"_L1].toString()));
        QCOMPARE(waiting(), QJsonArray{u"src/routes/shop.ts"_s});
        // The plugin in focus is served, and does not carry the held file along.
        m_workspace->edit(u"src/plugins/pricing/discounts.ts"_s, u"BULK_PERCENT = 8"_s, u"BULK_PERCENT = 9"_s);
        QCOMPARE(dev.waitForResult(u"pricing"_s).value("outcome"_L1).toString(), u"swapped"_s);
        QCOMPARE(dev.call(u"shop.ping"_s).body.toString(), u"pong\n"_s);
        QCOMPARE(waiting(), QJsonArray{u"src/routes/shop.ts"_s});
        // A change that is taken back while it is held waits no longer.
        ping(u"pong"_s);
        QTRY_COMPARE_WITH_TIMEOUT(waiting(), QJsonArray(), 20'000);
        ping(u"PoNg"_s);
        QTRY_COMPARE_WITH_TIMEOUT(waiting().size(), 1, 20'000);
        QCOMPARE(run({u"watch"_s, u"--all"_s}).status, 0);
        QTRY_COMPARE_WITH_TIMEOUT(dev.call(u"shop.ping"_s).body.toString(), u"PoNg\n"_s, 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(waiting(), QJsonArray(), 20'000);
    }

    void manual()
    {
        {
            DevSession dev(*m_workspace);
            dev.start();
            QVERIFY2(dev.waitForReady(), qPrintable(dev.errorOutput()));
            QVERIFY(run({u"manual"_s, u"on"_s}).json()["manual"_L1].toBool());
            ping(u"one"_s);
            QTRY_COMPARE_WITH_TIMEOUT(waiting(), QJsonArray{u"src/routes/shop.ts"_s}, 20'000);
            QCOMPARE(dev.call(u"shop.ping"_s).body.toString(), u"pong\n"_s);
            QCOMPARE(run({u"apply"_s}).status, 0);
            QTRY_COMPARE_WITH_TIMEOUT(dev.call(u"shop.ping"_s).body.toString(), u"one\n"_s, 20'000);
            ping(u"two"_s);
            QTRY_COMPARE_WITH_TIMEOUT(waiting().size(), 1, 20'000);
            QCOMPARE(dev.interrupt(), 0);
        }
        // It is remembered; what waited is loaded by the next start.
        DevSession next(*m_workspace);
        next.start();
        QVERIFY2(next.waitForReady(), qPrintable(next.errorOutput()));
        QVERIFY(run({u"status"_s}).json()["manual"_L1].toBool());
        QCOMPARE(next.call(u"shop.ping"_s).body.toString(), u"two\n"_s);
        ping(u"three"_s);
        QTRY_COMPARE_WITH_TIMEOUT(waiting().size(), 1, 20'000);
        QCOMPARE(run({u"manual"_s, u"off"_s}).status, 0);
        QTRY_COMPARE_WITH_TIMEOUT(next.call(u"shop.ping"_s).body.toString(), u"three\n"_s, 20'000);
    }

    void restartPolicies_data()
    {
        QTest::addColumn<QString>("policy");
        QTest::addColumn<QString>("answer");
        QTest::addColumn<bool>("restarts");
        QTest::newRow("yes") << u"yes"_s << QString() << true;
        QTest::newRow("no") << u"no"_s << QString() << false;
        QTest::newRow("ask, yes") << u"ask"_s << u"yes"_s << true;
        QTest::newRow("ask, no") << u"ask"_s << u"no"_s << false;
    }

    void restartPolicies()
    {
        QFETCH(QString, policy);
        QFETCH(QString, answer);
        QFETCH(bool, restarts);
        DevSession dev(*m_workspace);
        dev.start();
        QVERIFY2(dev.waitForReady(), qPrintable(dev.errorOutput()));
        const QJsonValue pid = dev.server().value("pid"_L1);
        QCOMPARE(run({u"policy"_s, u"perhaps"_s}).status, 2);
        QCOMPARE(run({u"policy"_s, policy}).json()["restartPolicy"_L1].toString(), policy);
        m_workspace->edit(u"src/index.ts"_s, u"Good night!"_s, u"Sleep well!"_s);
        if (!answer.isEmpty()) {
            const auto asked =
                dev.waitFor([](const QJsonObject &e) { return e.value("event"_L1) == "restart-wanted"_L1; });
            QVERIFY(!asked.value("reason"_L1).toString().isEmpty());
            QVERIFY(!waiting().isEmpty());
            QCOMPARE(run({u"answer"_s, answer}).status, 0);
        }
        if (restarts) {
            const auto result = dev.waitFor([](const QJsonObject &e) {
                return e.value("event"_L1) == "result"_L1 && e.value("outcome"_L1) == "restarted"_L1;
            });
            QVERIFY(!result.isEmpty());
            QTRY_COMPARE_WITH_TIMEOUT(dev.call(u"shop.ping"_s).status, 200, 20'000);
            QVERIFY(dev.server().value("pid"_L1) != pid);
            QTRY_COMPARE_WITH_TIMEOUT(waiting(), QJsonArray(), 20'000);
            return;
        }
        QTRY_VERIFY_WITH_TIMEOUT(!dev.eventsOf(u"result"_s).isEmpty(), 20'000);
        QCOMPARE(dev.eventsOf(u"result"_s).last().value("outcome"_L1).toString(), u"held"_s);
        QCOMPARE(dev.server().value("pid"_L1), pid);
        QCOMPARE(waiting(), QJsonArray{u"src/index.ts"_s});
        // What can be swapped is swapped all the same.
        ping(u"PONG"_s);
        QTRY_COMPARE_WITH_TIMEOUT(dev.call(u"shop.ping"_s).body.toString(), u"PONG\n"_s, 20'000);
        QCOMPARE(dev.server().value("pid"_L1), pid);
        QCOMPARE(run({u"restart"_s}).status, 0);
        QTRY_COMPARE_WITH_TIMEOUT(waiting(), QJsonArray(), 20'000);
    }

    void alwaysRestart()
    {
        m_workspace->save(u"paddock.toml"_s, u"restart = \"always\"\n"_s);
        DevSession dev(*m_workspace);
        dev.start();
        QVERIFY2(dev.waitForReady(), qPrintable(dev.errorOutput()));
        ping(u"PONG"_s);
        QCOMPARE(dev.waitForResult().value("outcome"_L1).toString(), u"swapped"_s); // what can be swapped still is
        QCOMPARE(dev.call(u"shop.ping"_s).body.toString(), u"PONG\n"_s);
        m_workspace->edit(u"src/index.ts"_s, u"Good night!"_s, u"Sleep well!"_s);
        QCOMPARE(dev.waitForResult(u"src/index.ts"_s).value("outcome"_L1).toString(), u"restarted"_s);
        // A server that does not respond is ended for the next save.
        const qint64 pid = dev.server().value("pid"_L1).toInteger();
        QCOMPARE(::kill(pid_t(pid), SIGSTOP), 0);
        QVERIFY(!dev.waitFor([](const QJsonObject &e) {
                        return e.value("event"_L1) == "server"_L1 && e.value("state"_L1) == "hung"_L1;
                    })
                     .isEmpty());
        ping(u"again"_s);
        QCOMPARE(dev.waitForResult().value("outcome"_L1).toString(), u"restarted"_s);
        QTRY_COMPARE_WITH_TIMEOUT(dev.call(u"shop.ping"_s).body.toString(), u"again\n"_s, 20'000);
        QVERIFY(::kill(pid_t(pid), 0) != 0);
    }

    void journal()
    {
        const auto fates = [this](const QString &file) {
            QStringList found;
            for (const QByteArray &line :
                 run({u"journal"_s, u"--grep"_s, u"^%1$"_s.arg(file)}).out.trimmed().split('\n'))
                found.append(QJsonDocument::fromJson(line).object()["fate"_L1].toString());
            return found;
        };
        const auto routes = u"src/routes/shop.ts"_s;
        QCOMPARE(run({u"journal"_s}).status, 4); // no session, now or ever
        {
            DevSession dev(*m_workspace);
            dev.start();
            QVERIFY2(dev.waitForReady(), qPrintable(dev.errorOutput()));
            QCOMPARE(run({u"policy"_s, u"no"_s}).status, 0);
            ping(u"one"_s);
            QTRY_COMPARE_WITH_TIMEOUT(fates(routes), QStringList{u"applied"_s}, 20'000);
            QVERIFY(dev.eventsOf(u"journal"_s).last().value("change"_L1).toInt() > 0);
            // Held, overtaken by another save, held again, and loaded by the next start.
            m_workspace->edit(u"src/index.ts"_s, u"Good night!"_s, u"Sleep well!"_s);
            QTRY_COMPARE_WITH_TIMEOUT(fates(u"src/index.ts"_s), QStringList{u"held"_s}, 20'000);
            m_workspace->edit(u"src/index.ts"_s, u"Sleep well!"_s, u"Sleep tight!"_s);
            QTRY_COMPARE_WITH_TIMEOUT(fates(u"src/index.ts"_s), (QStringList{u"held"_s, u"superseded"_s, u"held"_s}),
                                      20'000);
            QCOMPARE(run({u"restart"_s}).status, 0);
            QTRY_COMPARE_WITH_TIMEOUT(fates(u"src/index.ts"_s),
                                      (QStringList{u"held"_s, u"superseded"_s, u"held"_s, u"applied"_s}), 20'000);
            // Paused: two saves, one of which stands for both; the session ends before they are taken up.
            QCOMPARE(run({u"pause"_s}).status, 0);
            ping(u"two"_s);
            QTRY_COMPARE_WITH_TIMEOUT(waiting().size(), 1, 20'000);
            ping(u"three"_s);
            QTRY_COMPARE_WITH_TIMEOUT(fates(routes), (QStringList{u"applied"_s, u"merged"_s}), 20'000);
            QCOMPARE(run({u"journal"_s, u"--fate"_s, u"lost"_s}).status, 2);
            QCOMPARE(run({u"journal"_s, u"--grep"_s, u"("_s}).status, 2);
            QCOMPARE(run({u"journal"_s, u"--since"_s, u"soon"_s}).status, 2);
            QCOMPARE(dev.interrupt(), 0);
        }
        // Afterwards it comes from the store.
        QCOMPARE(fates(routes), (QStringList{u"applied"_s, u"merged"_s, u"held"_s}));
        const auto since = run({u"journal"_s, u"--since"_s, u"1h"_s, u"--fate"_s, u"superseded"_s});
        QCOMPARE(since.status, 0);
        QCOMPARE(since.out.trimmed().split('\n').size(), 1);
        QCOMPARE(since.json()["file"_L1].toString(), u"src/index.ts"_s);
    }

    void jobs()
    {
        m_workspace->save(u"paddock.toml"_s, u"[[command]]\nname = \"say\"\ncommand = \"sh\"\n"
                                             "args = [\"-c\", \"echo got ${word} $EXTRA; pwd; exit ${status}\"]\n"
                                             "cwd = \"src\"\nenv = { EXTRA = \"more\" }\n"
                                             "[[command.input]]\nname = \"word\"\n"
                                             "[[command.input]]\nname = \"status\"\ndefault = 0\n"
                                             "[[command]]\nname = \"long\"\ncommand = \"sleep\"\nargs = [\"600\"]\n"
                                             "[[command]]\nname = \"paint\"\ncommand = \"printf\"\n"
                                             "args = ['\\033[31mred\\033[0m plain\\n']\n"_s);
        const auto isColoured = [this] {
            const auto painted =
                paddockctl(*m_workspace, {u"--color"_s, u"always"_s, u"run"_s, u"paint"_s}).out.split('\n');
            const auto plain =
                paddockctl(*m_workspace, {u"--color"_s, u"never"_s, u"run"_s, u"paint"_s}).out.split('\n');
            return painted.contains("\x1b[31mred\x1b[0m plain") && plain.contains("red plain");
        };
        const auto offered = run({u"run"_s}).json()["offers"_L1].toArray();
        QVERIFY(offered.size() >= 6);
        // Alone: only when trusted.
        QCOMPARE(run({u"run"_s, u"say"_s, u"word=x"_s}).status, 5);
        QCOMPARE(run({u"trust"_s}).status, 0);
        const auto alone = run({u"run"_s, u"say"_s, u"word=x"_s});
        QCOMPARE(alone.status, 0);
        QVERIFY2(alone.out.contains("got x more"), alone.out.constData());
        QVERIFY(isColoured());
        QCOMPARE(run({u"run"_s, u"say"_s, u"word=x"_s, u"status=3"_s}).status, 1);
        QCOMPARE(run({u"run"_s, u"say"_s}).status, 1);
        QCOMPARE(run({u"run"_s, u"say"_s, u"word"_s}).status, 2);
        QCOMPARE(run({u"run"_s, u"nothing"_s}).status, 1);

        DevSession dev(*m_workspace);
        dev.start();
        QVERIFY2(dev.waitForReady(), qPrintable(dev.errorOutput()));
        const auto said = run({u"run"_s, u"say"_s, u"word=y"_s, u"status=4"_s});
        QCOMPARE(said.status, 1);
        QVERIFY2(said.out.contains("got y more"), said.out.constData());
        QVERIFY2(said.out.contains("/src"), said.out.constData());
        const QJsonObject last = QJsonDocument::fromJson(said.out.trimmed().split('\n').last()).object();
        QCOMPARE(last["state"_L1].toString(), u"failed"_s);
        QCOMPARE(last["exitCode"_L1].toInt(), 4);
        QVERIFY(last["folder"_L1].toString().endsWith("/src"_L1));
        QVERIFY(last["environment"_L1].toArray().contains(u"EXTRA=more"_s));
        QTRY_VERIFY_WITH_TIMEOUT(isColoured(),
                                 10'000); // (the last lines may only come with the answer, which is plain)
        QCOMPARE(run({u"run"_s, u"--again"_s, QString::number(last["id"_L1].toInt())}).status, 1);
        // Cancelled from elsewhere, at once.
        QProcess waits;
        waits.setProcessEnvironment(m_workspace->environment());
        waits.start(paddockctlProgram(), {u"-C"_s, m_workspace->root(), u"run"_s, u"long"_s});
        const auto started = dev.waitFor(
            [](const QJsonObject &e) { return e.value("event"_L1) == "job"_L1 && e.value("name"_L1) == "long"_L1; });
        QCOMPARE(started["state"_L1].toString(), u"running"_s);
        QCOMPARE(run({u"cancel"_s, QString::number(started["id"_L1].toInt())}).status, 0);
        QTRY_COMPARE_WITH_TIMEOUT(waits.state(), QProcess::NotRunning, 20'000);
        QCOMPARE(waits.exitCode(), 1);
        const auto all = run({u"jobs"_s}).json()["jobs"_L1].toArray();
        QCOMPARE(all.last()["state"_L1].toString(), u"cancelled"_s);
        QCOMPARE(run({u"cancel"_s, u"99"_s}).status, 1);
        // Settings are read anew when they are saved; a fault is a problem with its line.
        m_workspace->save(u"paddock.toml"_s, u"\nrestart = \"perhaps\"\n"_s);
        const auto problem = dev.waitFor([](const QJsonObject &e) {
            return e.value("event"_L1) == "problem"_L1 && e.value("code"_L1) == "settings"_L1;
        });
        QCOMPARE(problem["file"_L1].toString(), u"paddock.toml"_s);
        QCOMPARE(problem["line"_L1].toInt(), 2);
        QCOMPARE(run({u"run"_s, u"say"_s, u"word=y"_s}).status, 1);
    }

    void watcherScript()
    {
        m_workspace->save(u"scripts/watcher.ts"_s, u"console.log(`watching ${process.argv[2]}`);\n"_s);
        QCOMPARE(run({u"trust"_s}).status, 0);
        const auto alone = run({u"watch"_s, u"pricing"_s, u"--script"_s});
        QVERIFY2(alone.out.contains("watching pricing"), QByteArray(alone.out + alone.err).constData());
        QCOMPARE(alone.status, 0);
        QCOMPARE(run({u"watch"_s, u"nobody"_s, u"--script"_s}).status, 1);
    }

    void historyAcrossSessions()
    {
        QCOMPARE(run({u"history"_s}).json()["changes"_L1].toArray().size(), 0);
        // The real framework's generator writes the sample's schema files in other words, which is a change, once.
        QCOMPARE(run({u"trust"_s}).status, 0);
        QCOMPARE(run({u"run"_s, u"gen:types"_s}).status, 0);
        for (int round = 0; round < 2; ++round) {
            DevSession dev(*m_workspace);
            dev.start();
            QVERIFY2(dev.waitForReady(), qPrintable(dev.errorOutput()));
            ping(u"round %1"_s.arg(round));
            QVERIFY(!dev.waitForResult().isEmpty());
            QCOMPARE(run({u"run"_s, u"gen:types"_s}).status, 0);
            QCOMPARE(dev.interrupt(), 0);
        }
        const QJsonObject history = run({u"history"_s}).json();
        QCOMPARE(history["changes"_L1].toArray().size(), 2);
        QCOMPARE(history["sessions"_L1].toArray().size(), 2);
        QVERIFY(history["jobs"_L1].toArray().size() >= 2);
        const QJsonValue first = history["changes"_L1].toArray().at(0);
        QCOMPARE(first["outcome"_L1].toString(), u"swapped"_s);
        QCOMPARE(first["kind"_L1].toString(), u"route-handler"_s);
        const QString id = QString::number(first["id"_L1].toInt());
        const QJsonObject details = run({u"history"_s, id}).json();
        QCOMPARE(details["stages"_L1].toArray().at(0)["stage"_L1].toString(), u"swap"_s);
        QCOMPARE(details["proof"_L1]["dropped"_L1].toInt(-1), 0);
        QCOMPARE(run({u"history"_s, u"--since"_s, u"1h"_s}).json()["changes"_L1].toArray().size(), 2);
        QCOMPARE(run({u"history"_s, u"--plugin"_s, u"nobody"_s}).json()["changes"_L1].toArray().size(), 0);
        QCOMPARE(run({u"history"_s, u"--since"_s, u"soon"_s}).status, 2);
        QCOMPARE(run({u"history"_s, u"--outcome"_s, u"fine"_s}).status, 2);
        QCOMPARE(run({u"history"_s, u"99"_s}).status, 1);
        const QString file = m_workspace->path(u"out.paddock"_s);
        QCOMPARE(run({u"history"_s, id, u"--export"_s, file}).status, 0);
        TestWorkspace other;
        const auto elsewhere = paddockctl(other, {u"--json"_s, u"history"_s, u"--file"_s, file}, false);
        QCOMPARE(elsewhere.status, 0);
        QCOMPARE(elsewhere.json()["changes"_L1].toArray().size(), 1);
    }

    void once()
    {
        DevSession fine(*m_workspace);
        fine.start({u"--trust"_s, u"--once"_s});
        QTRY_VERIFY_WITH_TIMEOUT(!fine.isRunning(), 60'000);
        QCOMPARE(fine.process().exitCode(), 0);
        QVERIFY(std::ranges::any_of(fine.eventsOf(u"job"_s), [](const QJsonObject &job) {
            return job.value("name"_L1) == "gen:types"_L1 && job.value("state"_L1) == "succeeded"_L1;
        }));
        QVERIFY(!portIsHeld());
        // Nothing has changed since: it starts, serves, and has nothing to generate.
        const auto hasRun = [](const DevSession &session, const QString &job) {
            return std::ranges::any_of(session.eventsOf(u"job"_s),
                                       [&](const QJsonObject &e) { return e.value("name"_L1) == job; });
        };
        DevSession same(*m_workspace);
        same.start({u"--once"_s});
        QTRY_VERIFY_WITH_TIMEOUT(!same.isRunning(), 60'000);
        QCOMPARE(same.process().exitCode(), 0);
        QCOMPARE(same.eventsOf(u"change"_s).size(), 0);
        QVERIFY(!same.eventsOf(u"ready"_s).isEmpty());
        QVERIFY(!hasRun(same, u"gen:types"_s));
        // What has changed since the last session is classified and run: the start loads it, a schema gets its types.
        ping(u"since"_s);
        m_workspace->edit(u"src/plugins/pricing/discounts.ts"_s, u"BULK_PERCENT = 8"_s, u"BULK_PERCENT = 9"_s);
        m_workspace->edit(u"src/routes/shop.ts"_s, u"member: z.boolean().default(false)"_s,
                          u"member: z.boolean().default(false), note: z.string().optional()"_s);
        DevSession since(*m_workspace);
        since.start({u"--once"_s});
        QTRY_VERIFY_WITH_TIMEOUT(!since.isRunning(), 60'000);
        QCOMPARE(since.process().exitCode(), 0);
        QStringList kinds;
        for (const QJsonObject &change : since.eventsOf(u"change"_s))
            kinds.append(change.value("kind"_L1).toString());
        kinds.sort();
        QCOMPARE(kinds, (QStringList{u"plugin-method"_s, u"route-handler"_s, u"route-schema"_s}));
        for (const QJsonObject &result : since.eventsOf(u"result"_s))
            QCOMPARE(result.value("outcome"_L1).toString(), u"restarted"_s);
        QVERIFY(hasRun(since, u"gen:types"_s));
        // A file that does not parse keeps the rest from being loaded.
        const QString good = m_workspace->read(u"src/plugins/pricing/discounts.ts"_s);
        m_workspace->save(u"src/plugins/pricing/discounts.ts"_s, good + u"\n}{\n"_s);
        DevSession held(*m_workspace);
        held.start({u"--once"_s});
        QTRY_VERIFY_WITH_TIMEOUT(!held.isRunning(), 60'000);
        QCOMPARE(held.process().exitCode(), 1);
        m_workspace->save(u"src/plugins/pricing/discounts.ts"_s, good);
        m_workspace->edit(u"package.json"_s, u"\"donkeylabs generate\""_s, u"\"exit 3\""_s);
        DevSession types(*m_workspace);
        types.start({u"--trust"_s, u"--once"_s});
        QTRY_VERIFY_WITH_TIMEOUT(!types.isRunning(), 60'000);
        QCOMPARE(types.process().exitCode(), 1);
        m_workspace->edit(u"package.json"_s, u"\"exit 3\""_s, u"\"donkeylabs generate\""_s);
        m_workspace->edit(u"src/index.ts"_s, u"await server.start();"_s, u"throw new Error(\"not today\");"_s);
        DevSession broken(*m_workspace);
        broken.start({u"--trust"_s, u"--once"_s});
        QTRY_VERIFY_WITH_TIMEOUT(!broken.isRunning(), 60'000);
        QCOMPARE(broken.process().exitCode(), 1);
        QVERIFY2(broken.errorOutput().contains(u"not today"_s), qPrintable(broken.errorOutput()));
        QVERIFY(!portIsHeld());
    }

    void inspector()
    {
        DevSession dev(*m_workspace);
        dev.start({u"--trust"_s, u"--inspect"_s});
        QVERIFY2(dev.waitForReady(), qPrintable(dev.errorOutput()));
        const qint64 pid = dev.server().value("pid"_L1).toInteger();
        QFile commandLine(u"/proc/%1/cmdline"_s.arg(pid));
        QVERIFY(commandLine.open(QIODevice::ReadOnly));
        QVERIFY(commandLine.readAll().split('\0').contains("--inspect"));
    }

    void crashLoop()
    {
        DevSession dev(*m_workspace);
        dev.start();
        QVERIFY2(dev.waitForReady(), qPrintable(dev.errorOutput()));
        // It serves, and dies a moment later, each time.
        m_workspace->edit(u"src/index.ts"_s, u"await server.start();"_s,
                          u"await server.start();\nsetTimeout(() => process.exit(7), 300);"_s);
        const auto given = dev.waitFor(
            [](const QJsonObject &e) {
                return e.value("event"_L1) == "server"_L1 && e.value("message"_L1).toString().contains(u"five times"_s);
            },
            90'000);
        QCOMPARE(given["state"_L1].toString(), u"crashed"_s);
        const auto starts = [&] {
            return std::ranges::count_if(dev.eventsOf(u"server"_s), [](const QJsonObject &e) {
                return e.value("state"_L1) == "starting"_L1 && e.value("agent"_L1) == "connecting"_L1 &&
                       e.value("pid"_L1).isNull();
            });
        };
        const auto before = starts();
        // The next save tries again.
        m_workspace->edit(u"src/index.ts"_s, u"setTimeout(() => process.exit(7), 300);"_s, u""_s);
        QVERIFY(dev.waitForReady());
        QTRY_COMPARE_WITH_TIMEOUT(dev.call(u"shop.ping"_s).status, 200, 20'000);
        QCOMPARE(starts(), before + 1);
    }

    // A server that takes its time to shut down, and holds its port until then: the next one comes after its end, on
    // the same port, each time.
    void theNextStartsAfterTheEndOfTheLast()
    {
        m_workspace->edit(
            u"src/index.ts"_s, u"import { AppServer }"_s,
            u"import { appendFileSync, existsSync, readFileSync, writeFileSync } from \"node:fs\";\n"
            "const serves = process.env.PADDOCK_TOKEN !== undefined; // type generation runs the entry, too\n"
            "if (serves && existsSync(\"last.pid\")) {\n"
            "  let alive = true;\n"
            "  try { process.kill(Number(readFileSync(\"last.pid\", \"utf8\")), 0); } catch { alive = false; }\n"
            "  appendFileSync(\"starts.txt\", alive ? \"overlap\\n\" : \"alone\\n\");\n"
            "}\n"
            "if (serves) writeFileSync(\"last.pid\", String(process.pid));\n"
            "import { AppServer }"_s);
        m_workspace->edit(
            u"src/index.ts"_s, u"server.onShutdown("_s,
            u"server.onShutdown(() => new Promise((done) => setTimeout(done, 700)));\nserver.onShutdown("_s);
        DevSession dev(*m_workspace);
        dev.start();
        QVERIFY2(dev.waitForReady(), qPrintable(dev.errorOutput()));
        for (int round = 0; round < 4; ++round) {
            if (round % 2 == 0) {
                QCOMPARE(run({u"restart"_s}).status, 0);
            } else {
                m_workspace->edit(u"src/index.ts"_s, round == 1 ? u"Good night!"_s : u"Good night 1!"_s,
                                  u"Good night %1!"_s.arg(round));
                QCOMPARE(dev.waitForResult(u"src/index.ts"_s).value("outcome"_L1).toString(), u"restarted"_s);
            }
            QCOMPARE(run({u"status"_s}).json()["server"_L1]["port"_L1].toInt(), m_workspace->port());
            QCOMPARE(dev.call(u"shop.ping"_s).status, 200);
        }
        QCOMPARE(m_workspace->read(u"starts.txt"_s), u"alone\n"_s.repeated(4));
    }

    // A server whose shut-down never ends and which is deaf to SIGTERM: a restart goes down the ladder, tells each step
    // with its time, and is not kept waiting for ever.
    void aServerThatWillNotEnd()
    {
        m_workspace->save(u"paddock.toml"_s, u"[timeouts]\nstop = 1\n"_s);
        m_workspace->edit(u"src/index.ts"_s, u"server.onShutdown("_s,
                          u"process.on(\"SIGTERM\", () => {});\n"
                          "server.onShutdown(() => new Promise(() => {}));\nserver.onShutdown("_s);
        DevSession dev(*m_workspace);
        dev.start();
        QVERIFY2(dev.waitForReady(), qPrintable(dev.errorOutput()));
        const qint64 pid = dev.server().value("pid"_L1).toInteger();
        QCOMPARE(run({u"restart"_s}).status, 0);
        QVERIFY(::kill(pid_t(pid), 0) != 0);
        QVERIFY(dev.server().value("pid"_L1).toInteger() != pid);
        QCOMPARE(dev.call(u"shop.ping"_s).status, 200);
        static const QRegularExpression step(u"^stopping the server: (\\w+) after (\\d+) ms$"_s);
        const auto steps = [&dev] {
            QList<std::pair<QString, int>> found;
            for (const QJsonObject &line : dev.eventsOf(u"log"_s))
                if (const auto match = step.match(line.value("text"_L1).toString()); match.hasMatch())
                    found.append({match.captured(1), match.captured(2).toInt()});
            return found;
        };
        QTRY_COMPARE_WITH_TIMEOUT(steps().size(), 3, 10'000);
        QCOMPARE(steps()[0].first, u"polite"_s);
        QCOMPARE(steps()[1].first, u"terminate"_s);
        QVERIFY2(steps()[1].second >= 1000, qPrintable(QString::number(steps()[1].second)));
        QCOMPARE(steps()[2].first, u"kill"_s);
        QVERIFY(steps()[2].second >= steps()[1].second);
    }

    // Two copies of a workspace want one port: the holder is named, and stopped if the user says so.
    void portOfOurOwn()
    {
        DevSession first(*m_workspace);
        first.start();
        QVERIFY2(first.waitForReady(), qPrintable(first.errorOutput()));
        const QString copy = m_workspace->path(u"../copy"_s);
        QCOMPARE(QProcess::execute(u"cp"_s, {u"-a"_s, m_workspace->root(), copy}), 0);
        const auto environment = m_workspace->environment();
        const auto start = [&](QProcess &process, const QStringList &more) {
            process.setProcessEnvironment(environment);
            process.start(paddockctlProgram(), QStringList{u"-C"_s, copy, u"--json"_s, u"dev"_s, u"--trust"_s} + more);
        };
        QProcess refused;
        start(refused, {});
        QVERIFY(QTest::qWaitFor([&] { return refused.state() == QProcess::NotRunning; }, 60'000));
        QCOMPARE(refused.exitCode(), 1);
        const QByteArray said = refused.readAllStandardOutput();
        const QByteArray own = "Paddock's own server of " + m_workspace->root().toUtf8();
        QVERIFY2(said.contains(own), said.constData());
        QVERIFY2(said.contains("--take-port"), said.constData());
        QCOMPARE(first.call(u"shop.ping"_s).status, 200);
        QProcess taking;
        start(taking, {u"--take-port"_s});
        QByteArray out;
        QVERIFY2(QTest::qWaitFor(
                     [&] {
                         out += taking.readAllStandardOutput();
                         return out.contains("\"event\":\"ready\"");
                     },
                     60'000),
                 out.constData());
        QCOMPARE(run({u"status"_s}).json()["server"_L1]["state"_L1].toString(), u"stopped"_s);
        QCOMPARE(first.call(u"shop.ping"_s).status, 200); // by the other one
        taking.terminate();
        QVERIFY(QTest::qWaitFor([&] { return taking.state() == QProcess::NotRunning; }, 30'000));
    }

    void shutDownHooksAndEnvironmentFiles()
    {
        m_workspace->save(u".env"_s, u"SHOP_NAME=corner-%1\n"_s.arg(m_workspace->port()));
        m_workspace->edit(u"src/routes/shop.ts"_s, u"\"pong\\n\""_s, u"process.env.SHOP_NAME"_s);
        DevSession dev(*m_workspace);
        dev.start();
        QVERIFY2(dev.waitForReady(), qPrintable(dev.errorOutput()));
        QCOMPARE(dev.call(u"shop.ping"_s).body.toString(), u"corner-%1"_s.arg(m_workspace->port()));
        QCOMPARE(run({u"stop"_s}).status, 0);
        QTRY_VERIFY_WITH_TIMEOUT(std::ranges::any_of(dev.eventsOf(u"log"_s),
                                                     [](const QJsonObject &line) {
                                                         return line.value("text"_L1).toString().contains(
                                                             u"The shop is closed"_s);
                                                     }),
                                 10'000);
    }

private:
    CommandResult run(const QStringList &arguments)
    {
        return paddockctl(*m_workspace, QStringList{u"--json"_s} + arguments);
    }

    QJsonArray waiting() { return run({u"status"_s}).json()["waitingFiles"_L1].toArray(); }

    /// Saves what the route `shop.ping` answers.
    void ping(const QString &text)
    {
        QString code = m_workspace->read(u"src/routes/shop.ts"_s);
        static const QRegularExpression answer(u"new Response\\(\"[^\"]*\""_s);
        QVERIFY(code.contains(answer));
        m_workspace->save(u"src/routes/shop.ts"_s, code.replace(answer, u"new Response(\"%1\\n\""_s.arg(text)));
    }

    bool portIsHeld()
    {
        QTcpServer server;
        return !server.listen(QHostAddress::LocalHost, quint16(m_workspace->port()));
    }

    std::unique_ptr<TestWorkspace> m_workspace;
};

QTEST_GUILESS_MAIN(E2ePipeline)
#include "e2e_pipeline.moc"
