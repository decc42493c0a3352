// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Earlier generations put back: with their code, while the files stay as they are.
#include "shopcase.h"

using namespace paddock::test;
using namespace Qt::StringLiterals;

namespace {

const QJsonObject TenApples{{u"items"_s, QJsonArray{QJsonObject{{u"productId"_s, u"apple"_s}, {u"quantity"_s, 10}}}}};
const auto Discounts = u"src/plugins/pricing/discounts.ts"_s;
const auto Pricing = u"pricing"_s;

} // namespace

class E2eRollback final : public QObject
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

    void backAndOnFromDisk()
    {
        const qint64 pid = m_shop->pid();
        name(u"bulk"_s, u"crate"_s);
        const int first = generation();
        name(u"crate"_s, u"pallet"_s);
        QCOMPARE(discount(), u"pallet"_s);

        // Back to what served before: the files do not change, what serves does.
        const auto back = m_shop->run({u"rollback"_s, Pricing});
        QCOMPARE(back.status, 0);
        QCOMPARE(back.json()["outcome"_L1].toString(), u"swapped"_s);
        QCOMPARE(back.json()["proof"_L1]["dropped"_L1].toInt(-1), 0);
        QCOMPARE(discount(), u"crate"_s);
        QVERIFY(m_shop->workspace.read(Discounts).contains(u"\"pallet\""_s));
        QCOMPARE(status()["rolledBack"_L1][Pricing].toInt(), first);
        const auto change = m_shop->dev->eventsOf(u"change"_s).last();
        QVERIFY(change.value("reason"_L1).toString().contains(u"generation %1"_s.arg(first)));
        const QJsonObject entry = m_shop->dev->waitFor(
            [](const QJsonObject &e) {
                return e.value("event"_L1) == "journal"_L1 && e["reason"_L1].toString().contains(u"was put back"_s);
            },
            10'000);
        QCOMPARE(entry.value("fate"_L1).toString(), u"applied"_s);
        QCOMPARE(entry.value("change"_L1), change.value("id"_L1));

        // To the code that the server started with, by number.
        const auto list = m_shop->run({u"rollback"_s, Pricing, u"--list"_s}).json()["generations"_L1].toArray();
        QCOMPARE(list.size(), 4);
        QVERIFY(list.last()["current"_L1].toBool());
        QCOMPARE(list.last()["code"_L1].toInt(), first);
        QVERIFY(list[1]["change"_L1].toInt() > 0);
        QVERIFY(!list[1]["reason"_L1].toString().isEmpty());
        QCOMPARE(
            m_shop->run({u"rollback"_s, Pricing, u"--to"_s, QString::number(list[0]["generation"_L1].toInt())}).status,
            0);
        QCOMPARE(discount(), u"bulk"_s);

        // A save goes on from disk, even one of a comment: what is on disk differs from what serves.
        m_shop->workspace.save(Discounts, u"// a remark\n"_s + m_shop->workspace.read(Discounts));
        QCOMPARE(m_shop->outcome(Pricing), u"swapped"_s);
        QTRY_COMPARE_WITH_TIMEOUT(discount(), u"pallet"_s, 20'000);
        QTRY_VERIFY(status()["rolledBack"_L1].toObject().isEmpty());
        name(u"pallet"_s, u"lorry"_s);
        QTRY_COMPARE_WITH_TIMEOUT(discount(), u"lorry"_s, 20'000);
        QCOMPARE(m_shop->pid(), pid);
    }

    void anotherPluginsSaveLeavesItAlone()
    {
        name(u"bulk"_s, u"crate"_s);
        QCOMPARE(m_shop->run({u"rollback"_s, Pricing}).status, 0);
        QCOMPARE(m_shop->outcome(Pricing), u"swapped"_s);
        // catalog is what pricing depends on: its save must not bring pricing's new code along.
        m_shop->workspace.edit(u"src/plugins/catalog/index.ts"_s, u"LOW_STOCK = 3;"_s, u"LOW_STOCK = 4;"_s);
        QCOMPARE(m_shop->outcome(u"catalog"_s), u"swapped"_s);
        QCOMPARE(discount(), u"bulk"_s);
        QVERIFY(status()["rolledBack"_L1].toObject().contains(Pricing));
        // A file that is put back by hand to what serves ends it without a swap.
        m_shop->workspace.edit(Discounts, u"name: \"crate\""_s, u"name: \"bulk\""_s);
        QCOMPARE(m_shop->outcome(), u"none"_s);
        QTRY_VERIFY(status()["rolledBack"_L1].toObject().isEmpty());
    }

    void aReloadGoesOnFromDisk()
    {
        name(u"bulk"_s, u"crate"_s);
        QCOMPARE(m_shop->run({u"rollback"_s, Pricing}).status, 0);
        QCOMPARE(discount(), u"bulk"_s);
        const auto reload = m_shop->run({u"reload"_s, Pricing, u"--force"_s});
        QCOMPARE(reload.status, 0);
        QCOMPARE(reload.json()["outcome"_L1].toString(), u"swapped"_s);
        QCOMPARE(discount(), u"crate"_s);
        QVERIFY(status()["rolledBack"_L1].toObject().isEmpty());
    }

    void aRestartGoesOnFromDisk()
    {
        name(u"bulk"_s, u"crate"_s);
        QCOMPARE(m_shop->run({u"rollback"_s, Pricing}).status, 0);
        QCOMPARE(m_shop->run({u"restart"_s}).status, 0);
        QCOMPARE(discount(), u"crate"_s);
        QVERIFY(status()["rolledBack"_L1].toObject().isEmpty());
    }

    /// The process that had the code is gone, and yet it is in service again.
    void backByARestart()
    {
        const int first = generation();
        name(u"bulk"_s, u"crate"_s);
        const qint64 pid = m_shop->pid();
        QCOMPARE(m_shop->run({u"rollback"_s, Pricing, u"--to"_s, QString::number(first), u"--restart"_s}).status, 0);
        QVERIFY(m_shop->pid() != pid);
        QCOMPARE(discount(), u"bulk"_s);
        QVERIFY(m_shop->workspace.read(Discounts).contains(u"\"crate\""_s));
        QVERIFY(status()["rolledBack"_L1].toObject().contains(Pricing));
        // and a save goes on from disk, in the same process
        const qint64 now = m_shop->pid();
        m_shop->workspace.edit(Discounts, u"BULK_PERCENT = 8"_s, u"BULK_PERCENT = 9"_s);
        QCOMPARE(m_shop->outcome(Pricing), u"restarted"_s); // of the restart itself
        QCOMPARE(m_shop->outcome(Pricing), u"swapped"_s);
        QCOMPARE(discount(), u"crate"_s);
        QCOMPARE(m_shop->pid(), now);
        QVERIFY(status()["rolledBack"_L1].toObject().isEmpty());
    }

    void whatCannotBe_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitStatus");
        QTest::newRow("nothing earlier") << QStringList{Pricing} << 1;
        QTest::newRow("no such generation") << QStringList{Pricing, u"--to"_s, u"99"_s} << 1;
        QTest::newRow("in service") << QStringList{Pricing, u"--to"_s, u"1"_s} << 1;
        QTest::newRow("no such plugin") << QStringList{u"nobody"_s} << 1;
        QTest::newRow("by a restart to nothing") << QStringList{Pricing, u"--to"_s, u"99"_s, u"--restart"_s} << 1;
        QTest::newRow("no number") << QStringList{Pricing, u"--to"_s, u"yesterday"_s} << 2;
        QTest::newRow("not positive") << QStringList{Pricing, u"--to"_s, u"0"_s} << 2;
        QTest::newRow("no plugin") << QStringList{} << 2;
        QTest::newRow("unknown option") << QStringList{Pricing, u"--dry-run"_s} << 2;
    }

    void whatCannotBe()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, exitStatus);
        const auto result = m_shop->run(QStringList{u"rollback"_s} + arguments);
        QCOMPARE(result.status, exitStatus);
        QVERIFY(!result.err.isEmpty());
        QCOMPARE(discount(), u"bulk"_s);
    }

    void withoutAServer()
    {
        QCOMPARE(m_shop->run({u"stop"_s}).status, 0);
        QCOMPARE(m_shop->run({u"rollback"_s, Pricing}).status, 4);
        QCOMPARE(m_shop->run({u"rollback"_s, Pricing, u"--list"_s}).status, 4);
        QCOMPARE(m_shop->dev->interrupt(), 0);
        QCOMPARE(m_shop->run({u"rollback"_s, Pricing}).status, 4);
    }

private:
    QString discount()
    {
        const Answer answer = m_shop->dev->call(u"shop.quote"_s, TenApples);
        return answer.status == 200 ? answer.body["discount"_L1].toString()
                                    : u"%1 %2"_s.arg(answer.status).arg(answer.error);
    }

    void name(const QString &from, const QString &to)
    {
        m_shop->workspace.edit(Discounts, u"name: \"%1\""_s.arg(from), u"name: \"%1\""_s.arg(to));
        QCOMPARE(m_shop->outcome(Pricing), u"swapped"_s);
    }

    QJsonObject status() { return m_shop->run({u"status"_s}).json(); }
    int generation() { return status()["plugins"_L1][Pricing].toInt(); }

    std::unique_ptr<Shop> m_shop;
};

QTEST_GUILESS_MAIN(E2eRollback)
#include "e2e_rollback.moc"
