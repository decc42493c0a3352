// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/migrations/reportpane.h"

#include "theme/theme.h"
#include "widgets/banner.h"
#include "widgets/codeedit.h"
#include "widgets/misc.h"

#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using migrations::Direction;
using session::MigrationActivity;

namespace {

QString sqlOf(const QList<migrations::StepReport> &steps)
{
    QString text;
    for (const migrations::StepReport &step : steps) {
        text += u"-- %1 %2/%3: %4 in %5"_s.arg(toString(step.step.direction), step.step.plugin, step.step.name,
                                               step.outcome.isEmpty() ? u"not run"_s : step.outcome,
                                               words::duration(step.ms));
        text += step.transactional ? u", in a transaction\n"_s : u"\n"_s;
        for (const migrations::Statement &one : step.statements) {
            text += one.sql.trimmed() + u';';
            if (!one.parameters.isEmpty())
                text += u"  -- "_s + one.parameters.join(u", "_s);
            text += u"  -- "_s + words::duration(one.ms) + u'\n';
            if (!one.error.isEmpty())
                text += u"-- "_s + one.error + u'\n';
        }
        if (step.statements.isEmpty() && !step.outcome.isEmpty())
            text += u"-- (no statements)\n"_s;
        text += u'\n';
    }
    return text.trimmed();
}

/// "products  1,200 → 1,200 → 1,200": before, and after each pass.
QString rowsOf(const migrations::RehearsalReport &report)
{
    QStringList tables = report.rowsBefore.keys();
    for (const migrations::PassReport &pass : report.passes)
        for (const QString &table : pass.rows.keys())
            if (!tables.contains(table))
                tables << table;
    tables.sort();
    qsizetype widest = 0;
    for (const QString &table : std::as_const(tables))
        widest = qMax(widest, table.size());
    const auto count = [](const QMap<QString, qint64> &rows, const QString &table) {
        return rows.contains(table) ? QLocale().toString(qlonglong(rows.value(table))) : u"–"_s;
    };
    const bool isCounted = report.method != "transaction"_L1; // there nobody could look in between
    QString text;
    for (const QString &table : std::as_const(tables)) {
        text += table.leftJustified(widest + 2) + count(report.rowsBefore, table);
        for (const migrations::PassReport &pass : report.passes)
            if (isCounted)
                text += u" → "_s + count(pass.rows, table);
        text += u'\n';
    }
    return text.trimmed();
}

QString methodText(const QString &method)
{
    if (method == "copy"_L1)
        return ReportPane::tr("on a copy of the file");
    if (method == "template"_L1)
        return ReportPane::tr("on a database made from the real one");
    if (method == "transaction"_L1)
        return ReportPane::tr("in a transaction that was rolled back");
    return ReportPane::tr("on a scratch database");
}

} // namespace

ReportPane::ReportPane(QWidget *parent)
    : QWidget(parent),
      m_page(new QWidget(this)),
      m_nothing(new EmptyState(u"play"_s, tr("Nothing has run yet"),
                               tr("What a run or a rehearsal does appears here as it happens."), this)),
      m_title(new QLabel(this)),
      m_facts(mutedLabel({}, this)),
      m_progress(new QProgressBar(this)),
      m_cancel(new QPushButton(tr("Cancel"), this)),
      m_output(new CodeEdit(u"SQL"_s, this)),
      m_sections(new QWidget(this))
{
    m_title->setObjectName(u"reportTitle"_s);
    m_title->setFont(Theme::titleFont());
    m_title->setTextFormat(Qt::PlainText);
    m_title->setWordWrap(true);
    m_facts->setObjectName(u"reportFacts"_s);
    m_facts->setWordWrap(true);
    m_progress->setObjectName(u"reportProgress"_s);
    m_progress->setTextVisible(false);
    m_progress->setMaximumHeight(6);
    m_cancel->setObjectName(u"reportCancel"_s);
    m_output->setObjectName(u"reportOutput"_s);
    m_output->setAccessibleName(tr("Output"));
    m_output->setReadOnly(true);
    m_output->setMaximumBlockCount(5000);
    m_sectionColumn = new QVBoxLayout(m_sections);
    m_sectionColumn->setContentsMargins(0, 0, 8, 0);
    m_sectionColumn->setSpacing(6);
    auto *scroll = new QScrollArea(this);
    scroll->setObjectName(u"reportScroll"_s);
    scroll->setWidget(m_sections);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *head = new QHBoxLayout;
    head->addWidget(m_title, 1);
    head->addWidget(m_cancel, 0, Qt::AlignTop);
    auto *column = new QVBoxLayout(m_page);
    column->setContentsMargins(14, 10, 8, 10);
    column->setSpacing(6);
    column->addLayout(head);
    column->addWidget(m_facts);
    column->addWidget(m_progress);
    column->addWidget(m_output, 1);
    column->addWidget(scroll, 1);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_nothing, 1);
    outer->addWidget(m_page, 1);
    connect(m_cancel, &QPushButton::clicked, this, &ReportPane::cancelRequested);
    clear();
}

void ReportPane::clear()
{
    m_isRunning = false;
    m_page->hide();
    m_nothing->show();
    m_output->clear();
    emptySections();
}

void ReportPane::emptySections()
{
    while (QLayoutItem *item = m_sectionColumn->takeAt(0)) {
        if (QWidget *widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
}

void ReportPane::setHeading(const QString &title, const QString &facts, words::Tone tone)
{
    m_nothing->hide();
    m_page->show();
    m_title->setText(title);
    setInk(m_title, tone == words::Tone::Neutral ? Theme::tokens().text : words::ink(tone));
    m_facts->setText(facts);
    m_facts->setVisible(!facts.isEmpty());
}

void ReportPane::setActivity(const MigrationActivity &activity)
{
    if (activity.isRunning() && !m_isRunning) {
        m_output->clear();
        emptySections();
    }
    m_isRunning = activity.isRunning();
    m_progress->setVisible(m_isRunning);
    m_cancel->setVisible(m_isRunning);
    m_output->setVisible(m_isRunning || m_sectionColumn->isEmpty());
    m_sections->parentWidget()->parentWidget()->setVisible(!m_output->isVisibleTo(m_page));
    if (!m_isRunning)
        return;
    m_progress->setRange(0, activity.total);
    m_progress->setValue(activity.done);
    using Kind = MigrationActivity::Kind;
    const QString title = activity.kind == Kind::Rehearse  ? tr("Rehearsing…")
                          : activity.kind == Kind::Down    ? tr("Reverting…")
                          : activity.kind == Kind::Backup  ? tr("Making a backup…")
                          : activity.kind == Kind::Restore ? tr("Restoring…")
                                                           : tr("Running…");
    QString facts = activity.current;
    if (activity.total > 0)
        facts =
            tr("%1 of %2").arg(activity.done).arg(activity.total) + (facts.isEmpty() ? QString() : u"  ·  "_s + facts);
    setHeading(title, facts.isEmpty() ? u" "_s : facts, words::Tone::Neutral);
}

void ReportPane::append(const QString &line)
{
    m_output->appendPlainText(line);
}

void ReportPane::note(const QString &text, words::Tone tone)
{
    auto *label = new WrapLabel(text, Theme::uiFont(), m_sections);
    setInk(label, words::ink(tone));
    m_sectionColumn->addWidget(label);
}

void ReportPane::section(const QString &title, const QString &text, const QString &language, const QString &objectName)
{
    if (text.isEmpty())
        return;
    auto *heading = mutedLabel(title, m_sections);
    m_sectionColumn->addWidget(heading);
    auto *code = new CodeEdit(language, m_sections);
    code->setObjectName(objectName);
    code->setAccessibleName(title);
    code->setReadOnly(true);
    code->setPlainText(text);
    code->setLines(1, 24);
    m_sectionColumn->addWidget(code);
    m_sectionColumn->addSpacing(6);
}

void ReportPane::showRun(const migrations::RunReport &report)
{
    emptySections();
    const int done = int(std::ranges::count(report.steps, u"done"_s, &migrations::StepReport::outcome));
    const bool failed = !report.error.code.isEmpty();
    const bool up = report.steps.isEmpty() || report.steps.first().step.direction == Direction::Up;
    QString title;
    if (report.steps.isEmpty())
        title = tr("Nothing to do");
    else if (failed)
        title = report.error.code == "cancelled"_L1 ? tr("Cancelled") : tr("It failed");
    else
        title = up ? tr("%n migration(s) applied", nullptr, done) : tr("%n migration(s) reverted", nullptr, done);
    setHeading(title, report.steps.isEmpty() ? QString() : words::duration(report.ms),
               failed ? words::Tone::Error : words::Tone::Neutral);
    if (failed) {
        note(words::error(report.error), words::Tone::Error);
        for (const migrations::StepReport &step : report.steps)
            if (!step.error.message.isEmpty() && step.error.message != report.error.message)
                note(step.step.name + u": "_s + step.error.message, words::Tone::Error);
        if (done > 0)
            note(tr("%n before it went well and stay.", nullptr, done), words::Tone::Neutral);
    }
    if (report.backup)
        note(tr("Backup made before: %1").arg(report.backup->path), words::Tone::Neutral);
    else if (!report.undo.isEmpty() && !report.steps.isEmpty())
        note(report.undo, words::Tone::Neutral);
    section(tr("SQL"), sqlOf(report.steps), u"SQL"_s, u"reportSql"_s);
    QStringList printed;
    for (const migrations::StepReport &step : report.steps)
        if (!step.output.trimmed().isEmpty())
            printed << step.output.trimmed();
    section(tr("Printed"), printed.join(u'\n'), u"None"_s, u"reportPrinted"_s);
    m_sectionColumn->addStretch(1);
    setActivity({});
}

void ReportPane::showRehearsal(const migrations::RehearsalReport &report)
{
    emptySections();
    const bool failed = !report.error.code.isEmpty();
    const bool hasLeftovers = !report.leftovers.isEmpty();
    const QString title = report.planned.isEmpty()              ? tr("Nothing to rehearse")
                          : report.error.code == "cancelled"_L1 ? tr("Cancelled")
                          : failed                              ? tr("The rehearsal failed")
                          : hasLeftovers                        ? tr("It works, but “down” does not undo all of it")
                          : report.passes.size() < 3 && report.method != "transaction"_L1
                              ? tr("“up” works; there is no “down” to rehearse")
                              : tr("Up, down and up again: it works");
    setHeading(title,
               report.planned.isEmpty() ? QString()
                                        : tr("%1 in %2; the real database was not touched")
                                              .arg(methodText(report.method), words::duration(report.ms)),
               failed         ? words::Tone::Error
               : hasLeftovers ? words::Tone::Warn
                              : words::Tone::Ok);
    if (failed)
        note(words::error(report.error), words::Tone::Error);
    for (const QString &one : report.notes)
        note(one, words::Tone::Warn);
    section(tr("Not put back by “down”"), report.leftovers.join(u'\n'), u"Diff"_s, u"reportLeftovers"_s);
    const auto first = report.passes.isEmpty() ? migrations::PassReport{} : report.passes.first();
    section(tr("What “up” changes in the schema"), first.differences.join(u'\n'), u"Diff"_s, u"reportSchema"_s);
    section(report.passes.size() > 1 ? tr("Rows: before, after up, down, up") : tr("Rows: before, after"),
            rowsOf(report), u"None"_s, u"reportRows"_s);
    QStringList locks, sql;
    for (const migrations::PassReport &pass : report.passes) {
        sql << sqlOf(pass.steps);
        for (const migrations::StepReport &step : pass.steps)
            for (const QString &lock : step.locks)
                if (!locks.contains(lock))
                    locks << lock;
    }
    section(tr("Locks taken"), locks.join(u'\n'), u"None"_s, u"reportLocks"_s);
    section(tr("SQL"), sql.join(u"\n\n"_s), u"SQL"_s, u"reportSql"_s);
    m_sectionColumn->addStretch(1);
    setActivity({});
}

void ReportPane::showError(const Error &error)
{
    emptySections();
    setHeading(tr("It did not run"), {}, words::Tone::Error);
    note(words::error(error), words::Tone::Error);
    m_sectionColumn->addStretch(1);
    setActivity({});
}

} // namespace paddock::ui
