// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the Types view shows, and its keys; what is compared is in typesview_compare.cpp, what is done with findings in
// typesview_findings.cpp.
#include "views/typesview.h"

#include "actions.h"
#include "delegates/typesdelegate.h"
#include "models/roles.h"
#include "source.h"
#include "theme/icons.h"
#include "widgets/diffview.h"
#include "widgets/misc.h"

#include <QComboBox>
#include <QKeyEvent>
#include <QListView>
#include <QProgressBar>
#include <QSplitter>
#include <QToolButton>
#include <QTreeView>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using session::TypesStatus;
using types::Severity;

namespace {

/// Below this a line of code has no room beside another.
constexpr int WidthForTwo = 620;

} // namespace

TypesView::~TypesView() = default;

session::TypesDesk *TypesView::desk() const
{
    return m_source ? m_source->types() : nullptr;
}

void TypesView::setSource(Source *source)
{
    if (desk())
        desk()->disconnect(this);
    if (m_source)
        m_source->disconnect(this);
    m_source = source;
    ++m_request;
    m_change = 0;
    m_isStale = true;
    m_isFresh = true;
    m_isComparing = false;
    m_compare.stop();
    m_findings.setFindings({});
    m_files.setFiles({});
    m_diff->clear();
    m_fileName->clear();
    m_place->clear();
    m_from->clear();
    m_to->clear();
    if (session::TypesDesk *types = desk()) {
        connect(types, &session::TypesDesk::statusChanged, this, [this, latest = QString()]() mutable {
            showStatus();
            // A new snapshot changes what can be chosen, and what "now" is.
            if (const QString id = desk()->status().latest; id != latest) {
                latest = id;
                fillChoices();
                if (m_change == 0 && m_to->currentData().toString() == Now)
                    compareLater();
            }
        });
        connect(types, &session::TypesDesk::approvalsChanged, this, &TypesView::compareLater);
        connect(types, &session::TypesDesk::compared, this, [this](qint64 change) {
            if (change == m_change)
                compareLater();
        });
        connect(types, &session::TypesDesk::impactFound, this,
                [this](const QList<types::Impact> &impacts) { m_findings.setImpacts(impacts); });
        fillChoices();
        if (isVisible())
            compareLater();
    }
    showStatus();
    showCounts();
}

void TypesView::showFile(const QModelIndex &index)
{
    if (!index.isValid() || index.row() >= m_files.rowCount())
        return;
    const types::ComparedFile &file = m_files.file(index.row());
    m_fileName->setText(file.name);
    m_place->clear();
    m_diff->setTexts(file.before, file.after, file.name);
}

void TypesView::showStatus()
{
    const session::TypesDesk *types = desk();
    const TypesStatus status = types ? types->status() : TypesStatus();
    const bool checking = status.activity == TypesStatus::Activity::Checking;
    const bool busy = checking || m_isComparing || status.activity == TypesStatus::Activity::Reading;
    m_progress->setVisible(busy);
    m_progress->setRange(0, checking ? std::max(1, status.total) : 0);
    if (checking)
        m_progress->setValue(status.done);
    m_cancel->setVisible(checking);
    QString text;
    if (types && !status.isTrusted)
        text = tr("Not trusted");
    else if (checking)
        text = tr("Checking %1 of %2 files…").arg(status.done).arg(status.total);
    else if (m_isComparing)
        text = tr("Comparing…");
    else if (status.activity == TypesStatus::Activity::Reading)
        text = tr("Reading types…");
    else if (status.problem)
        text = status.problem->message;
    else if (!status.unknown.isEmpty())
        text = tr("%n could not be read", nullptr, int(status.unknown.size()));
    else if (!status.check.configuration.isEmpty())
        text = tr("%1 cannot be used whole").arg(status.check.configuration.first().file);
    else if (status.check.errors > 0)
        text = tr("Does not type-check: %n error(s)", nullptr, status.check.errors);
    else
        text = QString(status.compiler).replace("typescript"_L1, "TypeScript"_L1);
    m_status->setText(text);
    QStringList tip{text};
    if (status.problem && !status.problem->remedy.isEmpty())
        tip << status.problem->remedy;
    for (auto it = status.unknown.begin(); it != status.unknown.end(); ++it)
        tip << u"%1: %2"_s.arg(it.key(), it.value());
    for (const types::CodeError &error : status.check.configuration + status.check.first)
        tip << u"%1:%2: %3"_s.arg(error.file).arg(error.line).arg(error.message);
    m_status->setToolTip(tip.join(u'\n'));
    setInk(m_status, !busy && (status.problem || !status.unknown.isEmpty() || !status.check.isClean())
                         ? Theme::tokens().warn
                         : Theme::tokens().muted);
    const bool stale = !status.stale.isEmpty() || (status.hasSnapshot && !status.isGenerated);
    m_generate->setProperty("stale", stale);
    m_generate->setIcon(icons::get(u"types"_s, stale ? Theme::tokens().warn : QColor()));
    m_generate->setText(!stale                   ? m_actions->generateTypes->text()
                        : status.stale.isEmpty() ? tr("Generate types (never)")
                                                 : tr("Generate types (%n stale)", nullptr, int(status.stale.size())));
    m_generate->setToolTip(status.stale.isEmpty() ? m_actions->generateTypes->toolTip()
                                                  : tr("Older than: %1").arg(status.stale.join(", "_L1)));
    showEmptyTexts();
    Q_EMIT selectionChanged();
}

void TypesView::showCounts()
{
    for (const Severity severity : {Severity::Breaking, Severity::Dangerous, Severity::Safe}) {
        QToolButton *button = m_severities[int(severity)];
        const int count = m_findings.count(severity);
        button->setText(countOf(severity, count));
        button->setIcon(icons::get(severity == Severity::Breaking    ? u"error"_s
                                   : severity == Severity::Dangerous ? u"warning"_s
                                                                     : u"check"_s,
                                   count > 0 ? words::ink(toneOf(severity)) : QColor()));
    }
    m_approved->setText(tr("%1 approved").arg(m_findings.approved()));
}

/// Why there is nothing to see, and what to do about it.
void TypesView::showEmptyTexts()
{
    const session::TypesDesk *types = desk();
    const TypesStatus status = types ? types->status() : TypesStatus();
    QString title = tr("Callers see no difference");
    QString text = tr("Between these two, nothing changed for who uses plugins, routes, events or tables.");
    if (m_findings.rowCount() > 0) {
        title = tr("Nothing of it is shown");
        text = tr("The filters above hide all %n change(s).", nullptr, m_findings.rowCount());
    } else if (!types || !status.isTrusted) {
        title = tr("Nothing is read yet");
        text = tr("Types are read by a compiler once the workspace is trusted.");
    } else if (status.problem && !status.hasSnapshot) {
        title = status.problem->message;
        text = status.problem->remedy;
    } else if (!status.hasSnapshot && status.activity == TypesStatus::Activity::Reading) {
        title = tr("Reading the types…");
        text = tr("The first time takes a moment; afterwards a save takes a fraction of a second.");
    } else if (!status.hasSnapshot) {
        title = tr("The types have not been read yet");
        text = tr("They are read as soon as the server is up. Start it, or choose two snapshots above.");
    } else if (m_isComparing) {
        title = tr("Comparing…");
        text.clear();
    } else if (status.latest == status.first && m_from->currentData().toString() != OfChange &&
               m_to->currentData().toString() == Now &&
               (m_from->currentData().toString() == First || m_from->currentData().toString() == Previous)) {
        title = tr("Nothing has changed yet");
        text = tr("Save a file: what that does to callers appears here. Or compare with a baseline above.");
    } else if (status.problem) {
        text = status.problem->message + u' ' + status.problem->remedy;
    }
    m_empty->setTexts(title, text);
    // Without anything to compare, the frame for texts would be an empty one.
    m_halves->widget(1)->setVisible(m_findings.rowCount() > 0 || m_files.rowCount() > 0);
    m_fileList->setVisible(m_files.rowCount() > 0);
    if (!status.hasSnapshot || m_isComparing) // the list says why
        m_diff->setEmptyTexts({}, {});
    else
        m_diff->setEmptyTexts(tr("No text differs"),
                              m_files.rowCount() == 0 ? tr("Generated files and types are alike.") : QString());
}

void TypesView::focusSearch()
{
    m_searchBar->show();
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void TypesView::nextChange()
{
    m_diff->nextChange();
}

void TypesView::previousChange()
{
    m_diff->previousChange();
}

void TypesView::toggleLayout()
{
    m_layoutChosen = true;
    m_diff->setDiffLayout(m_diff->diffLayout() == types::DiffLayout::Unified ? types::DiffLayout::SideBySide
                                                                             : types::DiffLayout::Unified);
    Q_EMIT selectionChanged();
}

void TypesView::toggleFolding()
{
    m_diff->setFolded(!m_diff->isFolded());
    Q_EMIT selectionChanged();
}

void TypesView::setAutomaticLayout()
{
    if (m_layoutChosen)
        return;
    m_diff->setDiffLayout(m_diff->width() < WidthForTwo ? types::DiffLayout::Unified : types::DiffLayout::SideBySide);
    Q_EMIT selectionChanged();
}

bool TypesView::event(QEvent *event)
{
    // Finding belongs to what has the focus: here the texts, not the log.
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent *>(event)->matches(QKeySequence::Find)) {
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

void TypesView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Find))
        return focusSearch();
    if (event->key() == Qt::Key_F3)
        return m_diff->nextMatch(event->modifiers().testFlag(Qt::ShiftModifier) ? -1 : 1);
    if (event->key() == Qt::Key_Escape && m_searchBar->isVisible()) {
        m_search->clear();
        m_searchBar->hide();
        m_diff->setFocus();
        return;
    }
    QWidget::keyPressEvent(event);
}

bool TypesView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            m_diff->nextMatch(key->modifiers().testFlag(Qt::ShiftModifier) ? -1 : 1);
            return true;
        }
    }
    // The view itself would copy a row's name only.
    if (watched == m_list && event->type() == QEvent::KeyPress && m_list->currentIndex().isValid() &&
        static_cast<QKeyEvent *>(event)->matches(QKeySequence::Copy)) {
        copyRow(m_list->currentIndex());
        return true;
    }
    if (watched == m_list->viewport() && event->type() == QEvent::Resize)
        // Facts wrap to the new width; not from within the layout that has just changed it.
        QMetaObject::invokeMethod(m_list, [view = m_list] { view->doItemsLayout(); }, Qt::QueuedConnection);
    return QWidget::eventFilter(watched, event);
}

void TypesView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_isStale)
        m_compare.start();
    QMetaObject::invokeMethod(this, &TypesView::setAutomaticLayout, Qt::QueuedConnection);
}

void TypesView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    QMetaObject::invokeMethod(this, &TypesView::setAutomaticLayout, Qt::QueuedConnection);
}

} // namespace paddock::ui
