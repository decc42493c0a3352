// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/comparedfilesmodel.h"

#include "models/roles.h"

#include <QCoreApplication>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace paddock::models {

void ComparedFilesModel::setFiles(const QList<types::ComparedFile> &files)
{
    // Order is that of the comparison, so what is gone goes first and what is new falls into its place.
    for (int row = int(m_files.size()) - 1; row >= 0; --row) {
        if (std::ranges::find(files, m_files[row].name, &types::ComparedFile::name) != files.end())
            continue;
        beginRemoveRows({}, row, row);
        m_files.removeAt(row);
        endRemoveRows();
    }
    for (int row = 0; row < int(files.size()); ++row) {
        const int old = rowOf(files[row].name);
        if (old < 0) {
            beginInsertRows({}, row, row);
            m_files.insert(row, files[row]);
            endInsertRows();
            continue;
        }
        if (old != row) {
            beginMoveRows({}, old, old, {}, row);
            m_files.move(old, row);
            endMoveRows();
        }
        if (m_files[row] != files[row]) {
            m_files[row] = files[row];
            Q_EMIT dataChanged(index(row), index(row));
        }
    }
}

int ComparedFilesModel::rowOf(const QString &name) const
{
    const auto it = std::ranges::find(m_files, name, &types::ComparedFile::name);
    return it == m_files.end() ? -1 : int(it - m_files.begin());
}

int ComparedFilesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_files.size());
}

QVariant ComparedFilesModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const types::ComparedFile &file = m_files[index.row()];
    switch (role) {
    case Qt::DisplayRole:
    case NameRole: return file.name;
    case Qt::AccessibleTextRole:
        return QCoreApplication::translate("paddock::models::ComparedFilesModel", "%1, %2 lines added, %3 removed")
            .arg(file.name)
            .arg(file.added)
            .arg(file.removed);
    case AddedRole: return file.added;
    case RemovedRole: return file.removed;
    case GeneratedRole: return file.isGenerated;
    case FileRole: return file.isGenerated ? file.name : QString();
    default: return {};
    }
}

} // namespace paddock::models
