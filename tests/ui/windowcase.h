// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "demosource.h"
#include "mainwindow.h"
#include "theme/theme.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QFile>
#include <QSettings>
#include <QStandardPaths>
#include <QTest>
#include <memory>

/// What tests of the real window share.
namespace paddock::tests {

class WindowCase : public QObject
{
protected:
    /// 1280×800, and seen. With settings of its own, which are empty.
    void makeWindow(ui::WindowServices services = {})
    {
        QSettings().clear();
        m_window = std::make_unique<ui::MainWindow>(std::move(services));
        m_window->resize(1280, 800);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
        m_window->activateWindow();
    }

    void closeWindow()
    {
        m_window.reset();
        m_source = nullptr;
    }

    template <class T>
    T *find(const char *name) const
    {
        T *found = m_window->findChild<T *>(QString::fromLatin1(name));
        if (!found)
            qFatal("no widget %s", name);
        return found;
    }

    void click(QAbstractItemView *view, const QModelIndex &index) const
    {
        view->scrollTo(index);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(index).center());
    }

    std::unique_ptr<ui::MainWindow> m_window;
    DemoSource *m_source = nullptr; ///< of the workspace that is open; the window has it
};

/// The `main` of such a test: its settings are in a file of its own, which goes with it.
template <class Case>
int runWindowCase(int argc, char **argv, const QString &name)
{
    QStandardPaths::setTestModeEnabled(true);
    QApplication app(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("paddock-tests"));
    QApplication::setApplicationName(QStringLiteral("%1-%2").arg(name).arg(QApplication::applicationPid()));
    const ui::Theme theme;
    Case test;
    const int status = QTest::qExec(&test, argc, argv);
    QFile::remove(QSettings().fileName());
    return status;
}

} // namespace paddock::tests
