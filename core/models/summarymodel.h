// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "history/historyreader.h"
#include "session/records.h"

#include <QAbstractTableModel>
#include <QHash>
#include <array>

namespace paddock::models {

/// The five rows of the hot-reload table: what Paddock does for each kind of change, and what came of it so far.
class SummaryModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { What, HotReload, LastChange, LastOutcome, Latency, Count, ColumnCount };
    enum { SwappedCountRole = Qt::UserRole + 100, RestartedCountRole, KeptCountRole, ChangeIdRole, RunningRole };

    explicit SummaryModel(QObject *parent = nullptr);

    /// Takes a change that is new, has moved on or has ended; safe to call again with the same record.
    void apply(const session::ChangeRecord &record);
    /// What earlier sessions did: counts and latencies go on from there.
    void setPast(const history::Summary &past);
    void clear();

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Finished
    {
        qint64 id = 0;
        session::Outcome outcome = session::Outcome::None;
        double ms = 0;
    };
    struct Totals
    {
        session::ChangeRecord last;
        QList<Finished> finished; ///< oldest first, bounded
        int changes = 0, swapped = 0, restarted = 0, kept = 0;
        history::RowSummary past;

        void finish(const Finished &change);
        void count(session::Outcome outcome, int by);
        [[nodiscard]] QList<double> latencies() const; ///< of what took effect or failed, oldest first
    };
    [[nodiscard]] static QString explanation(int row);
    [[nodiscard]] QString text(const Totals &totals, int row, int column) const;

    std::array<Totals, 5> m_rows;
};

} // namespace paddock::models
