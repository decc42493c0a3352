// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/changefeedmodel.h"
#include "models/roles.h"
#include "models/treenodes.h"
#include "models/valuetreemodel.h"
#include "models/workspacetreemodel.h"

#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock;
using namespace paddock::models;

namespace {

ValueNode leaf(const QString &key, const QString &text = {})
{
    ValueNode node;
    node.key = key;
    node.values = {{Qt::DisplayRole, text.isEmpty() ? key : text}};
    return node;
}

// "a b(c d) e" → three rows, the second with two below it.
std::vector<ValueNode> parse(const QString &text)
{
    std::vector<ValueNode> result;
    for (const QString &word : text.split(u' ', Qt::SkipEmptyParts)) {
        ValueNode node = leaf(word.section(u'(', 0, 0));
        for (const QString &child :
             word.section(u'(', 1).chopped(word.contains(u'(') ? 1 : 0).split(u',', Qt::SkipEmptyParts))
            node.children.push_back(leaf(child));
        result.push_back(std::move(node));
    }
    return result;
}

QString print(const QAbstractItemModel &model, const QModelIndex &parent = {})
{
    QStringList words;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        QString word = index.data().toString();
        if (model.hasChildren(index))
            word += u'(' + print(model, index).replace(u' ', u',') + u')';
        words.append(word);
    }
    return words.join(u' ');
}

// All that a row says, one a line.
QStringList dump(const ValueTreeModel &model, const QModelIndex &parent = {})
{
    QStringList lines;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        lines.append(model.pathOf(index).join(u'/') + u": "_s + index.data(DetailRole).toString() +
                     (index.data(MatchBelowRole).toBool() ? u" *"_s : QString()));
        lines += dump(model, index);
    }
    return lines;
}

WorkspaceState shop()
{
    WorkspaceState state;
    workspace::Workspace &w = state.workspace;
    w.root = u"/srv/shop"_s;
    workspace::Plugin users;
    users.name = u"users"_s;
    users.file = u"src/plugins/users/index.ts"_s;
    users.line = 3;
    users.methods = {{u"getByEmail"_s, u"async getByEmail(email: string): Promise<User>"_s, 9}};
    users.events = {u"users.created"_s};
    workspace::Plugin orders;
    orders.name = u"orders"_s;
    orders.dependencies = {u"users"_s};
    orders.methods = {{u"place"_s, u"place(lines: Line[]): Order"_s, 4},
                      {u"place"_s, u"place(id: string): Order"_s, 5}};
    w.plugins = {users, orders};
    w.routes = {{u"api.users.get"_s, u"typed"_s, u"src/routes/users.ts"_s, 4, true, true, {}, {}},
                {u"api.users.list"_s, u"typed"_s, u"src/routes/users.ts"_s, 9, true, true, {u"auth"_s}, u"2"_s},
                {u"health"_s, u"raw"_s, u"src/index.ts"_s, 2, false, false, {}, {}}};
    w.migrations = {{u"users"_s, u"001.ts"_s, u"m/001.ts"_s, u"applied"_s, {}},
                    {u"users"_s, u"002.ts"_s, u"m/002.ts"_s, u"pending"_s, {}}};
    state.generations = {{u"users"_s, 3}};
    state.errors = {{u"orders"_s, u"it threw"_s}};
    state.staleTypes = {u"orders"_s};
    state.inspection = {
        {u"plugins"_s, QJsonArray{QJsonObject{{u"name"_s, u"users"_s}}}},
        {u"core"_s, QJsonArray{u"logger"_s, u"cache"_s}},
        {u"cron"_s, QJsonArray{QJsonObject{
                        {u"name"_s, u"sweep"_s}, {u"expression"_s, u"* * * * *"_s}, {u"plugin"_s, u"users"_s}}}}};
    return state;
}

} // namespace

class TreeModelsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void updates_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::newRow("insert") << u"a c"_s << u"a b c"_s;
        QTest::newRow("insert a run") << u"a z"_s << u"x a b c z y"_s;
        QTest::newRow("remove") << u"a b c"_s << u"a c"_s;
        QTest::newRow("remove all") << u"a b(x,y)"_s << u""_s;
        QTest::newRow("move up") << u"a b c d"_s << u"d a b c"_s;
        QTest::newRow("move down") << u"a b c d"_s << u"b c d a"_s;
        QTest::newRow("reverse") << u"a b c d"_s << u"d c b a"_s;
        QTest::newRow("children") << u"a(x,y) b"_s << u"b(z) a(y,w)"_s;
        QTest::newRow("all at once") << u"a b(q,r) c d(s)"_s << u"e d(s,t) a f b(r)"_s;
    }

    void updates()
    {
        QFETCH(QString, before);
        QFETCH(QString, after);
        ValueTreeModel model;
        const QAbstractItemModelTester tester(&model);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        model.setNodes(parse(before));
        QCOMPARE(print(model), before);
        model.setNodes(parse(after));
        QCOMPARE(print(model), after);
        QCOMPARE(reset.count(), 0);
    }

    void anyStateLeadsToAnyOther()
    {
        QRandomGenerator random(7);
        ValueTreeModel model;
        const QAbstractItemModelTester tester(&model);
        for (int round = 0; round < 200; ++round) {
            QStringList words;
            for (char16_t c = u'a'; c < u'k'; ++c) {
                if (random.bounded(2) == 0)
                    words.insert(random.bounded(int(words.size()) + 1), QString(QChar(c)));
            }
            const QString text = words.join(u' ');
            model.setNodes(parse(text));
            QCOMPARE(print(model), text);
        }
    }

    void onlyWhatChangedIsAnnounced()
    {
        ValueTreeModel model;
        model.setNodes(parse(u"a b(x,y) c"_s));
        const QPersistentModelIndex kept = model.indexOfPath({u"b"_s, u"y"_s});
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        auto next = parse(u"a b(x,y) c"_s);
        next[1].children[1] = leaf(u"y"_s, u"Y"_s);
        model.setNodes(std::move(next));
        QCOMPARE(changed.count(), 1);
        QCOMPARE(kept.data().toString(), u"Y"_s);
        QCOMPARE(model.pathOf(kept), (QStringList{u"b"_s, u"y"_s}));
    }

    void equalKeysAreToldApart()
    {
        ValueTreeModel model;
        const QAbstractItemModelTester tester(&model);
        model.setNodes(parse(u"a a b a"_s));
        QCOMPARE(model.rowCount(), 4);
        model.setNodes(parse(u"b a a"_s));
        QCOMPARE(print(model), u"b a a"_s);
    }

    void showsAWorkspace()
    {
        WorkspaceTreeModel model;
        const QAbstractItemModelTester tester(&model);
        model.setState(shop());
        QCOMPARE(print(model, {}).section(u'(', 0, 0), u"Plugins"_s);
        QCOMPARE(model.rowCount(), 4);
        const QModelIndex users = model.plugin(u"users"_s);
        QCOMPARE(users.data(GenerationRole).toInt(), 3);
        QCOMPARE(users.data(PendingRole).toInt(), 1);
        QVERIFY(users.data(LiveRole).toBool());
        QCOMPARE(users.data(LineRole).toInt(), 3);
        QCOMPARE(model.indexOfPath({u"plugins"_s, u"users"_s, u"dependants"_s, u"orders"_s}).data().toString(),
                 u"orders"_s);
        QCOMPARE(
            model.indexOfPath({u"plugins"_s, u"users"_s, u"methods"_s, u"getByEmail"_s}).data(DetailRole).toString(),
            u"(email: string): Promise<User>"_s);
        QCOMPARE(model.indexOfPath({u"plugins"_s, u"users"_s, u"cron"_s, u"sweep"_s}).data(DetailRole).toString(),
                 u"* * * * *"_s);
        const QModelIndex orders = model.plugin(u"orders"_s);
        QCOMPARE(orders.data(ErrorRole).toString(), u"it threw"_s);
        QVERIFY(orders.data(StaleRole).toBool());
        QVERIFY(!orders.data(LiveRole).toBool());
        QCOMPARE(model.rowCount(model.indexOfPath({u"plugins"_s, u"orders"_s, u"methods"_s})), 2);
        QCOMPARE(model.rowCount(model.indexOfPath({u"routes"_s, u"api.users"_s})), 2);
        QCOMPARE(model.indexOfPath({u"routes"_s, u"api.users"_s, u"api.users.list@2"_s}).data(DetailRole).toString(),
                 u"typed · v2 · auth"_s);
        QVERIFY(model.indexOfPath({u"services"_s, u"cache"_s}).isValid());
    }

    void aSwapChangesOneRow()
    {
        WorkspaceTreeModel model;
        WorkspaceState state = shop();
        model.setState(state);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        state.generations[u"users"_s] = 4;
        model.setState(state);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(inserted.count(), 0);
        model.setState({});
        QCOMPARE(model.rowCount(), 0);
    }

    void filters_data()
    {
        QTest::addColumn<QString>("filter");
        QTest::addColumn<QStringList>("shown"); ///< paths that must be there
        QTest::addColumn<QStringList>("hidden");
        QTest::newRow("a method keeps its plugin") << u"gbe"_s << QStringList{u"plugins/users/methods/getByEmail"_s}
                                                   << QStringList{u"plugins/orders"_s, u"routes"_s};
        QTest::newRow("a plugin keeps what it holds")
            << u"orders"_s << QStringList{u"plugins/orders/methods/place"_s} << QStringList{u"services"_s};
        QTest::newRow("every word must match") << u"place id"_s << QStringList{u"plugins/orders/methods/place#2"_s}
                                               << QStringList{u"plugins/orders/methods/place"_s};
        QTest::newRow("middleware of a route") << u"auth"_s << QStringList{u"routes/api.users/api.users.list@2"_s}
                                               << QStringList{u"routes/api.users/api.users.get@"_s, u"plugins"_s};
        QTest::newRow("nothing") << u"zzz"_s << QStringList{} << QStringList{u"plugins"_s, u"routes"_s};
    }

    void filters()
    {
        QFETCH(QString, filter);
        QFETCH(QStringList, shown);
        QFETCH(QStringList, hidden);
        WorkspaceTreeModel model;
        const QAbstractItemModelTester tester(&model);
        quint64 last = 0;
        std::vector<ValueNode> all = workspaceNodes(shop());
        stampNodes(all, {}, last);
        std::vector<ValueNode> kept = filteredNodes(all, filter.split(u' '));
        stampNodes(kept, all, last);
        QVERIFY(model.setSome(all, QDeadlineTimer::Forever));
        QVERIFY(model.setSome(kept, QDeadlineTimer::Forever));
        for (const QString &path : shown) {
            const QModelIndex index = model.indexOfPath(path.split(u'/'));
            QVERIFY2(index.isValid(), qPrintable(path));
            QVERIFY(index.parent().data(MatchBelowRole).toBool() || filter == "orders"_L1);
        }
        for (const QString &path : hidden)
            QVERIFY2(!model.indexOfPath(path.split(u'/')).isValid(), qPrintable(path));
        QVERIFY(model.setSome(all, QDeadlineTimer::Forever));
        WorkspaceTreeModel whole;
        whole.setState(shop());
        QCOMPARE(dump(model), dump(whole));
    }

    void opensTheWayToTheFirstMatches()
    {
        std::vector<ValueNode> all = workspaceNodes(shop());
        const auto opened = [&](int ways) {
            int count = 0;
            const auto visit = [&](const auto &self, const std::vector<ValueNode> &nodes) -> void {
                for (const ValueNode &node : nodes) {
                    count += node.values.contains(MatchBelowRole) ? 1 : 0;
                    self(self, node.children);
                }
            };
            visit(visit, filteredNodes(all, {u"place"_s}, ways));
            return count;
        };
        QCOMPARE(opened(0), 0);
        QCOMPARE(opened(1), 3); // Plugins, orders, Methods
    }

    /// However small the pieces, and whatever comes in between, the end is the same; what stays is never touched.
    void worksInPieces()
    {
        workspace::Workspace w = shop().workspace;
        const auto nodesOf = [](const workspace::Workspace &of) {
            WorkspaceState state;
            state.workspace = of;
            return workspaceNodes(state);
        };
        for (int i = 0; i < 700; ++i) {
            w.plugins.append({.name = u"p%1"_s.arg(i), .file = u"p.ts"_s, .methods = {{u"m"_s, u"m()"_s, i, {}}}});
            w.routes.append({.name = u"big.r%1"_s.arg(i), .handler = u"typed"_s});
        }
        WorkspaceTreeModel model;
        const QAbstractItemModelTester tester(&model);
        quint64 last = 0;
        int pieces = 0;
        std::vector<ValueNode> shown;
        const auto target = [&](const workspace::Workspace &of) {
            std::vector<ValueNode> next = nodesOf(of);
            stampNodes(next, shown, last);
            shown = std::move(next);
        };
        const auto finish = [&] {
            while (!model.setSome(shown, QDeadlineTimer(0)))
                ++pieces;
            WorkspaceTreeModel whole;
            whole.setNodes(shown);
            QCOMPARE(dump(model), dump(whole));
        };
        target(w);
        finish();
        QCOMPARE_GT(pieces, 8); // of 200 rows at most
        const QPersistentModelIndex kept = model.plugin(u"p400"_s);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        w.plugins.removeIf([](const workspace::Plugin &p) { return p.name.endsWith(u'7'); });
        w.plugins.move(w.plugins.size() - 1, 3);
        for (int i = 0; i < 650; ++i)
            w.routes.removeLast();
        target(w);
        QVERIFY(!model.setSome(shown, QDeadlineTimer(0))); // and before it is through, the next comes
        w.plugins[5].methods.append({u"more"_s, u"more()"_s, 1, {}});
        target(w);
        finish();
        QVERIFY(kept.isValid());
        QCOMPARE(kept, QPersistentModelIndex(model.plugin(u"p400"_s)));
        changed.clear();
        target(w); // nothing is new
        pieces = 0;
        finish();
        QCOMPARE(pieces, 0);
        QVERIFY(changed.isEmpty());
    }

    void feedUpdatesInPlace()
    {
        ChangeFeedModel feed(nullptr, 3);
        const QAbstractItemModelTester tester(&feed);
        session::ChangeRecord record;
        record.id = 1;
        record.change.subject = {change::Subject::Type::Plugin, u"users"_s};
        record.change.actions = {change::Action::Swap, change::Action::TypeGen};
        record.change.plugins = {u"users"_s};
        record.change.reason = u"a method was added"_s;
        record.stages = {{session::Stage::Swap, session::StageState::Running, 0, {}}};
        feed.apply(record);
        const QPersistentModelIndex first = feed.change(1);
        QVERIFY(!first.data(OutcomeRole).isValid());
        const int before = feed.rowCount(first);
        record.stages[0] = {session::Stage::Swap, session::StageState::Done, 4.5, {}};
        record.outcome = session::Outcome::Swapped;
        record.proof = {2, 2, 0, 11};
        feed.apply(record);
        QCOMPARE(feed.rowCount(), 1);
        QCOMPARE(first.data(OutcomeRole).toInt(), int(session::Outcome::Swapped));
        QCOMPARE(feed.rowCount(first), before + 1); // the requests
        QCOMPARE(forecastText(record.change), u"swap users, regenerate types, no restart"_s);
        for (int id = 2; id <= 5; ++id) {
            record.id = id;
            feed.apply(record);
        }
        QCOMPARE(feed.rowCount(), 3);
        QCOMPARE(feed.index(0, 0).data(RecordRole).value<session::ChangeRecord>().id, 5);
        QVERIFY(!first.isValid());
    }
};

QTEST_GUILESS_MAIN(TreeModelsTest)
#include "tst_treemodels.moc"
