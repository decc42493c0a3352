// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QTableView;
class QTreeView;

namespace paddock::ui {

class SourceModels;

/// The hot-reload page: the five-row table above, the feed of changes below.
class HotReloadView final : public QWidget
{
    Q_OBJECT

public:
    explicit HotReloadView(SourceModels *models, QWidget *parent = nullptr);

    bool showChange(qint64 id); ///< selects it in the feed and opens its details; false: the feed has it no longer

Q_SIGNALS:
    void openRequested(const QString &file, int line);
    void typesRequested(qint64 change); ///< what the change did to callers

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void fitTable();
    void copyCurrent();

    SourceModels *m_models;
    QTableView *m_table;
    QTreeView *m_feed;
    QLabel *m_count;
};

} // namespace paddock::ui
