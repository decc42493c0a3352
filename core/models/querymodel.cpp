// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/querymodel.h"

#include "models/roles.h"

using namespace Qt::StringLiterals;

namespace paddock::models {

void QueryModel::setResult(const migrations::QueryResult &result)
{
    beginResetModel();
    m_result = result;
    endResetModel();
}

int QueryModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_result.rows.size());
}

int QueryModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_result.columns.size());
}

QVariant QueryModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const QVariant value = m_result.rows[index.row()].value(index.column());
    const bool isBlob = value.typeId() == QMetaType::QByteArray;
    const bool isNumber = !isBlob && value.typeId() != QMetaType::QString && value.canConvert<double>();
    switch (role) {
    case Qt::DisplayRole: return migrations::cellText(value, 400).replace(u'\n', u' ');
    case Qt::ToolTipRole: return migrations::cellText(value);
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (isNumber && !value.isNull() ? Qt::AlignRight : Qt::AlignLeft));
    case StateRole: return value.isNull() ? u"null"_s : isBlob ? u"blob"_s : isNumber ? u"number"_s : u"text"_s;
    default: return {};
    }
}

QVariant QueryModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role == Qt::TextAlignmentRole && orientation == Qt::Horizontal && !m_result.rows.isEmpty())
        return index(0, section).data(role); // as its cells
    if (role != Qt::DisplayRole)
        return {};
    return orientation == Qt::Horizontal ? QVariant(m_result.columns.value(section)) : QVariant(section + 1);
}

} // namespace paddock::models
