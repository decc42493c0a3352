// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A save, all the way through: file → watcher → classifier → agent → the next request is served by new code.
#include "runtimes.h"

#include <QJsonDocument>
#include <QTest>

using namespace paddock::test;
using namespace Qt::StringLiterals;

namespace {

const QJsonObject TenApples{{u"items"_s, QJsonArray{QJsonObject{{u"productId"_s, u"apple"_s}, {u"quantity"_s, 10}}}}};
const auto Discounts = u"src/plugins/pricing/discounts.ts"_s;

} // namespace

class E2eSave final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { runtimeRows(); }

    void init()
    {
        QFETCH_GLOBAL(Runtime, runtime);
        m_workspace = std::make_unique<TestWorkspace>(runtime);
        QVERIFY2(m_workspace->isValid(), qPrintable(m_workspace->problem()));
        m_dev = std::make_unique<DevSession>(*m_workspace);
        m_dev->start();
        QVERIFY2(m_dev->waitForReady(), qPrintable(m_dev->errorOutput()));
    }

    void cleanup()
    {
        if (QTest::currentTestFailed() && m_dev)
            for (const QJsonObject &event : m_dev->events())
                qInfo().noquote() << QJsonDocument(event).toJson(QJsonDocument::Compact);
        if (m_dev && m_dev->isRunning())
            QCOMPARE(m_dev->interrupt(), 0);
        m_dev.reset();
        m_workspace.reset();
    }

    void nestedModuleOfAPlugin()
    {
        const QJsonObject serverBefore = m_dev->server();
        QCOMPARE(quoteDiscount(), u"bulk"_s);
        m_workspace->edit(Discounts, u"name: \"bulk\""_s, u"name: \"crate\""_s);
        const QJsonObject result = m_dev->waitForResult(u"pricing"_s);
        QCOMPARE(result.value("outcome"_L1).toString(), u"swapped"_s);
        QVERIFY(result.value("generation"_L1).toInt() > 0);
        QCOMPARE(result.value("proof"_L1)["dropped"_L1].toInt(-1), 0);
        QCOMPARE(quoteDiscount(), u"crate"_s);

        // The stream shows the change, its stages and its result.
        const QJsonObject change = m_dev->eventsOf(u"change"_s).last();
        QCOMPARE(change.value("kind"_L1).toString(), u"plugin-method"_s);
        QCOMPARE(change.value("subject"_L1)["name"_L1].toString(), u"pricing"_s);
        QCOMPARE(change.value("row"_L1).toString(), u"plugin-methods"_s);
        QCOMPARE(change.value("actions"_L1).toArray(), QJsonArray{u"swap"_s});
        QStringList stages;
        for (const QJsonObject &stage : m_dev->eventsOf(u"stage"_s))
            stages.append(stage.value("stage"_L1).toString() + u' ' + stage.value("state"_L1).toString());
        QCOMPARE(stages, (QStringList{u"swap running"_s, u"swap done"_s}));

        // Same process, and it was never taken down.
        QCOMPARE(m_dev->server().value("pid"_L1), serverBefore.value("pid"_L1));
        for (const QJsonObject &status :
             m_dev->eventsOf(u"server"_s).mid(m_dev->eventsOf(u"server"_s).indexOf(serverBefore)))
            QCOMPARE(status.value("state"_L1).toString(), u"running"_s);
    }

    void dependantsServeTheNewCode()
    {
        m_workspace->edit(Discounts, u"BULK_PERCENT = 8"_s, u"BULK_PERCENT = 50"_s);
        QCOMPARE(m_dev->waitForResult(u"pricing"_s).value("outcome"_L1).toString(), u"swapped"_s);
        // orders captured `ctx.deps.pricing` in a closure when it was made.
        const QJsonObject quote = m_dev->call(u"shop.quote"_s, TenApples).body.toObject();
        QCOMPARE(quote.value("saved"_L1).toInt() * 2, quote.value("subtotal"_L1).toInt());
        QVERIFY(m_dev->waitForResult(u"orders"_s, 1).isEmpty()); // and was not swapped itself
    }

    void aServiceMethod()
    {
        m_workspace->edit(u"src/plugins/catalog/index.ts"_s, u"orderBy(\"name\").execute(),\n\n      search"_s,
                          u"orderBy(\"name\", \"desc\").execute(),\n\n      search"_s);
        QCOMPARE(m_dev->waitForResult(u"catalog"_s).value("outcome"_L1).toString(), u"swapped"_s);
        const QJsonArray products = m_dev->call(u"shop.products.list"_s).body["products"_L1].toArray();
        QVERIFY(products.size() > 1);
        QVERIFY(products.first()["name"_L1].toString() > products.last()["name"_L1].toString());
    }

    void aRouteHandler()
    {
        m_workspace->edit(u"src/routes/shop.ts"_s, u"\"pong\\n\""_s, u"\"PONG\\n\""_s);
        const QJsonObject result = m_dev->waitForResult();
        QCOMPARE(result.value("outcome"_L1).toString(), u"swapped"_s);
        QCOMPARE(m_dev->call(u"shop.ping"_s).body.toString(), u"PONG\n"_s);
        QCOMPARE(m_dev->eventsOf(u"change"_s).last().value("kind"_L1).toString(), u"route-handler"_s);
    }

    void aSaveThatDoesNotParse()
    {
        const QString good = m_workspace->read(Discounts);
        m_workspace->save(Discounts, good + u"\nexport const broken = {{{;\n"_s);
        const QJsonObject held = m_dev->waitForResult();
        QCOMPARE(held.value("outcome"_L1).toString(), u"held"_s);
        QCOMPARE(quoteDiscount(), u"bulk"_s); // the old code serves on
        const QJsonObject problem =
            m_dev->waitFor([](const QJsonObject &e) { return e.value("event"_L1) == "problem"_L1; }, 1);
        const QJsonObject shown = problem.isEmpty() ? m_dev->eventsOf(u"problem"_s).last() : problem;
        QCOMPARE(shown.value("file"_L1).toString(), Discounts);
        QVERIFY(shown.value("line"_L1).toInt() > 0);

        m_workspace->save(Discounts, QString(good).replace(u"name: \"bulk\""_s, u"name: \"crate\""_s));
        QCOMPARE(m_dev->waitForResult(u"pricing"_s).value("outcome"_L1).toString(), u"swapped"_s);
        QCOMPARE(quoteDiscount(), u"crate"_s);
    }

    void aServiceThatThrows()
    {
        const auto file = u"src/plugins/pricing/index.ts"_s;
        const QString good = m_workspace->read(file);
        m_workspace->save(
            file, QString(good).replace(u"const { catalog } = ctx.deps;"_s,
                                        u"const { catalog } = ctx.deps;\n    throw new Error(\"no prices today\");"_s));
        const QJsonObject kept = m_dev->waitForResult(u"pricing"_s);
        QCOMPARE(kept.value("outcome"_L1).toString(), u"kept-old"_s);
        QVERIFY(kept.value("message"_L1).toString().contains(u"no prices today"_s));
        QCOMPARE(kept.value("file"_L1).toString(), file);
        QVERIFY(kept.value("line"_L1).toInt() > 0);
        QCOMPARE(quoteDiscount(), u"bulk"_s);

        // Back to what is in service: nothing to do, and that is said.
        m_workspace->save(file, good);
        QCOMPARE(m_dev->waitForResult().value("outcome"_L1).toString(), u"none"_s);
        m_workspace->edit(Discounts, u"name: \"bulk\""_s, u"name: \"crate\""_s);
        QCOMPARE(m_dev->waitForResult(u"pricing"_s).value("outcome"_L1).toString(), u"swapped"_s);
        QCOMPARE(quoteDiscount(), u"crate"_s);
    }

    void aSaveThatNeedsTheNextOne()
    {
        // The dependant is saved first and fails, because what it needs is not there yet; the second save mends both.
        m_workspace->edit(u"src/plugins/orders/index.ts"_s, u"const { events, jobs, errors } = ctx.core;"_s,
                          u"const { events, jobs, errors } = ctx.core;\n    (pricing as any).warmUp();"_s);
        QCOMPARE(m_dev->waitForResult(u"orders"_s).value("outcome"_L1).toString(), u"kept-old"_s);
        m_workspace->edit(u"src/plugins/pricing/index.ts"_s, u"      currency,\n\n"_s,
                          u"      currency,\n      warmUp: () => 1,\n\n"_s);
        QCOMPARE(m_dev->waitForResult(u"orders"_s, 60'000).value("outcome"_L1).toString(), u"swapped"_s);
        const QJsonObject pricing = m_dev->waitForResult(u"pricing"_s, 60'000);
        QVERIFY(pricing.isEmpty() || pricing.value("outcome"_L1) == "swapped"_L1);
        QCOMPARE(quoteDiscount(), u"bulk"_s);
    }

    void severalFilesAtOnce()
    {
        m_workspace->edit(Discounts, u"name: \"bulk\""_s, u"name: \"crate\""_s);
        m_workspace->edit(u"src/routes/shop.ts"_s, u"\"pong\\n\""_s, u"\"PONG\\n\""_s);
        m_workspace->edit(u"src/plugins/guard/index.ts"_s, u"version: \"1.0.0\""_s, u"version: \"1.0.1\""_s);
        QTRY_COMPARE_WITH_TIMEOUT(quoteDiscount(), u"crate"_s, 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(m_dev->call(u"shop.ping"_s).body.toString(), u"PONG\n"_s, 20'000);
        for (const QJsonObject &result : m_dev->eventsOf(u"result"_s))
            QVERIFY(result.value("outcome"_L1) != "kept-old"_L1 && result.value("outcome"_L1) != "held"_L1);
    }

    void commentsHaveNoEffect()
    {
        m_workspace->save(Discounts, u"// a remark\n"_s + m_workspace->read(Discounts));
        const QJsonObject result = m_dev->waitForResult();
        QCOMPARE(result.value("outcome"_L1).toString(), u"none"_s);
        QCOMPARE(m_dev->eventsOf(u"change"_s).last().value("kind"_L1).toString(), u"no-effect"_s);
        const QJsonObject entry = m_dev->eventsOf(u"journal"_s).last();
        QCOMPARE(entry.value("file"_L1).toString(), Discounts);
        QCOMPARE(entry.value("fate"_L1).toString(), u"ignored"_s);
        QVERIFY(!entry.value("reason"_L1).toString().isEmpty());
        QVERIFY(m_dev->eventsOf(u"stage"_s).isEmpty());
    }

    void theEntryNeedsARestart()
    {
        const QJsonValue pid = m_dev->server().value("pid"_L1);
        m_workspace->edit(u"src/index.ts"_s, u"memberDiscount: 5"_s, u"memberDiscount: 30"_s);
        const QJsonObject result = m_dev->waitForResult(u"src/index.ts"_s, 60'000);
        QCOMPARE(result.value("outcome"_L1).toString(), u"restarted"_s);
        QVERIFY(m_dev->server().value("pid"_L1) != pid);
        QJsonObject input = TenApples;
        input.insert("member"_L1, true);
        QCOMPARE(m_dev->call(u"shop.quote"_s, input).body["discount"_L1].toString(), u"member"_s);
    }

    void endsCleanly()
    {
        const qint64 pid = m_dev->server().value("pid"_L1).toInteger();
        QCOMPARE(m_dev->interrupt(), 0);
        QVERIFY(!QFile::exists(u"/proc/%1"_s.arg(pid)));
        QCOMPARE(m_dev->call(u"shop.ping"_s).status, 0);
    }

private:
    QString quoteDiscount()
    {
        const Answer answer = m_dev->call(u"shop.quote"_s, TenApples);
        return answer.status == 200 ? answer.body["discount"_L1].toString()
                                    : u"%1 %2"_s.arg(answer.status).arg(answer.error);
    }

    std::unique_ptr<TestWorkspace> m_workspace;
    std::unique_ptr<DevSession> m_dev;
};

QTEST_GUILESS_MAIN(E2eSave)
#include "e2e_save.moc"
