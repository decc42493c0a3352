// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the Types view compares: the choices, and what comes of them.
#include "delegates/typesdelegate.h"
#include "models/roles.h"
#include "source.h"
#include "theme/icons.h"
#include "views/typesview.h"
#include "widgets/diffview.h"

#include <QComboBox>
#include <QLabel>
#include <QListView>
#include <QLocale>
#include <QTreeView>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using session::TypesComparison;
using session::TypesStatus;

namespace {

QString nameOf(const types::SnapshotEntry &entry)
{
    const QDateTime at = entry.at.toLocalTime();
    const QString when =
        at.date() == QDate::currentDate() ? at.toString(u"HH:mm:ss"_s) : QLocale().toString(at, u"d MMM HH:mm"_s);
    return TypesView::tr("%1 · %2 · %3", "snapshot · time · reason").arg(entry.id, when, entry.reason);
}

} // namespace

void TypesView::fillChoices()
{
    if (!desk())
        return;
    // Answers may overtake each other; an earlier one would lack the newest snapshot.
    desk()->choices().then(this, [this, asked = ++m_choices](const session::TypesChoices &choices) {
        if (asked == m_choices)
            takeChoices(choices);
    });
}

void TypesView::takeChoices(const session::TypesChoices &choices)
{
    if (!desk())
        return;
    const TypesStatus &status = desk()->status();
    const QString from = m_from->count() == 0 ? First : m_from->currentData().toString();
    const QString to = m_to->count() == 0 ? Now : m_to->currentData().toString();
    m_from->clear();
    m_to->clear();
    if (m_change > 0)
        m_from->addItem(tr("Change %1").arg(m_change), OfChange);
    m_from->addItem(tr("Since the last change"), Previous);
    m_from->addItem(tr("Since the start"), First);
    m_to->addItem(tr("Now"), Now);
    if (!choices.baselines.isEmpty())
        m_from->insertSeparator(m_from->count());
    for (const QString &name : choices.baselines)
        m_from->addItem(icons::get(u"history"_s), tr("Baseline “%1”").arg(name), name);
    if (!choices.snapshots.isEmpty()) {
        m_from->insertSeparator(m_from->count());
        m_to->insertSeparator(m_to->count());
    }
    for (auto it = choices.snapshots.rbegin(); it != choices.snapshots.rend(); ++it)
        for (QComboBox *box : {m_from, m_to})
            box->addItem(nameOf(*it), it->id);
    for (const QString &name : choices.baselines)
        m_to->addItem(icons::get(u"history"_s), tr("Baseline “%1”").arg(name), name);
    m_from->setCurrentIndex(std::max(0, m_from->findData(m_change > 0 ? OfChange : from)));
    m_to->setCurrentIndex(std::max(0, m_to->findData(to)));
    // Without a session's own snapshots a baseline is what there is to compare with.
    if (m_isFresh && !status.hasSnapshot && !choices.baselines.isEmpty() && m_change == 0)
        m_from->setCurrentIndex(m_from->findData(choices.baselines.first()));
    m_to->setEnabled(m_change == 0);
}

void TypesView::choiceMade()
{
    const bool ofChange = m_from->currentData().toString() == OfChange;
    if (!ofChange && m_change > 0) {
        m_change = 0;
        m_from->removeItem(m_from->findData(OfChange));
    }
    m_to->setEnabled(m_change == 0);
    compareLater();
}

void TypesView::showChange(qint64 change)
{
    m_change = change;
    if (const int old = m_from->findData(OfChange); old >= 0)
        m_from->removeItem(old);
    m_from->insertItem(0, tr("Change %1").arg(change), OfChange);
    m_from->setCurrentIndex(0);
    m_to->setEnabled(false);
    compareLater();
}

void TypesView::compareLater()
{
    if (!isVisible())
        m_isStale = true;
    else
        m_compare.start();
}

void TypesView::compare()
{
    session::TypesDesk *types = desk();
    if (!types)
        return;
    m_isStale = false;
    m_isFresh = false;
    const TypesStatus status = types->status();
    const auto resolved = [&](const QString &name) {
        return name == Previous ? (status.previous.isEmpty() ? status.first : status.previous)
               : name == First  ? status.first
                                : name;
    };
    const QString from = resolved(m_from->count() == 0 ? First : m_from->currentData().toString());
    const QString to = m_to->count() == 0 ? Now : m_to->currentData().toString();
    if (m_change == 0 && (from.isEmpty() || (to == Now && !status.hasSnapshot))) {
        m_findings.setFindings({});
        m_files.setFiles({});
        m_diff->clear();
        showCounts();
        return showEmptyTexts();
    }
    const quint64 request = ++m_request;
    m_isComparing = true;
    showStatus();
    (m_change > 0 ? types->compareChange(m_change) : types->compare(from, to))
        .then(this, [this, request](const Result<TypesComparison> &comparison) {
            if (request != m_request)
                return; // another choice was made meanwhile
            m_isComparing = false;
            if (comparison) {
                Q_EMIT succeeded();
                take(*comparison);
            } else if (comparison.error().code != "no-comparison"_L1) {
                Q_EMIT failed(comparison.error());
            }
            showStatus();
        });
}

void TypesView::take(const TypesComparison &comparison)
{
    const QString selected = m_list->currentIndex().data(models::RecordRole).value<types::Finding>().fingerprint;
    m_findings.setFindings(comparison.findings);
    const QString shown = m_fileList->currentIndex().data().toString();
    m_files.setFiles(comparison.files);
    for (int row = 0; row < m_filter.rowCount() && !selected.isEmpty(); ++row)
        if (m_filter.index(row, 0).data(models::RecordRole).value<types::Finding>().fingerprint == selected)
            m_list->setCurrentIndex(m_filter.index(row, 0));
    showCounts();
    showEmptyTexts();
    const int row = std::max(0, m_files.rowOf(shown));
    if (m_files.rowCount() == 0) {
        m_diff->clear();
        m_fileName->clear();
        m_place->clear();
    } else if (m_fileList->currentIndex().row() == row) {
        showFile(m_files.index(row));
    } else {
        m_fileList->setCurrentIndex(m_files.index(row));
    }
    findImpact();
}

void TypesView::findImpact()
{
    if (!desk() || m_findings.findings().isEmpty())
        return;
    const quint64 request = m_request;
    desk()->findImpact(m_findings.findings()).then(this, [this, request](const Result<QList<types::Impact>> &impacts) {
        if (request == m_request && impacts)
            m_findings.setImpacts(*impacts);
        showStatus();
    });
}

} // namespace paddock::ui
