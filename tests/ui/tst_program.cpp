// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The window on a real session of the sample, driven through the X server by xdotool: what a person does with mouse and
// keyboard reaches the program the same way.
#include "actions.h"
#include "mainwindow.h"
#include "models/roles.h"
#include "models/summarymodel.h"
#include "sessionsource.h"
#include "sourcemodels.h"
#include "theme/theme.h"

#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QProcess>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace Qt::StringLiterals;
using namespace paddock;

class ProgramTest final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<ui::MainWindow> m_window;

    template <class T>
    T *find(const char *name) const
    {
        return m_window->findChild<T *>(QString::fromLatin1(name));
    }

    void xdotool(const QStringList &arguments)
    {
        QProcess process;
        process.start(u"xdotool"_s, arguments);
        QTRY_COMPARE_WITH_TIMEOUT(process.state(), QProcess::NotRunning, 20'000); // the event loop runs meanwhile
        QCOMPARE(process.exitCode(), 0);
    }

    void clickAt(const QPoint &global)
    {
        xdotool({u"mousemove"_s, u"--sync"_s, QString::number(global.x()), QString::number(global.y()), u"click"_s,
                 u"1"_s});
    }

    void click(const QWidget *widget) { clickAt(widget->mapToGlobal(widget->rect().center())); }

    void clickRow(QAbstractItemView *view, const QModelIndex &index)
    {
        view->scrollTo(index);
        clickAt(view->viewport()->mapToGlobal(view->visualRect(index).center()));
    }

    [[nodiscard]] session::ServerStatus server() const
    {
        return m_window->source() ? m_window->source()->server() : session::ServerStatus();
    }

    [[nodiscard]] bool isUp() const
    {
        return server().state == session::ServerState::Running && server().agent == session::AgentState::Connected;
    }

    [[nodiscard]] QModelIndex firstPlugin() const
    {
        auto *model = find<QTreeView>("workspaceTree")->model();
        return model->index(0, 0, model->index(0, 0));
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_window = std::make_unique<ui::MainWindow>(ui::sessionServices());
        m_window->setGeometry(0, 0, 1280, 800);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }

    void cleanupTestCase()
    {
        if (!m_window)
            return;
        QSignalSpy left(m_window.get(), &ui::MainWindow::left);
        m_window->leave();
        QTRY_COMPARE_WITH_TIMEOUT(left.count(), 1, 30'000);
    }

    void opensTheSample()
    {
        click(find<QWidget>("openSample"));
        QTRY_VERIFY_WITH_TIMEOUT(m_window->source(), 30'000);
        QTRY_VERIFY2_WITH_TIMEOUT(isUp(), qPrintable(server().message), 60'000);
        QTRY_VERIFY(firstPlugin().isValid());
        QTRY_COMPARE(find<QLabel>("serverState")->text(), u"Running"_s);
    }

    void reloadsAPlugin()
    {
        clickRow(find<QTreeView>("workspaceTree"), firstPlugin());
        QTRY_VERIFY(m_window->actions()->reloadPlugin->isEnabled());
        const QString plugin = firstPlugin().data(models::NameRole).toString();
        const int before = firstPlugin().data(models::GenerationRole).toInt();
        const qint64 pid = server().pid;
        click(find<QWidget>("reloadPluginButton"));
        QTRY_COMPARE_GT_WITH_TIMEOUT(firstPlugin().data(models::GenerationRole).toInt(), before, 30'000);
        const auto &summary = m_window->models()->summary;
        bool shown = false;
        for (int row = 0; row < summary.rowCount(); ++row)
            shown |= summary.index(row, models::SummaryModel::LastChange).data().toString() == plugin;
        QVERIFY(shown);
        QCOMPARE(server().pid, pid);
    }

    void filtersTheTree()
    {
        auto *tree = find<QTreeView>("workspaceTree");
        const QString plugin = firstPlugin().data(models::NameRole).toString();
        const int before = tree->model()->rowCount(tree->model()->index(0, 0));
        click(find<QWidget>("treeFilter"));
        xdotool({u"type"_s, u"--delay"_s, u"20"_s, plugin});
        QTRY_COMPARE(find<QLineEdit>("treeFilter")->text(), plugin);
        QTRY_COMPARE_LT(tree->model()->rowCount(tree->model()->index(0, 0)), before);
        xdotool({u"key"_s, u"Escape"_s});
        QTRY_COMPARE(tree->model()->rowCount(tree->model()->index(0, 0)), before);
    }

    void stopsAndStartsTheServer()
    {
        const qint64 pid = server().pid;
        click(find<QWidget>("stopButton"));
        QTRY_VERIFY_WITH_TIMEOUT(server().state == session::ServerState::Stopped, 30'000);
        QTRY_COMPARE(find<QLabel>("serverState")->text(), u"Stopped"_s);
        click(find<QWidget>("startButton"));
        QTRY_VERIFY_WITH_TIMEOUT(isUp(), 60'000);
        QVERIFY(server().pid != pid);
    }
};

int main(int argc, char **argv)
{
    // Folders and a port of its own, so that it meets neither the user's sessions nor other tests.
    QTemporaryDir folder;
    QTcpServer probe;
    probe.listen(QHostAddress::LocalHost);
    for (const char *name :
         {"XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"}) {
        const QString path = folder.filePath(QString::fromLatin1(name));
        QDir().mkpath(path);
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        qputenv(name, path.toLocal8Bit());
    }
    qputenv("PORT", QByteArray::number(probe.serverPort()));
    qputenv("PADDOCK_SAMPLE_DIR", PADDOCK_SOURCE_DIR "/resources/sample");
    probe.close();
    QApplication app(argc, argv);
    QApplication::setApplicationName(u"paddock-tests"_s);
    const ui::Theme theme;
    ProgramTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_program.moc"
