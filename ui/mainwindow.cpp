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
#include "views/historyview.h"
#include "views/hotreloadview.h"
#include "views/inspector.h"
#include "views/jobsview.h"
#include "views/journalview.h"
#include "views/logsview.h"
#include "views/migrationsview.h"
#include "views/routesview.h"
#include "views/tables.h"
#include "views/typesview.h"
#include "views/welcomepage.h"
#include "views/workspaceview.h"
#include "widgets/banner.h"
#include "widgets/docktitle.h"
#include "widgets/focusring.h"
#include "widgets/misc.h"
#include "widgets/plaintips.h"

#include "models/roles.h"

#include <QCloseEvent>
#include <QDir>
#include <QDockWidget>
#include <QFileDialog>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
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

constexpr int RecentLength = 10;

} // namespace

MainWindow::MainWindow(WindowServices services, QWidget *parent)
    : QMainWindow(parent),
      m_services(std::move(services)),
      m_models(new SourceModels(this)),
      m_actions(new Actions(this)),
      m_banners(new BannerStack(this)),
      m_stack(new QStackedWidget(this)),
      m_tabs(new QTabWidget(this)),
      m_welcome(new WelcomePage(this)),
      m_tree(new WorkspaceView(m_models, this)),
      m_hotReload(new HotReloadView(m_models, this)),
      m_types(new TypesView(m_actions, this)),
      m_migrations(new MigrationsView(this)),
      m_routes(new RoutesView(m_models, this)),
      m_history(new HistoryView(this)),
      m_inspector(new Inspector(m_models, this)),
      m_logs(new LogsView(m_models, this)),
      m_jobs(new JobsView(m_models, this)),
      m_journal(new JournalView(m_models, this)),
      m_problems(new ProblemsView(m_models, this)),
      m_status(new StatusBar(this))
{
    setObjectName(u"mainWindow"_s);
    qApp->installEventFilter(new PlainTips(this));
    new FocusRing(this);
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
    m_types->setObjectName(u"types"_s);
    m_migrations->setObjectName(u"migrations"_s);
    m_routes->setObjectName(u"routes"_s);
    m_history->setObjectName(u"history"_s);
    m_tabs->addTab(m_hotReload, tr("Hot reload"));
    m_tabs->addTab(m_types, tr("Types"));
    m_tabs->addTab(m_migrations, tr("Migrations"));
    m_tabs->addTab(m_routes, tr("Routes"));
    m_tabs->addTab(m_history, tr("History"));
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
    connectTypes();
    connectMigrations();
    m_welcome->setRecent(recentFolders());
    resize(1280, 800);
    restoreLayout();
    showSource(false);
    m_tree->setFocus();
}

MainWindow::~MainWindow()
{
    m_jobs->setSource(nullptr);
    m_models->setSource(nullptr);
    m_types->setSource(nullptr);
    m_routes->setSource(nullptr);
    m_migrations->setSource(nullptr);
    m_inspector->setSource(nullptr);
    m_status->setSource(nullptr);
}

void MainWindow::report(const QString &key, const Error *error)
{
    if (error)
        m_banners->showError(key, *error);
    else
        m_banners->remove(key);
}

void MainWindow::refresh()
{
    m_actions->refresh(m_source.get(), m_source ? m_tree->currentPlugin() : QString());
    refreshTypes();
}

void MainWindow::showSource(bool open)
{
    m_stack->setCurrentIndex(open ? 1 : 0);
    if (!open)
        m_layoutBefore = QMainWindow::saveState(LayoutVersion);
    for (QDockWidget *dock : {m_treeDock, m_inspectorDock, m_logsDock, m_problemsDock, m_jobsDock, m_journalDock}) {
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
        m_welcome->banners()->showError(u"open"_s, {u"no-folder"_s,
                                                    tr("The folder is not there."),
                                                    {},
                                                    root,
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
    if (m_source)
        finishClosing(); // all that shows it lets go of it first
    m_source = std::move(source);
    Source *s = m_source.get();
    m_banners->clear();
    m_welcome->banners()->clear();
    m_models->setSource(s);
    m_types->setSource(s);
    m_routes->setSource(s);
    m_inspector->setSource(s);
    m_status->setSource(s);
    for (const auto signal : {&Source::workspaceChanged, &Source::inspectionChanged})
        connect(s, signal, this, &MainWindow::refresh);
    connect(s, &Source::serverChanged, this, [this](const session::ServerStatus &status) {
        refresh();
        showServer(status);
    });
    connect(s, &Source::pausedChanged, this, &MainWindow::refresh);
    connectPipeline(s);
    connectMigrations(s);
    connect(s, &Source::trustNeeded, this, &MainWindow::showTrustPrompt);
    connect(s, &Source::opened, this, [this] {
        remember(m_source->root());
        const QString name = m_source->workspace().name;
        setWindowTitle(tr("%1 – Paddock").arg(name.isEmpty() ? QDir(m_source->root()).dirName() : name));
        refresh();
        Q_EMIT workspaceOpened();
    });
    // Both come later, when another one may have been opened.
    const auto closed = [this, s] {
        if (m_source.get() == s)
            finishClosing();
    };
    connect(s, &Source::closed, this, closed, Qt::QueuedConnection);
    const auto failed = [this, closed](const Error &error) {
        m_welcome->banners()->showError(u"open"_s, error);
        closed();
    };
    connect(s, &Source::openFailed, this, failed, Qt::QueuedConnection);
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

void MainWindow::confirmThen(const QString &title, const QString &text, const QString &action, std::function<void()> go)
{
    auto *box = new QMessageBox(QMessageBox::NoIcon, tr("Paddock"), title, QMessageBox::Cancel, this);
    box->setObjectName(u"confirm"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(plainTip(text)); // whose format cannot be set
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
                           tr("Close"), [this] {
                               if (m_source)
                                   m_source->close();
                           });
    m_source->close();
}

void MainWindow::finishClosing()
{
    if (!m_source)
        return;
    saveState();
    m_models->setSource(nullptr);
    m_jobs->setSource(nullptr);
    m_history->setFile({});
    m_types->setSource(nullptr);
    m_routes->setSource(nullptr);
    m_migrations->setSource(nullptr);
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

/// What lies behind another tab of the docks is visible to Qt, which keeps it beyond the window's edge; keys must not
/// get lost there.
bool MainWindow::focusNextPrevChild(bool next)
{
    const auto isBehind = [this](const QWidget *widget) {
        while (widget && !qobject_cast<const QDockWidget *>(widget))
            widget = widget->parentWidget();
        return widget && widget->window() == this && !rect().intersects(widget->geometry());
    };
    const QWidget *before = focusWidget();
    do {
        if (!QMainWindow::focusNextPrevChild(next))
            return false;
    } while (focusWidget() != before && isBehind(focusWidget()));
    return true;
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

void MainWindow::showShortcuts()
{
    auto *sheet = new ShortcutSheet(m_actions->all(), this);
    sheet->setAttribute(Qt::WA_DeleteOnClose);
    sheet->open();
}

BannerStack *MainWindow::welcomeBanners() const
{
    return m_welcome->banners();
}

QStringList MainWindow::recentFolders()
{
    return QSettings().value("recent").toStringList();
}

void MainWindow::remember(const QString &folder)
{
    QStringList recent = recentFolders();
    recent.removeAll(folder);
    recent.prepend(folder);
    QSettings().setValue("recent", QStringList(recent.first(qMin<qsizetype>(recent.size(), RecentLength))));
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
