// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "logs/logline.h"

#include <QAbstractListModel>
#include <QHash>
#include <deque>
#include <vector>

namespace paddock::models {

/// The log, held compactly (one byte array for each few thousand lines) and bounded in lines and bytes; the oldest
/// lines go first, a chunk at a time. Lines are named by a sequence number that never changes while they are there:
/// `firstSequence() + row`.
class LogModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    explicit LogModel(QObject *parent = nullptr, qint64 maximumLines = 1'000'000,
                      qint64 maximumBytes = 256LL * 1024 * 1024);
    ~LogModel() override;

    void append(const QList<logs::LogLine> &lines);
    void clear();

    [[nodiscard]] qint64 firstSequence() const { return m_first; }
    [[nodiscard]] qint64 endSequence() const { return m_first + m_count; }
    [[nodiscard]] logs::LogLine line(qint64 sequence) const;
    [[nodiscard]] logs::Level level(qint64 sequence) const;
    [[nodiscard]] QString plugin(qint64 sequence) const;
    [[nodiscard]] QString text(qint64 sequence) const;
    [[nodiscard]] qint64 bytes() const { return m_bytes; }
    [[nodiscard]] QStringList plugins() const; ///< every plugin that has been seen, sorted

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

Q_SIGNALS:
    void pluginsChanged(); ///< a line of a plugin not seen before has come

private:
    struct Entry;
    struct Chunk;
    struct Place
    {
        const Chunk *chunk;
        const Entry *entry;
    };
    [[nodiscard]] Place place(qint64 sequence) const;
    quint16 intern(const QString &name);
    void store(const logs::LogLine &line);
    void trim();

    std::deque<Chunk> m_chunks;
    QStringList m_names; ///< sources and plugins, by number
    QHash<QString, quint16> m_numbers;
    QStringList m_plugins;
    qint64 m_first = 0;
    qint64 m_count = 0;
    qint64 m_bytes = 0;
    qint64 m_maximumLines;
    qint64 m_maximumBytes;
};

} // namespace paddock::models
