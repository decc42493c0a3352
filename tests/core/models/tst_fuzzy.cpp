// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fuzzy.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock::models;

class FuzzyTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void filters_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("matches");
        QTest::newRow("empty matches all") << u""_s << u"orders"_s << true;
        QTest::newRow("substring") << u"mail"_s << u"getByEmail"_s << true;
        QTest::newRow("case is ignored") << u"BYEM"_s << u"getByEmail"_s << true;
        QTest::newRow("starts of words") << u"gbe"_s << u"getByEmail"_s << true;
        QTest::newRow("run after a start") << u"gbem"_s << u"getByEmail"_s << true;
        QTest::newRow("dots part words") << u"acl"_s << u"api.catalog.list"_s << true;
        QTest::newRow("scattered letters do not") << u"gil"_s << u"getByEmail"_s << false;
        QTest::newRow("wrong order") << u"bge"_s << u"getByEmail"_s << false;
        QTest::newRow("longer than the text") << u"ordersplus"_s << u"orders"_s << false;
        QTest::newRow("not ASCII") << u"größe"_s << u"setGröße"_s << true;
    }

    void filters()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, text);
        QFETCH(bool, matches);
        QCOMPARE(filterMatches(pattern, text), matches);
    }

    void manyRepeatsEnd()
    {
        const QString text = u"a_"_s.repeated(5000);
        QVERIFY(!filterMatches(u"aaaaaaaaaaaaaaaaaaaaaaab"_s, text));
    }

    void ranks_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("better");
        QTest::addColumn<QString>("worse");
        QTest::newRow("contiguous over scattered") << u"rel"_s << u"Reload orders"_s << u"api.orders.place"_s;
        QTest::newRow("start of a word over its middle") << u"ord"_s << u"orders"_s << u"record"_s;
        QTest::newRow("earlier over later") << u"orders"_s << u"orders"_s << u"Reload orders"_s;
        QTest::newRow("starts of words over any letters") << u"gt"_s << u"Generate types"_s << u"Right"_s;
    }

    void ranks()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, better);
        QFETCH(QString, worse);
        const auto good = fuzzyMatch(pattern, better);
        const auto bad = fuzzyMatch(pattern, worse);
        QVERIFY(good && bad);
        QCOMPARE_GT(good->score, bad->score);
    }

    void tellsWhereItMatched()
    {
        const auto match = fuzzyMatch(u"re ld"_s, u"Reload"_s);
        QVERIFY(match);
        QCOMPARE(match->positions, (QList<int>{0, 1, 2, 5}));
        QVERIFY(!fuzzyMatch(u"xyz"_s, u"Reload"_s));
    }
};

QTEST_GUILESS_MAIN(FuzzyTest)
#include "tst_fuzzy.moc"
