// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QMetaType>
#include <QString>

namespace paddock::watch {

/// What became of one file since its content was last known.
struct FileEvent
{
    enum class What { Changed, Removed }; ///< Changed: new, or with other content than before
    QString path;                         ///< relative to the root, with '/'
    What what = What::Changed;
    qint64 seenAtNs = 0; ///< monotonicNs() when the first raw event of this change was read
    QByteArray hash;     ///< contentHash() of what the file holds now; empty if removed
    friend bool operator==(const FileEvent &, const FileEvent &) = default;
};

/// Files that changed together; each file at most once.
struct Batch
{
    QList<FileEvent> files;
    bool rescanned = false; ///< (partly) found by comparing the folders again, because events had been lost
    qint64 firstEventNs = 0;
    QString heldBecause; ///< why the batch was kept back for a while; empty: it was not
    friend bool operator==(const Batch &, const Batch &) = default;
};

/// Hash of a file's content, 20 bytes: what FileEvent carries and Watcher::expect takes.
[[nodiscard]] QByteArray contentHash(QByteArrayView content);

/// Nanoseconds of the clock that FileEvent uses; it never jumps.
[[nodiscard]] qint64 monotonicNs();

} // namespace paddock::watch

Q_DECLARE_METATYPE(paddock::watch::Batch)
