// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace paddock::ui {

/// Rows of the feed of changes: two lines for a change (what, outcome, time; why, stages), one or more for each fact
/// below it.
class FeedDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    /// Where the chip of a change's types lies, for its row's rectangle; empty: it has none.
    [[nodiscard]] static QRectF typesChip(const QRect &row, const QModelIndex &index);

private:
    void paintChange(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const;
    void paintFact(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const;
};

} // namespace paddock::ui
