// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/theme.h"
#include "widgets/codeedit.h"
#include "widgets/diffview.h"

#include <QApplication>
#include <QClipboard>
#include <QScrollBar>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>
#include <QTextBlock>
#include <QTextLayout>
#include <QThreadPool>

using namespace Qt::StringLiterals;
using namespace paddock;
using ui::DiffView;

namespace {

QByteArray client(int lines, bool later)
{
    QByteArray text;
    for (int i = 0; i < lines; ++i)
        text += "export const method" + QByteArray::number(i) +
                " = (input: " + (later && i % 100 == 50 ? "Other" : "Input") + ") => call(\"m" + QByteArray::number(i) +
                "\", input); // line\n";
    return text;
}

} // namespace

class DiffViewTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_view = std::make_unique<DiffView>();
        m_view->resize(900, 400);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    }

    void cleanup() { m_view.reset(); }

    void foldsOpenByMouseAndKey()
    {
        load(client(300, false), client(300, true));
        const auto folds = [this] {
            return std::ranges::count_if(m_view->shown(), [](const types::ShownRow &row) { return row.hidden > 0; });
        };
        QCOMPARE(folds(), 4);
        const int row = m_view->fontMetrics().height(); // somewhere in the first row, which is a fold
        QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, QPoint(200, row / 2));
        QCOMPARE(folds(), 3);
        m_view->verticalScrollBar()->setValue(m_view->verticalScrollBar()->maximum());
        QTest::keyClick(m_view.get(), Qt::Key_Return);
        QCOMPARE(folds(), 2);
        m_view->setFolded(false);
        QCOMPARE(folds(), 0);
        QCOMPARE(m_view->shown().size(), 300);
        m_view->setDiffLayout(types::DiffLayout::Unified);
        QCOMPARE(m_view->shown().size(), 303);
    }

    void listsOfDifferencesHaveTheSameColours()
    {
        ui::CodeEdit list(u"Diff"_s);
        list.setPlainText(u"+ table notes\n- column a.b\n~ column a.c text → integer\n  c"_s);
        for (const auto choice : {ui::ThemeChoice::Light, ui::ThemeChoice::Dark}) {
            ui::Theme::instance()->setChoice(choice);
            const ui::Tokens &t = ui::Theme::tokens();
            QTextBlock line = list.document()->begin();
            for (const QColor &colour : {t.ok, t.error, t.warn}) {
                QTRY_COMPARE(line.layout()->formats().size(), 1);
                QCOMPARE(line.layout()->formats().first().format.foreground().color(), colour);
                line = line.next();
            }
            QVERIFY(line.layout()->formats().isEmpty());
        }
        ui::Theme::instance()->setChoice(ui::ThemeChoice::Light);
    }

    void keysGoFromChangeToChange()
    {
        QSignalSpy moved(m_view.get(), &DiffView::changeMoved);
        load(client(300, false), client(300, true));
        QCOMPARE(moved.takeLast(), (QList<QVariant>{0, 3}));
        QTest::keyClick(m_view.get(), Qt::Key_N);
        QCOMPARE(moved.takeLast(), (QList<QVariant>{1, 3}));
        QTest::keyClick(m_view.get(), Qt::Key_N);
        QTest::keyClick(m_view.get(), Qt::Key_N); // there is no fourth
        QCOMPARE(moved.takeLast(), (QList<QVariant>{2, 3}));
        QTest::keyClick(m_view.get(), Qt::Key_P);
        QCOMPARE(moved.takeLast(), (QList<QVariant>{1, 3}));
    }

    void findingOpensFolds()
    {
        load(client(300, false), client(300, true));
        QSignalSpy found(m_view.get(), &DiffView::matchesChanged);
        found.clear();
        m_view->find(u"method20 "_s);
        QTRY_VERIFY(!found.isEmpty());
        QCOMPARE(found.takeLast(), (QList<QVariant>{0, 1}));
        QVERIFY(std::ranges::any_of(m_view->shown(),
                                    [](const types::ShownRow &row) { return row.row == 20 && row.hidden == 0; }));
        found.clear();
        m_view->find(u"Other"_s);
        QTRY_VERIFY(!found.isEmpty());
        QCOMPARE(found.last().at(1).toInt(), 3);
        m_view->nextMatch();
        QCOMPARE(found.takeLast(), (QList<QVariant>{1, 3}));
        m_view->nextMatch(-1);
        m_view->nextMatch(-1);
        QCOMPARE(found.takeLast(), (QList<QVariant>{2, 3})); // from the first to the last
        found.clear();
        m_view->find(u"nowhere"_s);
        QTRY_VERIFY(!found.isEmpty());
        QCOMPARE(found.takeLast(), (QList<QVariant>{-1, 0}));
    }

    void copiesWhatIsSelected()
    {
        load("one\ntwo\nthree\n", "one\n2\nthree\nfour\n");
        QTest::keyClick(m_view.get(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(m_view.get(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), u"one\n2\nthree\nfour"_s);
        // The other side, by dragging over it.
        QTest::mousePress(m_view->viewport(), Qt::LeftButton, {}, QPoint(5, 8));
        QTest::mouseMove(m_view->viewport(), QPoint(400, 8));
        QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, {}, QPoint(400, 8));
        QCOMPARE(m_view->selectedText(), u"one"_s);
        // What is folded is copied as well.
        load(client(50, false), client(50, false));
        QCOMPARE(m_view->shown().size(), 1);
        m_view->selectAll();
        QCOMPARE(m_view->selectedText().split(u'\n').size(), 50);
    }

    void bothThemesAreHighlighted()
    {
        const QByteArray before = "export const one = 1; // a comment\n";
        const QByteArray after = "export const one = \"text\"; // a comment\n";
        QList<QImage> images;
        for (const bool dark : {false, true}) {
            ui::Theme::instance()->setChoice(dark ? ui::ThemeChoice::Dark : ui::ThemeChoice::Light);
            load(before, after, u"plain.nothing-knows-this"_s);
            const QImage plain = m_view->grab().toImage();
            load(before, after);
            QTRY_COMPARE(m_view->highlightedLines(), 2);
            const QImage coloured = m_view->grab().toImage();
            QVERIFY(coloured != plain);
            images << plain << coloured;
        }
        QVERIFY(images[0] != images[2]);
        QVERIFY(images[1] != images[3]);
        ui::Theme::instance()->setChoice(ui::ThemeChoice::System);
    }

    /// All of a long difference is there, and reachable, whatever of it is painted.
    void fiftyThousandLines()
    {
        load(client(50'000, false), client(50'000, true));
        QCOMPARE(m_view->document().added, 500);
        QCOMPARE(m_view->document().changes.size(), 500);
        QTRY_COMPARE_WITH_TIMEOUT(m_view->highlightedLines(), 100'000, 60'000);
        m_view->setFolded(false);
        QCOMPARE(m_view->shown().size(), 50'000);
        m_view->verticalScrollBar()->setValue(m_view->verticalScrollBar()->maximum());
        QVERIFY(!m_view->grab().isNull());
        m_view->showChange(499);
        QVERIFY(m_view->verticalScrollBar()->value() > 49'000);
    }

    void theLatestTextsWin()
    {
        QSignalSpy loaded(m_view.get(), &DiffView::loaded);
        m_view->setTexts(client(20'000, false), client(20'000, true), u"a.ts"_s);
        m_view->setTexts("a\n", "b\n", u"b.ts"_s);
        QTRY_COMPARE(m_view->document().after, QStringList{u"b"_s});
        QThreadPool::globalInstance()->waitForDone(); // the first is compared as well by now, and must not show
        QCoreApplication::processEvents();
        QCOMPARE(m_view->document().before, QStringList{u"a"_s});
        QCOMPARE(loaded.count(), 1);
        m_view->setTexts(QByteArray("a\0b", 3), "b\n", u"c.bin"_s);
        QTRY_VERIFY(m_view->shown().isEmpty());
    }

private:
    void load(const QByteArray &before, const QByteArray &after, const QString &name = u"client.ts"_s)
    {
        QSignalSpy loaded(m_view.get(), &DiffView::loaded);
        m_view->setTexts(before, after, name);
        QTRY_VERIFY_WITH_TIMEOUT(loaded.count() > 0, 30'000); // at once, if it was quick
    }

    std::unique_ptr<DiffView> m_view;
};

int main(int argc, char **argv)
{
    QStandardPaths::setTestModeEnabled(true);
    QApplication app(argc, argv);
    const ui::Theme theme;
    DiffViewTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_diffview.moc"
