// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "logs/logline.h"

#include <QObject>
#include <deque>

namespace paddock::logs {

struct LogLimits
{
    qsizetype lines = 100'000;
    qint64 bytes = 64LL << 20; ///< of text and spans, in memory
};

/// The last lines of a session. Ids count from 1 without gaps, so line `id` is at index `id - firstId()`.
class LogStore final : public QObject
{
    Q_OBJECT

public:
    explicit LogStore(LogLimits limits = {}, QObject *parent = nullptr);

    /// Gives the lines their ids and keeps them; the oldest go when a limit is reached.
    void append(QList<LogLine> lines);
    /// Lines that never got here because they came too fast.
    void addLost(qint64 count);
    void clear(); ///< ids go on counting

    [[nodiscard]] qsizetype size() const { return qsizetype(m_lines.size()); }
    [[nodiscard]] const LogLine &at(qsizetype index) const { return m_lines[size_t(index)]; }
    [[nodiscard]] const LogLine *byId(qint64 id) const; ///< null: gone, or not yet there
    [[nodiscard]] qint64 firstId() const { return m_nextId - size(); }
    [[nodiscard]] qint64 nextId() const { return m_nextId; }
    [[nodiscard]] qint64 bytes() const { return m_bytes; }
    [[nodiscard]] qint64 droppedOld() const { return m_droppedOld; } ///< pushed out by newer ones
    [[nodiscard]] qint64 lost() const { return m_lost; }             ///< see addLost()

Q_SIGNALS:
    void aboutToRemoveOldest(qsizetype count);
    void removedOldest(qsizetype count);
    void aboutToAppend(qsizetype count);
    void appended(const QList<paddock::logs::LogLine> &lines); ///< with their ids
    void lostChanged(qint64 lost);
    void cleared();

private:
    LogLimits m_limits;
    std::deque<LogLine> m_lines;
    qint64 m_nextId = 1;
    qint64 m_bytes = 0;
    qint64 m_droppedOld = 0;
    qint64 m_lost = 0;
};

} // namespace paddock::logs
