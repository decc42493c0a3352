// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Endless loops in code that was saved: noticed, named, never ended unasked, and two ways out.
#include "shopcase.h"

#include <QNetworkReply>
#include <csignal>

using namespace paddock::test;
using namespace Qt::StringLiterals;

namespace {

const auto Stats = u"src/plugins/stats/index.ts"_s;
const auto Loop = u"while (true) {}"_s;

} // namespace

class E2eHang final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { runtimeRows(); }

    void init()
    {
        openShop(m_shop);
        startShop(*m_shop);
    }

    void cleanup() { closeShop(m_shop); }

    void aLoop_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("said"); ///< of where it is
        QTest::addColumn<bool>("isLoading");
        QTest::newRow("top level of the module")
            << u"const REFRESH_MS = 5_000;"_s << u"const REFRESH_MS = 5_000;\n%1"_s << u"top level"_s << true;
        QTest::newRow("service") << u"let refreshes = 0;"_s << u"let refreshes = 0;\n    %1"_s << u"service"_s << true;
        QTest::newRow("init") << u"const { cron, events, logger } = ctx.core;"_s
                              << u"const { cron, events, logger } = ctx.core;\n    %1"_s << u"init"_s << true;
        QTest::newRow("a method that a request calls")
            << u"      async summary() {"_s << u"      async summary() {\n        %1"_s << u"“stats”"_s << false;
    }

    void aLoop()
    {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, said);
        QFETCH(bool, isLoading);
        const qint64 pid = m_shop->pid();
        const QString good = m_shop->workspace.read(Stats);
        m_shop->workspace.edit(Stats, from, to.arg(Loop));
        if (!isLoading) {
            QCOMPARE(m_shop->outcome(u"stats"_s), u"swapped"_s);
            QNetworkRequest request(QUrl(u"http://127.0.0.1:%1/admin.stats"_s.arg(m_shop->workspace.port())));
            request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
            m_network.post(request, QByteArray("{}"))->setParent(&m_network);
        }
        hangs(said, isLoading);

        // It is not ended unasked, not even by a save that mends it: that waits, and says for what.
        m_shop->workspace.save(Stats, good);
        const QJsonObject held = m_shop->dev->waitFor(
            [](const QJsonObject &e) {
                return e.value("event"_L1) == "result"_L1 &&
                       (e.value("outcome"_L1) == "held"_L1 || e.value("outcome"_L1) == "none"_L1);
            },
            30'000);
        QVERIFY(!held.isEmpty());
        QVERIFY(isLoading || held.value("message"_L1).toString().contains(u"does not respond"_s));
        QCOMPARE(::kill(pid_t(pid), 0), 0);

        // A restart works: SIGTERM is in vain where the code listens for it, SIGKILL is not, and each step is shown.
        const auto restart = m_shop->run({u"restart"_s});
        QCOMPARE(restart.status, 0);
        QCOMPARE(restart.json()["server"_L1]["state"_L1].toString(), u"running"_s);
        QVERIFY(m_shop->pid() != pid);
        QVERIFY(::kill(pid_t(pid), 0) != 0);
        QStringList steps;
        for (const QJsonObject &line : m_shop->dev->eventsOf(u"log"_s))
            if (line.value("text"_L1).toString().startsWith(u"stopping the server: "_s))
                steps.append(line.value("text"_L1).toString().section(u' ', 3, 3));
        QCOMPARE(steps.value(0), u"terminate"_s);
        QCOMPARE(m_shop->dev->call(u"admin.stats"_s).status, 200);
        const QJsonObject status = m_shop->run({u"status"_s}).json();
        QVERIFY(status["hang"_L1].isNull());
        for (const QJsonValue &problem : status["problems"_L1].toArray())
            QVERIFY(problem["code"_L1] != "hung"_L1);
    }

    void backToTheGenerationBefore()
    {
        m_shop->workspace.edit(Stats, u"REFRESH_MS = 5_000"_s, u"REFRESH_MS = 6_000"_s);
        QCOMPARE(m_shop->outcome(u"stats"_s), u"swapped"_s);
        const QString good = m_shop->workspace.read(Stats);
        m_shop->workspace.edit(Stats, u"let refreshes = 0;"_s, u"let refreshes = 0;\n    "_s + Loop);
        const QJsonObject problem = hangs(u"service"_s, true);
        QVERIFY2(problem.value("remedy"_L1).toString().contains(u"rollback stats --to"_s),
                 qPrintable(problem.value("remedy"_L1).toString()));
        const QJsonValue hang = m_shop->run({u"status"_s}).json()["hang"_L1];
        QCOMPARE(hang["plugin"_L1].toString(), u"stats"_s);
        QCOMPARE(hang["loading"_L1].toBool(), true);
        const int before = hang["before"_L1].toInt();
        QVERIFY(before > 0);
        QCOMPARE(m_shop->run({u"rollback"_s, u"stats"_s}).status, 1); // the process cannot give it back itself

        QCOMPARE(m_shop->run({u"rollback"_s, u"stats"_s, u"--to"_s, QString::number(before), u"--restart"_s}).status,
                 0);
        QCOMPARE(m_shop->dev->call(u"admin.stats"_s).status, 200);
        QVERIFY(m_shop->workspace.read(Stats).contains(Loop)); // files are the user's
        QVERIFY(m_shop->run({u"status"_s}).json()["rolledBack"_L1].toObject().contains(u"stats"_s));
        // The mended file goes on from there.
        QCOMPARE(m_shop->outcome(u"stats"_s), u"kept-old"_s); // of the save that hung
        m_shop->workspace.save(Stats, QString(good).replace(u"6_000"_s, u"7_000"_s));
        QCOMPARE(m_shop->outcome(u"stats"_s), u"restarted"_s);
        QCOMPARE(m_shop->outcome(u"stats"_s), u"swapped"_s);
        QVERIFY(m_shop->run({u"status"_s}).json()["rolledBack"_L1].toObject().isEmpty());
    }

    void aServerThatComesFreeAgain()
    {
        const qint64 pid = m_shop->pid();
        // Stopped rather than looping: the same silence, with an end that the test decides about.
        QCOMPARE(::kill(pid_t(pid), SIGSTOP), 0);
        QVERIFY(!m_shop->waitForState(u"hung"_s).isEmpty());
        m_shop->workspace.edit(u"src/plugins/pricing/discounts.ts"_s, u"name: \"bulk\""_s, u"name: \"crate\""_s);
        QCOMPARE(m_shop->outcome(u"pricing"_s), u"held"_s);
        QCOMPARE(::kill(pid_t(pid), SIGCONT), 0);
        QVERIFY(!m_shop->waitForState(u"running"_s).isEmpty());
        // What was saved meanwhile comes into service by itself.
        QCOMPARE(m_shop->outcome(u"pricing"_s), u"swapped"_s);
        QCOMPARE(m_shop->pid(), pid);
    }

    void longerThanASwapMayTake()
    {
        // The answer comes when nobody waits for it any more: what was called kept out must stay out, and must not be
        // tried again by itself, which would hold the server up again.
        const qint64 pid = m_shop->pid();
        m_shop->workspace.save(u"paddock.toml"_s, u"[timeouts]\nswap = 1\n"_s);
        const QString good = m_shop->workspace.read(Stats);
        m_shop->workspace.edit(Stats, u"let refreshes = 0;"_s,
                               u"let refreshes = 0; for (const t = Date.now(); Date.now() - t < 13_000; );"_s);
        hangs(u"service"_s, true);
        QCOMPARE(m_shop->outcome(u"stats"_s), u"kept-old"_s);
        QVERIFY(!m_shop->waitForState(u"running"_s).isEmpty());
        QCOMPARE(m_shop->dev->call(u"admin.stats"_s).status, 200);
        const QJsonObject status = m_shop->run({u"status"_s}).json();
        QCOMPARE(status["server"_L1]["generation"_L1].toInt(), 1);
        QCOMPARE(status["pendingWork"_L1].toInt(), 0);

        m_shop->workspace.save(Stats, QString(good).replace(u"REFRESH_MS = 5_000"_s, u"REFRESH_MS = 6_000"_s));
        QCOMPARE(m_shop->outcome(u"stats"_s), u"swapped"_s);
        QCOMPARE(m_shop->pid(), pid);
    }

    void aLoopAtTheStart()
    {
        QCOMPARE(m_shop->run({u"stop"_s}).status, 0);
        m_shop->workspace.edit(Stats, u"let refreshes = 0;"_s, u"let refreshes = 0;\n    "_s + Loop);
        QVERIFY(m_shop->run({u"start"_s}).status != 0);
        QVERIFY(!m_shop->waitForState(u"hung"_s).isEmpty());
        // It has never served: the save that mends it starts it again, as after any start that failed.
        m_shop->workspace.edit(Stats, Loop, u""_s);
        QVERIFY(!m_shop->waitForState(u"running"_s, 60'000).isEmpty());
        QCOMPARE(m_shop->dev->call(u"admin.stats"_s).status, 200);
    }

private:
    QJsonObject hangs(const QString &said, bool isLoading)
    {
        const QJsonObject problem = m_shop->dev->waitFor(
            [](const QJsonObject &e) { return e.value("event"_L1) == "problem"_L1 && e["code"_L1] == "hung"_L1; },
            20'000);
        [&] {
            const QString message = problem.value("message"_L1).toString();
            QVERIFY2(message.contains(said), qPrintable(message));
            QVERIFY2(!isLoading || message.contains(u"began to load generation"_s), qPrintable(message));
            QVERIFY2(isLoading || message.contains(u"last code put into service was generation"_s),
                     qPrintable(message));
            QCOMPARE(problem.value("file"_L1).toString(), Stats);
            QVERIFY(!m_shop->dev->eventsOf(u"server"_s).isEmpty());
        }();
        return problem;
    }

    std::unique_ptr<Shop> m_shop;
    QNetworkAccessManager m_network; ///< outlives its requests
};

QTEST_GUILESS_MAIN(E2eHang)
#include "e2e_hang.moc"
