// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QList>
#include <QObject>
#include <QString>
#include <memory>

namespace paddock::watch {

/// One thing that the system reported about an entry of a watched folder.
struct RawEvent
{
    enum class What {
        Written,     ///< complete: closed after writing, or moved here
        Modified,    ///< being written by somebody who still has it open
        Created,     ///< made, perhaps without content yet
        Removed,     ///< deleted or moved away
        FolderAdded, ///< made or moved here
        FolderGone,  ///< deleted or moved away
        Attributes,  ///< rights changed
        SelfGone,    ///< the watched folder itself was deleted or moved; `name` is empty
        Overflow,    ///< events were lost; watch and name mean nothing
    };
    What what = What::Modified;
    int watch = 0;    ///< as add() returned it
    QString name;     ///< of the entry, without folder
    quint32 move = 0; ///< not 0: one half of a move; the other half bears the same number
};

/// What the system can tell about folders, not recursive. An instance is used on one thread only. Implementations:
/// inotify here; FSEvents and ReadDirectoryChangesW fit behind the same five members.
class WatchBackend : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] static std::unique_ptr<WatchBackend> create();

    /// Without success every add() fails with the same error.
    virtual Result<> open() = 0;
    /// Error codes: "watch-limit", "unreadable", "gone", "unsupported".
    virtual Result<int> add(const QString &folder) = 0;
    virtual void remove(int watch) = 0;
    /// All that has been reported since; waits at most `waitUs` for the first.
    virtual QList<RawEvent> take(int waitUs = 0) = 0;
    /// For tests: while set, nothing is read and the system's queue fills up.
    virtual void setStalled(bool stalled) = 0;

Q_SIGNALS:
    void readable(); ///< take() has something
};

} // namespace paddock::watch
