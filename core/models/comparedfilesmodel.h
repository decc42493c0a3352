// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/comparison.h"

#include <QAbstractListModel>

namespace paddock::models {

/// Files that differ, each with lines added and removed. A file that stays keeps its row.
class ComparedFilesModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Roles { AddedRole = Qt::UserRole + 700, RemovedRole, GeneratedRole };

    using QAbstractListModel::QAbstractListModel;

    void setFiles(const QList<types::ComparedFile> &files);
    [[nodiscard]] const types::ComparedFile &file(int row) const { return m_files.at(row); }
    [[nodiscard]] int rowOf(const QString &name) const; ///< -1: not there

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

private:
    QList<types::ComparedFile> m_files;
};

} // namespace paddock::models
