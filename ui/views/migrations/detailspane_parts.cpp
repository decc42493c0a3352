// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Of a migration's page: how it can be settled, what running it does, the difference to what was applied, its text.
#include "session/migrationdesk.h"
#include "views/migrations/detailspane.h"
#include "views/migrations/findings.h"
#include "widgets/codeedit.h"
#include "widgets/diffview.h"
#include "widgets/flowrow.h"
#include "widgets/misc.h"

#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtConcurrentRun>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using migrations::Direction;
using migrations::Entry;
using migrations::Repair;
using migrations::Selection;
using migrations::State;

namespace {

/// Below this a line of code has no room beside another.
constexpr int WidthForTwo = 620;

QString repairText(Repair repair)
{
    switch (repair) {
    case Repair::Retry: return DetailsPane::tr("Run it again");
    case Repair::MarkApplied: return DetailsPane::tr("Mark as applied");
    case Repair::MarkReverted: return DetailsPane::tr("Mark as not applied");
    case Repair::Restore: return DetailsPane::tr("Restore a backup…");
    case Repair::PutBack: return DetailsPane::tr("Put the file back");
    case Repair::NewFromDifference: return DetailsPane::tr("New migration from the difference");
    case Repair::Adopt: return DetailsPane::tr("Adopt the file as it is");
    case Repair::Up: return DetailsPane::tr("Run it now");
    }
    Q_UNREACHABLE();
}

QString repairTip(Repair repair)
{
    switch (repair) {
    case Repair::Retry: return DetailsPane::tr("Run it once more. A part may have taken effect already.");
    case Repair::MarkApplied: return DetailsPane::tr("Record it as applied without running it");
    case Repair::MarkReverted: return DetailsPane::tr("Record it as not applied without running anything");
    case Repair::Restore: return DetailsPane::tr("Put the database back as it was before");
    case Repair::PutBack: return DetailsPane::tr("Give the file the text that was applied; the edit is lost");
    case Repair::NewFromDifference:
        return DetailsPane::tr("Put the applied text back, and keep the edited one as a migration of its own");
    case Repair::Adopt:
        return DetailsPane::tr("Take the text on disk as what was applied. The database stays as it is.");
    case Repair::Up: return DetailsPane::tr("Run it although later ones are applied already");
    }
    Q_UNREACHABLE();
}

} // namespace

void DetailsPane::addRepairs(const Entry &entry)
{
    QList<Repair> repairs = entry.repairs;
    if (entry.isCore() || repairs.isEmpty())
        return;
    const bool isOrdinary = entry.state == State::Applied; // it may be adopted, but nothing is wrong
    addHeading(isOrdinary ? tr("Its text is not recorded") : tr("How it can be settled"));
    if (isOrdinary)
        addText(tr("The framework applied it. Adopt it, and later edits of the file are noticed."));
    auto *row = new FlowRow(m_page);
    for (const Repair repair : std::as_const(repairs)) {
        if (repair == Repair::Restore && m_desk->database().engine != migrations::Engine::Sqlite)
            continue; // there are no backups
        auto *button = new QPushButton(repairText(repair), m_page);
        button->setObjectName(u"repair-"_s + toString(repair));
        button->setToolTip(repairTip(repair));
        button->setAutoDefault(false);
        connect(button, &QPushButton::clicked, this, [this, repair, key = m_key] {
            if (repair == Repair::Restore)
                Q_EMIT restoreRequested();
            else if (repair == Repair::Retry || repair == Repair::Up) {
                const Entry *now = m_desk ? m_desk->entry(key) : nullptr;
                if (!now)
                    return;
                // What broke off on its way down is taken further down.
                Selection selection{.direction = now->isApplied() ? Direction::Down : Direction::Up,
                                    .plugin = key.first,
                                    .retry = true};
                selection.only = {key};
                Q_EMIT runRequested(selection);
            } else {
                Q_EMIT repairRequested({.repair = repair, .plugin = key.first, .name = key.second});
            }
        });
        row->add(button);
    }
    m_column->addWidget(row);
}

void DetailsPane::addFindings(const Entry &entry)
{
    const bool up = !entry.isApplied();
    if (entry.path.isEmpty() || entry.isCore() || entry.state == State::Unknown || entry.state == State::Running)
        return;
    auto *box = new QWidget(m_page);
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 8, 0, 0);
    auto *heading = mutedLabel(up ? tr("What running it does") : tr("What reverting it does"), box);
    auto *list = new FindingsList(box);
    list->setObjectName(u"detailsFindings"_s);
    column->addWidget(heading);
    column->addWidget(list);
    m_column->addWidget(box);
    Selection selection{.direction = up ? Direction::Up : Direction::Down, .plugin = entry.plugin, .retry = true};
    selection.only = {m_key};
    m_desk->prepare(selection).then(list, [list, heading, up](const Result<QList<migrations::PlannedStep>> &planned) {
        if (!planned) {
            heading->setText(planned.error().message);
            return;
        }
        QList<migrations::Finding> findings;
        for (const migrations::PlannedStep &one : *planned)
            findings += one.findings;
        list->setFindings(findings);
        if (findings.isEmpty())
            heading->setText(up ? DetailsPane::tr("Running it loses nothing.")
                                : DetailsPane::tr("Reverting it loses nothing."));
    });
}

void DetailsPane::addDifference(const Entry &entry)
{
    const bool isMissing = entry.state == State::Missing;
    if (!entry.isRecorded) {
        addText(tr("Paddock did not apply it, so its text is not known."));
        return;
    }
    if (isMissing) {
        CodeEdit *code = addCode(tr("The text that was applied"), u"detailsDifference"_s, 18);
        m_desk->difference(m_key).then(code, [code](const Result<std::pair<QString, QString>> &texts) {
            code->setPlainText(texts ? texts->first : texts.error().message);
        });
        return;
    }
    auto *bar = new QWidget(m_page);
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 8, 0, 0);
    row->addWidget(mutedLabel(tr("What was applied, and the file now"), bar), 1);
    auto *sideBySide = new QToolButton(bar);
    sideBySide->setObjectName(u"detailsSideBySide"_s);
    sideBySide->setText(tr("Side by side"));
    sideBySide->setToolTip(tr("The two texts beside each other, or in one column"));
    sideBySide->setCheckable(true);
    sideBySide->setAutoRaise(true);
    row->addWidget(sideBySide);
    m_column->addWidget(bar);
    auto *diff = new DiffView(m_page);
    diff->setObjectName(u"detailsDifference"_s);
    diff->setProperty("boxed", true);
    diff->setContext(1); // the pane is low, and the whole file stands below
    m_column->addWidget(diff);
    const auto fit = [diff] { diff->setFixedHeight(diff->heightOf(qBound(3, int(diff->shown().size()), 18))); };
    connect(diff, &DiffView::loaded, diff, fit);
    connect(sideBySide, &QToolButton::toggled, diff, [diff, fit](bool isOn) {
        diff->setDiffLayout(isOn ? types::DiffLayout::SideBySide : types::DiffLayout::Unified);
        fit();
    });
    diff->setDiffLayout(types::DiffLayout::Unified);
    fit();
    connect(
        diff, &DiffView::loaded, this,
        [this, diff, sideBySide] {
            const int width = viewport()->width();
            sideBySide->setChecked(width >= WidthForTwo && width >= diff->widthForTwo());
        },
        Qt::SingleShotConnection);
    m_desk->difference(m_key).then(diff, [diff, name = entry.name](const Result<std::pair<QString, QString>> &texts) {
        if (texts)
            diff->setTexts(texts->first.toUtf8(), texts->second.toUtf8(), name);
        else
            diff->setEmptyTexts(tr("The difference is not known"), texts.error().message);
    });
}

void DetailsPane::addSource(const Entry &entry)
{
    CodeEdit *code = addCode(tr("The file"), u"detailsSource"_s, 40);
    QtConcurrent::run([path = entry.path] {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
    }).then(code, [code](const QString &text) { code->setPlainText(text.trimmed()); });
}

} // namespace paddock::ui
