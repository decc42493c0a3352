// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/progress.h"

#include <QTest>

using paddock::pipeline::progressOf;

class TestProgress final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void words_data()
    {
        QTest::addColumn<QByteArray>("output");
        QTest::addColumn<int>("permille"); // -1: it does not say
        QTest::newRow("nothing") << QByteArray() << -1;
        QTest::newRow("no number") << QByteArray("compiling") << -1;
        QTest::newRow("percent") << QByteArray("downloaded 42%") << 420;
        QTest::newRow("percent apart") << QByteArray("42.5 % done") << 425;
        QTest::newRow("past the end") << QByteArray("load 180%") << -1;
        QTest::newRow("in brackets") << QByteArray("[3/12] building") << 250;
        QTest::newRow("in parentheses") << QByteArray("test a (1/4)") << 250;
        QTest::newRow("of") << QByteArray("seeded 30 of 120 products") << 250;
        QTest::newRow("of nothing") << QByteArray("0 of 0") << -1;
        QTest::newRow("a date is none") << QByteArray("2026/11/26 12/31") << -1;
        QTest::newRow("a path is none") << QByteArray("src/3/12/index.ts") << -1;
        QTest::newRow("the last counts") << QByteArray("[1/4]\n[2/4]\r[3/4] linking") << 750;
        QTest::newRow("long ago") << QByteArray("[1/4]\n" + QByteArray(4000, 'x')) << -1;
        QTest::newRow("any bytes") << QByteArray("\xff\xfe\x00 50% \xc3", 11) << 500;
    }

    void words()
    {
        QFETCH(QByteArray, output);
        QFETCH(int, permille);
        const auto progress = progressOf(output);
        QCOMPARE(progress ? int(*progress * 1000 + 0.5) : -1, permille);
    }
};

QTEST_GUILESS_MAIN(TestProgress)
#include "tst_progress.moc"
