// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QMutex>
#include <QString>
#include <optional>

namespace paddock::watch {

/// Content that Paddock is about to write itself. Shared by the threads of the writer and of the watcher: what is
/// expected before a write must be known before the write's event is read.
class Expectations final
{
public:
    void add(const QString &file, const QByteArray &hash, const QString &reason)
    {
        const QMutexLocker locker(&m_mutex);
        QList<Entry> &entries = m_entries[file];
        entries.append({hash, reason});
        if (entries.size() > 8)
            entries.removeFirst();
    }

    /// The reason given for this content; it and the file's earlier ones are forgotten then.
    std::optional<QString> take(const QString &file, const QByteArray &hash)
    {
        const QMutexLocker locker(&m_mutex);
        const auto entries = m_entries.find(file);
        if (entries == m_entries.end())
            return std::nullopt;
        for (qsizetype i = 0; i < entries->size(); ++i) {
            if (entries->at(i).hash != hash)
                continue;
            const QString reason = entries->at(i).reason;
            entries->remove(0, i + 1);
            if (entries->isEmpty())
                m_entries.erase(entries);
            return reason;
        }
        return std::nullopt;
    }

private:
    struct Entry
    {
        QByteArray hash;
        QString reason;
    };
    QMutex m_mutex;
    QHash<QString, QList<Entry>> m_entries;
};

} // namespace paddock::watch
