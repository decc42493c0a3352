// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Structure and routes in place: each row is a save (or several) and what is served after it, in one process
// throughout.
#include "runtimes.h"

using namespace paddock::test;
using namespace Qt::StringLiterals;

namespace {

struct Edit
{
    QString file;
    QString from; ///< empty: the file becomes `to`; with an empty `to` as well: it is removed
    QString to;
};

/// A request and what its answer must hold.
struct Asked
{
    QString route;
    QJsonObject input = {};
    QMap<QByteArray, QByteArray> headers = {};
    int status = 200;
    QString holds = {};     ///< in the body, as compact JSON
    QByteArray header = {}; ///< that must be there
    int upstream = 0;       ///< status of the real framework, where it is another
};

const QJsonObject TenApples{{u"items"_s, QJsonArray{QJsonObject{{u"productId"_s, u"apple"_s}, {u"quantity"_s, 10}}}}};
const auto Pricing = u"src/plugins/pricing/index.ts"_s;
const auto Guard = u"src/plugins/guard/index.ts"_s;
const auto Catalog = u"src/plugins/catalog/index.ts"_s;
const auto Customers = u"src/plugins/customers/index.ts"_s;
const auto Stats = u"src/plugins/stats/index.ts"_s;
const auto Shop_ = u"src/routes/shop.ts"_s;
const auto Admin = u"src/routes/admin.ts"_s;
const auto Prices = u"src/routes/prices.ts"_s;
const auto Entry = u"src/index.ts"_s;
const auto Greet = u"src/plugins/greet/index.ts"_s;
const auto Extra = u"src/routes/extra.ts"_s;
const auto All = u"src/routes/all.ts"_s;

QString textOf(const QJsonValue &body)
{
    return body.isString() ? body.toString()
                           : QString::fromUtf8(QJsonDocument(body.isArray() ? QJsonDocument(body.toArray())
                                                                            : QJsonDocument(body.toObject()))
                                                   .toJson(QJsonDocument::Compact));
}

} // namespace

Q_DECLARE_METATYPE(Edit)
Q_DECLARE_METATYPE(Asked)

class E2eStructure final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { runtimeRows(); }

    void init()
    {
        QFETCH_GLOBAL(Runtime, runtime);
        if (m_shop && m_runtime == runtime && m_shop->dev->isRunning())
            return; // one process for all rows
        m_runtime = runtime;
        m_shop = std::make_unique<Shop>(runtime);
        QVERIFY2(m_shop->workspace.isValid(), qPrintable(m_shop->workspace.problem()));
        QVERIFY2(m_shop->start(), qPrintable(m_shop->dev->errorOutput()));
        m_pid = m_shop->pid();
    }

    void cleanup()
    {
        if (QTest::currentTestFailed() && m_shop) {
            m_shop->tell();
            m_shop.reset(); // the next row starts afresh
        }
    }

    void cleanupTestCase() { m_shop.reset(); }

    void aSave_data()
    {
        QTest::addColumn<QList<Edit>>("edits");
        QTest::addColumn<QString>("kind"); ///< of one of the changes; empty: any
        QTest::addColumn<QList<Asked>>("asked");
        const auto row = [](const char *name, const QString &kind, const QList<Edit> &edits,
                            const QList<Asked> &asked) { QTest::newRow(name) << edits << kind << asked; };

        row("a dependency is added", u"plugin-structure"_s,
            {{Pricing, u"dependencies: [\"catalog\"]"_s, u"dependencies: [\"catalog\", \"guard\"]"_s},
             {Pricing, u"const { catalog } = ctx.deps;"_s, u"const { catalog, guard } = ctx.deps;"_s},
             {Pricing, u"discount: discount.name,"_s, u"discount: discount.name + typeof guard.passed,"_s}},
            {{.route = u"shop.quote"_s, .input = TenApples, .holds = u"bulkfunction"_s}});
        row("a dependency is removed", u"plugin-structure"_s,
            {{Pricing, u"dependencies: [\"catalog\", \"guard\"]"_s, u"dependencies: [\"catalog\"]"_s},
             {Pricing, u"const { catalog, guard } = ctx.deps;"_s, u"const { catalog } = ctx.deps;"_s},
             {Pricing, u"discount: discount.name + typeof guard.passed,"_s, u"discount: discount.name,"_s}},
            {{.route = u"shop.quote"_s, .input = TenApples, .holds = u"\"bulk\""_s}});
        row("the body of a middleware", {}, {{Guard, u"\"Server-Timing\""_s, u"\"X-Timing\""_s}},
            {{.route = u"shop.ping"_s, .holds = u"pong"_s, .header = "x-timing"}});
        row("a middleware is added, then used", u"plugin-structure"_s,
            {{Guard, u"    /** At most so many"_s,
              u"    door: createMiddleware(async (_request, _requestCtx, next) => {\n      const response = await "
              u"next();\n"
              "      response.headers.set(\"X-Door\", \"open\");\n      return response;\n    }),\n\n    /** At most so many"_s},
             {Shop_, u"shopRouter.middleware.timing();"_s,
              u"shopRouter.middleware.timing();\n(shopRouter.middleware as any).door({});"_s}},
            {{.route = u"shop.ping"_s, .holds = u"pong"_s, .header = "x-door"}});
        row("handlers are added, then used", u"plugin-structure"_s,
            {{Customers, u"import { createMiddleware, createPlugin }"_s,
              u"import { createHandler, createMiddleware, createPlugin }"_s},
             {Customers, u"  service: async (ctx) => new CustomerBook"_s,
              u"  handlers: {\n    shout: createHandler(async (req: Request, _def: unknown, handle: any, ctx: unknown) "
              u"=>\n"
              "      Response.json({ shout: String(await handle(await req.json(), ctx)).toUpperCase() })),\n  },\n\n"
              "  service: async (ctx) => new CustomerBook"_s},
             {Admin, u"adminRouter.route(\"tasks\")"_s,
              u"(adminRouter.route(\"loud\") as any).addHandler(\"shout\", { handle: () => \"quiet\" });\n\n"
              "adminRouter.route(\"tasks\")"_s}},
            {{.route = u"admin.loud"_s, .holds = u"QUIET"_s}});
        row("a custom error", u"plugin-structure"_s,
            {{Catalog, u"status: 404, code: \"PRODUCT_NOT_FOUND\", defaultMessage: \"There is no such product\""_s,
              u"status: 410, code: \"PRODUCT_GONE\", defaultMessage: \"It is sold out for good\""_s}},
            {{.route = u"shop.products.get"_s,
              .input = {{u"id"_s, u"nothing"_s}},
              .status = 410,
              .holds = u"It is sold out for good"_s,
              .upstream = 500}}); // (whatever a typed handler throws)
        row("events", u"plugin-structure"_s,
            {{Stats, u"  dependencies: [\"catalog\", \"orders\", \"customers\"],"_s,
              u"  events: { \"stats.refreshed\": {} as any },\n  dependencies: [\"catalog\", \"orders\", \"customers\"],"_s}},
            {{.route = u"admin.stats"_s, .holds = u"refreshes"_s}});
        row("a configuration type that the entry still fits", u"plugin-structure"_s,
            {{Pricing, u"  currency: string;\n"_s, u"  currency: string;\n  rounding?: number;\n"_s},
             {Pricing, u"const { currency, memberDiscount } = ctx.config;"_s,
              u"const { memberDiscount, rounding = 7 } = ctx.config;\n    const currency = ctx.config.currency + rounding;"_s}},
            {{.route = u"shop.quote"_s, .input = TenApples, .holds = u"EUR7"_s}});
        row("a route's schema", u"route-schema"_s,
            {{Shop_, u"text: z.string().min(2)"_s, u"text: z.string().min(3)"_s}},
            {{.route = u"shop.products.search"_s, .input = {{u"text"_s, u"ap"_s}}, .status = 400},
             {.route = u"shop.products.search"_s, .input = {{u"text"_s, u"app"_s}}, .holds = u"Apple"_s}});
        row("a route is added", u"route-structure"_s,
            {{Shop_, u"// A nested router"_s,
              u"shopRouter.route(\"hours\").typed({ handle: () => ({ open: \"nine\" }) });\n\n// A nested router"_s}},
            {{.route = u"shop.hours"_s, .holds = u"nine"_s}});
        row("a route is renamed", u"route-structure"_s, {{Shop_, u"route(\"hours\")"_s, u"route(\"opening\")"_s}},
            {{.route = u"shop.opening"_s, .holds = u"nine"_s}, {.route = u"shop.hours"_s, .status = 404}});
        row("a nested route is added", u"route-structure"_s,
            {{Shop_, u"products.route(\"search\")"_s,
              u"products.route(\"count\").typed({ handle: async (_input, ctx) => ({ count: (await "
              u"ctx.plugins.catalog.list()).length }) });\n\n"
              "products.route(\"search\")"_s}},
            {{.route = u"shop.products.count"_s, .holds = u"\"count\":"_s}});
        row("routes are removed", u"route-structure"_s,
            {{Shop_, u"shopRouter.route(\"opening\").typed({ handle: () => ({ open: \"nine\" }) });\n\n"_s, {}},
             {Shop_,
              u"products.route(\"count\").typed({ handle: async (_input, ctx) => ({ count: (await ctx.plugins.catalog.list()).length }) });\n\n"_s,
              {}}},
            {{.route = u"shop.opening"_s, .status = 404},
             {.route = u"shop.products.count"_s, .status = 404},
             {.route = u"shop.products.list"_s, .holds = u"Apple"_s}});
        row("one of two versions in a file of two routers", {},
            {{Prices, u"cents: price }"_s, u"cents: price + 1_000_000 }"_s}},
            {{.route = u"prices.list"_s, .headers = {{"X-API-Version", "2.0.0"}}, .holds = u"1000"_s},
             {.route = u"prices.list"_s, .headers = {{"X-API-Version", "1.0.0"}}, .holds = u"\"apple\":0."_s}});
        row("a module that only routes use", {}, {{u"src/routes/basket.ts"_s, u"min(1).max(50)"_s, u"min(1).max(5)"_s}},
            {{.route = u"shop.quote"_s, .input = TenApples, .status = 400}});
        row("and back", {}, {{u"src/routes/basket.ts"_s, u"min(1).max(5)"_s, u"min(1).max(50)"_s}},
            {{.route = u"shop.quote"_s, .input = TenApples, .holds = u"EUR7"_s}});
        row("a plugin is registered in the entry", u"plugin-structure"_s,
            {{Greet,
              {},
              u"import { createPlugin } from \"@donkeylabs/server\";\n\nexport const greetPlugin = "
              "createPlugin.withConfig<{ word: string }>().define({\n  name: \"greet\",\n  version: \"1.0.0\",\n"
              "  dependencies: [\"catalog\"],\n  service: async (ctx) => ({\n"
              "    hello: async () => `${ctx.config.word}, ${(await ctx.deps.catalog.list()).length}`,\n  }),\n});\n"_s},
             {Entry, u"import { guardPlugin }"_s,
              u"import { greetPlugin } from \"./plugins/greet\";\nimport { guardPlugin }"_s},
             {Entry, u"  .registerPlugin(devPlugin);"_s,
              u"  .registerPlugin(devPlugin)\n  .registerPlugin(greetPlugin({ word: \"hello\" }));"_s},
             {Admin, u"adminRouter.route(\"tasks\")"_s,
              u"adminRouter.route(\"greet\").typed({ handle: async (_input, ctx) =>\n"
              "  ({ text: await ((ctx.plugins as any).greet ?? (ctx.plugins as any).welcome)?.hello() }) });\n\n"
              "adminRouter.route(\"tasks\")"_s}},
            {{.route = u"admin.greet"_s, .holds = u"hello, "_s}});
        row("the plugin is renamed", u"plugin-structure"_s, {{Greet, u"name: \"greet\""_s, u"name: \"welcome\""_s}},
            {{.route = u"admin.greet"_s, .holds = u"hello, "_s}});
        row("the plugin leaves the entry", u"plugin-structure"_s,
            {{Entry, u"import { greetPlugin } from \"./plugins/greet\";\n"_s, {}},
             {Entry, u"\n  .registerPlugin(greetPlugin({ word: \"hello\" }))"_s, {}}},
            {{.route = u"admin.greet"_s, .holds = u"{}"_s}});
        row("a router in the entry", u"route-structure"_s,
            {{Extra,
              {},
              u"import { createRouter } from \"@donkeylabs/server\";\n\nexport const extraRouter = "
              "createRouter(\"extra\");\n\nextraRouter.route(\"hi\").typed({ handle: () => ({ hi: 1 }) });\n"_s},
             {Entry, u"import { ordersRouter }"_s,
              u"import { extraRouter } from \"./routes/extra\";\nimport { ordersRouter }"_s},
             {Entry, u".use(pricesV2);"_s, u".use(pricesV2).use(extraRouter);"_s}},
            {{.route = u"extra.hi"_s, .holds = u"\"hi\":1"_s}});
        row("its routes change", u"route-handler"_s, {{Extra, u"({ hi: 1 })"_s, u"({ hi: 2 })"_s}},
            {{.route = u"extra.hi"_s, .holds = u"\"hi\":2"_s}});
        row("the router leaves the entry", u"route-structure"_s,
            {{Entry, u"import { extraRouter } from \"./routes/extra\";\n"_s, {}},
             {Entry, u".use(pricesV2).use(extraRouter);"_s, u".use(pricesV2);"_s}},
            {{.route = u"extra.hi"_s, .status = 404},
             {.route = u"prices.list"_s, .headers = {{"X-API-Version", "2.0.0"}}}});
        row("a barrel between", u"no-effect"_s,
            {{All, {}, u"export { ordersRouter } from \"./orders\";\n"_s},
             {Entry, u"\"./routes/orders\""_s, u"\"./routes/all\""_s}},
            {{.route = u"shop.ping"_s, .holds = u"pong"_s}});
        row("a router through the barrel", u"route-structure"_s,
            {{Extra,
              {},
              u"import { createRouter } from \"@donkeylabs/server\";\n\nconst extra = "
              "createRouter(\"extra\");\n\nextra.route(\"hi\").typed({ handle: () => ({ hi: 3 }) });\n\nexport default "
              "extra;\n"_s},
             {All, u"\"./orders\";\n"_s, u"\"./orders\";\nexport { default as extraRouter } from \"./extra\";\n"_s},
             {Entry, u"import { ordersRouter }"_s, u"import { extraRouter, ordersRouter }"_s},
             {Entry, u".use(pricesV2);"_s, u".use(pricesV2).use(extraRouter);"_s}},
            {{.route = u"extra.hi"_s, .holds = u"\"hi\":3"_s}});
        row("its routes change behind the barrel", u"route-handler"_s, {{Extra, u"({ hi: 3 })"_s, u"({ hi: 4 })"_s}},
            {{.route = u"extra.hi"_s, .holds = u"\"hi\":4"_s}});
        row("it leaves the barrel", u"route-structure"_s,
            {{All, u"export { default as extraRouter } from \"./extra\";\n"_s, {}},
             {Entry, u"import { extraRouter, ordersRouter }"_s, u"import { ordersRouter }"_s},
             {Entry, u".use(pricesV2).use(extraRouter);"_s, u".use(pricesV2);"_s}},
            {{.route = u"extra.hi"_s, .status = 404}});
        row("middleware of a router", u"route-structure"_s,
            {{Shop_, u"\n(shopRouter.middleware as any).door({});"_s, {}}},
            {{.route = u"shop.ping"_s, .holds = u"pong"_s, .header = "x-timing"}});
    }

    void aSave()
    {
        QFETCH(QList<Edit>, edits);
        QFETCH(QString, kind);
        QFETCH(QList<Asked>, asked);
        const qsizetype before = m_shop->dev->events().size();
        QMap<QString, QString> texts; // one save for each file
        QStringList order;
        for (const Edit &edit : edits) {
            if (!order.contains(edit.file)) {
                order.append(edit.file);
                texts.insert(edit.file, m_shop->workspace.read(edit.file));
            }
            QString &text = texts[edit.file];
            QVERIFY2(edit.from.isEmpty() || text.count(edit.from) == 1, qPrintable(edit.file + u": "_s + edit.from));
            if (edit.from.isEmpty())
                text = edit.to;
            else
                text.replace(edit.from, edit.to);
        }
        for (const QString &file : std::as_const(order)) {
            if (texts[file].isEmpty())
                m_shop->workspace.remove(file);
            else
                m_shop->workspace.save(file, texts[file]);
        }
        for (const Asked &one : asked) {
            Answer answer;
            const auto fits = [&] {
                answer = m_shop->dev->call(one.route, one.input, one.headers);
                const bool isOther = m_runtime == Runtime::Upstream && one.upstream != 0;
                return answer.status == (isOther ? one.upstream : one.status) &&
                       textOf(answer.body).contains(one.holds) &&
                       (one.header.isEmpty() || answer.headers.contains(one.header));
            };
            QVERIFY2(
                QTest::qWaitFor(fits, 20'000),
                qPrintable(u"%1: %2 %3 %4"_s.arg(one.route).arg(answer.status).arg(textOf(answer.body), answer.error)));
        }
        // Once all of it is settled: nothing was kept out, nothing restarted, and each change said why.
        QTRY_COMPARE_WITH_TIMEOUT(m_shop->run({u"status"_s}).json()["pendingWork"_L1].toInt(-1), 0, 30'000);
        QStringList kinds;
        for (const QJsonObject &event : m_shop->dev->events().mid(before)) {
            if (event.value("event"_L1) == "change"_L1) {
                kinds.append(event.value("kind"_L1).toString());
                QVERIFY(!event.value("reason"_L1).toString().isEmpty());
            }
            if (event.value("event"_L1) == "result"_L1) {
                QVERIFY(event.value("outcome"_L1) != "restarted"_L1);
                QCOMPARE(event["proof"_L1]["dropped"_L1].toInt(-1), 0);
            }
        }
        QVERIFY2(kind.isEmpty() || kinds.contains(kind), qPrintable(kinds.join(u' ')));
        QCOMPARE(m_shop->pid(), m_pid);
    }

    void anEntryThatMeansTheSame()
    {
        m_shop->workspace.edit(Entry, u"  .registerPlugin(statsPlugin)\n  .registerPlugin(devPlugin)"_s,
                               u"  .registerPlugin(devPlugin as any)\n  .registerPlugin(statsPlugin)"_s);
        QCOMPARE(m_shop->outcome(Entry), u"none"_s);
        QCOMPARE(m_shop->pid(), m_pid);
        const QStringList plugins = m_shop->run({u"status"_s}).json()["plugins"_L1].toObject().keys();
        QVERIFY(plugins.contains(u"pricing"_s) && !plugins.contains(u"welcome"_s));
    }

private:
    std::unique_ptr<Shop> m_shop;
    Runtime m_runtime = Runtime::Sample;
    qint64 m_pid = 0;
};

QTEST_GUILESS_MAIN(E2eStructure)
#include "e2e_structure.moc"
