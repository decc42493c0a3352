// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the window offers of the pipeline: what waits, focus, restarts that are asked for, jobs, history, doctor.
#include "mainwindow.h"

#include "actions.h"
#include "history/historyexport.h"
#include "source.h"
#include "sourcemodels.h"
#include "views/doctordialog.h"
#include "views/historyview.h"
#include "views/hotreloadview.h"
#include "views/jobsview.h"
#include "views/workspaceview.h"
#include "widgets/banner.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <QtConcurrentRun>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using session::RestartPolicy;

namespace {

constexpr auto FileKinds = QT_TRANSLATE_NOOP("paddock::ui::MainWindow", "Paddock history (*.paddock);;All files (*)");

} // namespace

void MainWindow::connectPipelineActions()
{
    const auto on = [this](QAction *action, auto slot) { connect(action, &QAction::triggered, this, slot); };
    on(m_actions->focusPlugin, [this] {
        m_source->setFocus(m_source->focus().isEmpty() ? m_tree->currentPlugin() : QString());
        refresh();
    });
    on(m_actions->manual, [this] {
        m_source->setManual(!m_source->isManual());
        refresh();
    });
    on(m_actions->applyWaiting, [this] { m_source->applyWaiting(); });
    const auto policy = [&](QAction *action, RestartPolicy value) {
        on(action, [this, value] {
            m_source->setRestartPolicy(value);
            refresh();
        });
    };
    policy(m_actions->restartYes, RestartPolicy::Yes);
    policy(m_actions->restartAsk, RestartPolicy::Ask);
    policy(m_actions->restartNo, RestartPolicy::No);
    policy(m_actions->restartAlways, RestartPolicy::Always);
    on(m_actions->showHistory, [this] { showTab(u"history"_s); });
    on(m_actions->openHistory, [this] { chooseHistory(); });
    on(m_actions->exportHistory, [this] { exportHistory(m_source->historyFile(), 0); });
    on(m_actions->doctor, [this] { showDoctor(); });
    connect(m_history, &HistoryView::openRequested, this, &MainWindow::openInEditor);
    connect(m_history, &HistoryView::exportRequested, this, &MainWindow::exportHistory);
    connect(m_jobs, &JobsView::runRequested, this, &MainWindow::runJob);
    connect(m_jobs, &JobsView::runAgainRequested, this, [this](qint64 job) {
        m_source->runJobAgain(job).then(this, [](const Result<> &) {}); // its row says how it went
    });
    connect(m_jobs, &JobsView::cancelRequested, this, [this](qint64 job) { m_source->cancelJob(job); });
    connect(m_jobs, &JobsView::locationActivated, this, &MainWindow::openInEditor);
}

void MainWindow::connectPipeline(Source *source)
{
    m_jobs->setSource(source);
    m_history->setFile(source->historyFile());
    connect(source, &Source::historyWritten, m_history, &HistoryView::refreshLater);
    const auto waiting = [this] {
        refresh();
        showWaiting();
    };
    connect(source, &Source::waitingFilesChanged, this, waiting);
    connect(source, &Source::pausedChanged, this, waiting);
    connect(source, &Source::manualChanged, this, waiting);
    connect(source, &Source::focusChanged, this, waiting);
    connect(source, &Source::restartPolicyChanged, this, &MainWindow::refresh);
    connect(source, &Source::restartWantedChanged, this, &MainWindow::showRestartQuestion);
}

/// Which files wait, why, and the way to let them through.
void MainWindow::showWaiting()
{
    const QStringList files = m_source->waitingFileNames();
    const QString focus = m_source->focus();
    const bool collects = m_source->isPaused() || m_source->isManual();
    if (!collects && focus.isEmpty())
        return m_banners->remove(u"waiting"_s);
    QString title;
    if (m_source->isPaused())
        title = tr("Watching is paused");
    else if (m_source->isManual())
        title = tr("Changes are applied on request");
    else
        title = tr("Only “%1” is reloaded").arg(focus);
    QString text;
    if (files.isEmpty()) {
        text = tr("No file waits.");
    } else {
        constexpr qsizetype Named = 6;
        text = tr("%n file(s) wait: %1", nullptr, int(files.size()))
                   .arg(files.first(qMin(Named, files.size())).join(", "_L1));
        if (files.size() > Named)
            text += u" …"_s;
    }
    Banner *banner = m_banners->show(u"waiting"_s, words::Tone::Info, title, text);
    banner->setClosable(false);
    const auto button = [&](const QString &label, const QString &name, bool isDefault, auto slot) {
        connect(banner->addAction(label, name, isDefault), &QPushButton::clicked, this, slot);
    };
    if (collects && !files.isEmpty())
        button(tr("Apply now"), u"waitingApply"_s, true, [this] { m_source->applyWaiting(); });
    if (m_source->isPaused())
        button(tr("Resume"), u"waitingResume"_s, false, [this] { m_source->resume(); });
    else if (m_source->isManual())
        button(tr("Apply by itself again"), u"waitingAutomatic"_s, false, [this] { m_source->setManual(false); });
    if (!focus.isEmpty())
        button(tr("Leave focus"), u"waitingLeave"_s, !collects, [this] { m_source->setFocus({}); });
}

/// In the feed; one that the feed has no longer is in the history.
void MainWindow::showChange(qint64 change)
{
    showTab(u"hotReload"_s);
    if (!m_hotReload->showChange(change))
        showTab(u"history"_s);
}

void MainWindow::showRestartQuestion(const QString &reason)
{
    if (reason.isEmpty())
        return m_banners->remove(u"restart"_s);
    Banner *banner =
        m_banners->show(u"restart"_s, words::Tone::Warn, tr("Restart the server for this change?"), reason);
    banner->setClosable(false);
    const auto button = [&](const QString &label, const QString &name, bool isDefault, auto slot) {
        connect(banner->addAction(label, name, isDefault), &QPushButton::clicked, this, slot);
    };
    button(tr("Restart"), u"restartYes"_s, true, [this] { m_source->answerRestart(true); });
    button(tr("Not now"), u"restartNo"_s, false, [this] { m_source->answerRestart(false); });
    button(tr("Stop asking"), u"restartAlways"_s, false, [this] { m_source->setRestartPolicy(RestartPolicy::Yes); });
}

void MainWindow::runJob(const QString &name)
{
    const auto start = [this, name](const QMap<QString, QString> &inputs) {
        showTab(u"jobsDock"_s);
        m_source->runJob(name, inputs).then(this, [this](const Result<> &result) {
            // How the job itself went, its row says; here is what kept it from starting.
            const bool isTold =
                !result && (result.error().code == "job-failed"_L1 || result.error().code == "job-cancelled"_L1);
            report(u"job"_s, isTold ? Result<>() : result);
        });
    };
    const auto offers = m_source->jobOffers();
    const auto offer = std::ranges::find(offers, name, &session::JobOffer::name);
    if (offer == offers.end() || offer->inputs.isEmpty())
        return start({});
    auto *dialog = new QDialog(this);
    dialog->setObjectName(u"jobInputs"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Run “%1”").arg(name));
    auto *form = new QFormLayout(dialog);
    form->setContentsMargins(20, 16, 20, 16);
    QMap<QString, QLineEdit *> edits;
    for (const session::CommandInput &input : offer->inputs) {
        auto *edit = new QLineEdit(input.fallback, dialog);
        edit->setObjectName(u"input-"_s + input.name);
        edit->setMinimumWidth(280);
        edit->setPlaceholderText(input.glob.isEmpty() ? QString() : input.glob.join(u' '));
        form->addRow(input.prompt.isEmpty() ? input.name : input.prompt, edit);
        edits.insert(input.name, edit);
    }
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, dialog);
    QPushButton *run = buttons->addButton(tr("Run"), QDialogButtonBox::AcceptRole);
    run->setDefault(true);
    form->addRow(buttons);
    connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    connect(dialog, &QDialog::accepted, this, [start, edits] {
        QMap<QString, QString> inputs;
        for (auto it = edits.begin(); it != edits.end(); ++it)
            if (!it.value()->text().isEmpty()) // an empty one leaves it to the default or to the files
                inputs.insert(it.key(), it.value()->text());
        start(inputs);
    });
    dialog->open();
}

void MainWindow::chooseHistory()
{
    auto *dialog = new QFileDialog(this, tr("Open a history"), {}, tr(FileKinds));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openHistoryFile);
    dialog->open();
}

/// An exported history, read-only, in a window of its own: it belongs to no workspace that is open.
void MainWindow::openHistoryFile(const QString &file)
{
    auto *window = new QDialog(this, Qt::Window);
    window->setObjectName(u"historyWindow"_s);
    window->setAttribute(Qt::WA_DeleteOnClose);
    window->setWindowTitle(tr("%1 (read only) – Paddock").arg(QFileInfo(file).fileName()));
    window->resize(1080, 640);
    auto *view = new HistoryView(window);
    auto *column = new QVBoxLayout(window);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(view);
    connect(view->model(), &models::HistoryModel::failed, window, [this, window](const Error &error) {
        (m_source ? m_banners : welcomeBanners())->showError(u"history"_s, error);
        window->close();
    });
    connect(view, &HistoryView::exportRequested, this, &MainWindow::exportHistory);
    connect(view, &HistoryView::openRequested, this, &MainWindow::openInEditor);
    window->show();
    view->setFile(file);
}

void MainWindow::exportHistory(const QString &from, qint64 change)
{
    auto *dialog =
        new QFileDialog(this, change > 0 ? tr("Export the change") : tr("Export the history"), {}, tr(FileKinds));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(u"paddock"_s);
    connect(dialog, &QFileDialog::fileSelected, this, [this, from, change](const QString &to) {
        QtConcurrent::run([from, to, change] {
            return history::exportHistory(from, to, {.change = change});
        }).then(this, [this](const Result<> &result) { report(u"export"_s, result); });
    });
    dialog->open();
}

void MainWindow::showDoctor()
{
    auto *dialog = new DoctorDialog(m_source->root(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &DoctorDialog::actionRequested, this, [this, dialog](const QString &action) {
        if (!m_source)
            return;
        const auto look = [guarded = QPointer<DoctorDialog>(dialog)](const Result<> &) {
            if (guarded)
                guarded->examine();
        };
        if (action == "generate-types"_L1)
            m_source->generateTypes().then(this, look);
        else if (action == "install"_L1)
            m_source->runJob(u"install"_s, {}).then(this, look);
        else if (action == "restart"_L1)
            m_source->restartServer(false, false).then(this, look);
        else if (action == "trust"_L1) {
            m_banners->remove(u"trust"_s);
            m_source->trust();
            refresh();
            dialog->examine();
        }
    });
    dialog->examine();
    dialog->open();
}

} // namespace paddock::ui
