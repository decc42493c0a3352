// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the Migrations view shows: how migrations stand, where the database is, what runs.
#include "models/roles.h"
#include "session/migrationdesk.h"
#include "theme/theme.h"
#include "views/migrations/detailspane.h"
#include "views/migrations/reportpane.h"
#include "views/migrationsview.h"
#include "widgets/banner.h"
#include "widgets/misc.h"

#include <QLabel>
#include <QPushButton>
#include <QTabWidget>
#include <QToolButton>
#include <QTreeView>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using migrations::Engine;
using session::MigrationActivity;

namespace {

QString engineName(Engine engine)
{
    switch (engine) {
    case Engine::Sqlite: return u"SQLite"_s;
    case Engine::Postgres: return u"PostgreSQL"_s;
    case Engine::Mysql: return u"MariaDB"_s;
    case Engine::Unknown: break;
    }
    return {};
}

} // namespace

void MigrationsView::showStatus()
{
    const QList<migrations::Entry> entries = m_desk ? m_desk->status().entries : QList<migrations::Entry>();
    const QString filter = m_filter->text().trimmed();
    m_model.setEntries(entries, filter);
    if (!entries.isEmpty() && (!std::exchange(m_wasShown, true) || !filter.isEmpty())) {
        constexpr qsizetype FewEnough = 60;
        constexpr int MostOpened = 40; // hundreds of opened plugins help nobody
        for (int row = 0, opened = 0; row < m_model.rowCount() && opened < MostOpened; ++row) {
            const QModelIndex plugin = m_model.index(row, 0);
            const bool isCore = migrations::isCore(plugin.data(models::NameRole).toString());
            if (!filter.isEmpty() || (!isCore && entries.size() <= FewEnough) ||
                plugin.data(models::PendingRole).toInt() > 0 || !plugin.data(models::ErrorRole).toString().isEmpty()) {
                m_list->expand(plugin);
                ++opened;
            }
        }
    }
    if (!filter.isEmpty())
        m_empty->setTexts(tr("Nothing matches"), tr("No migration, plugin or state has “%1” in it.").arg(filter));
    else if (m_desk && !m_desk->wasRead())
        m_empty->setTexts(tr("Reading migrations"), {});
    else
        m_empty->setTexts(
            tr("No migrations yet"),
            tr("A plugin's migrations are the files in its folder “migrations”. New migration… writes the "
               "first one."));
    int pending = 0, attention = 0;
    for (const migrations::Entry &entry : entries) {
        pending += !entry.isCore() &&
                   (entry.state == migrations::State::Pending || entry.state == migrations::State::OutOfOrder);
        attention += models::needsAttention(entry.state) && entry.state != migrations::State::OutOfOrder;
    }
    QStringList counts;
    if (pending > 0)
        counts << tr("%n pending", nullptr, pending);
    if (attention > 0)
        counts << tr("%n to settle", nullptr, attention);
    if (counts.isEmpty() && m_desk && m_desk->isKnown() && !entries.isEmpty())
        counts << tr("all applied");
    m_counts->setText(counts.join(u"  ·  "_s));
    setInk(m_counts, attention > 0 ? Theme::tokens().error
                     : pending > 0 ? Theme::tokens().warn
                                   : Theme::tokens().muted);
    const bool isNews = std::exchange(m_pending, pending) != pending;
    m_details->refresh();
    refreshButtons();
    if (isNews)
        Q_EMIT pendingChanged(pending);
}

void MigrationsView::showDatabase()
{
    m_change->setEnabled(m_desk);
    if (!m_desk) {
        m_database->clear();
        return;
    }
    const migrations::Location &database = m_desk->database();
    const bool isKnown = database.engine != Engine::Unknown;
    QString shown = database.shown();
    const QString root = m_desk->root() + u'/';
    if (shown.startsWith(root))
        shown = shown.sliced(root.size());
    if (!isKnown)
        m_database->setText(tr("The database is not known"));
    else if (database.origin == migrations::GivenForGood)
        m_database->setText(tr("%1  ·  %2  ·  given by you", "engine, place").arg(engineName(database.engine), shown));
    else
        m_database->setText(tr("%1  ·  %2  ·  known from %3", "engine, place, where that was learnt")
                                .arg(engineName(database.engine), shown, database.origin));
    m_change->setText(isKnown ? tr("Change…") : tr("Tell where it is…"));
    const auto &unreachable = m_desk->status().unreachable;
    if (m_desk->wasRead() && unreachable) {
        Banner *banner =
            m_banners->show(u"unreachable"_s, isKnown ? words::Tone::Error : words::Tone::Info, unreachable->message,
                            isKnown ? tr("So no state is known. %1").arg(unreachable->remedy)
                                    : tr("Start the server, which tells it, or tell it yourself."));
        banner->setClosable(false);
        if (unreachable->code == "not-trusted"_L1) {
            banner->setText(unreachable->message, unreachable->remedy);
        } else if (!isKnown) {
            connect(banner->addAction(tr("Tell where it is…"), u"bannerDatabase"_s), &QPushButton::clicked, this,
                    &MigrationsView::giveDatabase);
        } else {
            connect(banner->addAction(tr("Try again"), u"bannerRetry"_s), &QPushButton::clicked, m_desk,
                    &session::MigrationDesk::refresh);
        }
    } else {
        m_banners->remove(u"unreachable"_s);
    }
    refreshButtons();
}

void MigrationsView::showActivity()
{
    const MigrationActivity activity = m_desk ? m_desk->activity() : MigrationActivity{};
    m_report->setActivity(activity);
    if (activity.isRunning())
        m_side->setCurrentWidget(m_report);
    m_side->setTabText(m_side->indexOf(m_report), activity.isRunning() ? tr("Report …", "under way") : tr("Report"));
    refreshButtons();
}

void MigrationsView::refreshButtons()
{
    const int count = m_pending;
    const bool canRun = m_desk && m_desk->isKnown() && !m_desk->isBusy();
    m_run->setText(count > 0 ? tr("Run %n pending", nullptr, count) : tr("Run pending"));
    m_run->setEnabled(canRun && count > 0);
    m_rehearse->setEnabled(canRun && count > 0);
    m_run->setToolTip(!m_desk              ? QString()
                      : !m_desk->isKnown() ? tr("The database cannot be read")
                      : m_desk->isBusy()   ? tr("Something is running already")
                      : count == 0         ? tr("Nothing is pending")
                                           : tr("Look at what they do, then run them"));
    m_more->setEnabled(m_desk);
    m_filter->setEnabled(m_desk);
}

void MigrationsView::showCurrent()
{
    const QModelIndex index = m_list->currentIndex();
    if (!index.isValid())
        return m_details->showNothing();
    m_side->setCurrentWidget(m_details);
    if (index.parent().isValid())
        m_details->showMigration({index.data(models::OwnerRole).toString(), index.data(models::NameRole).toString()});
    else
        m_details->showPlugin(index.data(models::NameRole).toString());
}

} // namespace paddock::ui
