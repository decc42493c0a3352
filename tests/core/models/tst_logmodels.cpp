// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logfiltermodel.h"
#include "models/logmodel.h"
#include "models/roles.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock;
using namespace paddock::models;

namespace {

QList<logs::LogLine> lines(int first, int count)
{
    QList<logs::LogLine> result;
    for (int i = first; i < first + count; ++i) {
        logs::LogLine line;
        line.id = i + 1;
        line.at = QDateTime::fromMSecsSinceEpoch(1'700'000'000'000 + i, QTimeZone::utc());
        line.level = logs::Level(i % 4);
        line.source = u"stdout"_s;
        line.plugin = i % 3 == 0 ? u"orders"_s : i % 3 == 1 ? u"users"_s : QString();
        line.generation = i % 5;
        line.text = u"line %1 – größer"_s.arg(i);
        if (i % 7 == 0)
            line.spans = {{0, 4, 1, -1, true}, {5, 2, 0x1ff8800, 3, false}};
        result.append(line);
    }
    return result;
}

QStringList textsOf(const QAbstractItemModel &model)
{
    QStringList result;
    for (int row = 0; row < model.rowCount(); ++row)
        result.append(model.index(row, 0).data().toString());
    return result;
}

} // namespace

class LogModelsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsEverythingOfALine()
    {
        LogModel model;
        const QAbstractItemModelTester tester(&model);
        const auto given = lines(0, 100);
        model.append(given);
        QCOMPARE(model.rowCount(), 100);
        for (int i = 0; i < given.size(); ++i)
            QCOMPARE(model.line(model.firstSequence() + i), given[i]);
        QCOMPARE(model.plugins(), (QStringList{u"orders"_s, u"users"_s}));
    }

    void dropsTheOldestAndKeepsSequences()
    {
        LogModel model(nullptr, 10'000);
        const QAbstractItemModelTester tester(&model);
        for (int i = 0; i < 40; ++i)
            model.append(lines(i * 1000, 1000));
        QCOMPARE_LE(model.rowCount(), 10'000 + 4096);
        QCOMPARE_GE(model.rowCount(), 5'000);
        QCOMPARE(model.endSequence(), 40'000);
        QCOMPARE(model.text(39'999), u"line 39999 – größer"_s);
        QCOMPARE(model.text(model.firstSequence()), u"line %1 – größer"_s.arg(model.firstSequence()));
    }

    void isBoundedInBytes()
    {
        LogModel model(nullptr, 1'000'000, 8 * 1024 * 1024);
        logs::LogLine big;
        big.text = QString(1024 * 1024, u'x');
        for (int i = 0; i < 40; ++i)
            model.append({big});
        QCOMPARE_LE(model.bytes(), 12 * 1024 * 1024);
        QCOMPARE_GT(model.rowCount(), 3);
    }

    void clearForgetsLinesButNotTheCount()
    {
        LogModel model;
        const QAbstractItemModelTester tester(&model);
        model.append(lines(0, 10));
        model.clear();
        QCOMPARE(model.rowCount(), 0);
        model.append(lines(10, 2));
        QCOMPARE(model.firstSequence(), 10);
        QCOMPARE(model.text(11), u"line 11 – größer"_s);
    }

    void filters_data()
    {
        QTest::addColumn<int>("level");
        QTest::addColumn<QString>("plugin");
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("isRegex");
        QTest::addColumn<int>("count");
        QTest::newRow("nothing") << 0 << u""_s << u""_s << false << 120;
        QTest::newRow("warnings and errors") << 2 << u""_s << u""_s << false << 60;
        QTest::newRow("a plugin") << 0 << u"orders"_s << u""_s << false << 40;
        QTest::newRow("text, whatever case") << 0 << u""_s << u"LINE 11"_s << false << 11;
        QTest::newRow("an expression") << 0 << u""_s << u"^line [12]\\d "_s << true << 20;
        QTest::newRow("all at once") << 3 << u"orders"_s << u"line 1"_s << false << 2;
        QTest::newRow("none") << 0 << u"nobody"_s << u""_s << false << 0;
    }

    void filters()
    {
        QFETCH(int, level);
        QFETCH(QString, plugin);
        QFETCH(QString, text);
        QFETCH(bool, isRegex);
        QFETCH(int, count);
        LogModel model;
        LogFilterModel filtered(&model);
        const QAbstractItemModelTester tester(&filtered);
        model.append(lines(0, 60));
        filtered.setFilter({logs::Level(level), plugin, text, isRegex});
        model.append(lines(60, 60)); // while it may still be looking at the first ones
        QTRY_VERIFY(!filtered.isScanning());
        QCOMPARE(filtered.rowCount(), count);
        for (int row = 1; row < filtered.rowCount(); ++row)
            QCOMPARE_LT(filtered.sequence(row - 1), filtered.sequence(row));
    }

    void aBadExpressionLeavesTheFilterInForce()
    {
        LogModel model;
        LogFilterModel filtered(&model);
        model.append(lines(0, 30));
        filtered.setFilter({.text = u"line 2"_s});
        QTRY_VERIFY(!filtered.isScanning());
        const QStringList before = textsOf(filtered);
        filtered.setFilter({.text = u"line ("_s, .isRegex = true});
        QVERIFY(!filtered.expressionError().isEmpty());
        QCOMPARE(textsOf(filtered), before);
        filtered.setFilter({.text = u"line (1|2)$"_s, .isRegex = true});
        QVERIFY(filtered.expressionError().isEmpty());
    }

    void followsWhatTheModelDrops()
    {
        LogModel model(nullptr, 8'192);
        LogFilterModel filtered(&model);
        const QAbstractItemModelTester tester(&filtered);
        filtered.setFilter({.minimum = logs::Level::Error});
        for (int i = 0; i < 30; ++i)
            model.append(lines(i * 1000, 1000));
        QTRY_VERIFY(!filtered.isScanning());
        QCOMPARE_GE(filtered.sequence(0), model.firstSequence());
        QCOMPARE(filtered.sequence(filtered.rowCount() - 1), 29'999);
        model.clear();
        QCOMPARE(filtered.rowCount(), 0);
    }

    void aMillionLinesAreFilteredInSlices()
    {
        LogModel model;
        LogFilterModel filtered(&model);
        for (int i = 0; i < 100; ++i)
            model.append(lines(i * 10'000, 10'000));
        QCOMPARE(model.rowCount(), 1'000'000);
        filtered.setFilter({.text = u"line 99999"_s});
        QVERIFY(filtered.isScanning());      // it came back before the work was done
        QCOMPARE_GT(filtered.rowCount(), 0); // and the newest matches are there already
        QTRY_VERIFY_WITH_TIMEOUT(!filtered.isScanning(), 60'000);
        QCOMPARE(filtered.rowCount(), 11); // 99999, 999990 … 999999
    }
};

QTEST_GUILESS_MAIN(LogModelsTest)
#include "tst_logmodels.moc"
