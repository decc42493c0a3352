// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/records.h"

#include <QAbstractTableModel>
#include <QTimer>
#include <deque>

namespace paddock::models {

/// The fate of every save, newest on top, bounded, filtered by text (in the file or the reason) and by fate. What comes
/// is taken in batches: a checkout brings ten thousand at once.
class JournalModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Time, Fate, File, Reason, Change, ColumnCount };

    explicit JournalModel(QObject *parent = nullptr, qsizetype maximum = 20'000);

    void append(const session::JournalEntry &entry); ///< shows within 50 ms
    void flush();                                    ///< shows what was appended now
    void clear();
    void setFilter(const QString &text, std::optional<session::Fate> fate);
    [[nodiscard]] qsizetype total() const { return qsizetype(m_entries.size()); } ///< whether shown or not

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] bool isShown(const session::JournalEntry &entry) const;
    [[nodiscard]] const session::JournalEntry &entryAt(int row) const;
    void dropOldest();

    std::deque<session::JournalEntry> m_entries; ///< oldest first
    std::deque<qint64> m_shown;                  ///< numbers of entries since the beginning, oldest first
    QList<session::JournalEntry> m_waiting;
    qint64 m_first = 0; ///< the number of m_entries.front()
    qsizetype m_maximum;
    QTimer m_timer;
    QString m_text;
    std::optional<session::Fate> m_fate;
};

} // namespace paddock::models
