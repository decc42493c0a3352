// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QFuture>
#include <QMainWindow>
#include <functional>
#include <memory>

namespace paddock::session {
struct ServerStatus;
}

class QDockWidget;
class QStackedWidget;
class QTabWidget;

namespace paddock::ui {

class Actions;
class BannerStack;
class CommandPalette;
class HistoryView;
class HotReloadView;
class Inspector;
class JobsView;
class JournalView;
class LogsView;
class MigrationsView;
class ProblemsView;
class RoutesView;
class Source;
class SourceModels;
class StatusBar;
class TypesView;
class WelcomePage;
class WorkspaceView;

/// What the window needs from the program around it.
struct WindowServices
{
    /// Makes a source for the folder; the window owns it and calls open().
    std::function<std::unique_ptr<Source>(const QString &root)> makeSource;
    /// The folder of the sample workspace, copied to a place where the user can edit it.
    std::function<QFuture<Result<QString>>()> sampleFolder;
};

/// The window: docks around the centre, toolbar, status bar. It is a view of one Source at a time and never blocks.
class MainWindow final : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(WindowServices services, QWidget *parent = nullptr);
    ~MainWindow() override;

    void openWorkspace(const QString &folder);
    void openSample();
    void openSource(std::unique_ptr<Source> source);
    void closeWorkspace();
    [[nodiscard]] Source *source() const { return m_source.get(); }
    [[nodiscard]] SourceModels *models() const { return m_models; }
    [[nodiscard]] Actions *actions() const { return m_actions; }
    [[nodiscard]] BannerStack *banners() const { return m_banners; }
    /// Stops everything without asking; `left` follows.
    void leave();
    void openPalette();
    void showShortcuts();
    void showTab(const QString &objectName); ///< of the centre or of the bottom
    void openHistoryFile(const QString &file);
    void showDoctor();

Q_SIGNALS:
    void workspaceOpened();
    void workspaceClosed();
    void left(); ///< the window is closed and nothing runs any more

protected:
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    void changeEvent(QEvent *event) override;
    bool focusNextPrevChild(bool next) override;

private:
    void makeDocks();
    void makeToolBar();
    void makeMenus();
    void connectActions();
    void connectViews();
    void refresh();
    void showSource(bool open);
    void showTrustPrompt();
    void reload(const QString &plugin);
    void openInEditor(const QString &file, int line);
    void confirmThen(const QString &title, const QString &text, const QString &action, std::function<void()> go);
    void stopServer();
    void restartServer(bool consent = false);
    /// True: the error is that migrations want a word first, and the user is asked.
    bool askToMigrate(const Error &error, const std::function<void()> &go);
    bool showWaitingStart();
    void migrateAndStart();
    void putBackByRestart(const QString &plugin, int generation, bool consent);
    void showServer(const session::ServerStatus &status);
    void showHang(const session::ServerStatus &status);
    void showAttach();
    void rollback(const QString &plugin, int generation); ///< 0: the one before
    void finishClosing();
    void chooseFolder();
    void remember(const QString &folder);
    void saveState();
    void restoreLayout();
    void connectTypes();
    void refreshTypes();
    void connectPipelineActions();
    void connectPipeline(Source *source);
    void showWaiting();
    void showChange(qint64 change);
    void showRestartQuestion(const QString &reason);
    void runJob(const QString &name);
    void connectMigrations();
    void connectMigrations(Source *source);
    void showHeld();
    void chooseHistory();
    void exportHistory(const QString &from, qint64 change);
    [[nodiscard]] BannerStack *welcomeBanners() const;
    /// Shows the error of an action that failed; success clears an earlier one.
    void report(const QString &key, const Error *error);
    template <class T>
    void report(const QString &key, const Result<T> &result)
    {
        report(key, result ? nullptr : &result.error());
    }
    [[nodiscard]] static QStringList recentFolders();

    WindowServices m_services;
    SourceModels *m_models;
    std::unique_ptr<Source> m_source;
    Actions *m_actions;
    BannerStack *m_banners;
    QStackedWidget *m_stack;
    QTabWidget *m_tabs;
    WelcomePage *m_welcome;
    WorkspaceView *m_tree;
    HotReloadView *m_hotReload;
    TypesView *m_types;
    MigrationsView *m_migrations;
    RoutesView *m_routes;
    HistoryView *m_history;
    Inspector *m_inspector;
    LogsView *m_logs;
    JobsView *m_jobs;
    JournalView *m_journal;
    ProblemsView *m_problems;
    StatusBar *m_status;
    CommandPalette *m_palette = nullptr;
    class QToolBar *m_toolBar = nullptr;
    QDockWidget *m_treeDock = nullptr, *m_inspectorDock = nullptr;
    QDockWidget *m_logsDock = nullptr, *m_jobsDock = nullptr, *m_problemsDock = nullptr, *m_journalDock = nullptr;
    static constexpr int LayoutVersion = 2; ///< of the docks; an older one is not restored

    bool m_isQuitting = false; ///< leaves as soon as the source has closed
    bool m_mayQuit = false;    ///< nothing is left to stop
    QByteArray m_layoutBefore; ///< of the docks, while the welcome page hides them
    QString m_opening;         ///< a folder to open as soon as the present one has closed
};

} // namespace paddock::ui
