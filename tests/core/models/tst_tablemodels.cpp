// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/jobmodel.h"
#include "models/problemmodel.h"
#include "models/roles.h"
#include "models/routemodel.h"
#include "models/summarymodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock;
using namespace paddock::models;

namespace {

session::ChangeRecord changeOf(qint64 id, change::Row row, std::optional<session::Outcome> outcome, double ms)
{
    session::ChangeRecord record;
    record.id = id;
    record.change.row = row;
    record.change.subject = {change::Subject::Type::Plugin, u"plugin%1"_s.arg(id)};
    record.outcome = outcome;
    record.ms = ms;
    return record;
}

session::Problem problem(const QString &severity, const QString &message)
{
    return {severity, u"code"_s, message, u"src/a.ts"_s, 4, {}, u"discovery"_s};
}

QStringList column(const QAbstractItemModel &model, int column = 0)
{
    QStringList result;
    for (int row = 0; row < model.rowCount(); ++row)
        result.append(model.index(row, column).data().toString());
    return result;
}

workspace::Route route(const QString &name, const QString &handler = u"typed"_s)
{
    workspace::Route result;
    result.name = name;
    result.handler = handler;
    return result;
}

} // namespace

class TableModelsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void summaryHasTheFiveRowsInOrder()
    {
        SummaryModel model;
        const QAbstractItemModelTester tester(&model);
        QCOMPARE(column(model), (QStringList{u"Route handlers"_s, u"Route schemas"_s, u"Plugin methods"_s,
                                             u"Plugin structure"_s, u"Database changes"_s}));
        QStringList keys;
        for (int row = 0; row < model.rowCount(); ++row)
            keys.append(model.index(row, 0).data(NameRole).toString());
        QCOMPARE(keys, (QStringList{u"route-handlers"_s, u"route-schemas"_s, u"plugin-methods"_s, u"plugin-structure"_s,
                                    u"database"_s}));
    }

    void summaryCountsEachChangeOnce()
    {
        SummaryModel model;
        const QAbstractItemModelTester tester(&model);
        const auto row = change::Row::PluginMethods;
        const QModelIndex cell = model.index(int(row), 0);
        model.apply(changeOf(1, row, {}, 0));
        QVERIFY(cell.data(SummaryModel::RunningRole).toBool());
        model.apply(changeOf(1, row, session::Outcome::Swapped, 0)); // its types are still being generated
        model.apply(changeOf(1, row, session::Outcome::Swapped, 7));
        model.apply(changeOf(2, row, session::Outcome::KeptOld, 9));
        model.apply(changeOf(3, row, session::Outcome::Held, 2));
        QCOMPARE(model.index(int(row), SummaryModel::Count).data().toString(), u"3"_s);
        QCOMPARE(cell.data(SummaryModel::SwappedCountRole).toInt(), 1);
        QCOMPARE(cell.data(SummaryModel::KeptCountRole).toInt(), 2);
        QCOMPARE(cell.data(SparklineRole).value<QList<double>>(), (QList<double>{7, 9}));
        QCOMPARE(model.index(int(row), SummaryModel::LastChange).data().toString(), u"plugin3"_s);
        QCOMPARE(model.index(int(row), SummaryModel::LastOutcome).data().toString(), u"held"_s);
        QVERIFY(model.index(0, SummaryModel::Count).data().toString().isEmpty());
        model.clear();
        QVERIFY(model.index(int(row), SummaryModel::Count).data().toString().isEmpty());
    }

    void aLateResultDoesNotReplaceANewerChange()
    {
        SummaryModel model;
        const auto row = change::Row::RouteHandlers;
        model.apply(changeOf(1, row, {}, 0));
        model.apply(changeOf(2, row, session::Outcome::Swapped, 5));
        model.apply(changeOf(1, row, session::Outcome::Swapped, 50));
        QCOMPARE(model.index(0, SummaryModel::LastChange).data().toString(), u"plugin2"_s);
        QCOMPARE(model.index(0, SummaryModel::Count).data().toString(), u"2"_s);
    }

    void changesWithoutARowAreNotCounted()
    {
        SummaryModel model;
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        session::ChangeRecord record = changeOf(1, change::Row::Database, session::Outcome::Restarted, 4);
        record.change.row.reset();
        model.apply(record);
        QCOMPARE(changed.count(), 0);
    }

    void problems_data()
    {
        QTest::addColumn<QStringList>("before");
        QTest::addColumn<QStringList>("after");
        QTest::addColumn<QStringList>("shown");
        QTest::newRow("errors first") << QStringList{} << QStringList{u"info a"_s, u"error b"_s, u"warning c"_s}
                                      << QStringList{u"b"_s, u"c"_s, u"a"_s};
        QTest::newRow("replaced") << QStringList{u"error a"_s, u"error b"_s} << QStringList{u"error c"_s, u"error b"_s}
                                  << QStringList{u"c"_s, u"b"_s};
        QTest::newRow("gone") << QStringList{u"error a"_s} << QStringList{} << QStringList{};
        QTest::newRow("twice the same") << QStringList{u"error a"_s} << QStringList{u"error a"_s, u"error a"_s}
                                        << QStringList{u"a"_s, u"a"_s};
        QTest::newRow("once again") << QStringList{u"error a"_s, u"error a"_s} << QStringList{u"error a"_s}
                                    << QStringList{u"a"_s};
    }

    void problems()
    {
        QFETCH(QStringList, before);
        QFETCH(QStringList, after);
        QFETCH(QStringList, shown);
        ProblemModel model;
        const QAbstractItemModelTester tester(&model);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        const auto set = [&](const QStringList &texts) {
            QList<session::Problem> list;
            for (const QString &text : texts)
                list.append(problem(text.section(u' ', 0, 0), text.section(u' ', 1)));
            model.setProblems(list);
        };
        set(before);
        set(after);
        QCOMPARE(column(model), shown);
        QCOMPARE(reset.count(), 0);
    }

    void problemsSayWhere()
    {
        ProblemModel model;
        model.setProblems({problem(u"error"_s, u"it broke"_s)});
        QCOMPARE(model.index(0, ProblemModel::Location).data().toString(), u"src/a.ts:4"_s);
        QCOMPARE(model.count(u"error"_s), 1);
    }

    void jobs()
    {
        JobModel model(nullptr, 3);
        const QAbstractItemModelTester tester(&model);
        session::JobRecord job;
        for (int id = 1; id <= 5; ++id) {
            job.id = id;
            job.name = u"job%1"_s.arg(id);
            job.state = session::JobState::Running;
            model.apply(job);
        }
        QCOMPARE(column(model), (QStringList{u"job5"_s, u"job4"_s, u"job3"_s}));
        QCOMPARE(model.running(), 3);
        job.state = session::JobState::Failed;
        model.apply(job);
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.running(), 2);
        QCOMPARE(model.index(0, 0).data(SeverityRole).toString(), u"error"_s);
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    void routes_data()
    {
        QTest::addColumn<QStringList>("before");
        QTest::addColumn<QStringList>("after");
        QTest::newRow("added") << QStringList{u"b"_s} << QStringList{u"c"_s, u"a"_s, u"b"_s};
        QTest::newRow("removed") << QStringList{u"a"_s, u"b"_s, u"c"_s} << QStringList{u"b"_s};
        QTest::newRow("other ones") << QStringList{u"a"_s, u"c"_s} << QStringList{u"b"_s, u"d"_s};
        QTest::newRow("none") << QStringList{u"a"_s, u"c"_s} << QStringList{};
    }

    void routes()
    {
        QFETCH(QStringList, before);
        QFETCH(QStringList, after);
        RouteModel model;
        const QAbstractItemModelTester tester(&model);
        const auto set = [&](const QStringList &names) {
            QList<workspace::Route> list;
            for (const QString &name : names)
                list.append(route(name));
            model.setRoutes(list);
        };
        set(before);
        set(after);
        after.sort();
        QCOMPARE(column(model), after);
    }

    void aChangedRouteKeepsItsRow()
    {
        RouteModel model;
        model.setRoutes({route(u"a"_s), route(u"b"_s)});
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        const QPersistentModelIndex kept = model.index(1, 0);
        model.setRoutes({route(u"a"_s), route(u"b"_s, u"sse"_s)});
        QCOMPARE(changed.count(), 1);
        QCOMPARE(kept.data(StateRole).toString(), u"sse"_s);
        QCOMPARE(model.rowOf(u"b"_s), 1);
        QCOMPARE(model.rowOf(u"z"_s), -1);
    }
};

QTEST_GUILESS_MAIN(TableModelsTest)
#include "tst_tablemodels.moc"
