// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>
#include <QTreeView>

/// The plain tables at the bottom of the window.
namespace paddock::ui {

class SourceModels;

/// Cells of the Problems and Jobs tables: severity icon, state chip, mono location, durations.
class TableDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

/// Makes a flat list of a tree view: no frame, no indentation, uniform rows as wide as the view.
void setUpList(QTreeView *view);

/// The same with cells as TableDelegate paints them.
void setUpTable(QTreeView *view, QAbstractItemModel *model);

class ProblemsView final : public QTreeView
{
    Q_OBJECT

public:
    explicit ProblemsView(SourceModels *models, QWidget *parent = nullptr);

Q_SIGNALS:
    void openRequested(const QString &file, int line);

private:
    void showMenu(const QPoint &position);
};

} // namespace paddock::ui
