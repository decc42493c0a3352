// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/rules.h"
#include "words.h"

#include <QStyledItemDelegate>

namespace paddock::ui {

/// Findings of the Types view: severity, symbol, rule, sentence, approval, impact; below each the code that would
/// break, both types, and where it is used.
class TypesDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    void paintFinding(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const;
    void paintDetail(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const;
    void paintUse(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const;
};

/// Files that differ, with lines added and removed.
class ComparedFilesDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

[[nodiscard]] words::Tone toneOf(types::Severity severity);
[[nodiscard]] QString wordOf(types::Severity severity);             ///< "breaking"
[[nodiscard]] QString countOf(types::Severity severity, int count); ///< "2 breaking"
[[nodiscard]] types::Severity severityOf(const QString &word);

} // namespace paddock::ui
