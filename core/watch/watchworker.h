// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "watch/expectations.h"
#include "watch/foldertree.h"
#include "watch/ignorerules.h"
#include "watch/watchbackend.h"
#include "watch/watcher.h"

#include <QHash>
#include <QTimer>
#include <deque>
#include <memory>
#include <optional>

namespace paddock::watch {

/// The watcher's inner half, on its own thread. An event makes its file *pending* until its content can be trusted; a
/// look at the content makes it *ready* or ends it as ignored; ready files leave together as a batch.
class WatchWorker final : public QObject
{
    Q_OBJECT

public:
    WatchWorker(WatchOptions options, QHash<QString, QByteArray> baseline, std::shared_ptr<Expectations> expected);
    ~WatchWorker() override;

    void start();
    void setBaseline(const QHash<QString, QByteArray> &hashes);
    void rescan();
    void setStalled(bool stalled);

Q_SIGNALS:
    void started(int folders);
    void startFailed(const paddock::Error &error);
    void batchReady(const paddock::watch::Batch &batch);
    void ignored(const QString &file, const QString &reason);
    void merged(const QString &file);
    void waiting(const QString &file, const QString &reason);
    void problem(const paddock::Error &error);
    void heldChanged(bool held, const QString &reason);

private:
    struct Pending
    {
        qint64 firstNs = 0; ///< of its first event
        qint64 dueNs = 0;   ///< when to look at it
        bool removed = false;
        bool complete = false;   ///< a save has been seen from its beginning to its end
        bool writerOpen = false; ///< modified, and not closed since
        bool confirm = false;    ///< found by a walk: two equal looks are needed, for no close will be seen
        bool emptyWaited = false;
        bool saidWaiting = false;
        std::optional<KnownFile> before; ///< where its folder is gone, and what was known with it
        QByteArray lastHash;
    };
    struct Ready
    {
        FileEvent event;
        Signature signature;
    };

    void work();
    void arm();
    // events (watchworker_events.cpp)
    void drain(int waitUs = 0);
    void handle(const RawEvent &event);
    void touch(const QString &path, RawEvent::What what);
    Pending &pend(const QString &path);
    void ignore(const QString &path, const QString &reason);
    void ignoreRule(const QString &path, const QString &reason);
    QString ignoreReason(const QString &path, bool isFolder) const;
    // the lock of version control, and the root
    void findGit();
    void lock();
    void unlock();
    void updateLock();
    void rootLost();
    void lookForRoot();
    [[nodiscard]] bool isHeld() const { return m_locked || m_rootGone; }
    [[nodiscard]] QString holdReason() const;
    // content
    void lookAtDue();
    void look(const QString &path);
    void settled(const QString &path, const FileState &state, const KnownFile *before);
    void hashSome();
    void finishWalk();
    // delivery
    [[nodiscard]] bool isSingle() const;     ///< one complete save and nothing else going on: it need not wait
    [[nodiscard]] qint64 deliveryNs() const; ///< when the ready files may leave; -1: nothing is ready
    void deliver();

    WatchOptions m_options;
    QHash<QString, QByteArray> m_baseline;
    std::shared_ptr<Expectations> m_expected;
    IgnoreRules m_rules;
    std::unique_ptr<WatchBackend> m_backend;
    std::unique_ptr<FolderTree> m_tree;
    QTimer m_timer;
    QTimer m_pollTimer;

    QHash<QString, Pending> m_pending;
    QHash<QString, Ready> m_ready;
    std::deque<QString> m_unhashed;
    QSet<QString> m_unreadable;              ///< files to look at again when their rights change
    std::pair<quint32, QString> m_movedFrom; ///< the last half of a move: its number, and the path that is gone
    struct Told
    {
        qint64 atNs = 0;
        int untold = 0; ///< events since then
    };
    QHash<QString, Told> m_ignored; ///< by rule: a file's many events are told once a second, with their number
    bool m_started = false;
    bool m_stalled = false;
    bool m_rescanned = false;
    qint64 m_lastEventNs = 0;
    qint64 m_lastDeliveryNs = 0;
    qint64 m_readySinceNs = 0;
    qint64 m_quietUntilNs = 0;

    QString m_git; ///< folder that holds index.lock
    int m_gitWatch = -1;
    bool m_locked = false;
    bool m_lockStale = false; ///< the present lock holds nothing back any more
    bool m_heldSaid = false;
    bool m_rootGone = false;
    qint64 m_lockedSinceNs = 0;
    qint64 m_releaseNs = 0; ///< while locked: the lock is gone, and this is when holding ends; 0: it is there
    QString m_heldBecause;
};

} // namespace paddock::watch
