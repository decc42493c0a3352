// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/migrationmodel.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTreeView;

namespace paddock::session {
class MigrationDesk;
}

namespace paddock::ui {

class EmptyState;

/// The backups of the database, newest first, and the way back to each.
class BackupsPage final : public QWidget
{
    Q_OBJECT

public:
    explicit BackupsPage(QWidget *parent = nullptr);

    void setDesk(session::MigrationDesk *desk);
    void invalidate();

Q_SIGNALS:
    void backupRequested();
    void restoreRequested(const paddock::migrations::Backup &backup);

protected:
    void showEvent(QShowEvent *event) override;

private:
    void read();
    void refresh();

    session::MigrationDesk *m_desk = nullptr; ///< outlives its being set here
    models::ValueTreeModel m_model;
    QLabel *m_facts;
    QPushButton *m_make;
    QPushButton *m_restore;
    QTreeView *m_view;
    EmptyState *m_empty;
};

} // namespace paddock::ui
