// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/journalmodel.h"
#include "models/roles.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace paddock;
using namespace Qt::StringLiterals;
using models::JournalModel;
using session::Fate;
using session::JournalEntry;

namespace {

JournalEntry entry(int number, Fate fate = Fate::Applied)
{
    return {.at = QDateTime::currentDateTimeUtc(),
            .file = u"src/f%1.ts"_s.arg(number),
            .fate = fate,
            .change = fate == Fate::Applied ? number : 0,
            .reason = u"reason %1"_s.arg(number % 3)};
}

QStringList files(const JournalModel &model)
{
    QStringList all;
    for (int row = 0; row < model.rowCount(); ++row)
        all.append(model.index(row, JournalModel::File).data().toString());
    return all;
}

} // namespace

class TestJournalModel final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void newestOnTopAndInBatches()
    {
        JournalModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        for (int i = 1; i <= 5; ++i)
            model.append(entry(i));
        QCOMPARE(model.rowCount(), 0);
        QTRY_COMPARE(model.rowCount(), 5);
        QCOMPARE(inserted.size(), 1);
        QCOMPARE(files(model).first(), u"src/f5.ts"_s);
        model.append(entry(6));
        model.flush();
        QCOMPARE(files(model).first(), u"src/f6.ts"_s);
        QCOMPARE(inserted.last()[1].toInt(), 0);
        QCOMPARE(model.index(0, 0).data(models::RecordRole).value<JournalEntry>().change, 6);
        model.clear();
        QCOMPARE(model.rowCount(), 0);
        model.append(entry(7));
        model.flush();
        QCOMPARE(files(model), QStringList{u"src/f7.ts"_s});
    }

    void filters()
    {
        JournalModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        for (int i = 1; i <= 9; ++i)
            model.append(entry(i, i % 2 == 0 ? Fate::Ignored : Fate::Applied));
        model.flush();
        model.setFilter({}, Fate::Ignored);
        QCOMPARE(files(model), (QStringList{u"src/f8.ts"_s, u"src/f6.ts"_s, u"src/f4.ts"_s, u"src/f2.ts"_s}));
        model.setFilter(u"REASON 0"_s, Fate::Ignored);
        QCOMPARE(files(model), QStringList{u"src/f6.ts"_s});
        model.setFilter(u"F9."_s, {});
        QCOMPARE(files(model), QStringList{u"src/f9.ts"_s});
        // What comes is filtered as well.
        model.append(entry(19));
        model.append(entry(9));
        model.flush();
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.total(), 11);
        model.setFilter({}, {});
        QCOMPARE(model.rowCount(), 11);
    }

    void bounded()
    {
        JournalModel model(nullptr, 100);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        for (int i = 1; i <= 1000; ++i) {
            model.append(entry(i, i % 2 == 0 ? Fate::Ignored : Fate::Applied));
            if (i == 500)
                model.setFilter({}, Fate::Ignored);
        }
        model.flush();
        QCOMPARE(model.total(), 100);
        QCOMPARE(model.rowCount(), 50);
        QCOMPARE(files(model).first(), u"src/f1000.ts"_s);
        QCOMPARE(files(model).last(), u"src/f902.ts"_s);
        model.setFilter({}, {});
        QCOMPARE(files(model).last(), u"src/f901.ts"_s);
    }
};

QTEST_GUILESS_MAIN(TestJournalModel)
#include "tst_journalmodel.moc"
