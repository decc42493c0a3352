// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Saves at the worst moments, and very many of them at once. PADDOCK_ROUNDS says how often (200 for the long run).
#include "runtimes.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QScopeGuard>
#include <QSet>
#include <QTest>

using namespace paddock::test;
using namespace Qt::StringLiterals;

namespace {

const auto Pricing = u"src/plugins/pricing/index.ts"_s;

/// The last that the session told, in case that the test fails.
auto tellAfterFailure(const DevSession &dev)
{
    return qScopeGuard([&dev] {
        if (!QTest::currentTestFailed())
            return;
        QList<QJsonObject> events = dev.events();
        events.removeIf([](const QJsonObject &e) {
            return e.value("event"_L1) == "requests"_L1 ||
                   (e.value("event"_L1) == "journal"_L1 && e.value("file"_L1).toString().contains("/many/"_L1));
        });
        for (const QJsonObject &event : events.last(std::min<qsizetype>(100, events.size())))
            qInfo().noquote() << QJsonDocument(event).toJson(QJsonDocument::Compact).left(400);
    });
}

} // namespace

class E2eStorms final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { runtimeRows(); }

    void init()
    {
        QFETCH_GLOBAL(Runtime, runtime);
        m_workspace = std::make_unique<TestWorkspace>(runtime);
        QVERIFY2(m_workspace->isValid(), qPrintable(m_workspace->problem()));
        // A service that takes a moment to build, and tells which version of its code it is.
        m_workspace->edit(Pricing, u"const { currency, memberDiscount } = ctx.config;"_s,
                          u"const { memberDiscount } = ctx.config;\n    const currency = \"V0\";\n"
                          "    await new Promise((done) => setTimeout(done, 60));"_s);
        m_version = 0;
    }

    void savesWhileBusy_data()
    {
        QTest::addColumn<QString>("stage");
        QTest::newRow("during a swap") << u"swap"_s;
        QTest::newRow("during type generation") << u"typegen"_s;
        QTest::newRow("during a restart") << u"restart"_s;
    }

    void savesWhileBusy()
    {
        QFETCH(QString, stage);
        const int rounds = qEnvironmentVariableIntValue("PADDOCK_ROUNDS") > 0
                               ? qEnvironmentVariableIntValue("PADDOCK_ROUNDS")
                           : stage == "swap"_L1 ? 15
                                                : 8;
        DevSession dev(*m_workspace);
        dev.start();
        const auto account = tellAfterFailure(dev);
        QVERIFY2(dev.waitForReady(), qPrintable(dev.errorOutput()));
        // A file that is saved many times in a row while the work runs that it starts, or a moment later, looks like a
        // generator's; so after a few rounds that work is asked for on the command line.
        constexpr int RoundsBySave = 6;
        for (int round = 0; round < rounds; ++round) {
            QProcess asked;
            const bool byCommand = stage != "swap"_L1 && round >= RoundsBySave;
            // What the last round started may still be told of: only work that is newer than this counts.
            const QJsonObject before = byCommand ? status() : QJsonObject();
            const qint64 pid = before["server"_L1]["pid"_L1].toInteger();
            const int lastJob = byCommand ? lastJobId() : 0;
            // Something that leads to the stage …
            if (byCommand) {
                asked.setProcessEnvironment(m_workspace->environment());
                asked.setStandardOutputFile(QProcess::nullDevice());
                asked.start(paddockctlProgram(), QStringList{u"-C"_s, m_workspace->root()} +
                                                     (stage == "restart"_L1 ? QStringList{u"restart"_s}
                                                                            : QStringList{u"types"_s, u"gen"_s}));
            } else if (stage == "swap"_L1) {
                saveVersion();
            } else if (stage == "typegen"_L1) {
                addRoute(round);
            } else {
                m_workspace->edit(u"src/index.ts"_s, round == 0 ? u"Good night!"_s : u"Good night %1!"_s.arg(round - 1),
                                  u"Good night %1!"_s.arg(round));
            }
            const auto isServer = [](const QJsonObject &e, QLatin1StringView state) {
                return e.value("event"_L1) == "server"_L1 && e.value("state"_L1) == state;
            };
            auto running = dev.waitFor([&](const QJsonObject &e) {
                const auto is = [&e](QLatin1StringView key, QLatin1StringView value) { return e.value(key) == value; };
                if (!byCommand)
                    return is("event"_L1, "stage"_L1) && e.value("stage"_L1) == stage && is("state"_L1, "running"_L1);
                if (stage == "typegen"_L1)
                    return is("event"_L1, "job"_L1) && is("name"_L1, "gen:types"_L1) && is("state"_L1, "running"_L1) &&
                           e.value("id"_L1).toInt() > lastJob;
                return isServer(e, "stopping"_L1) && e.value("pid"_L1).toInteger() == pid;
            });
            QVERIFY2(!running.isEmpty(), qPrintable(u"round %1"_s.arg(round)));
            if (byCommand && stage == "restart"_L1 && round % 2 == 1) // half of them not while the old one ends
                running = dev.waitFor([&](const QJsonObject &e) { return isServer(e, "starting"_L1); });
            QVERIFY2(!running.isEmpty(), qPrintable(u"round %1"_s.arg(round)));
            // … and a save in the middle of it.
            saveVersion();
            const auto isServed = [&] { return version(dev) == u"V%1"_s.arg(m_version); };
            QVERIFY2(QTest::qWaitFor(isServed, 30'000), qPrintable(u"round %1: %2"_s.arg(round).arg(version(dev))));
            QTRY_COMPARE_WITH_TIMEOUT(asked.state(), QProcess::NotRunning, 30'000);
        }
        QTRY_COMPARE_WITH_TIMEOUT(status()["pendingWork"_L1].toInt(), 0, 30'000);
        QCOMPARE(status()["waitingFiles"_L1].toArray(), QJsonArray());
        QCOMPARE(version(dev), u"V%1"_s.arg(m_version));
        // Each save of the plugin has its fate, and one only.
        QStringList fates;
        for (const QJsonObject &e : dev.eventsOf(u"journal"_s))
            if (e.value("file"_L1) == Pricing && e.value("fate"_L1) != "held"_L1)
                fates.append(e.value("at"_L1).toString() + u' ' + e.value("fate"_L1).toString() + u' ' +
                             e.value("reason"_L1).toString());
        QVERIFY2(fates.size() == m_version,
                 qPrintable(u"%1 fates for %2 saves:\n%3"_s.arg(fates.size()).arg(m_version).arg(fates.join(u'\n'))));
        if (stage != "restart"_L1)
            QCOMPARE(serverStarts(dev), 1);
    }

    void checkoutOfTenThousandFiles()
    {
        constexpr int Files = 10'000;
        const QString root = m_workspace->root();
        const auto writeAll = [&](int value) {
            for (int i = 0; i < Files; ++i) {
                const QString folder = u"src/many/m%1"_s.arg(i / 100);
                if (i % 100 == 0)
                    QDir().mkpath(m_workspace->path(folder));
                QFile file(m_workspace->path(u"%1/f%2.ts"_s.arg(folder).arg(i)));
                QVERIFY(file.open(QIODevice::WriteOnly));
                file.write("export const value = " + QByteArray::number(value + i) + ";\n");
            }
        };
        m_workspace->save(u".gitignore"_s, u"node_modules\ndata\n.@donkeylabs\n"_s);
        writeAll(0);
        git({u"init"_s, u"-q"_s, u"-b"_s, u"first"_s});
        git({u"add"_s, u"-A"_s});
        git({u"commit"_s, u"-q"_s, u"-m"_s, u"first"_s});
        git({u"checkout"_s, u"-q"_s, u"-b"_s, u"second"_s});
        writeAll(7);
        saveVersion();
        m_workspace->edit(u"src/routes/shop.ts"_s, u"\"pong\\n\""_s, u"\"PONG\\n\""_s);
        m_workspace->edit(u"src/index.ts"_s, u"Good night!"_s, u"Sleep well!"_s);
        git({u"commit"_s, u"-q"_s, u"-a"_s, u"-m"_s, u"second"_s});
        git({u"checkout"_s, u"-q"_s, u"first"_s});
        QTemporaryDir before;
        QProcess copy;
        copy.start(u"cp"_s, {u"-a"_s, root, before.filePath(u"shop"_s)});
        QVERIFY(copy.waitForFinished(60'000));

        DevSession dev(*m_workspace);
        dev.start();
        const auto account = tellAfterFailure(dev);
        QVERIFY2(dev.waitForReady(120'000), qPrintable(dev.errorOutput()));
        const qsizetype seen = dev.events().size();
        git({u"checkout"_s, u"-q"_s, u"second"_s});
        const auto isServed = [&] {
            return dev.call(u"shop.ping"_s).body.toString() == "PONG\n"_L1 && version(dev) == "V1"_L1;
        };
        QVERIFY(QTest::qWaitFor(isServed, 60'000));
        QTRY_COMPARE_WITH_TIMEOUT(status()["pendingWork"_L1].toInt(), 0, 60'000);
        QCOMPARE(status()["waitingFiles"_L1].toArray(), QJsonArray());
        QVERIFY(serverStarts(dev) <= 2); // the first, and one restart

        // One batch: no file had to be taken up twice, and none is missing.
        QHash<QString, int> fates;
        for (const QJsonObject &event : dev.events().sliced(seen))
            if (event.value("event"_L1) == "journal"_L1) {
                const QString file = event.value("file"_L1).toString();
                if (file.startsWith("src/"_L1) && !file.endsWith("/schema.ts"_L1)) // (type generation writes those)
                    ++fates[file];
            }
        QCOMPARE(fates.size(), Files + 3);
        for (auto it = fates.begin(); it != fates.end(); ++it)
            QVERIFY2(it.value() == 1, qPrintable(it.key()));
        // The same changes as between two clean scans.
        const auto clean = paddockctl(
            *m_workspace, {u"--json"_s, u"classify"_s, u"--before"_s, before.filePath(u"shop"_s), u"--after"_s, root},
            false);
        QCOMPARE(clean.status, 0);
        const auto summary = [](const QJsonObject &change) {
            return change["kind"_L1].toString() + u' ' + change["subject"_L1]["name"_L1].toString();
        };
        QSet<QString> expected, found;
        for (const QJsonValue &change : clean.json()["changes"_L1].toArray())
            if (change["kind"_L1] != "generated"_L1)
                expected.insert(summary(change.toObject()));
        for (const QJsonObject &event : dev.events().sliced(seen))
            if (event.value("event"_L1) == "change"_L1 && event.value("kind"_L1) != "generated"_L1) // (by the restart)
                found.insert(summary(event));
        QVERIFY(expected.size() >= 3);
        QCOMPARE(found, expected);
    }

    // Children of a job that do everything that children should not.
    void hostileJobs_data()
    {
        QTest::addColumn<QString>("mode");
        QTest::addColumn<bool>("ends");     // by itself
        QTest::addColumn<QString>("state"); // of the job, after a cancel where it does not end
        QTest::newRow("ignores SIGTERM") << u"ignore-term"_s << false << u"cancelled"_s;
        QTest::newRow("floods") << u"flood"_s << false << u"cancelled"_s;
        QTest::newRow("double fork") << u"double-fork"_s << false << u"cancelled"_s;
        QTest::newRow("double fork and exit") << u"double-fork-exit"_s << true << u"succeeded"_s;
        QTest::newRow("half a character") << u"half-character-end"_s << true << u"succeeded"_s;
        QTest::newRow("exits at once") << u"exit 3"_s << true << u"failed"_s;
        QTest::newRow("holds its pipe open") << u"hold-pipe"_s << true << u"succeeded"_s;
        QTest::newRow("crashes") << u"crash"_s << true << u"failed"_s;
    }

    void hostileJobs()
    {
        QFETCH(QString, mode);
        QFETCH(bool, ends);
        QFETCH(QString, state);
        QStringList words{QStringLiteral(PADDOCK_BINARY_DIR "/tests/hostile")};
        words += mode.split(u' ');
        QString list;
        for (const QString &word : std::as_const(words).sliced(1))
            list += u"\"%1\", "_s.arg(word);
        m_workspace->save(u"paddock.toml"_s, u"[[command]]\nname = \"hostile\"\ncommand = \"%1\"\nargs = [%2]\n"_s.arg(
                                                 words.first(), list));
        DevSession dev(*m_workspace);
        dev.start();
        QVERIFY2(dev.waitForReady(), qPrintable(dev.errorOutput()));
        QProcess job;
        job.setProcessEnvironment(m_workspace->environment());
        job.setStandardOutputFile(QProcess::nullDevice());
        job.start(paddockctlProgram(), {u"-C"_s, m_workspace->root(), u"run"_s, u"hostile"_s});
        const auto started = dev.waitFor(
            [](const QJsonObject &e) { return e.value("event"_L1) == "job"_L1 && e.value("name"_L1) == "hostile"_L1; });
        QVERIFY(!started.isEmpty());
        const QString id = QString::number(started["id"_L1].toInt());
        if (!ends) {
            QTRY_VERIFY_WITH_TIMEOUT(
                std::ranges::any_of(dev.eventsOf(u"log"_s),
                                    [](const QJsonObject &line) { return line.value("source"_L1) == "hostile"_L1; }),
                20'000);
            QCOMPARE(dev.call(u"shop.ping"_s).status, 200); // the session goes on meanwhile
            QCOMPARE(paddockctl(*m_workspace, {u"cancel"_s, id}).status, 0);
        }
        QTRY_COMPARE_WITH_TIMEOUT(job.state(), QProcess::NotRunning, 30'000);
        const auto jobs = paddockctl(*m_workspace, {u"--json"_s, u"jobs"_s}).json()["jobs"_L1].toArray();
        QCOMPARE(jobs.last()["state"_L1].toString(), state);
        QTRY_COMPARE_WITH_TIMEOUT(hostileProcesses(), 0, 5000);
        QCOMPARE(dev.interrupt(), 0);
    }

private:
    void saveVersion()
    {
        const QString from = u"const currency = \"V%1\";"_s.arg(m_version);
        m_workspace->edit(Pricing, from, u"const currency = \"V%1\";"_s.arg(++m_version));
    }

    void addRoute(int number)
    {
        m_workspace->edit(u"src/routes/shop.ts"_s, u"// A nested router: its routes are called shop.products.…"_s,
                          u"shopRouter.route(\"extra%1\").typed(defineRoute({ input: z.object({ n: z.number() }), "
                          "handle: async ({ n }) => n }));\n"
                          "// A nested router: its routes are called shop.products.…"_s.arg(number));
    }

    static QString version(DevSession &dev)
    {
        const QJsonArray items{QJsonObject{{u"productId"_s, u"apple"_s}, {u"quantity"_s, 1}}};
        return dev.call(u"shop.quote"_s, QJsonObject{{u"items"_s, items}}).body["currency"_L1].toString();
    }

    int lastJobId()
    {
        const QJsonArray jobs = paddockctl(*m_workspace, {u"--json"_s, u"jobs"_s}).json()["jobs"_L1].toArray();
        return jobs.isEmpty() ? 0 : jobs.last()["id"_L1].toInt();
    }

    QJsonObject status() { return paddockctl(*m_workspace, {u"--json"_s, u"status"_s}).json(); }

    static qsizetype serverStarts(const DevSession &dev)
    {
        QSet<qint64> pids;
        for (const QJsonObject &event : dev.eventsOf(u"server"_s))
            if (event.value("state"_L1) == "running"_L1)
                pids.insert(event.value("pid"_L1).toInteger());
        return pids.size();
    }

    void git(const QStringList &arguments)
    {
        QProcess process;
        process.setWorkingDirectory(m_workspace->root());
        process.start(u"git"_s, QStringList{u"-c"_s, u"user.name=Test"_s, u"-c"_s, u"user.email=test@example.org"_s,
                                            u"-c"_s, u"gc.auto=0"_s} +
                                    arguments);
        QVERIFY(QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 120'000));
        QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
    }

    int hostileProcesses() const
    {
        int count = 0;
        const QByteArray mark = "PORT=" + QByteArray::number(m_workspace->port()) + '\0';
        for (const QString &pid : QDir(u"/proc"_s).entryList(QDir::Dirs)) {
            QFile commandLine(u"/proc/%1/cmdline"_s.arg(pid));
            QFile environment(u"/proc/%1/environ"_s.arg(pid));
            if (commandLine.open(QIODevice::ReadOnly) && environment.open(QIODevice::ReadOnly) &&
                commandLine.readAll().startsWith(PADDOCK_BINARY_DIR "/tests/hostile") &&
                environment.readAll().contains(mark))
                ++count;
        }
        return count;
    }

    std::unique_ptr<TestWorkspace> m_workspace;
    int m_version = 0;
};

QTEST_GUILESS_MAIN(E2eStorms)
#include "e2e_storms.moc"
