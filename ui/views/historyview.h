// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/changefeedmodel.h"
#include "models/historymodel.h"

#include <QStyledItemDelegate>
#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QToolButton;
class QTreeView;

namespace paddock::ui {

class FilterEdit;

class HistoryDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

/// History: the changes of all sessions with filters, and beside them all that is known of the one selected. It shows
/// the workspace's store, or an exported file.
class HistoryView final : public QWidget
{
    Q_OBJECT

public:
    explicit HistoryView(QWidget *parent = nullptr);

    void setFile(const QString &file); ///< empty: none
    /// The file holds more; several calls in a row are one.
    void refreshLater();
    [[nodiscard]] models::HistoryModel *model() { return &m_model; }

Q_SIGNALS:
    void openRequested(const QString &file, int line);
    void exportRequested(const QString &file, qint64 change); ///< 0: all of it

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void applyFilter();
    void showCount();
    void fitColumns();

    models::HistoryModel m_model;
    models::ChangeFeedModel m_details; ///< of the change selected
    FilterEdit *m_text;
    QComboBox *m_kind;
    QComboBox *m_outcome;
    QComboBox *m_time;
    QLabel *m_count;
    QToolButton *m_export;
    QTreeView *m_list;
    QTreeView *m_detailView;
    QTimer m_refresh;
    QTimer m_typing;
    QString m_pendingFile; ///< opened when the view is first seen
    bool m_isStale = false;
};

} // namespace paddock::ui
