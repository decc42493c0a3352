// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/migrationmodel.h"

#include <QWidget>

class QLabel;
class QToolButton;
class QTreeView;

namespace paddock::session {
class MigrationDesk;
}

namespace paddock::ui {

class EmptyState;
class FilterEdit;

/// The database as it is: tables with their rows, columns, indexes and keys. Read when the page is seen, and on
/// request.
class SchemaPage final : public QWidget
{
    Q_OBJECT

public:
    explicit SchemaPage(QWidget *parent = nullptr);

    void setDesk(session::MigrationDesk *desk);
    void invalidate(); ///< it may have changed: read again when it is seen
    void read();

Q_SIGNALS:
    void queryRequested(const QString &sql);

protected:
    void showEvent(QShowEvent *event) override;

private:
    void show(const migrations::Schema &schema);
    void openMenu(const QPoint &position);
    [[nodiscard]] QString queryFor(const QModelIndex &index) const;

    session::MigrationDesk *m_desk = nullptr; ///< outlives its being set here
    migrations::Schema m_schema;
    models::SchemaModel m_model;
    FilterEdit *m_filter;
    QLabel *m_facts;
    QToolButton *m_refresh;
    QTreeView *m_view;
    EmptyState *m_empty;
    bool m_isStale = true;
    bool m_isReading = false;
};

} // namespace paddock::ui
