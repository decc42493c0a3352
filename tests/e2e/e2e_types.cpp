// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a save does to everyone else: in the stream of a session, and from the command line without one.
#include "runtimes.h"

#include <QFile>
#include <QJsonDocument>
#include <QTest>
#include <algorithm>

using namespace paddock::test;
using namespace Qt::StringLiterals;

namespace {

const auto Pricing = u"src/plugins/pricing/index.ts"_s;
const auto Registry = u".@donkeylabs/server/registry.d.ts"_s;

QJsonObject itemOf(const QJsonObject &document, const QString &symbol, const QString &rule)
{
    for (const QJsonValue &item : document.value("items"_L1).toArray())
        if (item["symbol"_L1] == symbol && item["rule"_L1] == rule)
            return item.toObject();
    return {};
}

} // namespace

class E2eTypes final : public QObject
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

    void cleanup()
    {
        if (QTest::currentTestFailed() && m_dev)
            for (const QJsonObject &event : m_dev->events())
                qInfo().noquote() << QJsonDocument(event).toJson(QJsonDocument::Compact).left(600);
        if (m_dev && m_dev->isRunning())
            QCOMPARE(m_dev->interrupt(), 0);
        m_dev.reset();
        m_workspace.reset();
    }

    /// Nothing is annotated, and the generated registry only says `typeof pricingPlugin`.
    void anInferredReturnTypeChanges()
    {
        start();
        QCOMPARE(run({u"gen"_s}).status, 0);
        const QString registry = m_workspace->read(Registry);
        QVERIFY(registry.contains(u"pricing"_s));

        m_workspace->edit(Pricing, u"discount: discount.name, saved, total: subtotal - saved }"_s,
                          u"discount: discount.name, total: subtotal - saved }"_s);
        const QJsonObject result = m_dev->waitForResult(u"pricing"_s, 60'000);
        QCOMPARE(result.value("outcome"_L1).toString(), u"swapped"_s);
        const QJsonObject types = waitForTypes(result);
        QVERIFY2(!types.isEmpty(), qPrintable(m_dev->errorOutput()));
        const QJsonObject gone = itemOf(types, u"plugin pricing.quote"_s, u"property-removed"_s);
        QCOMPARE(gone.value("severity"_L1).toString(), u"breaking"_s);
        QCOMPARE(gone.value("path"_L1).toString(), u"().saved"_s);
        QCOMPARE(gone.value("file"_L1).toString(), Pricing);
        QVERIFY(gone.value("line"_L1).toInt() > 0);
        QVERIFY(gone.value("example"_L1).toString().contains(u"ctx.plugins.pricing.quote("_s));
        QCOMPARE(gone.value("decidedBy"_L1).toString(), u"structure"_s);
        QVERIFY(types.value("breaking"_L1).toInt() >= 1);
        QCOMPARE(m_workspace->read(Registry), registry);

        // A body alone concerns nobody.
        m_workspace->edit(Pricing, u"let pieces = 0;"_s, u"let pieces = 0 * 1;"_s);
        const QJsonObject second = waitForTypes(m_dev->waitForResult(u"pricing"_s, 60'000));
        QVERIFY(!second.isEmpty());
        QCOMPARE(second.value("items"_L1).toArray().size(), 0);

        // Who uses it: three call sites, none of which reads what is gone.
        const auto compared = run({u"diff"_s, u"s1"_s, u"--impact"_s});
        const auto impact = compared.json()["impact"_L1].toArray();
        const auto quote = std::ranges::find_if(
            impact, [](const QJsonValue &one) { return one["symbol"_L1] == "plugin pricing.quote"_L1; });
        QVERIFY2(quote != impact.end(), QByteArray(compared.out + compared.err).constData());
        QStringList files;
        for (const QJsonValue &use : (*quote)["uses"_L1].toArray())
            files << use["file"_L1].toString();
        QVERIFY2(files.contains(u"src/routes/shop.ts"_s) && files.contains(u"src/plugins/orders/index.ts"_s),
                 qPrintable(files.join(u' ')));

        // The same from the command line, for CI.
        const auto failing = run({u"diff"_s, u"s1"_s, u"--fail-on"_s, u"breaking"_s});
        QCOMPARE(failing.status, 1);
        QVERIFY(!itemOf(failing.json(), u"plugin pricing.quote"_s, u"property-removed"_s).isEmpty());
        QStringList approve{u"approve"_s, u"--from"_s, u"s1"_s};
        for (const QJsonValue &item : failing.json()["items"_L1].toArray())
            if (item["severity"_L1] != "safe"_L1)
                approve << item["fingerprint"_L1].toString();
        QCOMPARE(run(approve).status, 0);
        QVERIFY(m_workspace->read(u"paddock.approvals.json"_s).contains(u"plugin pricing.quote"_s));
        const auto approved = run({u"diff"_s, u"s1"_s, u"--fail-on"_s, u"dangerous"_s});
        QCOMPARE(approved.status, 0);
        QCOMPARE(approved.json()["breaking"_L1].toInt(-1), 0);
    }

    /// Whoever reads what is gone no longer compiles, and is marked; also one that uses the generated client.
    void whoeverUsesItIsMarked()
    {
        QFETCH_GLOBAL(Runtime, runtime);
        QCOMPARE(run({u"snapshots"_s, u"--name"_s, u"main"_s}).status, 0);
        m_workspace->save(u"src/report.ts"_s, u"import { ApiClient } from \"../.@donkeylabs/server/client\";\n"
                                              "export const quote = (shop: ApiClient) =>\n"
                                              "  shop.shop.quote({ items: [] });\n"_s);
        m_workspace->edit(Pricing, u"discount: discount.name, saved, total: subtotal - saved }"_s,
                          u"discount: discount.name, saved, sum: subtotal - saved }"_s);
        if (runtime == Runtime::Sample) // as type generation would write it
            m_workspace->edit(u".@donkeylabs/server/routes.ts"_s, u"member?: boolean"_s, u"member: boolean"_s);
        const auto found = run({u"diff"_s, u"main"_s, u"--impact"_s});
        QCOMPARE(found.status, 0);
        const auto impactOf = [&](const QString &symbol) {
            for (const QJsonValue &one : found.json()["impact"_L1].toArray())
                if (one["symbol"_L1] == symbol)
                    return one.toObject();
            return QJsonObject();
        };
        const auto uses = [](const QJsonObject &impact, const QString &file) {
            QStringList problems;
            for (const QJsonValue &use : impact.value("uses"_L1).toArray())
                if (use["file"_L1] == file)
                    problems << use["problem"_L1].toString();
            return problems;
        };
        const QJsonObject quote = impactOf(u"plugin pricing.quote"_s);
        const QStringList orders = uses(quote, u"src/plugins/orders/index.ts"_s);
        QVERIFY2(orders.join(u' ').contains(u"total"_s), found.out.constData());
        QVERIFY(quote.value("broken"_L1).toInt() >= 1);
        QVERIFY(!uses(quote, u"src/routes/shop.ts"_s).join(u' ').isEmpty()); // its output asks for what is gone
        if (runtime == Runtime::Upstream)
            return; // its generator writes no client without an adapter
        const QJsonObject input = impactOf(u"route shop.quote input"_s);
        QCOMPARE(uses(input, u"src/report.ts"_s).size(), 1);
    }

    void aRouteAsksForMore()
    {
        start();
        m_workspace->edit(u"src/routes/shop.ts"_s, u"member: z.boolean().default(false)"_s, u"member: z.boolean()"_s);
        const QJsonObject types = waitForFinding(u"route shop.quote input"_s);
        const QJsonObject asked = itemOf(types, u"route shop.quote input"_s, u"input-property-now-required"_s);
        QCOMPARE(asked.value("severity"_L1).toString(), u"breaking"_s);
        QCOMPARE(asked.value("path"_L1).toString(), u"member"_s);
    }

    void withoutASession()
    {
        QCOMPARE(run({u"snapshots"_s, u"--name"_s, u"main"_s}).status, 0);
        const QString baseline = m_workspace->read(u".paddock/types/main.types"_s);
        QVERIFY(baseline.contains(u"plugin pricing.quote: "_s));
        QCOMPARE(run({u"diff"_s, u"main"_s, u"--fail-on"_s, u"dangerous"_s}).status, 0);

        m_workspace->edit(Pricing, u"async quote(items: BasketItem[], member = false) {"_s,
                          u"async quote(items: BasketItem[], member: boolean) {"_s);
        const auto found = run({u"diff"_s, u"main"_s, u"--fail-on"_s, u"breaking"_s});
        QCOMPARE(found.status, 1);
        QCOMPARE(itemOf(found.json(), u"plugin pricing.quote"_s, u"parameter-now-required"_s)["severity"_L1].toString(),
                 u"breaking"_s);

        // A file that does not parse is not known; it is not gone.
        m_workspace->save(u"src/plugins/stats/index.ts"_s, u"export const broken = {"_s);
        const auto broken = run({u"diff"_s, u"main"_s});
        QCOMPARE(broken.status, 0);
        // And a snapshot with a fault is refused, by line.
        m_workspace->save(u".paddock/types/main.types"_s, baseline + u"<<<<<<< HEAD\n"_s);
        const auto damaged = run({u"diff"_s, u"main"_s});
        QCOMPARE(damaged.status, 1);
        QVERIFY(damaged.err.contains("main.types:"));
        QCOMPARE(run({u"diff"_s, u"nobody"_s}).status, 1);
        QCOMPARE(run({u"diff"_s, u"main"_s, u"--fail-on"_s, u"everything"_s}).status, 2);
        QCOMPARE(run({u"frobnicate"_s}).status, 2);
        QCOMPARE(run({u"gen"_s}).status, 5); // it would run the workspace's code
    }

    /// No compiler: that is said, and nothing else stops.
    void withoutACompiler()
    {
        QProcessEnvironment none;
        none.insert(u"PADDOCK_TYPESCRIPT"_s, u"none"_s);
        QFile::remove(m_workspace->path(u"node_modules/typescript/package.json"_s));
        const auto result =
            paddockctl(*m_workspace, {u"--json"_s, u"types"_s, u"snapshots"_s, u"--name"_s, u"main"_s}, true, none);
        QCOMPARE(result.status, 0);
        QVERIFY(m_workspace->read(u".paddock/types/main.types"_s).contains(u"unknown plugins: "_s));
        QVERIFY(m_workspace->read(u".paddock/types/main.types"_s).contains(u"route shop.quote handler: \"typed\""_s));
    }

    /// Nor does one that is too old keep a swap, and it is said which it is.
    void aSwapNeedsNoCompiler()
    {
        m_workspace->save(u"node_modules/typescript/package.json"_s,
                          u"{\"name\":\"typescript\",\"version\":\"4.9.5\"}"_s);
        qputenv("PADDOCK_TYPESCRIPT", "none");
        m_dev = std::make_unique<DevSession>(*m_workspace);
        m_dev->start();
        qunsetenv("PADDOCK_TYPESCRIPT");
        QVERIFY2(m_dev->waitForReady(), qPrintable(m_dev->errorOutput()));
        m_workspace->edit(Pricing, u"discount: discount.name, saved, total: subtotal - saved }"_s,
                          u"discount: discount.name, total: subtotal - saved }"_s);
        QCOMPARE(m_dev->waitForResult(u"pricing"_s, 60'000).value("outcome"_L1).toString(), u"swapped"_s);
        const auto isSaid = [](const QJsonObject &event) {
            return event.value("event"_L1) == "problem"_L1 && event.value("code"_L1) == "no-compiler"_L1;
        };
        const auto &events = m_dev->events();
        const auto said = std::ranges::find_if(events, isSaid);
        const QJsonObject problem = said == events.end() ? m_dev->waitFor(isSaid, 60'000) : *said;
        QVERIFY2(problem.value("message"_L1).toString().contains(u"4.9.5"_s), qPrintable(m_dev->errorOutput()));
        // What the running server says of routes is known all the same.
        m_workspace->edit(u"src/routes/shop.ts"_s, u"member: z.boolean().default(false)"_s, u"member: z.boolean()"_s);
        const QJsonObject types = waitForFinding(u"route shop.quote input"_s);
        QVERIFY(!itemOf(types, u"route shop.quote input"_s, u"input-property-now-required"_s).isEmpty());
    }

    /// A workspace that does not type-check is compared as far as it goes, and that is said.
    void errorsElsewhereDoNotMatter()
    {
        m_workspace->edit(u"src/money.ts"_s, u"export"_s, u"export const wrong: number = \"text\";\nexport"_s);
        m_workspace->edit(u"tsconfig.json"_s, u"\"target\": \"ESNext\""_s, u"\"target\": \"ES1999\""_s);
        const auto saved = run({u"snapshots"_s, u"--name"_s, u"main"_s});
        QCOMPARE(saved.status, 0);
        QVERIFY(saved.json()["typeErrors"_L1].toInt() >= 1);
        QVERIFY2(saved.out.contains("src/money.ts"), saved.out.constData());
        QCOMPARE(saved.json()["errors"_L1].toArray().first()["file"_L1].toString(), u"tsconfig.json"_s);
        m_workspace->edit(Pricing, u"discount: discount.name, saved, total: subtotal - saved }"_s,
                          u"discount: discount.name, total: subtotal - saved }"_s);
        const auto found = run({u"diff"_s, u"main"_s, u"--fail-on"_s, u"breaking"_s});
        QCOMPARE(found.status, 1);
        QCOMPARE(itemOf(found.json(), u"plugin pricing.quote"_s, u"property-removed"_s)["decidedBy"_L1].toString(),
                 u"structure"_s);
    }

    /// Nor does a configuration that the compiler cannot read; both are told, and over when they are mended.
    void aBrokenConfigurationHoldsNothing()
    {
        const QString good = m_workspace->read(u"tsconfig.json"_s);
        m_workspace->save(u"tsconfig.json"_s, u"{ \"compilerOptions\": { \"strict\": true,\n"_s);
        start();
        const auto problem = [this](const QString &code) {
            const auto isIt = [&](const QJsonObject &event) {
                return event.value("event"_L1) == "problem"_L1 && event.value("code"_L1) == code;
            };
            const auto &events = m_dev->events();
            const auto said = std::ranges::find_if(events, isIt);
            return said == events.end() ? m_dev->waitFor(isIt, 60'000) : *said;
        };
        QCOMPARE(problem(u"bad-tsconfig"_s).value("file"_L1).toString(), u"tsconfig.json"_s);
        QVERIFY(problem(u"bad-tsconfig"_s).value("line"_L1).toInt() > 0);

        m_workspace->edit(Pricing, u"discount: discount.name, saved, total: subtotal - saved }"_s,
                          u"discount: discount.name, total: subtotal - saved }"_s);
        const QJsonObject result = m_dev->waitForResult(u"pricing"_s, 60'000);
        QCOMPARE(result.value("outcome"_L1).toString(), u"swapped"_s);
        QVERIFY(!itemOf(waitForTypes(result), u"plugin pricing.quote"_s, u"property-removed"_s).isEmpty());
        // Whoever reads what is gone no longer compiles: the whole workspace is checked a moment later.
        const QJsonObject errors = problem(u"type-errors"_s);
        QVERIFY2(errors.value("message"_L1).toString().contains(u"does not type-check"_s),
                 QJsonDocument(errors).toJson().constData());
        QVERIFY(!errors.value("file"_L1).toString().isEmpty());

        m_workspace->edit(Pricing, u"discount: discount.name, total: subtotal - saved }"_s,
                          u"discount: discount.name, saved, total: subtotal - saved }"_s);
        m_workspace->save(u"tsconfig.json"_s, good);
        const auto codes = [this] {
            QStringList list;
            const auto status = paddockctl(*m_workspace, {u"--json"_s, u"status"_s}).json();
            for (const QJsonValue &one : status["problems"_L1].toArray())
                list << one["code"_L1].toString();
            return list;
        };
        QTRY_VERIFY_WITH_TIMEOUT(!codes().contains(u"bad-tsconfig"_s), 60'000);
        QFETCH_GLOBAL(Runtime, runtime);
        if (runtime == Runtime::Sample) // the sample's client stays behind on the framework, which writes none
            QTRY_VERIFY_WITH_TIMEOUT(!codes().contains(u"type-errors"_s), 60'000);
    }

private:
    void start()
    {
        m_dev = std::make_unique<DevSession>(*m_workspace);
        m_dev->start();
        QVERIFY2(m_dev->waitForReady(), qPrintable(m_dev->errorOutput()));
        QTRY_VERIFY_WITH_TIMEOUT(!run({u"snapshots"_s}).json()["snapshots"_L1].toArray().isEmpty(), 60'000);
    }

    CommandResult run(const QStringList &arguments) const
    {
        return paddockctl(*m_workspace, QStringList{u"--json"_s, u"types"_s} + arguments);
    }

    QJsonObject waitForTypes(const QJsonObject &result)
    {
        const QJsonValue id = result.value("change"_L1);
        const auto isIt = [id](const QJsonObject &event) {
            return event.value("event"_L1) == "types"_L1 && event.value("change"_L1) == id;
        };
        for (const QJsonObject &event : m_dev->events())
            if (isIt(event))
                return event;
        return m_dev->waitFor(isIt, 60'000);
    }

    QJsonObject waitForFinding(const QString &symbol)
    {
        return m_dev->waitFor(
            [&symbol](const QJsonObject &event) {
                return event.value("event"_L1) == "types"_L1 &&
                       std::ranges::any_of(event.value("items"_L1).toArray(),
                                           [&](const QJsonValue &item) { return item["symbol"_L1] == symbol; });
            },
            60'000);
    }

    std::unique_ptr<TestWorkspace> m_workspace;
    std::unique_ptr<DevSession> m_dev;
};

QTEST_GUILESS_MAIN(E2eTypes)
#include "e2e_types.moc"
