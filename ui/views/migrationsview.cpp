// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/migrationsview.h"

#include "models/roles.h"
#include "session/migrationdesk.h"
#include "source.h"
#include "theme/icons.h"
#include "theme/theme.h"
#include "views/migrations/backupspage.h"
#include "views/migrations/detailspane.h"
#include "views/migrations/dialogs.h"
#include "views/migrations/migrationdelegate.h"
#include "views/migrations/querypage.h"
#include "views/migrations/reportpane.h"
#include "views/migrations/schemapage.h"
#include "widgets/banner.h"
#include "widgets/misc.h"
#include "widgets/plaintips.h"

#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QTabWidget>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace paddock::ui {

MigrationsView::MigrationsView(QWidget *parent)
    : QWidget(parent),
      m_pages(new QTabBar(this)),
      m_counts(mutedLabel({}, this)),
      m_run(new QPushButton(tr("Run pending"), this)),
      m_rehearse(new QPushButton(tr("Rehearse"), this)),
      m_more(new QToolButton(this)),
      m_database(new ElidedLabel({}, this, Qt::ElideMiddle)),
      m_change(new QPushButton(tr("Change…"), this)),
      m_banners(new BannerStack(this)),
      m_stack(new QStackedWidget(this)),
      m_filter(new FilterEdit(tr("Filter migrations"), this)),
      m_list(new QTreeView(this)),
      m_empty(new EmptyState(u"database"_s, {}, {}, this)),
      m_side(new QTabWidget(this)),
      m_details(new DetailsPane(this)),
      m_report(new ReportPane(this)),
      m_schema(new SchemaPage(this)),
      m_query(new QueryPage(this)),
      m_backups(new BackupsPage(this))
{
    m_pages->setObjectName(u"migrationPages"_s);
    m_pages->setDrawBase(false);
    m_pages->setExpanding(false);
    for (const QString &name : {tr("List"), tr("Schema"), tr("Query"), tr("Backups")})
        m_pages->addTab(name);
    m_counts->setObjectName(u"migrationCounts"_s);
    m_run->setObjectName(u"migrationRun"_s);
    m_run->setDefault(true);
    m_rehearse->setObjectName(u"migrationRehearse"_s);
    m_rehearse->setToolTip(tr("Run what is pending up, down and up again on a copy of the data"));
    for (QPushButton *button : {m_run, m_rehearse, m_change})
        button->setAutoDefault(false);
    m_more->setObjectName(u"migrationMore"_s);
    m_more->setIcon(icons::get(u"more"_s));
    m_more->setToolTip(tr("More"));
    m_more->setAccessibleName(tr("More"));
    m_more->setAutoRaise(true);
    m_more->setPopupMode(QToolButton::InstantPopup);
    auto *menu = new QMenu(m_more);
    menu->addAction(icons::get(u"database"_s), tr("New migration…"), this, [this] { createMigration(); });
    menu->addAction(icons::get(u"history"_s), tr("Back up now"), this, &MigrationsView::makeBackup);
    menu->addAction(tr("Adopt all that are not recorded"), this,
                    [this] { repair({.repair = migrations::Repair::Adopt}); });
    menu->addSeparator();
    menu->addAction(icons::get(u"restart"_s), tr("Read again"), this, [this] {
        if (m_desk)
            m_desk->refresh();
    });
    m_more->setMenu(menu);
    m_database->setObjectName(u"migrationDatabase"_s);
    m_database->setFont(Theme::smallFont());
    setInk(m_database, Theme::tokens().muted);
    m_change->setObjectName(u"migrationDatabaseChange"_s);
    m_change->setFlat(true);

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(4, 4, 8, 4);
    bar->setSpacing(8);
    bar->addWidget(m_pages);
    bar->addStretch(1);
    bar->addWidget(m_counts);
    bar->addWidget(m_rehearse);
    bar->addWidget(m_run);
    bar->addWidget(m_more);
    auto *place = new QHBoxLayout;
    place->setContentsMargins(12, 0, 8, 2);
    place->setSpacing(6);
    place->addWidget(m_database, 1);
    place->addWidget(m_change);
    makeList();
    m_stack->addWidget(m_schema);
    m_stack->addWidget(m_query);
    m_stack->addWidget(m_backups);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addLayout(place);
    column->addWidget(new Rule(Qt::Horizontal, this));
    column->addWidget(m_banners);
    column->addWidget(m_stack, 1);

    connect(Theme::instance(), &Theme::changed, this, [this] {
        setInk(m_database, Theme::tokens().muted);
        showStatus();
    });
    connect(m_pages, &QTabBar::currentChanged, m_stack, &QStackedWidget::setCurrentIndex);
    connect(m_run, &QPushButton::clicked, this, &MigrationsView::runPending);
    connect(m_rehearse, &QPushButton::clicked, this, &MigrationsView::rehearsePending);
    connect(m_change, &QPushButton::clicked, this, &MigrationsView::giveDatabase);
    connect(m_filter, &QLineEdit::textChanged, this, &MigrationsView::showStatus);
    connect(m_details, &DetailsPane::runRequested, this, &MigrationsView::askAndRun);
    connect(m_details, &DetailsPane::rehearseRequested, this, &MigrationsView::rehearse);
    connect(m_details, &DetailsPane::repairRequested, this, &MigrationsView::repair);
    connect(m_details, &DetailsPane::restoreRequested, this, [this] { showPage(Page::Backups); });
    connect(m_details, &DetailsPane::newRequested, this, &MigrationsView::createMigration);
    connect(m_details, &DetailsPane::openRequested, this, &MigrationsView::openRequested);
    connect(m_report, &ReportPane::cancelRequested, this, [this] {
        if (m_desk)
            m_desk->cancel();
    });
    connect(m_schema, &SchemaPage::queryRequested, this, &MigrationsView::query);
    connect(m_backups, &BackupsPage::backupRequested, this, &MigrationsView::makeBackup);
    connect(m_backups, &BackupsPage::restoreRequested, this, &MigrationsView::restore);
    setSource(nullptr);
}

MigrationsView::~MigrationsView() = default;

void MigrationsView::makeList()
{
    m_filter->setObjectName(u"migrationFilter"_s);
    m_filter->setView(m_list);
    m_list->setObjectName(u"migrationList"_s);
    m_list->setAccessibleName(tr("Migrations"));
    m_list->setModel(&m_model);
    m_list->setItemDelegate(new MigrationDelegate(m_list));
    m_list->setHeaderHidden(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformRowHeights(true);
    m_list->setMouseTracking(true);
    m_list->setIndentation(16);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_empty->watch(m_list);
    auto *left = new QWidget(this);
    auto *filterRow = new QHBoxLayout;
    filterRow->setContentsMargins(8, 6, 8, 6);
    filterRow->addWidget(m_filter);
    auto *leftColumn = new QVBoxLayout(left);
    leftColumn->setContentsMargins(0, 0, 0, 0);
    leftColumn->setSpacing(0);
    leftColumn->addLayout(filterRow);
    leftColumn->addWidget(new Rule(Qt::Horizontal, this));
    leftColumn->addWidget(m_list, 1);
    m_side->setObjectName(u"migrationSide"_s);
    m_side->setDocumentMode(true);
    m_side->addTab(m_details, tr("Details"));
    m_side->addTab(m_report, tr("Report"));
    auto *splitter = new QSplitter(this);
    splitter->setObjectName(u"migrationSplitter"_s);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(1);
    splitter->addWidget(left);
    splitter->addWidget(m_side);
    left->setMinimumWidth(220);
    m_side->setMinimumWidth(280);
    splitter->setSizes({340, 420});
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    m_stack->addWidget(splitter);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &MigrationsView::showCurrent);
    connect(m_list, &QTreeView::activated, this, [this](const QModelIndex &index) {
        const QString file = index.data(models::FileRole).toString();
        if (!file.isEmpty())
            Q_EMIT openRequested(file, 0);
    });
}

void MigrationsView::setSource(Source *source)
{
    if (m_desk)
        m_desk->disconnect(this);
    if (m_source)
        m_source->disconnect(this);
    m_source = source;
    m_desk = source ? source->migrations() : nullptr;
    m_wasShown = false;
    m_banners->clear();
    m_report->clear();
    m_details->setDesk(m_desk);
    m_schema->setDesk(m_desk);
    m_query->setDesk(m_desk);
    m_backups->setDesk(m_desk);
    if (m_desk)
        connectDesk();
    showDatabase();
    showStatus();
    showActivity();
}

void MigrationsView::connectDesk()
{
    using Desk = session::MigrationDesk;
    connect(m_desk, &Desk::statusChanged, this, [this] {
        showDatabase();
        showStatus();
        m_schema->invalidate();
        m_backups->invalidate();
    });
    connect(m_desk, &Desk::databaseChanged, this, [this] {
        showDatabase();
        m_schema->setDesk(m_desk);
        m_query->setDesk(m_desk);
        m_backups->setDesk(m_desk);
    });
    connect(m_desk, &Desk::activityChanged, this, &MigrationsView::showActivity);
    connect(m_desk, &Desk::output, m_report, &ReportPane::append);
    connect(m_desk, &Desk::ran, this, [this](const migrations::RunReport &report) { m_report->showRun(report); });
}

int MigrationsView::pending() const
{
    return m_desk ? m_desk->pending() : 0;
}

void MigrationsView::showPage(Page page)
{
    m_pages->setCurrentIndex(int(page));
    if (page == Page::Query)
        m_query->focusEdit();
}

void MigrationsView::showMigration(const QString &plugin, const QString &name)
{
    showPage(Page::List);
    m_filter->clear();
    const QModelIndex index = name.isEmpty() ? m_model.indexOfPath({plugin}) : m_model.migration(plugin, name);
    if (!index.isValid())
        return;
    m_list->setCurrentIndex(index);
    m_list->scrollTo(index);
    m_side->setCurrentWidget(m_details);
}

void MigrationsView::report(const QString &key, const Error &error)
{
    m_banners->showError(key, error);
}

void MigrationsView::confirm(const QString &title, const QString &text, const QString &action,
                             const std::function<void()> &go)
{
    auto *box = new QMessageBox(QMessageBox::NoIcon, tr("Paddock"), title, QMessageBox::Cancel, this);
    box->setObjectName(u"migrationConfirm"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(plainTip(text)); // whose format cannot be set
    QPushButton *yes = box->addButton(action, QMessageBox::AcceptRole);
    yes->setObjectName(u"migrationConfirmAccept"_s);
    box->setDefaultButton(QMessageBox::Cancel);
    connect(yes, &QPushButton::clicked, this, go);
    box->open();
}

void MigrationsView::query(const QString &sql)
{
    showPage(Page::Query);
    m_query->ask(sql);
}

} // namespace paddock::ui
