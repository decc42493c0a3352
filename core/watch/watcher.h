// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "watch/fileevent.h"

#include <QHash>
#include <QObject>
#include <functional>
#include <memory>

namespace paddock::watch {

struct WatchOptions
{
    QString root; ///< absolute folder
    /// Ignores more than the built-in rules do. Called on the watcher's thread.
    std::function<bool(QStringView relative, bool isFolder)> ignore;
    /// Keeps what the built-in rules would ignore, such as a generated folder that starts with a dot. Same thread.
    std::function<bool(QStringView relative, bool isFolder)> keep;

    int lingerUs = 200;      ///< a single complete save waits this long for company (microseconds)
    int burstMs = 4;         ///< several files: until nothing more came for this long (longer for large bursts)
    int burstMaxMs = 2000;   ///< and never longer than this
    int removeSettleMs = 40; ///< a removed file may come back (editors do that) before it counts as removed
    int emptySettleMs = 40;  ///< a file that was just emptied may be filled again
    int openWriterMs = 2000; ///< a file that somebody still has open for writing must hold still this long
    int holdQuietMs = 50;    ///< after a version control lock has gone
    int staleLockMs = 10000; ///< a lock without any file event for this long holds nothing back any more
    int pollMs = 1000;       ///< for what the system cannot watch
};

/// Watches a workspace's files on a thread of its own and says what changed, by content. Every save of a file ends as
/// part of a batch, as `merged` into one, or as `ignored` with a reason; nothing is dropped. Signals come on the thread
/// of this object.
///
/// A file written by an editor is reported once it is complete: at its close after writing or its rename, at once.
/// While `.git/index.lock` exists everything is collected and comes as one batch afterwards.
class Watcher final : public QObject
{
    Q_OBJECT

public:
    explicit Watcher(WatchOptions options, QObject *parent = nullptr);
    ~Watcher() override; ///< stops, and waits for its thread

    /// Returns at once; `started` or `startFailed` follows.
    void start();
    /// Returns at once; no signal comes after the call.
    void stop();
    [[nodiscard]] bool isStarted() const;

    /// Content that the caller has already read: relative path → contentHash(). Before start(): files that differ from
    /// it by then are reported as changed (those missing, as removed). Afterwards it replaces what is known of these
    /// files.
    void setBaseline(const QHash<QString, QByteArray> &hashes);
    /// The caller is about to write this content itself: when the file comes to hold it, that is `ignored` with
    /// `reason`. Call it before writing.
    void expect(const QString &file, const QByteArray &hash, const QString &reason);
    /// Compares all folders with what is known, as after lost events.
    void rescan();

    /// For tests: while set, the reader takes nothing from the system's queue. Returns when it is so.
    void setReaderStalled(bool stalled);

Q_SIGNALS:
    void started(int folders); ///< every folder is watched; changes from here on are reported
    void startFailed(const paddock::Error &error);
    void batchReady(const paddock::watch::Batch &batch);
    /// An event without effect, and why. Folders end with '/' and are named once, when they are met.
    void ignored(const QString &file, const QString &reason);
    /// A complete save that an event before it stands for as well: one report comes, of the later content.
    void merged(const QString &file);
    /// An event that cannot be reported yet, and why: the file is incomplete, or held.
    void waiting(const QString &file, const QString &reason);
    /// Codes: watch-limit, unreadable, root-gone, stale-lock, events-lost, slow-folder.
    void problem(const paddock::Error &error);
    void heldChanged(bool held, const QString &reason);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace paddock::watch
