// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/jobsview.h"

#include "models/roles.h"
#include "pipeline/jobs.h"
#include "pipeline/progress.h"
#include "source.h"
#include "sourcemodels.h"
#include "theme/icons.h"
#include "theme/theme.h"
#include "views/tables.h"
#include "widgets/logview.h"
#include "widgets/misc.h"
#include "words.h"

#include <QApplication>
#include <QClipboard>
#include <QFormLayout>
#include <QHeaderView>
#include <QMenu>
#include <QSplitter>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using models::JobModel;
using session::JobRecord;
using session::JobState;

namespace {

constexpr qint64 LinesLookedAt = 50'000; // of the log, for what an earlier job wrote

QToolButton *barButton(const QString &icon, const QString &text, const QString &tip, const QString &name,
                       QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setIcon(icons::get(icon));
    button->setText(text);
    button->setToolTip(tip);
    button->setAccessibleName(text);
    button->setObjectName(name);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setAutoRaise(true);
    return button;
}

bool isUnderWay(const JobRecord &job)
{
    return job.state == JobState::Running || job.state == JobState::Waiting;
}

} // namespace

JobsView::JobsView(SourceModels *models, QWidget *parent)
    : QWidget(parent),
      m_models(models),
      m_output(&m_lines),
      m_runMenu(new QMenu(this)),
      m_run(barButton(u"play"_s, tr("Run…"),
                      tr("Run a script, a command of paddock.toml, an installation or the tests"), u"jobRun"_s, this)),
      m_again(barButton(u"restart"_s, tr("Run again"), tr("Run the selected job once more"), u"jobAgain"_s, this)),
      m_cancel(
          barButton(u"stop"_s, tr("Cancel"), tr("End the selected job: SIGTERM, then SIGKILL"), u"jobCancel"_s, this)),
      m_list(new QTreeView(this)),
      m_title(new ElidedLabel({}, this)),
      m_state(mutedLabel({}, this)),
      m_side(new QVBoxLayout),
      m_view(new LogView(&m_output, this))
{
    setObjectName(u"jobs"_s);
    m_runMenu->setObjectName(u"jobRunMenu"_s);
    m_list->setObjectName(u"jobsView"_s);
    m_list->setAccessibleName(tr("Jobs"));
    setUpTable(m_list, &models->jobs);
    m_list->setColumnHidden(JobModel::Command, true); // it stands beside the list
    m_list->header()->setSectionResizeMode(JobModel::Name, QHeaderView::Stretch);
    m_list->header()->resizeSection(JobModel::State, 104);
    m_list->header()->resizeSection(JobModel::Duration, 72);
    m_list->header()->resizeSection(JobModel::Started, 80);
    (new EmptyState(u"jobs"_s, tr("No jobs yet"),
                    tr("Commands that Paddock runs for you, such as type generation, appear here with their output."),
                    this))
        ->watch(m_list);
    m_title->setFont(Theme::strongFont());
    m_title->setObjectName(u"jobTitle"_s);
    m_state->setObjectName(u"jobState"_s);
    m_view->setObjectName(u"jobOutput"_s);
    m_view->setMinimumHeight(40);
    m_list->setMinimumHeight(40);
    m_view->setEmptyTexts(tr("No output"), tr("What the selected job writes appears here as it comes."));

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(8, 4, 8, 4);
    bar->setSpacing(4);
    bar->addWidget(m_run);
    bar->addWidget(m_again);
    bar->addWidget(m_cancel);
    bar->addStretch(1);
    auto *left = new QWidget(this);
    auto *leftColumn = new QVBoxLayout(left);
    leftColumn->setContentsMargins(0, 0, 0, 0);
    leftColumn->setSpacing(0);
    leftColumn->addLayout(bar);
    leftColumn->addWidget(new Rule(Qt::Horizontal, this));
    leftColumn->addWidget(m_list, 1);
    auto *right = new QWidget(this);
    m_side->setContentsMargins(0, 0, 0, 0);
    m_side->setSpacing(0);
    right->setLayout(m_side);
    auto *heading = new QHBoxLayout;
    heading->setContentsMargins(12, 7, 12, 7);
    heading->setSpacing(8);
    heading->addWidget(m_title, 1);
    heading->addWidget(m_state);
    m_side->addLayout(heading);
    m_side->addWidget(new Rule(Qt::Horizontal, this));
    m_side->addWidget(m_view, 1);
    auto *splitter = new QSplitter(this);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(1);
    splitter->addWidget(left);
    splitter->addWidget(right);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(splitter);

    connect(m_runMenu, &QMenu::aboutToShow, this, &JobsView::fillRunMenu);
    connect(m_run, &QToolButton::clicked, this,
            [this] { m_runMenu->popup(m_run->mapToGlobal(QPoint(0, m_run->height()))); });
    connect(m_again, &QToolButton::clicked, this, [this] { Q_EMIT runAgainRequested(m_shown.id); });
    connect(m_cancel, &QToolButton::clicked, this, [this] { Q_EMIT cancelRequested(m_shown.id); });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &JobsView::showCurrent);
    connect(m_list, &QTreeView::customContextMenuRequested, this, &JobsView::showMenu);
    connect(m_view, &LogView::locationActivated, this, &JobsView::locationActivated);
    // A job that has just been started is the one to look at.
    connect(&models->jobs, &QAbstractItemModel::rowsInserted, this,
            [this] { m_list->setCurrentIndex(m_models->jobs.index(0, 0)); });
    connect(&models->jobs, &QAbstractItemModel::rowsRemoved, this, &JobsView::showCurrent);
    connect(&models->jobs, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex &first, const QModelIndex &last) {
                const int row = m_list->currentIndex().row();
                if (row < first.row() || row > last.row())
                    return;
                showFacts(m_list->currentIndex().data(models::RecordRole).value<JobRecord>());
            });
    connect(Theme::instance(), &Theme::changed, this, [this] { showFacts(JobRecord(m_shown)); });
    showCurrent();
}

void JobsView::setSource(Source *source)
{
    if (m_source)
        m_source->disconnect(this);
    m_source = source;
    if (source)
        connect(source, &Source::logsAdded, this, &JobsView::takeLines);
    m_run->setEnabled(source);
    showCurrent();
}

bool JobsView::isOf(const JobRecord &job, const logs::LogLine &line) const
{
    if (line.source != job.name && line.source != job.name + u" (stderr)"_s &&
        line.source != pipeline::Jobs::noteSource(job.name))
        return false;
    // Two runs of one script differ by their times; lines arrive a moment after they were written.
    return line.at >= job.startedAt && (isUnderWay(job) || line.at <= job.startedAt.addMSecs(qint64(job.ms) + 500));
}

void JobsView::takeLines(const QList<logs::LogLine> &lines)
{
    if (m_shown.id == 0)
        return;
    QList<logs::LogLine> own;
    const int before = m_percent;
    for (const logs::LogLine &line : lines) {
        if (!isOf(m_shown, line))
            continue;
        own.append(line);
        if (const auto share = pipeline::progressOf(line.text.toLatin1()))
            m_percent = int(*share * 100);
    }
    if (!own.isEmpty())
        m_lines.append(own);
    if (m_percent != before)
        showFacts(JobRecord(m_shown));
}

/// How far it is, where it says so; else how long it took before.
QString JobsView::progressText(const JobRecord &job) const
{
    if (m_percent >= 0)
        return tr(" · %1 %").arg(m_percent);
    for (int row = 0; row < m_models->jobs.rowCount(); ++row) {
        const auto earlier = m_models->jobs.index(row, 0).data(models::RecordRole).value<JobRecord>();
        if (earlier.id != job.id && earlier.command == job.command && earlier.state == JobState::Succeeded)
            return tr(" · usually %1").arg(words::duration(earlier.ms));
    }
    return {};
}

void JobsView::showCurrent()
{
    const QModelIndex current = m_list->currentIndex();
    const auto job = current.isValid() ? current.data(models::RecordRole).value<JobRecord>() : JobRecord();
    m_lines.clear();
    m_percent = -1;
    m_shown = job;
    if (job.id > 0) {
        const models::LogModel &log = m_models->logs;
        QList<logs::LogLine> lines;
        const qint64 first = std::max(log.firstSequence(), log.endSequence() - LinesLookedAt);
        for (qint64 sequence = log.endSequence() - 1; sequence >= first; --sequence) {
            const logs::LogLine line = log.line(sequence);
            if (line.at < job.startedAt)
                break;
            if (isOf(job, line))
                lines.prepend(line);
        }
        // The log has gone on; the job's own record still has the end of it.
        if (lines.isEmpty() && !isUnderWay(job))
            for (const QString &text : job.output)
                lines.append({.at = job.startedAt, .source = job.name, .text = text});
        m_lines.append(lines);
        m_view->setFollowing(true);
    }
    showFacts(job);
}

void JobsView::showFacts(const JobRecord &job)
{
    m_shown = job;
    const bool isReal = job.id > 0;
    m_again->setEnabled(isReal && !isUnderWay(job));
    m_cancel->setEnabled(isReal && isUnderWay(job));
    m_title->setText(isReal ? job.name : QString());
    QString state = isReal ? words::jobState(job.state) : QString();
    if (job.state == JobState::Failed && isReal)
        state = tr("%1, exit status %2").arg(state).arg(job.exitCode);
    if (job.ms > 0)
        state += u" · "_s + words::duration(job.ms);
    else if (isReal && isUnderWay(job))
        state += progressText(job);
    m_state->setText(state);
    setInk(m_state, isReal ? words::ink(words::toneOf(job.state)) : Theme::tokens().muted);
    delete m_facts;
    m_facts = nullptr;
    if (!isReal)
        return;
    m_facts = new QWidget(this);
    m_facts->setObjectName(u"jobFacts"_s);
    auto *form = new QFormLayout(m_facts);
    form->setContentsMargins(12, 6, 12, 6);
    form->setVerticalSpacing(3);
    form->setHorizontalSpacing(12);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    const auto fact = [&](const QString &label, const QString &text) {
        if (!text.isEmpty())
            form->addRow(mutedLabel(label, m_facts), [&] {
                auto *value = new ElidedLabel(text, m_facts, Qt::ElideMiddle);
                value->setFont(Theme::smallMonoFont());
                return value;
            }());
    };
    fact(tr("Command"), job.command);
    fact(tr("Folder"), job.folder);
    fact(tr("Environment"), job.environment.join(u"  "_s));
    m_side->insertWidget(2, m_facts);
}

void JobsView::fillRunMenu()
{
    m_runMenu->clear();
    if (!m_source)
        return;
    QString kind;
    for (const session::JobOffer &offer : m_source->jobOffers()) {
        if (!kind.isEmpty() && kind != offer.kind)
            m_runMenu->addSeparator();
        kind = offer.kind;
        QAction *action =
            m_runMenu->addAction(offer.name, this, [this, name = offer.name] { Q_EMIT runRequested(name); });
        action->setToolTip(offer.command);
        action->setEnabled(m_source->isTrusted());
    }
}

void JobsView::showMenu(const QPoint &position)
{
    const QModelIndex index = m_list->indexAt(position);
    if (!index.isValid())
        return;
    const auto job = index.data(models::RecordRole).value<JobRecord>();
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(icons::get(u"restart"_s), tr("Run again"), this, [this, job] { Q_EMIT runAgainRequested(job.id); })
        ->setEnabled(!isUnderWay(job));
    menu->addAction(icons::get(u"stop"_s), tr("Cancel"), this, [this, job] { Q_EMIT cancelRequested(job.id); })
        ->setEnabled(isUnderWay(job));
    menu->addAction(icons::get(u"copy"_s), tr("Copy command"), this,
                    [job] { QApplication::clipboard()->setText(job.command); });
    menu->popup(m_list->viewport()->mapToGlobal(position));
}

} // namespace paddock::ui
