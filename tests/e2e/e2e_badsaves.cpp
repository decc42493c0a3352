// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Thirty bad saves in a row, each followed by a good one: the old code serves on, the good one swaps, one process.
#include "runtimes.h"

using namespace paddock::test;
using namespace Qt::StringLiterals;

namespace {

const QJsonObject TenApples{{u"items"_s, QJsonArray{QJsonObject{{u"productId"_s, u"apple"_s}, {u"quantity"_s, 10}}}}};

struct Bad
{
    const char *what;
    QString from; ///< empty: `to` is put in front of the file; "*": it is all of the file
    QString to;
};

/// In src/plugins/pricing/index.ts.
QList<Bad> badSaves()
{
    const auto service = u"    const { catalog } = ctx.deps;"_s;
    const auto at = [&](const QString &code) { return QString(service + u"\n    " + code); };
    return {
        {"an open brace", {}, u"const x = {;\n"_s},
        {"an open string", {}, u"const x = \"never ends;\n"_s},
        {"an open template", {}, u"const x = `never ends;\n"_s},
        {"a conflict marker", {}, u"<<<<<<< HEAD\n"_s},
        {"no program at all", u"*"_s, u"this is not a program at all {{{\n"_s},
        {"a file cut off behind its imports", u"*"_s,
         u"import { createPlugin } from \"@donkeylabs/server\";\nimport { bestDiscount } from \"./discounts\";\n"_s},
        {"a file of types alone", u"*"_s, u"export interface PricingConfig {\n  currency: string;\n}\n"_s},
        {"a plugin that is not exported", u"export const pricingPlugin"_s, u"const pricingPlugin"_s},
        {"an open class", {}, u"class X {;;\n"_s},
        {"an open list", {}, u"const x = [;\n"_s},
        {"two signs too many", {}, u"const x = 1 ** ** 2;\n"_s},
        {"an import that is not there", {}, u"import { nothing } from \"./nothing\";\nnothing();\n"_s},
        {"a package that is not there", {}, u"import nothing from \"no-such-package-anywhere\";\nnothing();\n"_s},
        {"an import of a missing name", u"import { bestDiscount } from"_s,
         u"import { worstDiscount as bestDiscount } from"_s},
        {"a throw at the top level", {}, u"throw new Error(\"top\");\n"_s},
        {"a rejection at the top level", {}, u"await Promise.reject(new Error(\"top\"));\n"_s},
        {"a name that is not there at the top level", {}, u"notDefined();\n"_s},
        {"a service that throws", service, at(u"throw new Error(\"service\");"_s)},
        {"a service that throws later", service, at(u"await Bun.sleep(1); throw new Error(\"later\");"_s)},
        {"a service that throws no error", service, at(u"throw \"text\";"_s)},
        {"a service that throws nothing", service, at(u"throw undefined;"_s)},
        {"a service that reads of nothing", service, at(u"(undefined as any).x;"_s)},
        {"a service that calls what is not there", service, at(u"(catalog as any).nothing();"_s)},
        {"a service whose query fails", service,
         at(u"await (ctx as any).db.selectFrom(\"no_table\").selectAll().execute();"_s)},
        {"a service that wants to end the process", service, at(u"process.exit(3);"_s)},
        {"a service that rejects beside", service,
         at(u"void Promise.reject(new Error(\"beside\")); await Bun.sleep(5); throw new Error(\"x\");"_s)},
        {"a missing dependency", u"dependencies: [\"catalog\"]"_s, u"dependencies: [\"catalog\", \"nobody\"]"_s},
        {"a circular dependency", u"dependencies: [\"catalog\"]"_s, u"dependencies: [\"catalog\", \"orders\"]"_s},
        {"a dependency on itself", u"dependencies: [\"catalog\"]"_s, u"dependencies: [\"catalog\", \"pricing\"]"_s},
        {"an init that throws", u"  service: async (ctx) => {"_s,
         u"  init: () => {\n    throw new Error(\"init\");\n  },\n\n  service: async (ctx) => {"_s},
        {"an init that rejects", u"  service: async (ctx) => {"_s,
         u"  init: async () => {\n    await Bun.sleep(1);\n    throw new Error(\"init later\");\n  },\n\n  service: async (ctx) => {"_s},
        {"middleware that throws", u"  service: async (ctx) => {"_s,
         u"  middleware: () => {\n    throw new Error(\"middleware\");\n  },\n\n  service: async (ctx) => {"_s},
        {"a stack that overflows", service, at(u"const f = (): number => f() + 1; f();"_s)},
    };
}

const auto File = u"src/plugins/pricing/index.ts"_s;

} // namespace

class E2eBadSaves final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { runtimeRows(); }

    void thirtyInARow()
    {
        QFETCH_GLOBAL(Runtime, runtime);
        Shop shop(runtime);
        QVERIFY2(shop.workspace.isValid(), qPrintable(shop.workspace.problem()));
        QVERIFY2(shop.start(), qPrintable(shop.dev->errorOutput()));
        const auto tell = qScopeGuard([&] {
            if (QTest::currentTestFailed())
                shop.tell();
        });
        const qint64 pid = shop.pid();
        const QString original = shop.workspace.read(File);
        const auto discount = [&] {
            const Answer answer = shop.dev->call(u"shop.quote"_s, TenApples);
            return answer.status == 200 ? answer.body["discount"_L1].toString()
                                        : u"%1 %2"_s.arg(answer.status).arg(answer.error);
        };
        const auto good = [&](int i) {
            return QString(original).replace(u"discount: discount.name,"_s, u"discount: \"good %1\","_s.arg(i));
        };
        const QList<Bad> all = badSaves();
        QVERIFY(all.size() >= 30);
        QString serving = discount();
        for (int i = 0; i < all.size(); ++i) {
            const Bad &bad = all[i];
            const QString base = i == 0 ? original : good(i - 1);
            QString text = bad.from == "*"_L1 ? bad.to : bad.from.isEmpty() ? QString(bad.to + base) : base;
            if (!bad.from.isEmpty() && bad.from != "*"_L1) {
                QVERIFY2(base.count(bad.from) == 1, bad.what);
                text.replace(bad.from, bad.to);
            }
            shop.workspace.save(File, text);
            const QJsonObject result = shop.dev->waitFor([](const QJsonObject &e) {
                return e.value("event"_L1) == "result"_L1 &&
                       (e.value("outcome"_L1) == "held"_L1 || e.value("outcome"_L1) == "kept-old"_L1);
            });
            QVERIFY2(!result.isEmpty(), bad.what);
            QVERIFY2(!result.value("message"_L1).toString().isEmpty(), bad.what);
            QVERIFY2(discount() == serving, bad.what);

            shop.workspace.save(File, good(i));
            const QJsonObject swapped = shop.dev->waitFor([](const QJsonObject &e) {
                return e.value("event"_L1) == "result"_L1 && e.value("outcome"_L1) == "swapped"_L1;
            });
            QVERIFY2(!swapped.isEmpty(), bad.what);
            serving = u"good %1"_s.arg(i);
            QVERIFY2(discount() == serving, bad.what);
            QVERIFY2(shop.pid() == pid, bad.what);
        }
        for (const QJsonObject &status : shop.dev->eventsOf(u"server"_s))
            QVERIFY(status.value("state"_L1) != "crashed"_L1 && status.value("state"_L1) != "hung"_L1);
        QVERIFY(shop.run({u"status"_s}).json()["problems"_L1].toArray().size() <= 2); // remarks alone
    }

    /// A server that ended over a save starts again when the save is taken back, though nothing then differs from
    /// what was in service.
    void takenBackAfterTheServerEnded()
    {
        QFETCH_GLOBAL(Runtime, runtime);
        Shop shop(runtime);
        QVERIFY2(shop.workspace.isValid(), qPrintable(shop.workspace.problem()));
        QVERIFY2(shop.start(), qPrintable(shop.dev->errorOutput()));
        shop.workspace.edit(u"src/index.ts"_s, u"await server.start();"_s, u"throw new Error(\"no start\");"_s);
        const QJsonObject held = shop.dev->waitForResult();
        QCOMPARE(held.value("outcome"_L1).toString(), u"held"_s);
        QCOMPARE(held.value("file"_L1).toString(), u"src/index.ts"_s);
        QVERIFY(!shop.dev->eventsOf(u"problem"_s).last().value("remedy"_L1).toString().contains(u"serves on"_s));
        shop.workspace.edit(u"src/index.ts"_s, u"throw new Error(\"no start\");"_s, u"await server.start();"_s);
        const QJsonObject back = shop.dev->waitForResult();
        QCOMPARE(back.value("outcome"_L1).toString(), u"restarted"_s);
        QCOMPARE(back.value("generation"_L1).toInt(), 1);
        QCOMPARE(shop.dev->call(u"shop.ping"_s).status, 200);
    }

    /// The outcome of a migration is that it ran; the code behind it was swapped.
    void aMigrationIsMigrated()
    {
        QFETCH_GLOBAL(Runtime, runtime);
        Shop shop(runtime);
        QVERIFY2(shop.workspace.isValid(), qPrintable(shop.workspace.problem()));
        QVERIFY2(shop.start(), qPrintable(shop.dev->errorOutput()));
        shop.workspace.save(u"src/plugins/catalog/migrations/003_note.ts"_s,
                            u"export const up = async (db: any) => db.schema.alterTable(\"products\")"
                            ".addColumn(\"note\", \"text\").execute();\n"_s);
        const QJsonObject result = shop.dev->waitForResult(u"catalog/003_note.ts"_s);
        QCOMPARE(result.value("outcome"_L1).toString(), u"migrated"_s);
        QVERIFY(result.value("generation"_L1).toInt() > 1);
        const QJsonArray migrations = shop.run({u"tree"_s}).json()["migrations"_L1].toArray();
        for (const QJsonValue &one : migrations) {
            QCOMPARE(one["state"_L1].toString(), u"applied"_s);
            QVERIFY2(one["appliedAt"_L1].toString().endsWith(u'Z'), qPrintable(one["appliedAt"_L1].toString()));
        }
        QCOMPARE(migrations.size(), 4);
    }
};

QTEST_GUILESS_MAIN(E2eBadSaves)
#include "e2e_badsaves.moc"
