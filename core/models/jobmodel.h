// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/records.h"

#include <QAbstractTableModel>

namespace paddock::models {

/// Child processes that a stage or the user ran, newest on top, bounded.
class JobModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Name, Command, State, Duration, Started, ColumnCount };

    explicit JobModel(QObject *parent = nullptr, int maximum = 200);

    void apply(const session::JobRecord &job); ///< a new job, or news of one
    void clear();
    [[nodiscard]] int running() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QList<session::JobRecord> m_jobs;
    int m_maximum;
};

} // namespace paddock::models
