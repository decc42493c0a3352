// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The window without a mouse: keys come from the X server, as a person's do.
#include "actions.h"
#include "windowcase.h"

#include <QAbstractItemView>
#include <QDialog>
#include <QLineEdit>
#include <QProcess>
#include <QSignalSpy>
#include <QTabBar>
#include <QTabWidget>
#include <QTreeView>

using namespace Qt::StringLiterals;
using namespace paddock;
using tests::DemoSource;

class KeyboardTest final : public tests::WindowCase
{
    Q_OBJECT

private:
    void press(const QStringList &keys)
    {
        QProcess process;
        process.start(u"xdotool"_s, QStringList{u"key"_s} + keys);
        QTRY_COMPARE_WITH_TIMEOUT(process.state(), QProcess::NotRunning, 20'000); // the event loop runs meanwhile
        QCOMPARE(process.exitCode(), 0);
    }

    /// Presses the key until the focus has moved on.
    QWidget *focusAfter(const QString &key)
    {
        const QWidget *before = QApplication::focusWidget();
        press({key});
        if (!QTest::qWaitFor([&] { return QApplication::focusWidget() && QApplication::focusWidget() != before; }))
            return nullptr;
        return QApplication::focusWidget();
    }

    static QString nameOf(const QWidget *widget)
    {
        QString name = widget->objectName();
        for (const QWidget *at = widget; name.isEmpty() && at; at = at->parentWidget())
            name = at->objectName().isEmpty() ? QString() : at->objectName() + u'/';
        return name + u'(' + QString::fromLatin1(widget->metaObject()->className()) + u')';
    }

    /// What a person should be able to reach in the window as it is.
    QSet<QWidget *> reachable() const
    {
        QSet<QWidget *> result;
        for (QWidget *widget : m_window->findChildren<QWidget *>()) {
            const bool isInWindow = m_window->rect().contains(widget->mapTo(m_window.get(), QPoint(1, 1)));
            if (isInWindow && widget->isVisibleTo(m_window.get()) && widget->isEnabled() && !widget->focusProxy() &&
                (widget->focusPolicy() & Qt::TabFocus) && !widget->visibleRegion().isEmpty())
                result.insert(widget);
        }
        return result;
    }

private Q_SLOTS:
    void init()
    {
        makeWindow();
        auto source = std::make_unique<DemoSource>(u"/srv/shop"_s);
        m_source = source.get();
        m_window->openSource(std::move(source));
        m_source->playChanges();
        QTRY_COMPARE(find<QTreeView>("workspaceTree")->model()->rowCount(), 4);
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }

    void cleanup() { closeWindow(); }

    void tabReachesEverythingAndShowsWhereItIs_data()
    {
        QTest::addColumn<QString>("tab");
        QTest::addColumn<bool>("dark");
        for (const bool dark : {false, true})
            for (const char *tab : {"hotReload", "types", "migrations", "routes", "history"})
                QTest::addRow("%s, %s", tab, dark ? "dark" : "light") << QString::fromLatin1(tab) << dark;
    }

    void tabReachesEverythingAndShowsWhereItIs()
    {
        QFETCH(QString, tab);
        QFETCH(bool, dark);
        ui::Theme::instance()->setChoice(dark ? ui::ThemeChoice::Dark : ui::ThemeChoice::Light);
        m_window->showTab(tab);
        auto *tree = find<QTreeView>("workspaceTree");
        tree->setFocus(Qt::TabFocusReason);
        tree->setCurrentIndex(tree->model()->index(0, 0));
        QTRY_VERIFY(tree->hasFocus());
        QList<QWidget *> order;
        QStringList unseen;
        QWidget *at = tree;
        do {
            order.append(at);
            const QImage focused = at->grab().toImage();
            QWidget *next = focusAfter(u"Tab"_s);
            QVERIFY2(next, qPrintable(u"the focus stays on "_s + nameOf(at)));
            if (at->grab().toImage() == focused)
                unseen.append(nameOf(at));
            QVERIFY2(m_window->rect().contains(next->mapTo(m_window.get(), QPoint(1, 1))),
                     qPrintable(u"the focus is out of sight: "_s + nameOf(next)));
            at = next;
            QVERIFY2(order.size() < 80, "there is no end to it");
        } while (at != tree);
        const QSet<QWidget *> visited(order.begin(), order.end());
        QStringList missed;
        for (QWidget *widget : reachable())
            if (!visited.contains(widget))
                missed.append(nameOf(widget));
        QVERIFY2(missed.isEmpty(), qPrintable(u"not reached: "_s + missed.join(u", "_s)));
        QVERIFY2(unseen.isEmpty(), qPrintable(u"the focus is not to be seen on: "_s + unseen.join(u", "_s)));
        QCOMPARE(visited.size(), order.size());
        // And back.
        QWidget *last = focusAfter(u"shift+Tab"_s);
        QCOMPARE(last, order.last());
    }

    void everyShortcutIsItsOwn()
    {
        QHash<QString, QString> owner;
        for (const QAction *action : m_window->actions()->all())
            for (const QKeySequence &key : action->shortcuts()) {
                const QString text = key.toString();
                QVERIFY2(!owner.contains(text),
                         qPrintable(text + u": "_s + owner.value(text) + u", "_s + action->text()));
                owner.insert(text, action->text());
            }
        // Those of the menus are letters with Alt.
        press({u"alt+2"_s});
        QTRY_COMPARE(find<QTabWidget>("centreTabs")->currentWidget()->objectName(), u"types"_s);
        press({u"alt+5"_s});
        QTRY_COMPARE(find<QTabWidget>("centreTabs")->currentWidget()->objectName(), u"history"_s);
        press({u"alt+1"_s});
        QTRY_COMPARE(find<QTabWidget>("centreTabs")->currentWidget()->objectName(), u"hotReload"_s);
    }

    void escapeGoesBack()
    {
        auto *tree = find<QTreeView>("workspaceTree");
        tree->setFocus();
        tree->setCurrentIndex(tree->model()->index(0, 0));
        press({u"ctrl+k"_s});
        QTRY_VERIFY(find<QLineEdit>("paletteEdit")->hasFocus());
        press({u"Escape"_s});
        QTRY_VERIFY(!find<QWidget>("commandPalette")->isVisible());
        QTRY_VERIFY2(tree->hasFocus(), qPrintable(nameOf(QApplication::focusWidget())));
        press({u"F1"_s});
        QTRY_VERIFY(m_window->findChild<QDialog *>(u"shortcutSheet"_s));
        QTRY_VERIFY(m_window->findChild<QDialog *>(u"shortcutSheet"_s)->isActiveWindow());
        press({u"Escape"_s});
        QTRY_VERIFY(!m_window->findChild<QDialog *>(u"shortcutSheet"_s));
        QTRY_VERIFY(tree->hasFocus());
        press({u"ctrl+e"_s});
        auto *filter = find<QLineEdit>("treeFilter");
        QTRY_VERIFY(filter->hasFocus());
        press({u"o"_s, u"r"_s});
        QTRY_COMPARE(filter->text(), u"or"_s);
        press({u"Escape"_s}); // clears
        QTRY_VERIFY(filter->text().isEmpty());
        press({u"Escape"_s}); // and goes back to the list
        QTRY_VERIFY(tree->hasFocus());
    }
};

int main(int argc, char **argv)
{
    return tests::runWindowCase<KeyboardTest>(argc, argv, QStringLiteral("keyboard"));
}

#include "tst_keyboard.moc"
