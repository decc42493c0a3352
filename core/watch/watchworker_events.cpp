// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/watchworker.h"

#include <QFileInfo>

namespace paddock::watch {

using namespace Qt::StringLiterals;

namespace {
constexpr qint64 ms = 1'000'000;
}

void WatchWorker::drain(int waitUs)
{
    if (m_stalled)
        return;
    const QList<RawEvent> events = m_backend->take(waitUs);
    if (events.isEmpty())
        return;
    m_lastEventNs = monotonicNs();
    for (const RawEvent &event : events)
        handle(event);
}

void WatchWorker::handle(const RawEvent &event)
{
    using What = RawEvent::What;
    if (event.what == What::Overflow) {
        Q_EMIT problem({u"events-lost"_s,
                        u"More files changed at once than the system can tell; all are compared instead."_s,
                        {},
                        m_options.root,
                        {}});
        rescan();
        return;
    }
    if (event.watch == m_gitWatch) {
        if (event.name == "index.lock"_L1)
            event.what == What::Removed ? unlock() : lock();
        else if (event.what == What::SelfGone)
            findGit();
        return;
    }
    const QString *known = m_tree->folderOf(event.watch);
    if (known == nullptr)
        return;
    const QString folder = *known;
    if (event.what == What::SelfGone) {
        if (folder.isEmpty())
            rootLost();
        else if (lookAt(m_tree->absolute(folder)).kind != FileState::Kind::Folder)
            m_tree->drop(folder);
        return;
    }
    if (event.name.isEmpty())
        return;
    const QString path = joined(folder, event.name);
    if (path == ".git"_L1)
        findGit();
    switch (event.what) {
    case What::FolderAdded:
    case What::FolderGone:
        if (const QString why = ignoreReason(path, true); !why.isEmpty())
            ignoreRule(path + u'/', why);
        else if (event.what == What::FolderGone)
            m_tree->drop(path);
        else
            m_tree->queueFolder(path);
        return;
    case What::Attributes:
        if (m_tree->isUnreadable(path))
            m_tree->queueFolder(path);
        else if (m_unreadable.remove(path))
            touch(path, What::Written);
        return;
    default: break;
    }
    if (const QString why = ignoreReason(path, false); !why.isEmpty()) {
        ignoreRule(path, why);
        return;
    }
    touch(path, event.what);
    if (event.move == 0)
        return;
    if (event.what == What::Removed) {
        m_movedFrom = {event.move, path};
    } else if (m_movedFrom.first == event.move) {
        // Renamed to another name that counts: no backup, so it will not come back at once.
        if (const auto it = m_pending.find(m_movedFrom.second); it != m_pending.end() && it->removed)
            it->dueNs = monotonicNs();
    }
}

WatchWorker::Pending &WatchWorker::pend(const QString &path)
{
    const qint64 now = monotonicNs();
    auto it = m_pending.find(path);
    if (it == m_pending.end()) {
        it = m_pending.insert(path, {});
        it->firstNs = now;
        // It changes again before it could be reported: one report, of the later content.
        if (const auto ready = m_ready.constFind(path); ready != m_ready.cend()) {
            it->firstNs = ready->event.seenAtNs;
            it->complete = ready->event.what == FileEvent::What::Changed;
            m_ready.erase(ready);
        }
    }
    if (isHeld() && !it->saidWaiting) {
        it->saidWaiting = true;
        if (!m_heldSaid) {
            m_heldSaid = true;
            Q_EMIT heldChanged(true, holdReason());
        }
        Q_EMIT waiting(path, holdReason());
    }
    return *it;
}

void WatchWorker::touch(const QString &path, RawEvent::What what)
{
    using What = RawEvent::What;
    const qint64 now = monotonicNs();
    Pending &p = pend(path);
    switch (what) {
    case What::Written:
        if (std::exchange(p.complete, true)) // saved again before anybody could look at it
            Q_EMIT merged(path);
        p.removed = p.writerOpen = p.confirm = false;
        p.dueNs = now;
        break;
    case What::Modified:
        p.removed = false;
        p.writerOpen = true;
        p.dueNs = now + (p.saidWaiting ? m_options.openWriterMs : 200) * ms;
        break;
    case What::Created: // a link, or the first of several events of somebody who writes
        p.removed = false;
        p.confirm = true;
        p.dueNs = now + m_options.emptySettleMs * ms;
        break;
    case What::Removed:
        p.removed = true;
        p.writerOpen = p.confirm = false;
        // Of a file that nobody knew nothing can come back: a temporary one, usually.
        p.dueNs = now + (p.before || m_tree->known(path) != nullptr ? m_options.removeSettleMs * ms : 0);
        break;
    default: break;
    }
}

void WatchWorker::ignore(const QString &path, const QString &reason)
{
    Q_EMIT ignored(path, reason);
}

/// For what no rule lets through: a log that is written to all the time must not fill the journal.
void WatchWorker::ignoreRule(const QString &path, const QString &reason)
{
    const qint64 now = monotonicNs();
    if (m_ignored.size() > 10'000)
        m_ignored.removeIf([&](auto entry) { return now - entry.value().atNs > 1000 * ms; });
    Told &told = m_ignored[path];
    if (told.atNs != 0 && now - told.atNs < 1000 * ms) {
        ++told.untold;
        return;
    }
    told.atNs = now;
    const int untold = std::exchange(told.untold, 0);
    Q_EMIT ignored(path,
                   untold == 0 ? reason : u"%1 (and %2 times more since it was last told)"_s.arg(reason).arg(untold));
}

QString WatchWorker::ignoreReason(const QString &path, bool isFolder) const
{
    QString why = m_rules.reason(path, isFolder);
    if (!why.isEmpty() && m_options.keep && m_options.keep(path, isFolder))
        why.clear();
    else if (why.isEmpty() && m_options.ignore && m_options.ignore(path, isFolder))
        why = u"left out by the workspace's settings"_s;
    return why;
}

void WatchWorker::findGit()
{
    const QString git = gitFolder(m_options.root);
    if (git == m_git && m_gitWatch >= 0 && !git.isEmpty())
        return;
    if (m_gitWatch >= 0)
        m_backend->remove(m_gitWatch);
    m_git = git;
    m_gitWatch = git.isEmpty() ? -1 : m_backend->add(git).value_or(-1);
    updateLock();
}

QString WatchWorker::holdReason() const
{
    return m_rootGone ? u"the workspace's folder is gone"_s : u"git is at work (index.lock)"_s;
}

void WatchWorker::lock()
{
    m_releaseNs = 0;
    if (m_locked || m_lockStale)
        return;
    m_locked = true;
    m_lockedSinceNs = monotonicNs();
    if (m_pending.isEmpty() && m_ready.isEmpty())
        return;
    m_heldSaid = true;
    Q_EMIT heldChanged(true, holdReason());
}

void WatchWorker::unlock()
{
    m_lockStale = false;
    if (!m_locked || m_releaseNs != 0)
        return;
    // A rebase takes and leaves the lock many times; wait for more, but only if there is something to hold.
    const bool idle = m_pending.isEmpty() && m_ready.isEmpty();
    m_releaseNs = monotonicNs() + (idle ? 0 : m_options.holdQuietMs * ms);
}

/// The lock as it is now: events about it may have been lost, and a lock may be left by a crash.
void WatchWorker::updateLock()
{
    const bool exists = !m_git.isEmpty() && QFileInfo::exists(m_git + "/index.lock"_L1);
    if (exists)
        lock();
    else
        unlock();
    if (!m_locked)
        return;
    const qint64 now = monotonicNs();
    const qint64 idleSince = std::max(m_lastEventNs, m_lockedSinceNs);
    if (exists && m_heldSaid && now - idleSince > m_options.staleLockMs * ms) {
        m_lockStale = true;
        m_releaseNs = now;
        Q_EMIT problem({u"stale-lock"_s,
                        u"git's index.lock stays, but nothing changes: it holds nothing back any more."_s,
                        {},
                        m_git + "/index.lock"_L1,
                        u"If no git command is running, delete the file."_s});
    }
    if (m_releaseNs == 0 || now < m_releaseNs)
        return;
    m_locked = false;
    m_releaseNs = 0;
    if (m_heldSaid) {
        m_heldSaid = false;
        if (!m_pending.isEmpty() || !m_ready.isEmpty())
            m_heldBecause = holdReason();
        Q_EMIT heldChanged(false, {});
    }
    for (Pending &p : m_pending)
        p.saidWaiting = false;
}

void WatchWorker::rootLost()
{
    if (m_rootGone)
        return;
    m_rootGone = true;
    m_tree->unwatchAll();
    if (m_gitWatch >= 0)
        m_backend->remove(std::exchange(m_gitWatch, -1));
    Q_EMIT problem({u"root-gone"_s,
                    u"The workspace's folder was moved or deleted."_s,
                    {},
                    m_options.root,
                    u"Watching goes on as soon as it is back."_s});
    m_heldSaid = true;
    Q_EMIT heldChanged(true, holdReason());
}

void WatchWorker::lookForRoot()
{
    if (!QFileInfo(m_options.root).isDir())
        return;
    m_rootGone = false;
    m_heldSaid = false;
    m_heldBecause = u"the workspace's folder was gone"_s;
    m_quietUntilNs = monotonicNs() + 300 * ms; // it is being filled just now
    Q_EMIT heldChanged(false, {});
    findGit();
    rescan();
}

} // namespace paddock::watch
