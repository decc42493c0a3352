// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/textdiff.h"

#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock::types;
using Kind = DiffLine::Kind;

namespace {

QByteArray numbered(int count)
{
    QByteArray text;
    for (int i = 1; i <= count; ++i)
        text += "line " + QByteArray::number(i) + '\n';
    return text;
}

/// The other side, put together from one side and the difference.
QByteArray applied(const QByteArray &before, const TextDiff &diff)
{
    QList<QByteArray> lines = before.split('\n');
    if (!lines.isEmpty() && lines.last().isEmpty())
        lines.removeLast();
    QByteArray after;
    qsizetype at = 0;
    for (const DiffHunk &hunk : diff.hunks) {
        const qsizetype first = hunk.beforeCount == 0 ? hunk.before : hunk.before - 1;
        for (; at < first; ++at)
            after += lines[at] + '\n';
        for (const DiffLine &line : hunk.lines) {
            if (line.kind != Kind::Removed)
                after += line.text.toUtf8() + '\n';
            if (line.kind != Kind::Added)
                ++at;
        }
    }
    for (; at < lines.size(); ++at)
        after += lines[at] + '\n';
    return after;
}

} // namespace

class TstTextDiff final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equalTexts()
    {
        const auto diff = diffTexts(numbered(10), numbered(10));
        QVERIFY(diff && diff->isEqual());
        QCOMPARE(diff->beforeLines, 10);
        QVERIFY(diffTexts({}, {})->isEqual());
    }

    void oneLineInItsSurroundings()
    {
        QByteArray after = numbered(100);
        after.replace("line 50\n", "line fifty\n");
        const auto diff = diffTexts(numbered(100), after);
        QCOMPARE(diff->hunks.size(), 1);
        const DiffHunk &hunk = diff->hunks.first();
        QCOMPARE(hunk.before, 47);
        QCOMPARE(hunk.beforeCount, 7);
        QCOMPARE(hunk.lines.size(), 8);
        QCOMPARE(hunk.lines[3], (DiffLine{Kind::Removed, 50, 0, u"line 50"_s, {{5, 2}}}));
        QCOMPARE(hunk.lines[4], (DiffLine{Kind::Added, 0, 50, u"line fifty"_s, {{5, 5}}}));
        QCOMPARE(diff->added, 1);
        QCOMPARE(diff->removed, 1);
        QCOMPARE(diffTexts(numbered(100), after, 0)->hunks.first().lines.size(), 2);
    }

    void ends_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<int>("removed");
        QTest::addColumn<int>("added");
        QTest::newRow("all new") << QByteArray() << numbered(3) << 0 << 3;
        QTest::newRow("all gone") << numbered(3) << QByteArray() << 3 << 0;
        QTest::newRow("at the end") << numbered(3) << numbered(4) << 0 << 1;
        QTest::newRow("no last line end") << QByteArray("a\nb\n") << QByteArray("a\nb") << 1 << 1;
        QTest::newRow("carriage returns") << QByteArray("a\r\nb\r\n") << QByteArray("a\r\nc\r\n") << 1 << 1;
    }

    void ends()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        QFETCH(int, removed);
        QFETCH(int, added);
        const auto diff = diffTexts(before, after);
        QVERIFY(diff.has_value());
        QCOMPARE(diff->removed, removed);
        QCOMPARE(diff->added, added);
        for (const DiffHunk &hunk : diff->hunks)
            for (const DiffLine &line : hunk.lines)
                QVERIFY(!line.text.contains(u'\r') && !line.text.contains(u'\n'));
    }

    void words_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("shown"); ///< [removed]{added}
        QTest::newRow("a word") << u"  id: string;"_s << u"  id: number;"_s << u"  id: [string]{number};"_s;
        QTest::newRow("more") << u"  id: string;"_s << u"  id: string | null;"_s << u"  id: string{ | null};"_s;
        QTest::newRow("less") << u"get(id: string, deep: boolean)"_s << u"get(id: string)"_s
                              << u"get(id: string[, deep: boolean])"_s;
        QTest::newRow("another line") << u"alpha beta"_s << u"one two three"_s << u""_s;
        QTest::newRow("beyond the basic plane") << u"say(\"😀 yes\")"_s << u"say(\"😀 no\")"_s
                                                << u"say(\"😀 [yes]{no}\")"_s;
    }

    void words()
    {
        QFETCH(QString, before);
        QFETCH(QString, after);
        QFETCH(QString, shown);
        const InlineMarks marks = diffWords(before, after);
        if (shown.isEmpty()) {
            QVERIFY(marks.before.isEmpty() && marks.after.isEmpty());
            return;
        }
        QString text;
        qsizetype b = 0, a = 0;
        qsizetype i = 0, k = 0;
        while (b < before.size() || a < after.size()) {
            const bool removed = i < marks.before.size() && marks.before[i].start == b;
            const bool added = k < marks.after.size() && marks.after[k].start == a;
            if (removed) {
                text += u'[' + before.mid(b, marks.before[i].length) + u']';
                b += marks.before[i++].length;
            }
            if (added) {
                text += u'{' + after.mid(a, marks.after[k].length) + u'}';
                a += marks.after[k++].length;
            }
            if (!removed && !added) {
                QVERIFY(b < before.size() && a < after.size());
                QCOMPARE(before[b], after[a]);
                text += before[b++];
                ++a;
            }
        }
        QCOMPARE(text, shown);
    }

    /// Whatever the two are, the difference leads from the one to the other.
    void leadsToTheOther()
    {
        QRandomGenerator random(7);
        for (int round = 0; round < 200; ++round) {
            QByteArray before, after;
            for (int i = 0; i < 60; ++i) {
                const QByteArray line = "l" + QByteArray::number(random.bounded(12)) + '\n';
                before += line;
                const int what = random.bounded(10);
                if (what != 0)
                    after += line;
                if (what == 1)
                    after += "new " + line;
            }
            const auto diff = diffTexts(before, after, int(random.bounded(4)));
            QVERIFY(diff.has_value());
            QCOMPARE(applied(before, *diff), after);
        }
    }

    void notTexts()
    {
        QCOMPARE(diffTexts(QByteArray("a\0b", 3), "a").error().code, u"not-text"_s);
    }
};

QTEST_GUILESS_MAIN(TstTextDiff)
#include "tst_textdiff.moc"
