// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logmodel.h"

#include "models/roles.h"

#include <QTimeZone>
#include <algorithm>
#include <limits>

namespace paddock::models {

struct LogModel::Entry
{
    qint64 id;
    qint64 at; ///< ms since the epoch
    quint32 textStart, textLength;
    quint32 spanStart, spanCount;
    int generation;
    quint16 source, plugin;
    logs::Level level;
};

struct LogModel::Chunk
{
    qint64 first = 0; ///< sequence of its first line
    QByteArray text;  ///< UTF-8 of all its lines, without separators
    std::vector<Entry> entries;
    std::vector<logs::Span> spans;

    [[nodiscard]] qint64 bytes() const
    {
        return text.size() + qint64(entries.size() * sizeof(Entry)) + qint64(spans.size() * sizeof(logs::Span));
    }
    [[nodiscard]] bool isFull() const { return entries.size() >= 4096 || text.size() >= 2 * 1024 * 1024; }
};

LogModel::LogModel(QObject *parent, qint64 maximumLines, qint64 maximumBytes)
    : QAbstractListModel(parent),
      m_maximumLines(qMin<qint64>(maximumLines, std::numeric_limits<int>::max() / 2)) // rows are int
      ,
      m_maximumBytes(maximumBytes)
{
    intern({});
}

LogModel::~LogModel() = default;

quint16 LogModel::intern(const QString &name)
{
    const auto it = m_numbers.constFind(name);
    if (it != m_numbers.cend())
        return *it;
    if (m_names.size() >= std::numeric_limits<quint16>::max())
        return 0;
    m_numbers.insert(name, quint16(m_names.size()));
    m_names.append(name);
    return quint16(m_names.size() - 1);
}

void LogModel::store(const logs::LogLine &line)
{
    if (m_chunks.empty() || m_chunks.back().isFull()) {
        if (!m_chunks.empty())
            m_chunks.back().text.squeeze();
        m_chunks.emplace_back().first = endSequence();
    }
    Chunk &chunk = m_chunks.back();
    const qint64 before = chunk.bytes();
    const QByteArray text = line.text.toUtf8();
    chunk.entries.push_back({line.id, line.at.toMSecsSinceEpoch(), quint32(chunk.text.size()), quint32(text.size()),
                             quint32(chunk.spans.size()), quint32(line.spans.size()), line.generation,
                             intern(line.source), intern(line.plugin), line.level});
    chunk.text += text;
    chunk.spans.insert(chunk.spans.end(), line.spans.cbegin(), line.spans.cend());
    m_bytes += chunk.bytes() - before;
    ++m_count;
}

void LogModel::append(const QList<logs::LogLine> &lines)
{
    if (lines.isEmpty())
        return;
    bool newPlugin = false;
    beginInsertRows({}, int(m_count), int(m_count + lines.size()) - 1);
    for (const logs::LogLine &line : lines) {
        if (!line.plugin.isEmpty() && !m_plugins.contains(line.plugin)) {
            m_plugins.insert(std::ranges::lower_bound(m_plugins, line.plugin), line.plugin);
            newPlugin = true;
        }
        store(line);
    }
    endInsertRows();
    trim();
    if (newPlugin)
        Q_EMIT pluginsChanged();
}

void LogModel::trim()
{
    qint64 gone = 0;
    qint64 bytes = 0;
    size_t chunks = 0;
    while (chunks + 1 < m_chunks.size() && (m_count - gone > m_maximumLines || m_bytes - bytes > m_maximumBytes)) {
        gone += qint64(m_chunks[chunks].entries.size());
        bytes += m_chunks[chunks].bytes();
        ++chunks;
    }
    if (chunks == 0)
        return;
    beginRemoveRows({}, 0, int(gone) - 1);
    m_chunks.erase(m_chunks.begin(), m_chunks.begin() + qsizetype(chunks));
    m_first += gone;
    m_count -= gone;
    m_bytes -= bytes;
    endRemoveRows();
}

void LogModel::clear()
{
    if (m_count == 0)
        return;
    beginRemoveRows({}, 0, int(m_count) - 1);
    m_chunks.clear();
    m_first += m_count;
    m_count = 0;
    m_bytes = 0;
    endRemoveRows();
}

LogModel::Place LogModel::place(qint64 sequence) const
{
    Q_ASSERT(sequence >= firstSequence() && sequence < endSequence());
    const auto after = std::ranges::upper_bound(m_chunks, sequence, {}, &Chunk::first);
    const Chunk &chunk = *std::prev(after);
    return {&chunk, &chunk.entries[size_t(sequence - chunk.first)]};
}

logs::LogLine LogModel::line(qint64 sequence) const
{
    const auto [chunk, entry] = place(sequence);
    logs::LogLine line;
    line.id = entry->id;
    line.at = QDateTime::fromMSecsSinceEpoch(entry->at, QTimeZone::utc());
    line.level = entry->level;
    line.source = m_names[entry->source];
    line.plugin = m_names[entry->plugin];
    line.generation = entry->generation;
    line.text = text(sequence);
    const auto spans = chunk->spans.begin() + entry->spanStart;
    line.spans = QList<logs::Span>(spans, spans + entry->spanCount);
    return line;
}

logs::Level LogModel::level(qint64 sequence) const
{
    return place(sequence).entry->level;
}

QString LogModel::plugin(qint64 sequence) const
{
    return m_names[place(sequence).entry->plugin];
}

QString LogModel::text(qint64 sequence) const
{
    const auto [chunk, entry] = place(sequence);
    return QString::fromUtf8(chunk->text.constData() + entry->textStart, qsizetype(entry->textLength));
}

QStringList LogModel::plugins() const
{
    return m_plugins;
}

int LogModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_count);
}

QVariant LogModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    switch (role) {
    case Qt::DisplayRole: return text(m_first + index.row());
    case RecordRole: return QVariant::fromValue(line(m_first + index.row()));
    default: return {};
    }
}

} // namespace paddock::models
