// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/records.h"

#include <QAbstractTableModel>

namespace paddock::models {

/// What is wrong at the moment: errors first. Rows that stay are kept, not reset.
class ProblemModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Message, Location, Source, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setProblems(const QList<session::Problem> &problems);
    [[nodiscard]] int count(const QString &severity) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QList<session::Problem> m_problems;
};

} // namespace paddock::models
