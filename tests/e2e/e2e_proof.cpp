// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Proof of a swap: requests in flight end on the code they began with, what a generation registered is disposed of, and
// what cannot be is named with its line.
#include "shopcase.h"

using namespace paddock::test;
using namespace Qt::StringLiterals;

namespace {

const auto Routes = u"src/routes/shop.ts"_s;
const auto Stats = u"src/plugins/stats/index.ts"_s;

} // namespace

class E2eProof final : public QObject
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

    void requestsInFlightEndOnTheirCode()
    {
        m_shop->workspace.edit(
            Routes, u"// A nested router"_s,
            u"shopRouter.route(\"slow\").typed({\n  input: z.object({ ms: z.number() }),\n"
            "  handle: async ({ ms }, ctx) => {\n    const word = \"old\";\n"
            "    ctx.core.logger.info(`slow ${word} begins`);\n    await Bun.sleep(ms);\n"
            "    ctx.core.logger.info(`slow ${word} ends`);\n    return { word };\n  },\n});\n\n// A nested router"_s);
        QVERIFY(QTest::qWaitFor(
            [&] { return m_shop->dev->call(u"shop.slow"_s, QJsonObject{{u"ms"_s, 0}}).status == 200; }, 20'000));
        const int oldGeneration = m_shop->run({u"status"_s}).json()["server"_L1]["generation"_L1].toInt();
        QTRY_COMPARE(m_shop->run({u"status"_s}).json()["pendingWork"_L1].toInt(-1), 0);

        const qsizetype asked = logged(u"slow old ends"_s).size();
        QVERIFY(asked > 0);
        std::vector<std::unique_ptr<QNetworkReply>> slow;
        for (int i = 0; i < 3; ++i)
            slow.push_back(m_shop->dev->post(u"shop.slow"_s, QJsonObject{{u"ms"_s, 4000}}));
        QTRY_COMPARE(logged(u"slow old begins"_s).size(), asked + 3);
        m_shop->workspace.edit(Routes, u"const word = \"old\";"_s, u"const word = \"new\";"_s);
        const QJsonObject result = m_shop->dev->waitFor([](const QJsonObject &e) {
            return e.value("event"_L1) == "result"_L1 && e["proof"_L1]["inFlightOld"_L1].toInt() > 0;
        });
        QCOMPARE(result.value("outcome"_L1).toString(), u"swapped"_s);
        QCOMPARE(result["proof"_L1]["inFlightOld"_L1].toInt(), 3);
        QCOMPARE(result["proof"_L1]["dropped"_L1].toInt(-1), 0);
        const int generation = result.value("generation"_L1).toInt();
        QVERIFY(generation > oldGeneration);
        // New requests are served by new code while the old ones still run.
        QCOMPARE(m_shop->dev->call(u"shop.slow"_s, QJsonObject{{u"ms"_s, 0}}).body["word"_L1].toString(), u"new"_s);
        QVERIFY(!slow.front()->isFinished());
        for (const auto &reply : slow) {
            QTRY_VERIFY_WITH_TIMEOUT(reply->isFinished(), 20'000);
            QCOMPARE(DevSession::answerOf(*reply).body["word"_L1].toString(), u"old"_s);
        }
        // When the last one has ended, the swap's account is complete.
        const QJsonObject proof = m_shop->dev->waitFor([&](const QJsonObject &e) {
            return e.value("event"_L1) == "proof"_L1 && e.value("change"_L1) == result.value("change"_L1) &&
                   e["proof"_L1]["drained"_L1].toInt() == 3;
        });
        QVERIFY(!proof.isEmpty());
        QCOMPARE(proof["proof"_L1]["dropped"_L1].toInt(-1), 0);
        QVERIFY(proof["proof"_L1]["lastEndedMs"_L1].toDouble() > 0);
        // Each log line and each request carries the generation that served it.
        QTRY_COMPARE(logged(u"slow old ends"_s).size(), asked + 3);
        for (const QJsonObject &line : logged(u"slow old ends"_s))
            QVERIFY(line.value("generation"_L1).toInt() < generation);
        QTRY_COMPARE(logged(u"slow new ends"_s).size(), 1);
        QCOMPARE(logged(u"slow new ends"_s).first().value("generation"_L1).toInt(), generation);
        const auto servedBy = [this](double atLeastMs) {
            QList<int> generations;
            for (const QJsonObject &batch : m_shop->dev->eventsOf(u"requests"_s))
                for (const QJsonValue &one : batch.value("items"_L1).toArray())
                    if (one["route"_L1].toString() == "shop.slow"_L1 && one["ms"_L1].toDouble() >= atLeastMs)
                        generations.append(one["generation"_L1].toInt());
            return generations;
        };
        QTRY_COMPARE(servedBy(3000).size(), 3);
        for (const int one : servedBy(3000))
            QVERIFY(one < generation);
        QVERIFY(servedBy(0).contains(generation));
    }

    void whatAGenerationRegisteredIsDisposedOf()
    {
        for (int round = 0; round < 3; ++round) {
            const auto reload = m_shop->run({u"reload"_s, u"stats"_s, u"--force"_s});
            QCOMPARE(reload.status, 0);
            const QJsonValue disposed = reload.json()["ledger"_L1]["disposed"_L1];
            QCOMPARE(disposed["cron"_L1].toInt(), 2);
            QCOMPARE(disposed["interval"_L1].toInt(), 1);
            QCOMPARE(disposed["listener"_L1].toInt(), 1);
            QVERIFY(reload.json()["ledger"_L1]["undisposed"_L1].toArray().isEmpty());
        }
        QCOMPARE(m_shop->dev->call(u"admin.tasks"_s).body["tasks"_L1].toArray().size(), 2);
    }

    void whatGoesOnIsNamed()
    {
        m_shop->workspace.edit(
            Stats, u"    const { cron, events, logger } = ctx.core;"_s,
            u"    const { cron, events, logger } = ctx.core;\n    void (async () => {\n      for (;;) await Bun.sleep(20);\n    })();"_s);
        QCOMPARE(m_shop->outcome(u"stats"_s), u"swapped"_s);
        QCOMPARE(m_shop->run({u"reload"_s, u"stats"_s, u"--force"_s}).status, 0);
        const QJsonObject problem = m_shop->dev->waitFor([](const QJsonObject &e) {
            return e.value("event"_L1) == "problem"_L1 && e.value("code"_L1) == "undisposed"_L1;
        });
        QCOMPARE(problem.value("file"_L1).toString(), Stats);
        QVERIFY(problem.value("line"_L1).toInt() > 0);
        const QJsonObject proof = m_shop->dev->waitFor([](const QJsonObject &e) {
            return e.value("event"_L1) == "proof"_L1 && !e["ledger"_L1]["undisposed"_L1].toArray().isEmpty();
        });
        QCOMPARE(proof["ledger"_L1]["undisposed"_L1][0]["file"_L1].toString(), Stats);
    }

private:
    QList<QJsonObject> logged(const QString &text)
    {
        QList<QJsonObject> lines;
        for (const QJsonObject &line : m_shop->dev->eventsOf(u"log"_s))
            if (line.value("text"_L1).toString().contains(text))
                lines.append(line);
        return lines;
    }

    std::unique_ptr<Shop> m_shop;
};

QTEST_GUILESS_MAIN(E2eProof)
#include "e2e_proof.moc"
