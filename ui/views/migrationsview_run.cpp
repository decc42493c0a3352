// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the Migrations view does: running, rehearsing, settling, backups. Nothing runs before the user has seen what it
// will do.
#include "session/migrationdesk.h"
#include "source.h"
#include "views/migrations/dialogs.h"
#include "views/migrations/reportpane.h"
#include "views/migrationsview.h"
#include "widgets/banner.h"

#include <QFileInfo>
#include <QPushButton>
#include <QTabWidget>
#include <QTreeView>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using migrations::Selection;

void MigrationsView::runPending()
{
    showPage(Page::List);
    askAndRun({});
}

void MigrationsView::rehearsePending()
{
    showPage(Page::List);
    rehearse({});
}

void MigrationsView::askAndRun(const Selection &selection)
{
    if (!m_desk)
        return;
    m_banners->remove(u"run"_s);
    m_desk->prepare(selection).then(this, [this, selection](const Result<QList<migrations::PlannedStep>> &planned) {
        if (!planned)
            return report(u"run"_s, planned.error());
        if (planned->isEmpty()) {
            m_banners->show(u"run"_s, words::Tone::Info, tr("Nothing to do"), tr("All of it is applied already."));
            return;
        }
        auto *dialog = new PlanDialog(*planned, m_desk->database(), this);
        connect(dialog, &QDialog::accepted, this,
                [this, selection, consent = dialog->isConsent()] { run(selection, consent); });
        connect(dialog, &PlanDialog::rehearseRequested, this, [this, selection] { rehearse(selection); });
        dialog->open();
    });
}

void MigrationsView::run(const Selection &selection, bool consent)
{
    if (!m_desk)
        return;
    Q_EMIT jobStarted();
    m_desk->run(selection, consent).then(this, [this](const Result<migrations::RunReport> &result) {
        if (!result) // (a report comes by its signal, whoever ran it)
            m_report->showError(result.error());
    });
}

void MigrationsView::rehearse(const Selection &selection)
{
    if (!m_desk)
        return;
    m_banners->remove(u"run"_s);
    Q_EMIT jobStarted();
    m_desk->rehearse(selection).then(this, [this](const Result<migrations::RehearsalReport> &result) {
        m_side->setCurrentWidget(m_report);
        if (result)
            m_report->showRehearsal(*result);
        else
            m_report->showError(result.error());
    });
}

void MigrationsView::repair(const migrations::RepairRequest &request)
{
    if (!m_desk)
        return;
    const auto go = [this, request] {
        if (!m_desk)
            return;
        m_desk->repair(request).then(this, [this, request](const Result<QStringList> &settled) {
            if (!settled)
                return report(u"repair"_s, settled.error());
            const QString text = settled->isEmpty() ? tr("Nothing needs it.") : settled->join(u'\n');
            m_banners->show(u"repair"_s, words::Tone::Ok, tr("Settled"), text);
            if (request.repair == migrations::Repair::NewFromDifference && settled->size() > 1)
                Q_EMIT openRequested(settled->last(), 0);
        });
    };
    using migrations::Repair;
    switch (request.repair) {
    case Repair::PutBack:
        return confirm(tr("Put the applied text back?"),
                       tr("%1 gets the text that was applied. What was edited since is lost.").arg(request.name),
                       tr("Put it back"), go);
    case Repair::MarkApplied:
        return confirm(tr("Mark it as applied?"),
                       tr("%1 is recorded as applied and will not run. Be sure that the schema is what it makes.")
                           .arg(request.name),
                       tr("Mark as applied"), go);
    case Repair::MarkReverted:
        return confirm(
            tr("Mark it as not applied?"),
            tr("%1 is recorded as not applied, and runs with the next start of the server.").arg(request.name),
            tr("Mark as not applied"), go);
    default: return go();
    }
}

void MigrationsView::makeBackup()
{
    if (!m_desk)
        return;
    m_desk->backup().then(this, [this](const Result<migrations::Backup> &backup) {
        if (!backup) {
            m_report->showError(backup.error());
            return report(u"backup"_s, backup.error());
        }
        m_report->clear();
        m_banners->show(u"backup"_s, words::Tone::Ok, tr("Backup made"), backup->path);
    });
}

void MigrationsView::restore(const migrations::Backup &backup)
{
    const QString name = QFileInfo(backup.path).fileName();
    const bool isUp = m_source && m_source->server().state != session::ServerState::Stopped &&
                      m_source->server().state != session::ServerState::Crashed;
    const QString when = backup.at.toLocalTime().toString(u"yyyy-MM-dd HH:mm:ss"_s);
    QString text =
        tr("The database becomes what it was at %1. What came after that is kept as a backup of its own.").arg(when);
    if (isUp)
        text += u' ' + tr("The server is stopped for it; it starts again unless migrations are pending then.");
    confirm(tr("Restore the backup?"), text, tr("Restore"), [this, name, isUp] {
        if (!m_source || !m_desk)
            return;
        if (!isUp)
            return restoreNow(name, false);
        m_source->stopServer(false).then(this, [this, name](const Result<> &stopped) {
            if (!stopped)
                return report(u"backup"_s, stopped.error());
            restoreNow(name, true);
        });
    });
}

void MigrationsView::restoreNow(const QString &name, bool isServerStopped)
{
    if (!m_desk)
        return;
    m_desk->restore(name).then(this, [this, isServerStopped](const Result<migrations::Restored> &restored) {
        if (!restored) {
            m_report->showError(restored.error());
            report(u"backup"_s, restored.error());
            if (isServerStopped)
                startServer();
            return;
        }
        m_report->clear();
        const QString kept =
            restored->replaced.isEmpty() ? QString() : tr("What it replaced is kept: %1").arg(restored->replaced);
        m_banners->show(u"backup"_s, words::Tone::Ok, tr("The backup is in place"), kept);
        if (!isServerStopped || !m_desk)
            return;
        m_desk->prepare({}).then(this, [this, kept](const Result<QList<migrations::PlannedStep>> &planned) {
            if (!planned || planned->isEmpty())
                return startServer();
            // A start would run again what has just been undone.
            Banner *banner = m_banners->show(
                u"backup"_s, words::Tone::Ok, tr("The backup is in place; the server is stopped"),
                tr("%n migration(s) are pending again, and run with the next start.", nullptr, int(planned->size())) +
                    (kept.isEmpty() ? kept : u'\n' + kept));
            connect(banner->addAction(tr("Start the server"), u"backupStart"_s), &QPushButton::clicked, this, [this] {
                m_banners->remove(u"backup"_s);
                startServer();
            });
        });
    });
}

void MigrationsView::startServer()
{
    if (m_source)
        m_source->startServer().then(this, [this](const Result<> &started) {
            if (!started)
                report(u"server"_s, started.error());
        });
}

void MigrationsView::createMigration(const QString &plugin)
{
    if (!m_desk || !m_source)
        return;
    QStringList plugins;
    for (const workspace::Plugin &one : m_source->workspace().plugins)
        plugins << one.name;
    QString chosen = plugin;
    if (chosen.isEmpty() && m_list->currentIndex().isValid()) {
        const QModelIndex index = m_list->currentIndex();
        chosen = (index.parent().isValid() ? index.parent() : index).data().toString();
    }
    auto *dialog = new NewMigrationDialog(
        plugins, chosen,
        [this](const QString &owner, const QString &name) -> Result<QString> {
            return m_desk ? m_desk->create(owner, name) : fail(u"closed"_s, tr("The workspace was closed."));
        },
        this);
    connect(dialog, &NewMigrationDialog::created, this, [this](const QString &path) {
        m_banners->show(u"created"_s, words::Tone::Ok, tr("Migration written"), path);
        Q_EMIT openRequested(path, 0);
    });
    dialog->open();
}

void MigrationsView::giveDatabase()
{
    if (!m_desk)
        return;
    auto *dialog = new DatabaseDialog(
        m_desk->database().engine == migrations::Engine::Unknown ? QString() : m_desk->database().shown(),
        m_desk->database().origin, m_desk->isGiven(),
        [this](const QString &text) { return m_desk ? m_desk->giveDatabase(text) : Result<>(); }, this);
    dialog->open();
}

void MigrationsView::applyHeld(bool consent)
{
    if (!m_source)
        return;
    m_banners->remove(u"held"_s);
    Q_EMIT jobStarted();
    m_source->applyHeld(consent).then(this, [this](const Result<> &done) {
        if (done)
            return;
        if (done.error().code == "empty-migration"_L1)
            return confirm(tr("A migration does nothing yet"), done.error().detail, tr("Record it as applied"),
                           [this] { applyHeld(true); });
        if (done.error().code == "needs-consent"_L1)
            return confirm(tr("This loses data"), done.error().detail, tr("Run and lose the data"),
                           [this] { applyHeld(true); });
        report(u"held"_s, done.error());
    });
}

} // namespace paddock::ui
