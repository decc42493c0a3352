// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>
#include <QTreeView>

/// The two plain tables at the bottom of the window.
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

class JobsView final : public QTreeView
{
    Q_OBJECT

public:
    explicit JobsView(SourceModels *models, QWidget *parent = nullptr);

Q_SIGNALS:
    void cancelRequested(qint64 job);
    void outputRequested(const QString &title, const QStringList &lines);

private:
    void showMenu(const QPoint &position);
};

} // namespace paddock::ui
