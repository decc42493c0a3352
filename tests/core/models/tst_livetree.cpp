// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/roles.h"
#include "models/workspacetreemodel.h"
#include "session/livedifferences.h"

#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock;
using namespace paddock::models;

namespace {

workspace::Workspace shop()
{
    workspace::Workspace w;
    w.root = u"/srv/shop"_s;
    w.plugins = {{.name = u"users"_s,
                  .file = u"src/plugins/users/index.ts"_s,
                  .line = 4,
                  .methods = {{u"get"_s, u"get(id: string)"_s, 5}, {u"later"_s, u"later()"_s, 6}},
                  .events = {u"user.created"_s}},
                 {.name = u"idle"_s, .file = u"src/plugins/idle/index.ts"_s, .line = 2}};
    w.routes = {{.name = u"api.users.get"_s, .handler = u"typed"_s, .file = u"src/routes/users.ts"_s, .line = 3},
                {.name = u"api.users.new"_s, .handler = u"typed"_s, .file = u"src/routes/users.ts"_s, .line = 9}};
    return w;
}

QJsonObject snapshot()
{
    const auto method = [](const QString &name) { return QJsonObject{{u"name"_s, name}, {u"kind"_s, u"method"_s}}; };
    return {{u"plugins"_s, QJsonArray{QJsonObject{{u"name"_s, u"users"_s},
                                                  {u"methods"_s, QJsonArray{method(u"get"_s), method(u"made"_s)}},
                                                  {u"events"_s, QJsonArray{u"user.created"_s, u"user.gone"_s}}},
                                      QJsonObject{{u"name"_s, u"audit"_s},
                                                  {u"file"_s, u"/srv/shop/node_modules/audit/index.js"_s},
                                                  {u"methods"_s, QJsonArray{method(u"log"_s)}}}}},
            {u"routes"_s, QJsonArray{QJsonObject{{u"name"_s, u"api.users.get"_s}, {u"version"_s, QJsonValue()}},
                                     QJsonObject{{u"name"_s, u"admin.dashboard"_s}, {u"handler"_s, u"html"_s}}}}};
}

QStringList lines(const QList<session::LiveDifference> &differences)
{
    QStringList result;
    for (const auto &d : differences)
        result.append((d.onlyLive ? u"+ "_s : u"- "_s) + d.what + u' ' + (d.owner.isEmpty() ? u""_s : d.owner + u'.') +
                      d.name);
    result.sort();
    return result;
}

QStringList marks(const QAbstractItemModel &model, const QModelIndex &parent = {})
{
    QStringList result;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        if (const QString mark = index.data(LiveMarkRole).toString(); !mark.isEmpty())
            result.append(index.data(NameRole).toString() + u": "_s + mark);
        result += marks(model, index);
    }
    return result;
}

} // namespace

class TestLiveTree : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingToCompareWith() { QVERIFY(session::compareLive(shop(), {}).isEmpty()); }

    void differences()
    {
        // A method that only lives may be a private one, as long as the files show the whole service.
        const QStringList always{u"+ event users.user.gone"_s, u"+ plugin audit"_s, u"+ route admin.dashboard"_s,
                                 u"- method users.later"_s,    u"- plugin idle"_s,  u"- route api.users.new"_s};
        QCOMPARE(lines(session::compareLive(shop(), snapshot())), always);
        workspace::Workspace open = shop();
        open.diagnostics = {{u"info"_s, u"service-not-static"_s, u"src/plugins/users/service.ts"_s, 3, u"…"_s}};
        QStringList more = always + QStringList{u"+ method users.made"_s};
        more.sort();
        QCOMPARE(lines(session::compareLive(open, snapshot())), more);
    }

    void theServerSaysMore()
    {
        const auto found = session::compareLive(shop(), snapshot());
        const workspace::Workspace all = session::withLive(shop(), snapshot(), found);
        QStringList plugins, routes;
        for (const auto &p : all.plugins)
            plugins.append(p.name);
        for (const auto &r : all.routes)
            routes.append(r.name);
        QCOMPARE(plugins, (QStringList{u"audit"_s, u"idle"_s, u"users"_s}));
        QCOMPARE(routes, (QStringList{u"admin.dashboard"_s, u"api.users.get"_s, u"api.users.new"_s}));
        QCOMPARE(all.plugins[0].methods.size(), 1);
        QCOMPARE(all.plugins[0].file, u"node_modules/audit/index.js"_s);
        QVERIFY(session::compareLive(all, snapshot()).size() == 3); // what only the files have
    }

    void theTreeMarksIt()
    {
        WorkspaceTreeModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        WorkspaceState state;
        state.workspace = shop();
        model.setState(state);
        QVERIFY(marks(model).isEmpty());
        state.inspection = snapshot();
        model.setState(state);
        QCOMPARE(marks(model),
                 (QStringList{u"audit: only in the running server"_s, u"idle: not in the running server yet"_s,
                              u"later: not in the running server yet"_s, u"user.gone: only in the running server"_s,
                              u"dashboard: only in the running server"_s, u"new: not in the running server yet"_s}));
        QVERIFY(model.plugin(u"audit"_s).isValid());
        state.inspection = {};
        model.setState(state);
        QVERIFY(marks(model).isEmpty());
        QVERIFY(!model.plugin(u"audit"_s).isValid());
    }
};

QTEST_GUILESS_MAIN(TestLiveTree)
#include "tst_livetree.moc"
