// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/routemodel.h"

#include "models/roles.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace paddock::models {

namespace {

std::pair<QString, QString> keyOf(const workspace::Route &route)
{
    return {route.name, route.version};
}

} // namespace

void RouteModel::setRoutes(const QList<workspace::Route> &routes)
{
    QList<workspace::Route> next = routes;
    std::ranges::stable_sort(next, {}, keyOf);
    int row = 0;
    for (const workspace::Route &route : std::as_const(next)) {
        // Both lists are sorted: what sorts before the next route is gone.
        int gone = row;
        while (gone < m_routes.size() && keyOf(m_routes[gone]) < keyOf(route))
            ++gone;
        if (gone > row) {
            beginRemoveRows({}, row, gone - 1);
            m_routes.remove(row, gone - row);
            endRemoveRows();
        }
        if (row < m_routes.size() && keyOf(m_routes[row]) == keyOf(route)) {
            if (m_routes[row] != route) {
                m_routes[row] = route;
                Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
            }
        } else {
            beginInsertRows({}, row, row);
            m_routes.insert(row, route);
            endInsertRows();
        }
        ++row;
    }
    if (row < m_routes.size()) {
        beginRemoveRows({}, row, int(m_routes.size()) - 1);
        m_routes.resize(row);
        endRemoveRows();
    }
}

int RouteModel::rowOf(const QString &name) const
{
    const auto it = std::ranges::find(m_routes, name, &workspace::Route::name);
    return it == m_routes.end() ? -1 : int(it - m_routes.begin());
}

int RouteModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_routes.size());
}

int RouteModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RouteModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const workspace::Route &route = m_routes[index.row()];
    QStringList details{route.handler};
    if (!route.version.isEmpty())
        details.append(u'v' + route.version);
    details += route.middleware;
    switch (role) {
    case Qt::DisplayRole: return index.column() == Name ? route.name : route.handler;
    case NameRole:
    case RecordRole: return route.name;
    case KindRole: return int(NodeKind::Route);
    case DetailRole: return details.join(u" · "_s);
    case StateRole: return route.handler;
    case FileRole: return route.file;
    case LineRole: return route.line;
    default: return {};
    }
}

QVariant RouteModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == Name ? tr("Route") : tr("Handler");
}

} // namespace paddock::models
