// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Servers that Paddock did not start: attached to, swapped like any other, never stopped unasked. And connections that
// break on either side.
#include "runtimes.h"

#include <csignal>

using namespace paddock::test;
using namespace Qt::StringLiterals;

namespace {

const auto Discounts = u"src/plugins/pricing/discounts.ts"_s;
const QJsonObject TenApples{{u"items"_s, QJsonArray{QJsonObject{{u"productId"_s, u"apple"_s}, {u"quantity"_s, 10}}}}};

} // namespace

class E2eAttach final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { runtimeRows(); }

    void init()
    {
        QFETCH_GLOBAL(Runtime, runtime);
        m_shop = std::make_unique<Shop>(runtime);
        QVERIFY2(m_shop->workspace.isValid(), qPrintable(m_shop->workspace.problem()));
        m_byHand = std::make_unique<QProcess>();
    }

    void cleanup()
    {
        if (QTest::currentTestFailed())
            m_shop->tell();
        if (m_byHand->state() != QProcess::NotRunning) {
            m_byHand->kill();
            m_byHand->waitForFinished(5000);
        }
        m_byHand.reset();
        m_shop.reset();
    }

    void swappedAndNeverStoppedUnasked()
    {
        startByHand();
        QVERIFY(attach());
        QCOMPARE(m_shop->pid(), m_byHand->processId());
        QCOMPARE(m_shop->dev->server().value("port"_L1).toInt(), m_shop->workspace.port());
        QCOMPARE(m_shop->dev->server().value("attached"_L1).toBool(), true);
        m_shop->workspace.edit(Discounts, u"name: \"bulk\""_s, u"name: \"crate\""_s);
        QCOMPARE(m_shop->outcome(u"pricing"_s), u"swapped"_s);
        QCOMPARE(discount(), u"crate"_s);

        for (const QString &command : {u"stop"_s, u"restart"_s}) {
            const auto refused = m_shop->run({command});
            QCOMPARE(refused.status, 1);
            QVERIFY2(refused.err.contains("by hand"), refused.err.constData());
        }
        m_shop->workspace.edit(u"src/index.ts"_s, u"memberDiscount: 5"_s, u"memberDiscount: 30"_s);
        const QJsonObject held = m_shop->dev->waitForResult();
        QCOMPARE(held.value("outcome"_L1).toString(), u"held"_s);
        QVERIFY(held.value("message"_L1).toString().contains(u"by hand"_s));
        QCOMPARE(discount(), u"crate"_s);

        // The session goes, the server stays, and the next session finds it.
        QCOMPARE(m_shop->dev->interrupt(), 0);
        QCOMPARE(m_byHand->state(), QProcess::Running);
        QCOMPARE(discount(), u"crate"_s);
        QVERIFY(attach());
        QCOMPARE(m_shop->pid(), m_byHand->processId());
        m_shop->workspace.edit(Discounts, u"name: \"crate\""_s, u"name: \"pallet\""_s);
        QTRY_COMPARE_WITH_TIMEOUT(discount(), u"pallet"_s, 20'000);

        // Asked for, it is shut down by its own agent.
        QCOMPARE(m_shop->run({u"stop"_s, u"--force"_s}).status, 0);
        QTRY_COMPARE_WITH_TIMEOUT(m_byHand->state(), QProcess::NotRunning, 20'000);
        QCOMPARE(m_byHand->exitStatus(), QProcess::NormalExit);
        QVERIFY(!m_shop->waitForState(u"stopped"_s).isEmpty());
    }

    void waitsForItAndSeesItGo()
    {
        m_shop->dev = std::make_unique<DevSession>(m_shop->workspace);
        m_shop->dev->start({u"--trust"_s, u"--attach"_s});
        // What is saved before is served by whatever starts then.
        QTRY_VERIFY_WITH_TIMEOUT(m_shop->run({u"status"_s}).status == 0, 20'000);
        startByHand();
        QVERIFY(m_shop->dev->waitForReady());
        const qint64 first = m_byHand->processId();
        QCOMPARE(m_shop->pid(), first);
        m_byHand->kill();
        QVERIFY(m_byHand->waitForFinished(5000));
        const QJsonObject gone = m_shop->waitForState(u"stopped"_s);
        QVERIFY(gone.value("message"_L1).toString().contains(QString::number(first)));
        startByHand();
        QVERIFY(m_shop->dev->waitForReady());
        QCOMPARE(m_shop->pid(), m_byHand->processId());
    }

    void whatWasSavedBeforeAttaching()
    {
        startByHand();
        QTRY_COMPARE_WITH_TIMEOUT(discount(), u"bulk"_s, 30'000);
        m_shop->workspace.edit(Discounts, u"name: \"bulk\""_s, u"name: \"crate\""_s);
        QCOMPARE(discount(), u"bulk"_s);
        QVERIFY(attach());
        QTRY_COMPARE_WITH_TIMEOUT(discount(), u"crate"_s, 20'000);
        QCOMPARE(m_shop->pid(), m_byHand->processId());
    }

    /// Paddock itself is stopped for a while: the server serves on, and nothing is taken for a hang.
    void paddockSleeps()
    {
        QVERIFY2(m_shop->start(), qPrintable(m_shop->dev->errorOutput()));
        const qint64 pid = m_shop->pid();
        const auto dev = pid_t(m_shop->dev->process().processId());
        QCOMPARE(::kill(dev, SIGSTOP), 0);
        m_shop->workspace.edit(Discounts, u"name: \"bulk\""_s, u"name: \"crate\""_s);
        QElapsedTimer asleep;
        asleep.start();
        while (asleep.elapsed() < 4000) // longer than an answer may take
            QCOMPARE(discount(), u"bulk"_s);
        QCOMPARE(::kill(dev, SIGCONT), 0);
        QCOMPARE(m_shop->outcome(u"pricing"_s), u"swapped"_s);
        QCOMPARE(discount(), u"crate"_s);
        QCOMPARE(m_shop->pid(), pid);
        for (const QJsonObject &status : m_shop->dev->eventsOf(u"server"_s))
            QVERIFY(status.value("state"_L1) != "hung"_L1);
    }

private:
    void startByHand()
    {
        auto environment = m_shop->workspace.environment();
        environment.insert(u"PADDOCK_ATTACH"_s, u"1"_s);
        m_byHand->setProcessEnvironment(environment);
        m_byHand->setWorkingDirectory(m_shop->workspace.root());
        m_byHand->setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_byHand->start(bunProgram(), {u"--preload"_s, QStringLiteral(PADDOCK_SOURCE_DIR "/resources/agent/agent.ts"),
                                       u"src/index.ts"_s});
        QVERIFY(m_byHand->waitForStarted());
    }

    bool attach() { return m_shop->start({u"--trust"_s, u"--attach"_s}); }

    QString discount()
    {
        const Answer answer = m_shop->dev ? m_shop->dev->call(u"shop.quote"_s, TenApples)
                                          : DevSession(m_shop->workspace).call(u"shop.quote"_s, TenApples);
        return answer.status == 200 ? answer.body["discount"_L1].toString()
                                    : u"%1 %2"_s.arg(answer.status).arg(answer.error);
    }

    std::unique_ptr<Shop> m_shop;
    std::unique_ptr<QProcess> m_byHand;
};

QTEST_GUILESS_MAIN(E2eAttach)
#include "e2e_attach.moc"
