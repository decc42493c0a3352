// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "demosource.h"
#include "sourcemodels.h"
#include "theme/theme.h"
#include "views/logsview.h"
#include "widgets/logview.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QTest>
#include <QToolButton>

using namespace Qt::StringLiterals;
using namespace paddock;

class LogViewTest final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<ui::Theme> m_theme;
    std::unique_ptr<ui::SourceModels> m_models;
    std::unique_ptr<tests::DemoSource> m_source;
    std::unique_ptr<ui::LogsView> m_logs;

    [[nodiscard]] ui::LogView *view() const { return m_logs->view(); }
    template <class T>
    T *find(const char *name) const
    {
        return m_logs->findChild<T *>(QString::fromLatin1(name));
    }

private Q_SLOTS:
    void init()
    {
        m_theme = std::make_unique<ui::Theme>();
        m_models = std::make_unique<ui::SourceModels>();
        m_source = std::make_unique<tests::DemoSource>(u"/srv/shop"_s);
        m_models->setSource(m_source.get());
        m_logs = std::make_unique<ui::LogsView>(m_models.get());
        m_logs->resize(900, 400);
        m_logs->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_logs.get()));
    }

    void cleanup()
    {
        m_logs.reset();
        m_models->setSource(nullptr);
        m_source.reset();
        m_models.reset();
        m_theme.reset();
    }

    void followsUntilTheUserScrolls()
    {
        m_source->addLogs(500);
        QTRY_COMPARE_GT(view()->verticalScrollBar()->maximum(), 0);
        QTRY_COMPARE(view()->verticalScrollBar()->value(), view()->verticalScrollBar()->maximum());
        QTest::keyClick(view(), Qt::Key_Home);
        QTRY_VERIFY(!view()->isFollowing());
        QVERIFY(!find<QToolButton>("logFollow")->isChecked());
        m_source->addLogs(500);
        QTRY_COMPARE_GT(view()->verticalScrollBar()->maximum(), 900);
        QCOMPARE(view()->verticalScrollBar()->value(), 0);
        QTest::mouseClick(find<QToolButton>("logFollow"), Qt::LeftButton);
        QTRY_COMPARE(view()->verticalScrollBar()->value(), view()->verticalScrollBar()->maximum());
    }

    void filtersByLevelPluginAndText()
    {
        m_source->addLogs(80);
        find<QComboBox>("logLevel")->setCurrentIndex(3);
        QTRY_COMPARE(find<QLabel>("logCount")->text(), u"10 of 80 lines"_s);
        find<QComboBox>("logLevel")->setCurrentIndex(0);
        QTRY_COMPARE_GE(find<QComboBox>("logPlugin")->findText(u"mailer"_s), 1);
        find<QComboBox>("logPlugin")->setCurrentText(u"orders"_s);
        QTRY_COMPARE(find<QLabel>("logCount")->text(), u"20 of 80 lines"_s);
        QTest::keyClicks(find<QLineEdit>("logFilter"), u"refused"_s);
        QTRY_COMPARE(find<QLabel>("logCount")->text(), u"10 of 80 lines"_s);
    }

    void aBadExpressionIsMarked()
    {
        m_source->addLogs(80);
        find<QToolButton>("logRegex")->click();
        auto *edit = find<QLineEdit>("logFilter");
        QTest::keyClicks(edit, u"(order"_s);
        QVERIFY(edit->property("invalid").toBool());
        QVERIFY(!edit->toolTip().isEmpty());
        QTest::keyClicks(edit, u"|sku)"_s);
        QVERIFY(!edit->property("invalid").toBool());
        QTRY_COMPARE(find<QLabel>("logCount")->text(), u"40 of 80 lines"_s);
    }

    void copiesWhatIsSelectedAsPlainText()
    {
        session::ServerStatus status;
        logs::LogLine line;
        line.text = u"<b>bold</b> & <script>alert(1)</script>"_s;
        Q_EMIT m_source->logsAdded({line, line});
        QTRY_COMPARE(m_models->logs.rowCount(), 2);
        view()->setFocus();
        QTest::keyClick(view(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(view(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), QString(line.text + u'\n' + line.text + u'\n'));
    }

    void droppedLinesAreCounted()
    {
        QVERIFY(!find<QLabel>("logDropped")->isVisible());
        Q_EMIT m_source->logsDropped(1234);
        QVERIFY(find<QLabel>("logDropped")->isVisible());
        QVERIFY(find<QLabel>("logDropped")->text().contains(u"1,234"_s));
    }

    void aFloodDoesNotStopTheEventLoop()
    {
        // A timer that is due every 10 ms keeps being served while a quarter of a million lines come in.
        int ticks = 0;
        QTimer timer;
        connect(&timer, &QTimer::timeout, this, [&] { ++ticks; });
        timer.start(10);
        for (int i = 0; i < 50; ++i) {
            m_source->addLogs(5000);
            QCoreApplication::processEvents();
        }
        QTRY_COMPARE(view()->verticalScrollBar()->value(), view()->verticalScrollBar()->maximum());
        QCOMPARE(m_models->logs.rowCount(), 250'000);
        QTRY_COMPARE_GT(ticks, 20);
    }

    void clearEmptiesTheView()
    {
        m_source->addLogs(80);
        find<QToolButton>("logClear")->click();
        QCOMPARE(m_models->logs.rowCount(), 0);
        QTRY_VERIFY(find<QLabel>("logCount")->text().isEmpty());
    }
};

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    LogViewTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_logview.moc"
