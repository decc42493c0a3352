// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "logs/logstore.h"

namespace paddock::logs {

namespace {

qint64 cost(const LogLine &line)
{
    return qint64(sizeof(LogLine)) + 2 * line.text.capacity() + qint64(sizeof(Span)) * line.spans.capacity();
}

} // namespace

LogStore::LogStore(LogLimits limits, QObject *parent) : QObject(parent), m_limits(limits) {}

void LogStore::append(QList<LogLine> lines)
{
    if (lines.isEmpty())
        return;
    qint64 added = 0;
    for (LogLine &line : lines) {
        line.id = m_nextId++;
        line.text.squeeze();
        added += cost(line);
    }
    // Views are told of the new lines first and of the old ones' end after that: ids stay without gaps throughout.
    m_nextId -= lines.size();
    Q_EMIT aboutToAppend(lines.size());
    m_lines.insert(m_lines.end(), lines.cbegin(), lines.cend());
    m_nextId += lines.size();
    m_bytes += added;
    Q_EMIT appended(lines);

    qsizetype surplus = 0;
    qint64 freed = 0;
    while (surplus + 1 < size() && (size() - surplus > m_limits.lines || m_bytes - freed > m_limits.bytes))
        freed += cost(m_lines[size_t(surplus++)]);
    if (surplus == 0)
        return;
    Q_EMIT aboutToRemoveOldest(surplus);
    m_lines.erase(m_lines.begin(), m_lines.begin() + surplus);
    m_bytes -= freed;
    m_droppedOld += surplus;
    Q_EMIT removedOldest(surplus);
}

void LogStore::addLost(qint64 count)
{
    if (count <= 0)
        return;
    m_lost += count;
    Q_EMIT lostChanged(m_lost);
}

void LogStore::clear()
{
    m_lines.clear();
    m_bytes = 0;
    Q_EMIT cleared();
}

const LogLine *LogStore::byId(qint64 id) const
{
    return id < firstId() || id >= m_nextId ? nullptr : &at(qsizetype(id - firstId()));
}

} // namespace paddock::logs
