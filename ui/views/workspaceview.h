// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/treefiltermodel.h"

#include <QWidget>

class QTreeView;

namespace paddock::ui {

class FilterEdit;
class SourceModels;
class TreeDelegate;

/// The Workspace tree with its filter.
class WorkspaceView final : public QWidget
{
    Q_OBJECT

public:
    explicit WorkspaceView(SourceModels *models, QWidget *parent = nullptr);

    [[nodiscard]] QModelIndex current() const;   ///< in the source model
    [[nodiscard]] QString currentPlugin() const; ///< that the current row is or belongs to; empty: none
    void select(const QModelIndex &sourceIndex);
    void focusFilter();
    [[nodiscard]] QString filterText() const;
    void setFilterText(const QString &text);

Q_SIGNALS:
    void currentChanged(const QModelIndex &sourceIndex);
    void openRequested(const QString &file, int line);
    void routeActivated(const QString &route);
    void migrationActivated(const QString &plugin, const QString &name);
    void reloadRequested(const QString &plugin);
    void rollbackRequested(const QString &plugin, int generation); ///< 0: the one before
    void logsRequested(const QString &plugin);

private:
    void applyFilter(const QString &text);
    void expandDefaults();
    void activate(const QModelIndex &index);
    void showMenu(const QPoint &position);

    SourceModels *m_models;
    models::TreeFilterModel m_filter;
    FilterEdit *m_edit;
    QTreeView *m_tree;
    TreeDelegate *m_delegate;
    QSet<QString> m_seen;                    ///< groups that have been expanded once by themselves
    QList<QPersistentModelIndex> m_expanded; ///< what was open before a filter opened more
    bool m_wasFiltering = false;
};

} // namespace paddock::ui
