// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QModelIndex>
#include <QSet>
#include <QStringList>
#include <QWidget>

namespace paddock::ui {

class FilterEdit;
class SourceModels;
class TreeDelegate;
class WorkspaceTree;

/// The Workspace tree with its filter.
class WorkspaceView final : public QWidget
{
    Q_OBJECT

public:
    explicit WorkspaceView(SourceModels *models, QWidget *parent = nullptr);

    [[nodiscard]] QModelIndex current() const;
    [[nodiscard]] QString currentPlugin() const; ///< that the current row is or belongs to; empty: none
    void selectPlugin(const QString &name);      ///< where it is filtered away, the filter is cleared first
    void focusFilter();
    [[nodiscard]] QString filterText() const;
    void setFilterText(const QString &text);

Q_SIGNALS:
    void currentChanged(const QModelIndex &index);
    void openRequested(const QString &file, int line);
    void routeActivated(const QString &route);
    void migrationActivated(const QString &plugin, const QString &name);
    void reloadRequested(const QString &plugin);
    void rollbackRequested(const QString &plugin, int generation); ///< 0: the one before
    void logsRequested(const QString &plugin);

private:
    void applyFilter(const QString &text);
    void showUpdated();
    void expandDefaults();
    void expandForFilter();
    void activate(const QModelIndex &index);
    void showMenu(const QPoint &position);

    SourceModels *m_models;
    FilterEdit *m_edit;
    WorkspaceTree *m_tree;
    TreeDelegate *m_delegate;
    QSet<QString> m_seen;     ///< groups that have been expanded once by themselves
    QSet<QString> m_expanded; ///< paths: what was open before a filter opened more
    QStringList m_words;      ///< of the filter that rows have been opened for
    QString m_wanted;         ///< plugin to be selected as soon as it is there
};

} // namespace paddock::ui
