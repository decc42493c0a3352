// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
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
#include "views/hotreloadview.h"
#include "views/inspector.h"
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

namespace {

constexpr int LayoutVersion = 1; // of the docks; an older one is not restored
constexpr int RecentLength = 10;

QStringList recentFolders()
{
    return QSettings().value("recent").toStringList();
}

} // namespace

MainWindow::MainWindow(WindowServices services, QWidget *parent)
    : QMainWindow(parent)
    , m_services(std::move(services))
    , m_models(new SourceModels(this))
    , m_actions(new Actions(this))
    , m_banners(new BannerStack(this))
    , m_stack(new QStackedWidget(this))
    , m_tabs(new QTabWidget(this))
    , m_welcome(new WelcomePage(this))
    , m_tree(new WorkspaceView(m_models, this))
    , m_hotReload(new HotReloadView(m_models, this))
    , m_routes(new RoutesView(m_models, this))
    , m_inspector(new Inspector(m_models, this))
    , m_logs(new LogsView(m_models, this))
    , m_jobs(new JobsView(m_models, this))
    , m_problems(new ProblemsView(m_models, this))
    , m_status(new StatusBar(this))
{
    setObjectName(u"mainWindow"_s);
    setAcceptDrops(true);
    setDockNestingEnabled(true);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    setStatusBar(m_status);
    m_banners->setObjectName(u"banners"_s);
    m_tabs->setObjectName(u"centreTabs"_s);
    m_tabs->setDocumentMode(true);
    m_hotReload->setObjectName(u"hotReload"_s);
    m_routes->setObjectName(u"routes"_s);
    m_tabs->addTab(m_hotReload, tr("Hot reload"));
    m_tabs->addTab(m_routes, tr("Routes"));
    auto *page = new QWidget(this);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_banners);
    column->addWidget(m_tabs, 1);
    m_stack->addWidget(m_welcome);
    m_stack->addWidget(page);
    setCentralWidget(m_stack);
    makeDocks();
    makeToolBar();
    makeMenus();
    m_palette = new CommandPalette(this);
    connectActions();
    connectViews();
    m_welcome->setRecent(recentFolders());
    resize(1280, 800);
    restoreLayout();
    showSource(false);
    m_tree->setFocus();
}

MainWindow::~MainWindow()
{
    m_models->setSource(nullptr);
    m_routes->setSource(nullptr);
    m_inspector->setSource(nullptr);
    m_status->setSource(nullptr);
}

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
    for (QDockWidget *side : {m_treeDock, m_inspectorDock})
        side->setTitleBarWidget(new DockTitle(side));
    tabifyDockWidget(m_logsDock, m_problemsDock);
    tabifyDockWidget(m_problemsDock, m_jobsDock);
    // Their tabs are their titles.
    for (QDockWidget *bottom : {m_logsDock, m_problemsDock, m_jobsDock})
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
    m_toolBar->addActions({m_actions->reloadPlugin, m_actions->generateTypes});
    m_toolBar->addSeparator();
    m_toolBar->addAction(m_actions->pause);
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
    file->addAction(m_actions->closeWorkspace);
    file->addAction(m_actions->quit);
    QMenu *server = menuBar()->addMenu(tr("&Server"));
    server->addActions({m_actions->start, m_actions->stop, m_actions->restart});
    server->addSeparator();
    server->addActions({m_actions->reloadPlugin, m_actions->generateTypes});
    server->addSeparator();
    server->addAction(m_actions->pause);
    QMenu *view = menuBar()->addMenu(tr("&View"));
    view->addActions({m_actions->showHotReload, m_actions->showRoutes});
    view->addSeparator();
    view->addActions({m_actions->showLogs, m_actions->showProblems, m_actions->showJobs});
    view->addSeparator();
    for (QDockWidget *dock : {m_treeDock, m_inspectorDock, m_logsDock, m_problemsDock, m_jobsDock})
        view->addAction(dock->toggleViewAction());
    view->addSeparator();
    view->addActions({m_actions->focusTree, m_actions->focusLogs, m_actions->clearLogs});
    view->addSeparator();
    QMenu *theme = view->addMenu(tr("Theme"));
    theme->addActions({m_actions->themeSystem, m_actions->themeLight, m_actions->themeDark});
    QMenu *help = menuBar()->addMenu(tr("&Help"));
    help->addActions({m_actions->palette, m_actions->shortcuts});
}

template <class T>
void MainWindow::report(const QString &key, const Result<T> &result)
{
    if (result)
        m_banners->remove(key);
    else
        m_banners->showError(key, result.error());
}

void MainWindow::connectActions()
{
    const auto on = [this](QAction *action, auto slot) { connect(action, &QAction::triggered, this, slot); };
    on(m_actions->start, [this] {
        m_source->startServer().then(this, [this](const Result<> &result) { report(u"server"_s, result); });
    });
    on(m_actions->stop, [this] { stopServer(); });
    on(m_actions->restart, [this] {
        m_source->restartServer().then(this, [this](const Result<> &result) { report(u"server"_s, result); });
    });
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
    const auto showRoute = [this](const QString &route) {
        showTab(u"routes"_s);
        m_routes->showRoute(route);
    };
    connect(m_tree, &WorkspaceView::routeActivated, this, showRoute);
    connect(m_tree, &WorkspaceView::logsRequested, this, [this](const QString &plugin) {
        showTab(u"logsDock"_s);
        m_logs->showPlugin(plugin);
    });
    connect(m_inspector, &Inspector::openRequested, this, &MainWindow::openInEditor);
    connect(m_inspector, &Inspector::reloadRequested, this, &MainWindow::reload);
    connect(m_inspector, &Inspector::routeRequested, this, showRoute);
    connect(m_inspector, &Inspector::pluginRequested, this,
            [this](const QString &plugin) { m_tree->select(m_models->tree.plugin(plugin)); });
    connect(m_hotReload, &HotReloadView::openRequested, this, &MainWindow::openInEditor);
    connect(m_routes, &RoutesView::openRequested, this, &MainWindow::openInEditor);
    connect(m_problems, &ProblemsView::openRequested, this, &MainWindow::openInEditor);
    connect(m_logs, &LogsView::locationActivated, this, &MainWindow::openInEditor);
    connect(m_jobs, &JobsView::outputRequested, this, &MainWindow::showOutput);
    connect(m_jobs, &JobsView::cancelRequested, this, [this](qint64 job) { m_source->cancelJob(job); });
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

void MainWindow::refresh()
{
    m_actions->refresh(m_source.get(), m_source ? m_tree->currentPlugin() : QString());
}

void MainWindow::showSource(bool open)
{
    m_stack->setCurrentIndex(open ? 1 : 0);
    if (!open)
        m_layoutBefore = QMainWindow::saveState(LayoutVersion);
    for (QDockWidget *dock : {m_treeDock, m_inspectorDock, m_logsDock, m_problemsDock, m_jobsDock}) {
        if (!open)
            dock->hide();
        dock->toggleViewAction()->setEnabled(open);
    }
    m_toolBar->setVisible(open);
    if (open) {
        QMainWindow::restoreState(m_layoutBefore, LayoutVersion);
        m_toolBar->show();
    }
    refresh();
}

void MainWindow::openWorkspace(const QString &folder)
{
    const QString root = QDir(folder).absolutePath();
    if (m_source && m_source->root() == root)
        return;
    if (m_source) {
        m_opening = root;
        return closeWorkspace();
    }
    if (!QDir(root).exists()) {
        m_welcome->banners()->showError(u"open"_s, {u"no-folder"_s, tr("The folder is not there."), {}, root,
                                                    tr("Choose another folder, or remove it from the list.")});
        return;
    }
    openSource(m_services.makeSource(root));
}

void MainWindow::openSample()
{
    // The first time it is copied, which takes a moment.
    m_services.sampleFolder().then(this, [this](const Result<QString> &folder) {
        if (folder)
            openWorkspace(*folder);
        else
            (m_source ? m_banners : m_welcome->banners())->showError(u"sample"_s, folder.error());
    });
}

void MainWindow::openSource(std::unique_ptr<Source> source)
{
    m_source = std::move(source);
    Source *s = m_source.get();
    m_banners->clear();
    m_welcome->banners()->clear();
    m_models->setSource(s);
    m_routes->setSource(s);
    m_inspector->setSource(s);
    m_status->setSource(s);
    for (const auto signal : {&Source::workspaceChanged, &Source::inspectionChanged})
        connect(s, signal, this, &MainWindow::refresh);
    connect(s, &Source::serverChanged, this, [this](const session::ServerStatus &status) {
        refresh();
        const bool crashed = status.state == session::ServerState::Crashed;
        if (!crashed)
            return m_banners->remove(u"crash"_s);
        Banner *banner = m_banners->show(u"crash"_s, words::Tone::Error, tr("The server has crashed"), status.message);
        connect(banner->addAction(tr("Start again"), u"crashStart"_s, true), &QPushButton::clicked, m_actions->start,
                &QAction::trigger);
        connect(banner->addAction(tr("Show logs"), u"crashLogs"_s), &QPushButton::clicked, m_actions->showLogs,
                &QAction::trigger);
    });
    connect(s, &Source::pausedChanged, this, &MainWindow::refresh);
    connect(s, &Source::trustNeeded, this, &MainWindow::showTrustPrompt);
    connect(s, &Source::opened, this, [this] {
        remember(m_source->root());
        const QString name = m_source->workspace().name;
        setWindowTitle(tr("%1 – Paddock").arg(name.isEmpty() ? QDir(m_source->root()).dirName() : name));
        refresh();
        Q_EMIT workspaceOpened();
    });
    connect(s, &Source::openFailed, this, [this](const Error &error) {
        m_welcome->banners()->showError(u"open"_s, error);
        finishClosing();
    }, Qt::QueuedConnection);
    connect(s, &Source::closed, this, &MainWindow::finishClosing, Qt::QueuedConnection);
    setWindowTitle(tr("%1 – Paddock").arg(QDir(s->root()).dirName()));
    showSource(true);
    s->open();
}

void MainWindow::showTrustPrompt()
{
    const trust::Summary summary = trust::summaryOf(m_source->root(), m_source->workspace());
    Banner *banner = m_banners->show(u"trust"_s, words::Tone::Accent,
                                     tr("Do you trust the code in “%1”?").arg(QDir(m_source->root()).dirName()),
                                     trust::text(summary));
    banner->setClosable(false);
    QPushButton *yes = banner->addAction(tr("Trust and start"), u"trustAccept"_s, true);
    QPushButton *no = banner->addAction(tr("Keep looking without running"), u"trustDecline"_s);
    connect(yes, &QPushButton::clicked, this, [this] {
        m_banners->remove(u"trust"_s);
        m_source->trust();
        refresh();
    });
    connect(no, &QPushButton::clicked, this, [this] {
        m_banners->remove(u"trust"_s);
        Banner *note = m_banners->show(u"untrusted"_s, words::Tone::Info, tr("Nothing of this workspace runs"),
                                       tr("The tree and the problems come from reading its files alone."));
        connect(note->addAction(tr("Trust and start"), u"trustLater"_s), &QPushButton::clicked, this, [this] {
            m_banners->remove(u"untrusted"_s);
            m_source->trust();
            refresh();
        });
    });
    refresh();
}

void MainWindow::reload(const QString &plugin)
{
    if (!m_source || plugin.isEmpty())
        return;
    showTab(u"hotReload"_s);
    m_source->reloadPlugin(plugin, false).then(this, [this](const Result<session::ChangeRecord> &result) {
        report(u"reload"_s, result); // a swap that was rejected shows in the feed; here is what could not even begin
    });
}

void MainWindow::stopServer()
{
    const auto go = [this] {
        m_source->stopServer().then(this, [this](const Result<> &result) { report(u"server"_s, result); });
    };
    if (m_source->pendingWork() == 0)
        return go();
    confirmThen(tr("Stop the server while work is under way?"),
                tr("%n task(s) run or wait; they will be cancelled.", nullptr, m_source->pendingWork()), tr("Stop"), go);
}

void MainWindow::confirmThen(const QString &title, const QString &text, const QString &action, std::function<void()> go)
{
    auto *box = new QMessageBox(QMessageBox::NoIcon, tr("Paddock"), title, QMessageBox::Cancel, this);
    box->setObjectName(u"confirm"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(text);
    QPushButton *yes = box->addButton(action, QMessageBox::AcceptRole);
    yes->setObjectName(u"confirmAccept"_s);
    box->setDefaultButton(QMessageBox::Cancel);
    connect(yes, &QPushButton::clicked, this, [go = std::move(go)] { go(); });
    box->open();
}

void MainWindow::closeWorkspace()
{
    if (!m_source)
        return;
    if (m_source->pendingWork() > 0 && !m_isQuitting)
        return confirmThen(tr("Close the workspace while work is under way?"),
                           tr("%n task(s) run or wait; they will be cancelled.", nullptr, m_source->pendingWork()),
                           tr("Close"), [this] { m_source->close(); });
    m_source->close();
}

void MainWindow::finishClosing()
{
    if (!m_source)
        return;
    saveState();
    m_models->setSource(nullptr);
    m_routes->setSource(nullptr);
    m_inspector->setSource(nullptr);
    m_status->setSource(nullptr);
    m_source.release()->deleteLater();
    m_banners->clear();
    setWindowTitle(tr("Paddock"));
    m_welcome->setRecent(recentFolders());
    showSource(false);
    Q_EMIT workspaceClosed();
    if (m_isQuitting) {
        m_mayQuit = true;
        close();
    } else if (!m_opening.isEmpty()) {
        openWorkspace(std::exchange(m_opening, {}));
    }
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (!m_source || m_mayQuit) {
        saveState();
        event->accept();
        Q_EMIT left();
        return;
    }
    event->ignore(); // until server, jobs and watcher have ended; finishClosing() goes on
    if (m_isQuitting)
        return;
    if (m_source->pendingWork() == 0)
        return leave();
    confirmThen(tr("Quit while work is under way?"),
                tr("%n task(s) run or wait; they will be cancelled.", nullptr, m_source->pendingWork()), tr("Quit"),
                [this] { leave(); });
}

void MainWindow::leave()
{
    if (m_isQuitting)
        return;
    m_isQuitting = true;
    m_opening.clear();
    if (!m_source) {
        close();
        return;
    }
    setEnabled(false);
    m_source->close();
}

void MainWindow::openInEditor(const QString &file, int line)
{
    const QString path = QDir::isAbsolutePath(file) || !m_source ? file : QDir(m_source->root()).filePath(file);
    report(u"editor"_s, editor::open(path, line));
}

void MainWindow::chooseFolder()
{
    auto *dialog = new QFileDialog(this, tr("Open a workspace"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openWorkspace);
    dialog->open();
}

void MainWindow::showTab(const QString &objectName)
{
    for (int i = 0; i < m_tabs->count(); ++i) {
        if (m_tabs->widget(i)->objectName() == objectName)
            return m_tabs->setCurrentIndex(i);
    }
    if (auto *dock = findChild<QDockWidget *>(objectName)) {
        dock->show();
        dock->raise();
        dock->widget()->setFocus(Qt::ShortcutFocusReason);
    }
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
            commands.append({u"plugin/"_s + name, name, tr("Plugin"), u"plugin"_s, {}, true,
                             [this, name] { m_tree->select(m_models->tree.plugin(name)); }});
            commands.append({u"reload/"_s + name, tr("Reload %1").arg(name), tr("Plugin"), u"swap"_s,
                             m_actions->restart->isEnabled() ? QString() : m_actions->restart->property("why").toString(),
                             m_actions->restart->isEnabled(), [this, name] { reload(name); }});
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

void MainWindow::showShortcuts()
{
    auto *sheet = new ShortcutSheet(m_actions->all(), this);
    sheet->setAttribute(Qt::WA_DeleteOnClose);
    sheet->open();
}

void MainWindow::showOutput(const QString &title, const QStringList &lines)
{
    auto *dialog = new QDialog(this);
    dialog->setObjectName(u"jobOutput"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->resize(760, 480);
    auto *text = new QPlainTextEdit(lines.join(u'\n'), dialog);
    text->setReadOnly(true);
    text->setFont(Theme::monoFont());
    text->setFrameShape(QFrame::NoFrame);
    text->setPlaceholderText(tr("The job wrote nothing."));
    auto *column = new QVBoxLayout(dialog);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(text);
    dialog->open();
}

void MainWindow::remember(const QString &folder)
{
    QStringList recent = recentFolders();
    recent.removeAll(folder);
    recent.prepend(folder);
    QSettings().setValue("recent", QStringList(recent.first(qMin<qsizetype>(recent.size(), RecentLength))));
}

void MainWindow::saveState()
{
    QSettings settings;
    settings.setValue("window/geometry", saveGeometry());
    settings.setValue("window/state", m_source ? QMainWindow::saveState(LayoutVersion) : m_layoutBefore);
    settings.setValue("window/tab", m_tabs->currentIndex());
    settings.setValue("window/logs", m_logs->saveState());
    settings.setValue("window/treeFilter", m_tree->filterText());
}

void MainWindow::restoreLayout()
{
    const QSettings settings;
    restoreGeometry(settings.value("window/geometry").toByteArray());
    if (const QByteArray state = settings.value("window/state").toByteArray(); !state.isEmpty())
        QMainWindow::restoreState(state, LayoutVersion);
    m_tabs->setCurrentIndex(qBound(0, settings.value("window/tab").toInt(), m_tabs->count() - 1));
    m_logs->restoreState(settings.value("window/logs").toMap());
    m_tree->setFilterText(settings.value("window/treeFilter").toString());
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.size() == 1 && urls.first().isLocalFile() && QFileInfo(urls.first().toLocalFile()).isDir())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    event->acceptProposedAction();
    openWorkspace(event->mimeData()->urls().first().toLocalFile());
}

void MainWindow::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange) {
        for (QWidget *widget : findChildren<QWidget *>())
            widget->update();
    }
    QMainWindow::changeEvent(event);
}

} // namespace paddock::ui
