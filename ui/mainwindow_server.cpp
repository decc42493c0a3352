// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the window says and offers about the server: crashes, hangs, earlier generations, servers started by hand.
#include "mainwindow.h"

#include "actions.h"
#include "source.h"
#include "statusbar.h"
#include "waitingstart.h"
#include "widgets/banner.h"

#include <QApplication>
#include <QClipboard>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace paddock::ui {

void MainWindow::showServer(const session::ServerStatus &status)
{
    using session::ServerState;
    if (status.state == ServerState::Crashed) {
        Banner *banner = m_banners->show(u"crash"_s, words::Tone::Error, tr("The server has crashed"), status.message);
        connect(banner->addAction(tr("Start again"), u"crashStart"_s, true), &QPushButton::clicked, m_actions->start,
                &QAction::trigger);
        // (Who holds the port, and what else kept it from starting, is known a moment after the state.)
        QMetaObject::invokeMethod(
            banner,
            [this, banner] {
                if (m_source && showWaitingStart())
                    return;
                if (m_source && m_source->canTakePort())
                    connect(banner->addAction(tr("Stop it and start"), u"crashTakePort"_s), &QPushButton::clicked, this,
                            [this] {
                                m_source->takePort().then(this, [this](const Result<> &r) { report(u"server"_s, r); });
                            });
            },
            Qt::QueuedConnection);
        connect(banner->addAction(tr("Show logs"), u"crashLogs"_s), &QPushButton::clicked, m_actions->showLogs,
                &QAction::trigger);
    } else {
        m_banners->remove(u"crash"_s);
    }
    if (status.state == ServerState::Hung)
        showHang(status);
    else
        m_banners->remove(u"hang"_s);
    if (status.state == ServerState::Running)
        m_banners->remove(u"attach"_s);
}

/// A start that waits for a word about migrations is no crash. False: it is not that.
bool MainWindow::showWaitingStart()
{
    const std::optional<Error> why = waitingStart(*m_source);
    if (!why)
        return false;
    Banner *banner = m_banners->show(u"crash"_s, words::Tone::Warn,
                                     tr("The server is not started: migrations want a word first"), why->message);
    connect(banner->addAction(tr("Run them and start…"), u"crashMigrate"_s, true), &QPushButton::clicked, this,
            &MainWindow::migrateAndStart);
    connect(banner->addAction(tr("Show migrations"), u"crashShowMigrations"_s), &QPushButton::clicked, this,
            [this] { showTab(u"migrations"_s); });
    return true;
}

void MainWindow::migrateAndStart()
{
    if (const auto why = m_source ? waitingStart(*m_source) : std::nullopt)
        askToMigrate(*why, [this] { restartServer(true); });
}

void MainWindow::showHang(const session::ServerStatus &status)
{
    if (m_banners->banner(u"hang"_s))
        return; // its buttons must not move under the pointer
    const auto hang = m_source->hang();
    QString text = status.message;
    for (const session::Problem &problem : m_source->problems())
        if (problem.code == "hung"_L1)
            text = problem.message;
    Banner *banner = m_banners->show(u"hang"_s, words::Tone::Error, tr("The server does not respond"), text);
    banner->setClosable(false);
    connect(banner->addAction(tr("Restart"), u"hangRestart"_s, true), &QPushButton::clicked, m_actions->restart,
            &QAction::trigger);
    if (hang && hang->before > 0 && !hang->plugin.isEmpty()) {
        const QString plugin = hang->plugin;
        const int before = hang->before;
        QPushButton *back = banner->addAction(tr("Put generation %1 back and restart").arg(before), u"hangPutBack"_s);
        back->setToolTip(tr("Start again with the code that “%1” had in generation %2; files stay as they are")
                             .arg(plugin)
                             .arg(before));
        connect(back, &QPushButton::clicked, this, [this, plugin, before] { putBackByRestart(plugin, before, false); });
    }
    if (hang && !hang->file.isEmpty()) {
        const QString file = hang->file;
        const int line = hang->line;
        connect(banner->addAction(tr("Open file"), u"hangOpen"_s), &QPushButton::clicked, this,
                [this, file, line] { openInEditor(file, line); });
    }
}

void MainWindow::putBackByRestart(const QString &plugin, int generation, bool consent)
{
    if (!m_source)
        return;
    m_source->rollbackAndRestart(plugin, generation, consent)
        .then(this, [this, plugin, generation](const Result<> &result) {
            if (result || !askToMigrate(result.error(), [=, this] { putBackByRestart(plugin, generation, true); }))
                report(u"server"_s, result);
        });
}

void MainWindow::rollback(const QString &plugin, int generation)
{
    if (!m_source || plugin.isEmpty())
        return;
    showTab(u"hotReload"_s);
    m_source->rollback(plugin, generation).then(this, [this](const Result<session::ChangeRecord> &result) {
        report(u"rollback"_s, result); // one that was refused shows in the feed; here is what could not even begin
    });
}

void MainWindow::stopServer()
{
    const auto go = [this] {
        if (!m_source)
            return; // closed while the question stood
        m_source->stopServer(true).then(this, [this](const Result<> &result) { report(u"server"_s, result); });
    };
    if (m_source->server().attached)
        return confirmThen(tr("Stop a server that was started by hand?"),
                           tr("Paddock did not start it. Its agent will be asked to shut it down."), tr("Stop"), go);
    if (m_source->pendingWork() == 0)
        return go();
    confirmThen(tr("Stop the server while work is under way?"),
                tr("%n task(s) run or wait; they will be cancelled.", nullptr, m_source->pendingWork()), tr("Stop"),
                go);
}

void MainWindow::restartServer(bool consent)
{
    const auto go = [this, consent] {
        if (!m_source)
            return;
        m_source->restartServer(true, consent).then(this, [this](const Result<> &result) {
            if (result || !askToMigrate(result.error(), [this] { restartServer(true); }))
                report(u"server"_s, result);
        });
    };
    if (!m_source->server().attached || consent)
        return go();
    confirmThen(tr("Restart a server that was started by hand?"),
                tr("Paddock did not start it. Its agent will be asked to shut it down; then Paddock starts one of its "
                   "own."),
                tr("Restart"), go);
}

/// The framework runs what is pending as it starts.
bool MainWindow::askToMigrate(const Error &error, const std::function<void()> &go)
{
    if (!isAboutMigrations(error.code))
        return false;
    const bool isUp = m_source && (m_source->server().state == session::ServerState::Running ||
                                   m_source->server().state == session::ServerState::Hung);
    const QString what = error.detail.isEmpty() || error.message.contains(error.detail)
                             ? error.message
                             : error.message + u'\n' + error.detail;
    const bool losesData = error.code == "needs-consent"_L1;
    const QString title =
        isUp ? losesData ? tr("Run migrations that lose data, and restart?") : tr("Run what is pending, and restart?")
        : losesData ? tr("Run migrations that lose data, and start?")
                    : tr("Run what is pending, and start?");
    confirmThen(title,
                isUp ? tr("%1\n\nA backup is made before, where the database allows it. The server is as it was until "
                          "then.")
                           .arg(what)
                     : tr("%1\n\nA backup is made before, where the database allows it.").arg(what),
                isUp ? tr("Run and restart") : tr("Run and start"), [this, go] {
                    if (m_source)
                        go();
                });
    return true;
}

void MainWindow::showAttach()
{
    const QString command = m_source->attachCommand();
    Banner *banner =
        m_banners->show(u"attach"_s, words::Tone::Info, tr("Start the server yourself, and Paddock attaches to it"),
                        tr("In the workspace's folder, such as with\n%1").arg(command));
    connect(banner->addAction(tr("Copy the command"), u"attachCopy"_s, true), &QPushButton::clicked, this,
            [command] { QApplication::clipboard()->setText(command); });
}

} // namespace paddock::ui
