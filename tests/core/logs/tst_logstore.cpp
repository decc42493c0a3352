// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "logs/logfilter.h"
#include "logs/logstore.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock::logs;

namespace {

QList<LogLine> lines(int count, int size = 10)
{
    QList<LogLine> made;
    for (int i = 0; i < count; ++i) {
        LogLine line;
        line.text = QString(size, u'x');
        made.append(line);
    }
    return made;
}

} // namespace

class TestLogStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void idsAndLimits();
    void bytes();
    void filter_data();
    void filter();
    void badExpression();
};

void TestLogStore::idsAndLimits()
{
    LogStore store({100, 1 << 30});
    QSignalSpy appended(&store, &LogStore::appended);
    QSignalSpy removed(&store, &LogStore::removedOldest);
    store.append(lines(60));
    QCOMPARE(store.size(), 60);
    QCOMPARE(store.firstId(), 1);
    QCOMPARE(appended.first().first().value<QList<LogLine>>().last().id, 60);
    store.append(lines(60));
    QCOMPARE(store.size(), 100);
    QCOMPARE(store.firstId(), 21);
    QCOMPARE(store.nextId(), 121);
    QCOMPARE(store.at(0).id, 21);
    QCOMPARE(store.byId(20), nullptr);
    QCOMPARE(store.byId(120)->id, 120);
    QCOMPARE(store.byId(121), nullptr);
    QCOMPARE(store.droppedOld(), 20);
    QCOMPARE(removed.size(), 1);
    QCOMPARE(removed.first().first().toLongLong(), 20);
    store.append(lines(1000)); // more than it holds at once
    QCOMPARE(store.size(), 100);
    QCOMPARE(store.at(99).id, 1120);
    store.clear();
    QCOMPARE(store.size(), 0);
    QCOMPARE(store.bytes(), 0);
    store.append(lines(1));
    QCOMPARE(store.at(0).id, 1121);
    store.addLost(7);
    store.addLost(0);
    QCOMPARE(store.lost(), 7);
}

void TestLogStore::bytes()
{
    LogStore store({1'000'000, 10 << 20});
    for (int i = 0; i < 100; ++i) {
        store.append(lines(1, 1 << 20)); // a line of the largest size
        QVERIFY(store.bytes() <= (10 << 20));
    }
    QCOMPARE(store.size(), 4);
    store.append(lines(1, 20 << 20)); // one alone may be larger than all
    QCOMPARE(store.size(), 1);
    store.append(lines(1000));
    QCOMPARE(store.size(), 1000);
}

void TestLogStore::filter_data()
{
    QTest::addColumn<LogQuery>("query");
    QTest::addColumn<QList<int>>("matching"); // indices of the lines below
    using Q = LogQuery;
    QTest::newRow("all") << Q{} << QList<int>{0, 1, 2, 3};
    QTest::newRow("level") << Q{.levels = levelsFrom(Level::Warn)} << QList<int>{1, 3};
    QTest::newRow("one level") << Q{.levels = {Level::Debug}} << QList<int>{2};
    QTest::newRow("plugin") << Q{.plugin = u"users"_s} << QList<int>{0, 3};
    QTest::newRow("source") << Q{.source = u"stderr"_s} << QList<int>{3};
    QTest::newRow("generation") << Q{.generation = 2} << QList<int>{3};
    QTest::newRow("text, any case") << Q{.text = u"USER"_s} << QList<int>{0, 3};
    QTest::newRow("text is no expression") << Q{.text = u"a.c"_s} << QList<int>{2};
    QTest::newRow("expression") << Q{.text = u"^(user|order)"_s, .isRegularExpression = true} << QList<int>{0, 1};
    QTest::newRow("everything at once")
        << Q{.levels = {Level::Error}, .plugin = u"users"_s, .text = u"failed"_s, .generation = 2} << QList<int>{3};
    QTest::newRow("nothing") << Q{.plugin = u"nobody"_s} << QList<int>{};
}

void TestLogStore::filter()
{
    QFETCH(LogQuery, query);
    QFETCH(QList<int>, matching);
    const QList<LogLine> all = {
        {1, {}, Level::Info, u"stdout"_s, u"users"_s, 1, u"user created"_s, {}},
        {2, {}, Level::Warn, u"stdout"_s, u"orders"_s, 1, u"order is slow"_s, {}},
        {3, {}, Level::Debug, u"stdout"_s, {}, 1, u"abc a.c"_s, {}},
        {4, {}, Level::Error, u"stderr"_s, u"users"_s, 2, u"deleting the user failed"_s, {}},
    };
    const auto made = LogFilter::make(query);
    QVERIFY(made);
    QList<int> found;
    for (int i = 0; i < all.size(); ++i) {
        if (made->matches(all[i]))
            found.append(i);
    }
    QCOMPARE(found, matching);
}

void TestLogStore::badExpression()
{
    const auto made = LogFilter::make({.text = u"a(b"_s, .isRegularExpression = true});
    QVERIFY(!made);
    QCOMPARE(made.error().code, u"bad-expression"_s);
    QVERIFY(made.error().detail.contains(u"4"_s));
    QVERIFY(LogFilter::make({.text = u"a(b"_s}));
}

QTEST_GUILESS_MAIN(TestLogStore)
#include "tst_logstore.moc"
