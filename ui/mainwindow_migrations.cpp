// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Migrations in the window: its actions, the badge of the tab, and code that waits for a migration.
#include "actions.h"
#include "mainwindow.h"
#include "source.h"
#include "views/migrationsview.h"
#include "views/workspaceview.h"
#include "widgets/banner.h"

#include <QPushButton>
#include <QTabWidget>

using namespace Qt::StringLiterals;

namespace paddock::ui {

void MainWindow::connectMigrations()
{
    const auto on = [this](QAction *action, auto slot) {
        connect(action, &QAction::triggered, this, [this, slot] {
            showTab(u"migrations"_s);
            slot();
        });
    };
    on(m_actions->showMigrations, [this] { m_migrations->showPage(MigrationsView::Page::List); });
    on(m_actions->showSchema, [this] { m_migrations->showPage(MigrationsView::Page::Schema); });
    on(m_actions->showQuery, [this] { m_migrations->showPage(MigrationsView::Page::Query); });
    on(m_actions->runMigrations, [this] { m_migrations->runPending(); });
    on(m_actions->rehearseMigrations, [this] { m_migrations->rehearsePending(); });
    on(m_actions->newMigration, [this] { m_migrations->createMigration(m_tree->currentPlugin()); });
    on(m_actions->backUp, [this] { m_migrations->makeBackup(); });
    on(m_actions->giveDatabase, [this] { m_migrations->giveDatabase(); });
    connect(m_actions->applyHeld, &QAction::triggered, this, [this] { m_migrations->applyHeld(); });
    connect(m_migrations, &MigrationsView::openRequested, this, &MainWindow::openInEditor);
    connect(m_migrations, &MigrationsView::pendingChanged, this, [this](int count) {
        const int tab = m_tabs->indexOf(m_migrations);
        m_tabs->setTabText(tab, count > 0 ? tr("Migrations (%1)").arg(count) : tr("Migrations"));
        m_tabs->setTabToolTip(tab, count > 0 ? tr("%n migration(s) have not run", nullptr, count) : QString());
    });
    connect(m_tree, &WorkspaceView::migrationActivated, this, [this](const QString &plugin, const QString &name) {
        showTab(u"migrations"_s);
        m_migrations->showMigration(plugin, name);
    });
}

void MainWindow::connectMigrations(Source *source)
{
    m_migrations->setSource(source);
    connect(source, &Source::heldForChanged, this, &MainWindow::showHeld);
    if (session::MigrationDesk *desk = source->migrations())
        for (const auto signal : {&session::MigrationDesk::statusChanged, &session::MigrationDesk::activityChanged})
            connect(desk, signal, this, &MainWindow::refresh);
}

/// Code that needs a migration which has not run, and the one button that does both.
void MainWindow::showHeld()
{
    refresh();
    const QStringList needs = m_source->heldFor();
    if (needs.isEmpty())
        return m_banners->remove(u"held"_s);
    Banner *banner = m_banners->show(
        u"held"_s, words::Tone::Warn, tr("Code waits for %n migration(s)", nullptr, int(needs.size())),
        tr("%1. The earlier code serves on. Both come into service together, or neither.").arg(needs.join(u", "_s)));
    banner->setClosable(false);
    connect(banner->addAction(tr("Run and swap"), u"heldApply"_s, true), &QPushButton::clicked, this,
            [this] { m_migrations->applyHeld(); });
    connect(banner->addAction(tr("Look"), u"heldShow"_s), &QPushButton::clicked, this, [this, need = needs.first()] {
        showTab(u"migrations"_s);
        m_migrations->showMigration(need.section(u'/', 0, 0), need.section(u'/', 1));
    });
}

} // namespace paddock::ui
