// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/historyrecords.h"
#include "history/historystore.h"
#include "models/historymodel.h"
#include "models/roles.h"
#include "models/summarymodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace paddock;
using namespace Qt::StringLiterals;
using models::HistoryModel;
using test::changeRecord;

class TestHistoryModel final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void growsOnTop()
    {
        QTemporaryDir folder;
        history::HistoryStore store(folder.filePath(u"history.sqlite"_s));
        QSignalSpy written(&store, &history::HistoryStore::written);
        store.begin(u"/shop"_s, u"shop"_s);
        for (int number = 1; number <= 350; ++number)
            store.put(changeRecord(number));
        QVERIFY(written.wait());
        HistoryModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setFile(store.file());
        QTRY_COMPARE(model.rowCount(), 350);
        // A row far down is empty at first and fills in.
        QTRY_COMPARE(model.index(340, HistoryModel::Subject).data().toString(), u"pricing"_s);
        QTRY_COMPARE(model.index(0, 0).data(models::RecordRole).value<history::Entry>().number, 350);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        auto running = changeRecord(351, u"cart"_s);
        running.outcome.reset();
        store.put(running);
        QVERIFY(written.wait());
        model.refresh();
        QTRY_COMPARE(model.rowCount(), 351);
        QTRY_COMPARE(model.index(0, HistoryModel::Subject).data().toString(), u"cart"_s);
        QVERIFY(!model.index(0, 0).data(models::OutcomeRole).isValid());
        store.put(changeRecord(351, u"cart"_s));
        QVERIFY(written.wait());
        model.refresh();
        QTRY_VERIFY(model.index(0, 0).data(models::OutcomeRole).isValid());
        QCOMPARE(inserted.size(), 1);
        QCOMPARE(resets.size(), 0);

        QSignalSpy details(&model, &HistoryModel::detailsReady);
        model.requestDetails(model.id(0));
        QVERIFY(details.wait());
        QCOMPARE(details.first().at(1).value<session::ChangeRecord>().change.subject.name, u"cart"_s);

        model.setFilter({.text = u"car"_s});
        QTRY_COMPARE(model.rowCount(), 1);
        model.setFilter({.outcome = session::Outcome::KeptOld});
        QTRY_COMPARE(model.rowCount(), 70);
        model.setFile({});
        QCOMPARE(model.rowCount(), 0);
    }

    void noSuchFile()
    {
        HistoryModel model;
        QSignalSpy failed(&model, &HistoryModel::failed);
        model.setFile(u"/no/such/history.paddock"_s);
        QVERIFY(failed.wait());
        QCOMPARE(model.rowCount(), 0);
    }

    void theSummaryGoesOnFromThePast()
    {
        models::SummaryModel summary;
        QAbstractItemModelTester tester(&summary, QAbstractItemModelTester::FailureReportingMode::QtTest);
        history::Summary past;
        past[size_t(change::Row::PluginMethods)] = {
            .changes = 40, .swapped = 38, .restarted = 1, .kept = 1, .latencies = {3.0, 5.0}};
        summary.setPast(past);
        const auto row = summary.index(int(change::Row::PluginMethods), 0);
        QCOMPARE(row.data(models::SparklineRole).value<QList<double>>(), (QList<double>{3, 5}));
        summary.apply(changeRecord(2));
        QCOMPARE(summary.index(row.row(), models::SummaryModel::Count).data().toString(), u"41"_s);
        QCOMPARE(row.data(models::SummaryModel::SwappedCountRole).toInt(), 39);
        QCOMPARE(row.data(models::SparklineRole).value<QList<double>>(), (QList<double>{3, 5, 2.5}));
    }
};

QTEST_GUILESS_MAIN(TestHistoryModel)
#include "tst_historymodel.moc"
