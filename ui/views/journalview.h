// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>
#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QTreeView;

namespace paddock::ui {

class EmptyState;
class FilterEdit;
class SourceModels;

class JournalDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

/// Journal: what became of every save, and why, with the way to the change that it led to.
class JournalView final : public QWidget
{
    Q_OBJECT

public:
    explicit JournalView(SourceModels *models, QWidget *parent = nullptr);

    void focusFilter();
    [[nodiscard]] QVariantMap saveState() const;
    void restoreState(const QVariantMap &state);

Q_SIGNALS:
    void changeRequested(qint64 change);
    void openRequested(const QString &file, int line);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void applyFilter();
    void showCount();
    void fitColumns();
    void showMenu(const QPoint &position);

    SourceModels *m_models;
    FilterEdit *m_text;
    QComboBox *m_fate;
    QLabel *m_count;
    QTreeView *m_list;
    EmptyState *m_empty;
    QTimer m_typing;
};

} // namespace paddock::ui
