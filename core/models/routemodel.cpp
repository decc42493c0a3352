// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/routemodel.h"

#include "models/roles.h"

#include <algorithm>
#include <compare>

using namespace Qt::StringLiterals;

namespace paddock::models {

namespace {

std::weak_ordering compare(const workspace::Route &a, const workspace::Route &b)
{
    const int names = a.name.compare(b.name);
    return (names != 0 ? names : a.version.compare(b.version)) <=> 0;
}

bool isBefore(const workspace::Route &a, const workspace::Route &b)
{
    return compare(a, b) < 0;
}

} // namespace

QList<workspace::Route> RouteModel::inOrder(QList<workspace::Route> routes)
{
    if (!std::ranges::is_sorted(std::as_const(routes), isBefore))
        std::ranges::stable_sort(routes, isBefore);
    return routes;
}

void RouteModel::setRoutes(const QList<workspace::Route> &routes)
{
    const QList<workspace::Route> next = inOrder(routes);
    int row = 0;
    for (int at = 0; at < next.size();) {
        // Both lists are sorted: what sorts before the next route is gone.
        int gone = row;
        while (gone < m_routes.size() && isBefore(m_routes[gone], next[at]))
            ++gone;
        if (gone > row) {
            beginRemoveRows({}, row, gone - 1);
            m_routes.remove(row, gone - row);
            endRemoveRows();
        }
        if (row < m_routes.size() && compare(m_routes[row], next[at]) == 0) {
            if (m_routes[row] != next[at]) {
                m_routes[row] = next[at];
                Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
            }
            ++row;
            ++at;
            continue;
        }
        int end = at + 1;
        while (end < next.size() && (row == m_routes.size() || isBefore(next[end], m_routes[row])))
            ++end;
        beginInsertRows({}, row, row + end - at - 1);
        m_routes = m_routes.first(row) + next.sliced(at, end - at) + m_routes.sliced(row);
        endInsertRows();
        row += end - at;
        at = end;
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
