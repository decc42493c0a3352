// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/diffdocument.h"

#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock::types;
using Kind = DiffRow::Kind;
using Side = ShownRow::Side;

namespace {

QByteArray joined(const QList<int> &numbers)
{
    QByteArray text;
    for (const int number : numbers)
        text += "line " + QByteArray::number(number) + '\n';
    return text;
}

/// "=12 -3 +3": rows by kind and line numbers from 1, as a person reads them.
QString printed(const DiffDocument &document, const QList<ShownRow> &shown)
{
    QStringList words;
    for (const ShownRow &one : shown) {
        if (one.hidden > 0) {
            words << u"fold%1"_s.arg(one.hidden);
            continue;
        }
        const DiffRow &row = document.rows[one.row];
        const QString was = row.before < 0 ? u"."_s : QString::number(row.before + 1);
        const QString is = row.after < 0 ? u"."_s : QString::number(row.after + 1);
        words << (row.kind == Kind::Equal    ? u"="_s + was
                  : one.side == Side::Both   ? u"%1|%2"_s.arg(was, is)
                  : one.side == Side::Before ? u"-"_s + was
                                             : u"+"_s + is);
    }
    return words.join(u' ');
}

} // namespace

class TstDiffDocument final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rows_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<QString>("sideBySide");
        QTest::addColumn<QString>("unified");
        QTest::newRow("both empty") << QByteArray() << QByteArray() << u""_s << u""_s;
        QTest::newRow("alike") << QByteArray("a\nb\n") << QByteArray("a\nb\n") << u"=1 =2"_s << u"=1 =2"_s;
        QTest::newRow("all new") << QByteArray() << QByteArray("a\nb") << u".|1 .|2"_s << u"+1 +2"_s;
        QTest::newRow("all gone") << QByteArray("a\n") << QByteArray() << u"1|."_s << u"-1"_s;
        QTest::newRow("a line changed") << QByteArray("a\nb\nc\n") << QByteArray("a\nB\nc\n") << u"=1 2|2 =3"_s
                                        << u"=1 -2 +2 =3"_s;
        QTest::newRow("two became three")
            << QByteArray("x\na\nb\n") << QByteArray("x\nA\nB\nC\n") << u"=1 2|2 3|3 .|4"_s << u"=1 -2 -3 +2 +3 +4"_s;
        QTest::newRow("put in between") << QByteArray("a\nb\n") << QByteArray("a\nx\nb\n") << u"=1 .|2 =2"_s
                                        << u"=1 +2 =2"_s;
        QTest::newRow("no end of line") << QByteArray("a\nb") << QByteArray("a\nc") << u"=1 2|2"_s << u"=1 -2 +2"_s;
        QTest::newRow("carriage returns")
            << QByteArray("a\r\nb\r\n") << QByteArray("a\r\nc\r\n") << u"=1 2|2"_s << u"=1 -2 +2"_s;
    }

    void rows()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        const auto document = diffDocument(before, after);
        QVERIFY(document);
        QTEST(printed(*document, shownRows(*document, DiffLayout::SideBySide, -1)), "sideBySide");
        QTEST(printed(*document, shownRows(*document, DiffLayout::Unified, -1)), "unified");
    }

    void equalPartsFold()
    {
        QList<int> numbers;
        for (int i = 1; i <= 40; ++i)
            numbers << i;
        const QByteArray before = joined(numbers);
        numbers[9] = 1000;
        numbers[29] = 3000;
        const auto document = diffDocument(before, joined(numbers));
        QVERIFY(document);
        QCOMPARE(document->changes, (QList<int>{9, 29}));
        const auto shown = shownRows(*document, DiffLayout::SideBySide, 3);
        QCOMPARE(printed(*document, shown),
                 u"fold6 =7 =8 =9 10|10 =11 =12 =13 fold13 =27 =28 =29 30|30 =31 =32 =33 fold7"_s);
        // One of them opened.
        QCOMPARE(printed(*document, shownRows(*document, DiffLayout::SideBySide, 3, {0})),
                 u"=1 =2 =3 =4 =5 =6 =7 =8 =9 10|10 =11 =12 =13 fold13 =27 =28 =29 30|30 =31 =32 =33 fold7"_s);
        // A run that hardly hides anything stays.
        const auto small = diffDocument("a\nb\nc\nd\ne\nf\nx\n", "a\nb\nc\nd\ne\nf\ny\n");
        QCOMPARE(printed(*small, shownRows(*small, DiffLayout::SideBySide, 4)), u"=1 =2 =3 =4 =5 =6 7|7"_s);
        // Alike all through: one fold.
        const auto alike = diffDocument(before, before);
        QCOMPARE(printed(*alike, shownRows(*alike, DiffLayout::Unified, 3)), u"fold40"_s);
    }

    /// Whatever the texts: both can be read off the rows, and what is shown or folded is each row once.
    void nothingIsLost()
    {
        QRandomGenerator random(7);
        for (int round = 0; round < 300; ++round) {
            QList<int> before, after;
            for (int i = random.bounded(60); i > 0; --i)
                before << random.bounded(9);
            after = before;
            for (int i = random.bounded(8); i > 0; --i) {
                const auto at = after.isEmpty() ? 0 : random.bounded(int(after.size()));
                switch (random.bounded(3)) {
                case 0: after.insert(at, random.bounded(9)); break;
                case 1:
                    if (!after.isEmpty())
                        after.removeAt(at);
                    break;
                default:
                    if (!after.isEmpty())
                        after[at] = 9;
                }
            }
            const auto document = diffDocument(joined(before), joined(after));
            QVERIFY(document);
            QByteArray was, is;
            int removed = 0, added = 0;
            for (const DiffRow &row : document->rows) {
                if (row.before >= 0)
                    was += document->before[row.before].toUtf8() + '\n';
                if (row.after >= 0)
                    is += document->after[row.after].toUtf8() + '\n';
                removed += row.before >= 0 && row.kind != Kind::Equal;
                added += row.after >= 0 && row.kind != Kind::Equal;
                if (row.kind == Kind::Equal)
                    QCOMPARE(document->before[row.before], document->after[row.after]);
            }
            QCOMPARE(was, joined(before));
            QCOMPARE(is, joined(after));
            QCOMPARE(removed, document->removed);
            QCOMPARE(added, document->added);
            for (const DiffLayout layout : {DiffLayout::SideBySide, DiffLayout::Unified}) {
                QList<int> sides(document->rows.size(), 0);
                for (const ShownRow &one : shownRows(*document, layout, 2)) {
                    for (int i = 0; i < std::max(1, one.hidden); ++i) {
                        const DiffRow &row = document->rows[one.row + i];
                        if (one.hidden > 0)
                            QCOMPARE(row.kind, Kind::Equal);
                        sides[one.row + i] += one.side == Side::Both ? (row.before >= 0) + (row.after >= 0) : 1;
                    }
                }
                for (qsizetype i = 0; i < sides.size(); ++i)
                    QCOMPARE(sides[i], (document->rows[i].before >= 0) + (document->rows[i].after >= 0));
            }
        }
    }

    void findsText()
    {
        const auto document = diffDocument("Alpha\nsame beta\nold\n", "alpha\nsame beta\nnew beta beta\n");
        QVERIFY(document);
        QCOMPARE(findText(*document, u"beta"_s), (QList<TextMatch>{{1, true, 5, 4}, {2, true, 4, 4}, {2, true, 9, 4}}));
        QCOMPARE(findText(*document, u"alpha"_s), (QList<TextMatch>{{0, false, 0, 5}, {0, true, 0, 5}}));
        QCOMPARE(findText(*document, u"Alpha"_s), (QList<TextMatch>{{0, false, 0, 5}}));
        QVERIFY(findText(*document, {}).isEmpty());
    }

    void refusesWhatIsNoText()
    {
        const auto document = diffDocument(QByteArray("a\0b", 3), "a");
        QVERIFY(!document);
        QCOMPARE(document.error().code, u"not-text"_s);
    }
};

QTEST_GUILESS_MAIN(TstDiffDocument)
#include "tst_diffdocument.moc"
