// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "history/historyreader.h"

#include <QAbstractTableModel>
#include <QCache>
#include <QSet>
#include <QThread>
#include <functional>

namespace paddock::models {

/// The changes of a history, newest on top, as far as they pass a filter. The file is read on a thread of its own; a
/// row that has not been read yet is there but empty, and fills in a moment later. RecordRole of a row is its
/// history::Entry.
class HistoryModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Time, Subject, Kind, Outcome, Latency, Text, ColumnCount };
    static constexpr int PageSize = 100;

    explicit HistoryModel(QObject *parent = nullptr);
    ~HistoryModel() override;

    void setFile(const QString &file); ///< empty: none
    [[nodiscard]] QString file() const { return m_file; }
    void setFilter(const history::Filter &filter);
    [[nodiscard]] const history::Filter &filter() const { return m_filter; }
    /// The file holds more than before: new rows appear on top.
    void refresh();
    [[nodiscard]] qint64 id(int row) const { return m_ids.value(row); }
    /// Everything about a change, later, on this object's thread.
    void requestDetails(qint64 id);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void loaded(); ///< the rows of the present filter are known
    void detailsReady(qint64 id, const paddock::session::ChangeRecord &record);
    void failed(const paddock::Error &error);

private:
    struct Shelf; ///< the reader, on its thread
    void read(std::function<void(history::HistoryReader &)> work);
    void takeIds(const QList<qint64> &ids, quint64 request, bool isNew);
    void takeEntries(const QList<history::Entry> &entries);
    void requestPage(int row) const;

    QThread m_thread;
    QObject *m_worker; ///< lives on m_thread
    std::shared_ptr<Shelf> m_shelf;
    QString m_file;
    history::Filter m_filter;
    QList<qint64> m_ids;
    mutable QCache<qint64, history::Entry> m_entries;
    mutable QSet<int> m_requested; ///< pages on their way
    quint64 m_request = 0;         ///< of the latest list; older answers are out of date
};

} // namespace paddock::models

Q_DECLARE_METATYPE(paddock::history::Entry)
