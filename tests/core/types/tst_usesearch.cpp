// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/usesearch.h"

#include "workspace/project.h"

#include <QJsonObject>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock;
using namespace paddock::types;

namespace {

const QString Client = uR"(// shop: { quote: … in a comment
export class ApiClient extends ApiClientBase {
  readonly shop = {
    ping: (input: Shop.Ping.Input = {} as Shop.Ping.Input) => this.open("shop.ping", { quote: 1 }),
    quote: (input: Shop.Quote.Input) => this.request<Shop.Quote.Output>("shop.quote", input),
    products: {
      "get-by-id": (input: { quote: string }) => this.request("shop.products.get-by-id", input),
    },
  };
  readonly prices = { listV1: (input: A) => this.request("x"), list: (input: B) => this.request("y") };
}
export namespace Shop { export namespace Quote { export type Input = { a: 1 }; } }
)"_s;

} // namespace

class TstUseSearch final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void paths_data()
    {
        QTest::addColumn<QStringList>("path");
        QTest::addColumn<QString>("expected"); ///< what stands there; empty: not found
        QTest::newRow("method") << QStringList{u"shop"_s, u"quote"_s} << u"quote: (input: Shop.Quote.Input)"_s;
        QTest::newRow("other case") << QStringList{u"shop"_s, u"products"_s, u"getById"_s} << u"get-by-id\": ("_s;
        QTest::newRow("version") << QStringList{u"prices"_s, u"listV1"_s} << u"listV1: "_s;
        QTest::newRow("alias") << QStringList{u"shop"_s, u"quote"_s, u"input"_s} << u"Input = { a"_s;
        QTest::newRow("not in its group") << QStringList{u"prices"_s, u"quote"_s} << u""_s;
        QTest::newRow("nowhere") << QStringList{u"shop"_s, u"order"_s} << u""_s;
    }

    void paths()
    {
        QFETCH(QStringList, path);
        QFETCH(QString, expected);
        const int offset = offsetOfPath(Client, path);
        if (expected.isEmpty())
            QCOMPARE(offset, -1);
        else
            QCOMPARE(Client.mid(offset, expected.size()), expected);
    }

    void symbolsOfFindings()
    {
        const QList<Finding> findings{
            {.symbol = u"plugin a.get"_s, .rule = u"property-removed"_s, .path = u"().saved"_s},
            {.symbol = u"plugin a.get"_s, .rule = u"property-removed"_s, .path = u"().total"_s},
            {.symbol = u"plugin a.new"_s, .rule = u"symbol-added"_s},
            {.symbol = u"plugin a.old"_s, .rule = u"symbol-removed"_s}};
        QCOMPARE(changedSymbols(findings), (QList<ChangedSymbol>{{u"plugin a.get"_s, false, {u"saved"_s, u"total"_s}},
                                                                 {u"plugin a.old"_s, true, {}}}));
    }

    void whatTextsTellOfTheSample()
    {
        const auto state = workspace::readProject(QStringLiteral(PADDOCK_SOURCE_DIR) + u"/resources/sample"_s);
        QVERIFY(state);
        const UsePlan plan = planUses(*state, {{u"plugin pricing.quote"_s, false, {}},
                                               {u"route shop.quote input"_s, false, {}},
                                               {u"event order.placed"_s, false, {}},
                                               {u"plugin pricing.gone"_s, true, {}},
                                               {u"table orders.total"_s, false, {}}});
        const auto queryOf = [&](qsizetype symbol) {
            QStringList files;
            for (const UseQuery &query : plan.queries)
                if (query.symbol == symbol)
                    files << query.file;
            return files;
        };
        QCOMPARE(queryOf(0), QStringList{u"src/plugins/pricing/index.ts"_s});
        QCOMPARE(queryOf(1), (QStringList{u".@donkeylabs/server/client.ts"_s, u".@donkeylabs/server/routes.ts"_s}));
        QVERIFY(!plan.named[2].isEmpty());
        for (const Use &use : plan.named[2])
            QVERIFY2(use.text.contains(u"order.placed"_s), qPrintable(use.text));
        QVERIFY(plan.candidates[3].isEmpty()); // nobody names it
        QVERIFY(std::ranges::all_of(plan.named[4], [](const Use &use) { return use.line > 0 && use.column > 0; }));
        for (const Use &use : plan.named[4])
            QVERIFY(!plan.unwritten.contains(use.file));
    }

    void problemsAreMarked()
    {
        const UsePlan plan{
            .symbols = {{u"plugin pricing.quote"_s, false, {u"saved"_s}}, {u"plugin pricing.gone"_s, true, {}}},
            .queries = {},
            .named = {},
            .candidates = {{}, {u"b.ts"_s}},
            .unwritten = {}};
        const auto problem = [](const QString &file, int line, const QString &message) {
            return QJsonObject{{u"file"_s, file}, {u"line"_s, line}, {u"column"_s, 3}, {u"message"_s, message}};
        };
        QList<Impact> impacts{
            {.symbol = u"plugin pricing.quote"_s,
             .uses = {{u"a.ts"_s, 10, 5, u"pricing.quote("_s, {}}, {u"a.ts"_s, 40, 5, u"pricing.quote(x)"_s, {}}}},
            {.symbol = u"plugin pricing.gone"_s, .uses = {}}};
        impacts = markProblems(u"/nowhere"_s, plan, impacts,
                               {problem(u"a.ts"_s, 12, u"Type 'string' is not a number."_s),
                                problem(u"a.ts"_s, 55, u"Property 'saved' does not exist"_s),
                                problem(u"a.ts"_s, 60, u"Something else entirely"_s),
                                problem(u"a.ts"_s, 5, u"Property 'saved' above every use"_s),
                                problem(u"b.ts"_s, 7, u"Property 'gone' does not exist"_s),
                                problem(u"b.ts"_s, 8, u"Property 'other' does not exist"_s)});
        QCOMPARE(impacts[0].broken(), 2);
        QCOMPARE(impacts[0].uses.size(), 3);
        QCOMPARE(impacts[0].callSites(), 2);
        QCOMPARE(impacts[0].uses[0].problem, u"Type 'string' is not a number."_s); // an argument on the next line
        QVERIFY(impacts[0].uses[1].problem.isEmpty());
        QCOMPARE(impacts[0].uses[2].line, 55); // where the result is used
        QVERIFY(impacts[0].isChecked);
        QCOMPARE(impacts[1].uses.size(), 1);
        QCOMPARE(impacts[1].uses[0].line, 7);
    }
};

QTEST_GUILESS_MAIN(TstUseSearch)
#include "tst_usesearch.moc"
