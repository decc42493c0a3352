// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/workspace.h"

#include <QAbstractTableModel>

namespace paddock::models {

/// All routes in the order of their names; rows that stay are kept, not reset. RecordRole: the full name.
class RouteModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Name, Handler, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setRoutes(const QList<workspace::Route> &routes); ///< quicker if they are in order already
    [[nodiscard]] static QList<workspace::Route> inOrder(QList<workspace::Route> routes);
    [[nodiscard]] const workspace::Route &route(int row) const { return m_routes[row]; }
    [[nodiscard]] int rowOf(const QString &name) const; ///< −1: none

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QList<workspace::Route> m_routes;
};

} // namespace paddock::models
