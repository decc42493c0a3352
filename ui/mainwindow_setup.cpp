// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How the window is put together; what it does is in mainwindow.cpp.
#include "mainwindow.h"

#include "actions.h"
#include "commandpalette.h"
#include "editor.h"
#include "shortcutsheet.h"
#include "source.h"
#include "sourcemodels.h"
#include "statusbar.h"
#include "theme/icons.h"
#include "trust.h"
#include "views/historyview.h"
#include "views/hotreloadview.h"
#include "views/inspector.h"
#include "views/jobsview.h"
#include "views/journalview.h"
#include "views/logsview.h"
#include "views/routesview.h"
#include "views/tables.h"
#include "views/welcomepage.h"
#include "views/workspaceview.h"
#include "widgets/banner.h"
#include "widgets/docktitle.h"
#include "widgets/misc.h"

#include "models/roles.h"

#include <QCloseEvent>
#include <QDialog>
#include <QDir>
#include <QDockWidget>
#include <QFileDialog>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QTabBar>
#include <QTabWidget>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace paddock::ui {

void MainWindow::makeDocks()
{
    const auto dock = [this](const char *name, const QString &title, QWidget *content, Qt::DockWidgetArea area) {
        auto *result = new QDockWidget(title, this);
        result->setObjectName(QString::fromLatin1(name));
        result->setWidget(content);
        addDockWidget(area, result);
        return result;
    };
    m_treeDock = dock("workspaceDock", tr("Workspace"), m_tree, Qt::LeftDockWidgetArea);
    m_inspectorDock = dock("inspectorDock", tr("Inspector"), m_inspector, Qt::RightDockWidgetArea);
    m_logsDock = dock("logsDock", tr("Logs"), m_logs, Qt::BottomDockWidgetArea);
    m_problemsDock = dock("problemsDock", tr("Problems"), m_problems, Qt::BottomDockWidgetArea);
    m_jobsDock = dock("jobsDock", tr("Jobs"), m_jobs, Qt::BottomDockWidgetArea);
    m_journalDock = dock("journalDock", tr("Journal"), m_journal, Qt::BottomDockWidgetArea);
    for (QDockWidget *side : {m_treeDock, m_inspectorDock})
        side->setTitleBarWidget(new DockTitle(side));
    tabifyDockWidget(m_logsDock, m_problemsDock);
    tabifyDockWidget(m_problemsDock, m_jobsDock);
    tabifyDockWidget(m_jobsDock, m_journalDock);
    // Their tabs are their titles.
    for (QDockWidget *bottom : {m_logsDock, m_problemsDock, m_jobsDock, m_journalDock})
        bottom->setTitleBarWidget(new QWidget(bottom));
    m_logsDock->raise();
    m_tree->setMinimumWidth(200);
    m_inspector->setMinimumWidth(200);
    resizeDocks({m_treeDock, m_inspectorDock}, {248, 240}, Qt::Horizontal);
    resizeDocks({m_logsDock}, {232}, Qt::Vertical);
}

void MainWindow::makeToolBar()
{
    m_toolBar = addToolBar(tr("Main"));
    m_toolBar->setObjectName(u"toolBar"_s);
    m_toolBar->setMovable(false);
    m_toolBar->setFloatable(false);
    m_toolBar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_toolBar->addActions({m_actions->start, m_actions->stop, m_actions->restart});
    m_toolBar->addSeparator();
    m_toolBar->addActions({m_actions->reloadPlugin, m_actions->generateTypes, m_actions->runMigrations});
    m_toolBar->addSeparator();
    m_toolBar->addActions({m_actions->focusPlugin, m_actions->pause});
    auto *space = new QWidget(m_toolBar);
    space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_toolBar->addWidget(space);
    m_toolBar->addAction(m_actions->palette);
    for (QAction *action : m_toolBar->actions()) {
        if (auto *button = qobject_cast<QToolButton *>(m_toolBar->widgetForAction(action))) {
            button->setObjectName(action->objectName() + u"Button"_s);
            button->setFocusPolicy(Qt::TabFocus);
        }
    }
}

void MainWindow::makeMenus()
{
    QMenu *file = menuBar()->addMenu(tr("&File"));
    file->addAction(m_actions->openFolder);
    file->addAction(m_actions->openSample);
    QMenu *recent = file->addMenu(tr("Open recent"));
    recent->setObjectName(u"recentMenu"_s);
    connect(recent, &QMenu::aboutToShow, this, [this, recent] {
        recent->clear();
        for (const QString &folder : recentFolders())
            recent->addAction(folder, this, [this, folder] { openWorkspace(folder); });
        if (recent->isEmpty())
            recent->addAction(tr("None yet"))->setEnabled(false);
    });
    file->addSeparator();
    file->addActions({m_actions->openHistory, m_actions->exportHistory});
    file->addSeparator();
    file->addAction(m_actions->closeWorkspace);
    file->addAction(m_actions->quit);
    QMenu *server = menuBar()->addMenu(tr("&Server"));
    server->addActions({m_actions->start, m_actions->stop, m_actions->restart, m_actions->attach});
    server->addSeparator();
    server->addActions({m_actions->reloadPlugin, m_actions->rollback, m_actions->generateTypes});
    server->addSeparator();
    server->addActions({m_actions->focusPlugin, m_actions->pause, m_actions->manual, m_actions->applyWaiting});
    QMenu *restarts = server->addMenu(tr("When a change needs a restart"));
    restarts->addActions(
        {m_actions->restartYes, m_actions->restartAsk, m_actions->restartNo, m_actions->restartAlways});
    server->addSeparator();
    server->addAction(m_actions->doctor);
    QMenu *types = menuBar()->addMenu(tr("&Types"));
    types->addActions({m_actions->generateTypes, m_actions->saveBaseline, m_actions->approveTypes});
    types->addSeparator();
    types->addActions({m_actions->nextDifference, m_actions->previousDifference, m_actions->findInDifference});
    types->addSeparator();
    types->addActions({m_actions->sideBySide, m_actions->foldEqual});
    QMenu *database = menuBar()->addMenu(tr("&Database"));
    database->addActions({m_actions->applyHeld, m_actions->runMigrations, m_actions->rehearseMigrations});
    database->addSeparator();
    database->addActions({m_actions->newMigration, m_actions->backUp, m_actions->giveDatabase});
    database->addSeparator();
    database->addActions({m_actions->showSchema, m_actions->showQuery});
    QMenu *view = menuBar()->addMenu(tr("&View"));
    view->addActions({m_actions->showHotReload, m_actions->showTypes, m_actions->showMigrations, m_actions->showRoutes,
                      m_actions->showHistory});
    view->addSeparator();
    view->addActions({m_actions->showLogs, m_actions->showProblems, m_actions->showJobs, m_actions->showJournal});
    view->addSeparator();
    for (QDockWidget *dock : {m_treeDock, m_inspectorDock, m_logsDock, m_problemsDock, m_jobsDock, m_journalDock})
        view->addAction(dock->toggleViewAction());
    view->addSeparator();
    view->addActions({m_actions->focusTree, m_actions->focusLogs, m_actions->focusJournal, m_actions->clearLogs});
    view->addSeparator();
    QMenu *theme = view->addMenu(tr("Theme"));
    theme->addActions({m_actions->themeSystem, m_actions->themeLight, m_actions->themeDark});
    QMenu *help = menuBar()->addMenu(tr("&Help"));
    help->addActions({m_actions->palette, m_actions->shortcuts});
}

void MainWindow::connectActions()
{
    const auto on = [this](QAction *action, auto slot) { connect(action, &QAction::triggered, this, slot); };
    on(m_actions->start, [this] {
        m_source->startServer().then(this, [this](const Result<> &result) {
            if (result || !askToMigrate(result.error(), [this] { restartServer(true); }))
                report(u"server"_s, result);
        });
    });
    on(m_actions->stop, [this] { stopServer(); });
    on(m_actions->restart, [this] { restartServer(); });
    on(m_actions->attach, [this] { showAttach(); });
    on(m_actions->rollback, [this] { rollback(m_tree->currentPlugin(), 0); });
    on(m_actions->reloadPlugin, [this] { reload(m_tree->currentPlugin()); });
    on(m_actions->generateTypes, [this] {
        m_source->generateTypes().then(this, [this](const Result<> &result) { report(u"types"_s, result); });
    });
    on(m_actions->pause, [this] {
        if (m_source->isPaused())
            m_source->resume();
        else
            m_source->pause();
        refresh();
    });
    connectPipelineActions();
    on(m_actions->openFolder, [this] { chooseFolder(); });
    on(m_actions->openSample, [this] { openSample(); });
    on(m_actions->closeWorkspace, [this] { closeWorkspace(); });
    on(m_actions->quit, [this] { close(); });
    on(m_actions->palette, [this] { openPalette(); });
    on(m_actions->shortcuts, [this] { showShortcuts(); });
    on(m_actions->focusTree, [this] {
        m_treeDock->show();
        m_tree->focusFilter();
    });
    on(m_actions->focusLogs, [this] {
        showTab(u"logsDock"_s);
        m_logs->focusFilter();
    });
    on(m_actions->clearLogs, [this] { m_models->logs.clear(); });
    on(m_actions->showHotReload, [this] { showTab(u"hotReload"_s); });
    on(m_actions->showRoutes, [this] { showTab(u"routes"_s); });
    on(m_actions->showLogs, [this] { showTab(u"logsDock"_s); });
    on(m_actions->showJobs, [this] { showTab(u"jobsDock"_s); });
    on(m_actions->showJournal, [this] { showTab(u"journalDock"_s); });
    on(m_actions->focusJournal, [this] {
        showTab(u"journalDock"_s);
        m_journal->focusFilter();
    });
    on(m_actions->showProblems, [this] { showTab(u"problemsDock"_s); });
    const auto theme = [this](QAction *action, ThemeChoice choice, const QString &name) {
        connect(action, &QAction::triggered, this, [choice, name] {
            Theme::instance()->setChoice(choice);
            QSettings().setValue("theme", name);
        });
        action->setChecked(Theme::instance()->choice() == choice);
    };
    theme(m_actions->themeSystem, ThemeChoice::System, u"system"_s);
    theme(m_actions->themeLight, ThemeChoice::Light, u"light"_s);
    theme(m_actions->themeDark, ThemeChoice::Dark, u"dark"_s);
}

void MainWindow::connectViews()
{
    connect(m_tree, &WorkspaceView::currentChanged, this, [this](const QModelIndex &index) {
        m_inspector->show(index);
        refresh();
    });
    connect(m_tree, &WorkspaceView::openRequested, this, &MainWindow::openInEditor);
    connect(m_tree, &WorkspaceView::reloadRequested, this, &MainWindow::reload);
    connect(m_tree, &WorkspaceView::rollbackRequested, this, &MainWindow::rollback);
    const auto showRoute = [this](const QString &route) {
        showTab(u"routes"_s);
        m_routes->showRoute(route);
    };
    connect(m_tree, &WorkspaceView::routeActivated, this, showRoute);
    connect(m_tree, &WorkspaceView::logsRequested, this, [this](const QString &plugin) {
        showTab(u"logsDock"_s);
        m_logs->showPlugin(plugin);
    });
    connect(m_status, &StatusBar::migrateRequested, this, &MainWindow::migrateAndStart);
    connect(m_inspector, &Inspector::openRequested, this, &MainWindow::openInEditor);
    connect(m_inspector, &Inspector::reloadRequested, this, &MainWindow::reload);
    connect(m_inspector, &Inspector::rollbackRequested, this, &MainWindow::rollback);
    connect(m_inspector, &Inspector::routeRequested, this, showRoute);
    connect(m_inspector, &Inspector::pluginRequested, this,
            [this](const QString &plugin) { m_tree->selectPlugin(plugin); });
    connect(m_hotReload, &HotReloadView::openRequested, this, &MainWindow::openInEditor);
    connect(m_routes, &RoutesView::openRequested, this, &MainWindow::openInEditor);
    connect(m_journal, &JournalView::changeRequested, this, &MainWindow::showChange);
    connect(m_journal, &JournalView::openRequested, this, &MainWindow::openInEditor);
    connect(m_problems, &ProblemsView::openRequested, this, &MainWindow::openInEditor);
    connect(m_logs, &LogsView::locationActivated, this, &MainWindow::openInEditor);
    connect(m_welcome, &WelcomePage::sampleRequested, this, &MainWindow::openSample);
    connect(m_welcome, &WelcomePage::folderRequested, this, &MainWindow::chooseFolder);
    connect(m_welcome, &WelcomePage::workspaceRequested, this, &MainWindow::openWorkspace);
    connect(m_welcome, &WelcomePage::forgetRequested, this, [this](const QString &folder) {
        QStringList recent = recentFolders();
        recent.removeAll(folder);
        QSettings().setValue("recent", recent);
        m_welcome->setRecent(recent);
    });
    const auto countProblems = [this] {
        const int count = m_models->problems.rowCount();
        m_problemsDock->setWindowTitle(count > 0 ? tr("Problems (%1)").arg(count) : tr("Problems"));
    };
    connect(&m_models->problems, &QAbstractItemModel::rowsInserted, this, countProblems);
    connect(&m_models->problems, &QAbstractItemModel::rowsRemoved, this, countProblems);
    const auto countJobs = [this] {
        const int count = m_models->jobs.running();
        m_jobsDock->setWindowTitle(count > 0 ? tr("Jobs (%1)").arg(count) : tr("Jobs"));
    };
    connect(&m_models->jobs, &QAbstractItemModel::rowsInserted, this, countJobs);
    connect(&m_models->jobs, &QAbstractItemModel::rowsRemoved, this, countJobs);
    connect(&m_models->jobs, &QAbstractItemModel::dataChanged, this, countJobs);
}

void MainWindow::saveState()
{
    QSettings settings;
    settings.setValue("window/geometry", saveGeometry());
    settings.setValue("window/state", m_source ? QMainWindow::saveState(LayoutVersion) : m_layoutBefore);
    settings.setValue("window/view", m_tabs->currentWidget()->objectName());
    settings.setValue("window/logs", m_logs->saveState());
    settings.setValue("window/journal", m_journal->saveState());
    settings.setValue("window/treeFilter", m_tree->filterText());
}

void MainWindow::restoreLayout()
{
    const QSettings settings;
    restoreGeometry(settings.value("window/geometry").toByteArray());
    if (const QByteArray state = settings.value("window/state").toByteArray(); !state.isEmpty())
        QMainWindow::restoreState(state, LayoutVersion);
    if (const QString view = settings.value("window/view").toString(); !view.isEmpty())
        showTab(view);
    m_logs->restoreState(settings.value("window/logs").toMap());
    m_journal->restoreState(settings.value("window/journal").toMap());
    m_tree->setFilterText(settings.value("window/treeFilter").toString());
}

void MainWindow::openPalette()
{
    QList<Command> commands;
    for (QAction *action : m_actions->all()) {
        if (action == m_actions->palette)
            continue;
        Command command;
        command.id = action->objectName();
        command.title = action->text();
        command.group = tr("Action");
        command.icon = action->property("iconName").toString();
        command.isEnabled = action->isEnabled();
        command.hint = action->isEnabled() ? action->shortcut().toString(QKeySequence::NativeText)
                                           : action->property("why").toString();
        command.run = [action] { action->trigger(); };
        commands.append(command);
    }
    if (m_source) {
        for (const workspace::Plugin &plugin : m_source->workspace().plugins) {
            const QString name = plugin.name;
            commands.append({u"plugin/"_s + name, name, tr("Plugin"), u"plugin"_s, {}, true, [this, name] {
                                 m_tree->selectPlugin(name);
                             }});
            commands.append(
                {u"reload/"_s + name, tr("Reload %1").arg(name), tr("Plugin"), u"swap"_s,
                 m_actions->restart->isEnabled() ? QString() : m_actions->restart->property("why").toString(),
                 m_actions->restart->isEnabled(), [this, name] { reload(name); }});
        }
        const QMap<QString, int> generations = m_source->pluginGenerations();
        for (auto it = generations.begin(); it != generations.end(); ++it) {
            const QString name = it.key();
            const bool canGoBack = m_actions->restart->isEnabled() && it.value() > 1;
            commands.append({u"rollback/"_s + name, tr("Put the earlier generation of %1 back").arg(name), tr("Plugin"),
                             u"history"_s, canGoBack ? QString() : tr("there is no earlier one"), canGoBack,
                             [this, name] { rollback(name, 0); }});
        }
        for (const workspace::Route &route : m_source->workspace().routes) {
            const QString name = route.name;
            commands.append({u"route/"_s + name, name, tr("Route"), u"route"_s, {}, true, [this, name] {
                                 showTab(u"routes"_s);
                                 m_routes->showRoute(name);
                             }});
        }
    }
    m_palette->open(std::move(commands));
}

} // namespace paddock::ui
