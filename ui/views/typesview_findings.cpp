// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is done with findings: accepted, copied, opened; and the baseline that later ones are compared with.
#include "actions.h"
#include "models/roles.h"
#include "source.h"
#include "theme/icons.h"
#include "views/typesview.h"
#include "widgets/misc.h"

#include <QApplication>
#include <QClipboard>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QTreeView>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using types::Severity;

QList<types::Finding> TypesView::selectedFindings() const
{
    QList<types::Finding> findings;
    QSet<QString> seen;
    for (QModelIndex index : m_list->selectionModel()->selectedIndexes()) {
        while (index.parent().isValid())
            index = index.parent();
        const auto finding = index.data(models::RecordRole).value<types::Finding>();
        if (finding.severity == Severity::Safe || seen.contains(finding.fingerprint))
            continue; // what is safe needs no approval
        seen.insert(finding.fingerprint);
        findings.append(finding);
    }
    return findings;
}

bool TypesView::hasFindings() const
{
    return !selectedFindings().isEmpty();
}

bool TypesView::isApproved() const
{
    const QList<types::Finding> findings = selectedFindings();
    return !findings.isEmpty() && std::ranges::all_of(findings, &types::Finding::approved);
}

void TypesView::approveSelected()
{
    if (!desk() || !hasFindings())
        return;
    desk()->approve(selectedFindings(), !isApproved()).then(this, [this](const Result<> &result) {
        if (result)
            Q_EMIT succeeded();
        else
            Q_EMIT failed(result.error());
    });
}

void TypesView::saveBaseline()
{
    if (!desk())
        return;
    auto *dialog = new QDialog(this);
    dialog->setObjectName(u"baselineDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Save a baseline"));
    auto *form = new QFormLayout(dialog);
    form->setContentsMargins(20, 16, 20, 16);
    auto *name = new QLineEdit(u"main"_s, dialog);
    name->setObjectName(u"baselineName"_s);
    name->setMinimumWidth(280);
    name->selectAll();
    form->addRow(tr("Name"), name);
    auto *note = mutedLabel(tr("The types as they are now, one line for each thing that callers see, in "
                               ".paddock/types: to be committed and compared with later."),
                            dialog);
    note->setWordWrap(true);
    form->addRow(note);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, dialog);
    QPushButton *save = buttons->addButton(tr("Save"), QDialogButtonBox::AcceptRole);
    save->setObjectName(u"baselineSave"_s);
    save->setDefault(true);
    form->addRow(buttons);
    connect(name, &QLineEdit::textChanged, save, [save](const QString &text) { save->setEnabled(!text.isEmpty()); });
    connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    connect(dialog, &QDialog::accepted, this, [this, name] {
        if (!desk())
            return;
        desk()->saveBaseline(name->text().trimmed()).then(this, [this](const Result<QString> &file) {
            if (!file)
                return Q_EMIT failed(file.error());
            Q_EMIT succeeded();
            fillChoices();
        });
    });
    dialog->open();
}

void TypesView::activate(const QModelIndex &index)
{
    const QString file = index.data(models::FileRole).toString();
    if (!file.isEmpty())
        Q_EMIT openRequested(file, index.data(models::LineRole).toInt());
    else
        m_list->setExpanded(index, !m_list->isExpanded(index));
}

void TypesView::copyRow(const QModelIndex &index) const
{
    QString text = index.data().toString();
    if (const auto finding = index.data(models::RecordRole).value<types::Finding>(); !finding.symbol.isEmpty())
        text = u"%1 %2 (%3)\n%4\n%5"_s.arg(toString(finding.severity), finding.symbol, finding.rule, finding.message,
                                           finding.example);
    QApplication::clipboard()->setText(text.trimmed());
}

void TypesView::showMenu(const QPoint &position)
{
    const QModelIndex index = m_list->indexAt(position);
    if (!index.isValid())
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QPersistentModelIndex kept(index);
    if (!index.data(models::FileRole).toString().isEmpty())
        menu->addAction(icons::get(u"open"_s), tr("Open in editor"), this, [this, kept] { activate(kept); });
    menu->addAction(icons::get(u"copy"_s), tr("Copy"), this, [this, kept] { copyRow(kept); });
    menu->addSeparator();
    menu->addAction(m_actions->approveTypes);
    menu->popup(m_list->viewport()->mapToGlobal(position));
}

} // namespace paddock::ui
