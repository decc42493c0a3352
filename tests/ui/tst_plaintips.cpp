// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plaintips.h"

#include <QHelpEvent>
#include <QLabel>
#include <QStandardItemModel>
#include <QTest>
#include <QToolTip>
#include <QTreeView>

using namespace Qt::StringLiterals;
using namespace paddock::ui;

/// Words of the workspace that look like markup are shown as they are written.
class TestPlainTips : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { qApp->installEventFilter(&m_tips); }
    void cleanup()
    {
        qApp->removeEventFilter(&m_tips);
        QToolTip::hideText();
    }

    void ofAWidget()
    {
        QLabel label(u"x"_s);
        label.setToolTip(u"The server ended: <b>bold</b> & <img src=x>\nline 2"_s);
        label.show();
        QVERIFY(QTest::qWaitForWindowExposed(&label));
        ask(&label, QPoint(1, 1));
        expect(u"The server ended: &lt;b&gt;bold&lt;/b&gt; &amp; &lt;img src=x&gt;<br>line 2"_s);
    }

    void ofAnItem()
    {
        QTreeView view;
        QStandardItemModel model;
        auto *item = new QStandardItem(u"row"_s);
        item->setToolTip(u"<i>cell</i>"_s);
        model.appendRow(item);
        view.setModel(&model);
        view.resize(300, 200);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        ask(view.viewport(), view.visualRect(model.index(0, 0)).center());
        expect(u"&lt;i&gt;cell&lt;/i&gt;"_s);
    }

    void none()
    {
        QLabel label(u"x"_s);
        label.show();
        QVERIFY(QTest::qWaitForWindowExposed(&label));
        ask(&label, QPoint(1, 1));
        QCOMPARE(QToolTip::text(), QString());
    }

private:
    static void ask(QWidget *widget, QPoint at)
    {
        QHelpEvent event(QEvent::ToolTip, at, widget->mapToGlobal(at));
        QCoreApplication::sendEvent(widget, &event);
    }
    static void expect(const QString &inner)
    {
        QCOMPARE(QToolTip::text(), QString(u"<p style='white-space:pre-wrap'>"_s + inner + u"</p>"_s));
    }

    PlainTips m_tips;
};

QTEST_MAIN(TestPlainTips)
#include "tst_plaintips.moc"
