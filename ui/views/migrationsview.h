// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "migrations/service.h"
#include "models/migrationmodel.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QStackedWidget;
class QTabBar;
class QTabWidget;
class QToolButton;
class QTreeView;

namespace paddock::session {
class MigrationDesk;
}

namespace paddock::ui {

class BackupsPage;
class BannerStack;
class DetailsPane;
class ElidedLabel;
class EmptyState;
class FilterEdit;
class QueryPage;
class ReportPane;
class SchemaPage;
class Source;

/// Migrations: how they stand, running, rehearsing and settling them; the schema, queries, and backups.
class MigrationsView final : public QWidget
{
    Q_OBJECT

public:
    enum class Page { List, Schema, Query, Backups };

    explicit MigrationsView(QWidget *parent = nullptr);
    ~MigrationsView() override;

    void setSource(Source *source); ///< null: none
    void showPage(Page page);
    void showMigration(const QString &plugin, const QString &name);
    [[nodiscard]] int pending() const;

    // What actions of the window do.
    void runPending();
    void rehearsePending();
    void makeBackup();
    void createMigration(const QString &plugin = {});
    void giveDatabase();
    void query(const QString &sql);
    /// Migrations and the code that waits for them, together; asks where data would be lost.
    void applyHeld(bool consent = false);

Q_SIGNALS:
    void openRequested(const QString &file, int line);
    void pendingChanged(int count);
    void jobStarted();

private:
    void makeList();
    void connectDesk();
    void showStatus();
    void showDatabase();
    void showActivity();
    void showCurrent();
    void refreshButtons();
    void askAndRun(const migrations::Selection &selection);
    void run(const migrations::Selection &selection, bool consent);
    void rehearse(const migrations::Selection &selection);
    void repair(const migrations::RepairRequest &request);
    void restore(const migrations::Backup &backup);
    void startServer();
    void restoreNow(const QString &name, bool isServerStopped);
    void confirm(const QString &title, const QString &text, const QString &action, const std::function<void()> &go);
    void report(const QString &key, const Error &error);

    Source *m_source = nullptr;               ///< likewise
    session::MigrationDesk *m_desk = nullptr; ///< outlives its being set here
    models::MigrationModel m_model;
    QTabBar *m_pages;
    QLabel *m_counts;
    QPushButton *m_run;
    QPushButton *m_rehearse;
    QToolButton *m_more;
    ElidedLabel *m_database;
    QPushButton *m_change;
    BannerStack *m_banners;
    QStackedWidget *m_stack;
    FilterEdit *m_filter;
    QTreeView *m_list;
    EmptyState *m_empty;
    QTabWidget *m_side;
    DetailsPane *m_details;
    ReportPane *m_report;
    SchemaPage *m_schema;
    QueryPage *m_query;
    BackupsPage *m_backups;
    int m_pending = 0;
    bool m_wasShown = false;
};

} // namespace paddock::ui
