// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "migrations/query.h"

#include <QAbstractTableModel>

namespace paddock::models {

/// The rows of a query. StateRole: "null", "blob", "number", "text".
class QueryModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    void setResult(const migrations::QueryResult &result); ///< another result is another table: this one resets
    [[nodiscard]] const migrations::QueryResult &result() const { return m_result; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    migrations::QueryResult m_result;
};

} // namespace paddock::models
