// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/watchworker.h"

#include "base/urgency.h"

#include <QFile>
#include <QFileInfo>
#include <algorithm>

namespace paddock::watch {

using namespace Qt::StringLiterals;

namespace {
constexpr qint64 ms = 1'000'000;
constexpr qint64 slice = 4 * ms; ///< so long at most are events left in the system's queue
} // namespace

WatchWorker::WatchWorker(WatchOptions options, QHash<QString, QByteArray> baseline,
                         std::shared_ptr<Expectations> expected)
    : m_options(std::move(options)),
      m_baseline(std::move(baseline)),
      m_expected(std::move(expected)),
      m_timer(this),
      m_pollTimer(this)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &WatchWorker::work);
    connect(&m_pollTimer, &QTimer::timeout, this, [this] {
        if (m_rootGone)
            lookForRoot();
        else
            m_tree->poll();
        work();
    });
}

WatchWorker::~WatchWorker() = default;

void WatchWorker::start()
{
    urgency::answerQuickly();
    if (!QFileInfo(m_options.root).isDir()) {
        Q_EMIT startFailed({u"no-folder"_s, u"The workspace's folder is not there."_s, {}, m_options.root, {}});
        return;
    }
    QFile gitignore(m_options.root + "/.gitignore"_L1);
    if (gitignore.open(QIODevice::ReadOnly))
        m_rules.addGitignore(QString::fromUtf8(gitignore.read(1 << 20)));

    m_backend = WatchBackend::create();
    connect(m_backend.get(), &WatchBackend::readable, this, &WatchWorker::work);
    (void)m_backend->open(); // without it everything is polled, and the first folder says why
    FolderTree::Callbacks callbacks;
    callbacks.ignoreReason = [this](const QString &path, bool isFolder) { return ignoreReason(path, isFolder); };
    callbacks.ignoredFolder = [this](const QString &folder, const QString &why) { ignoreRule(folder + u'/', why); };
    callbacks.problem = [this](const Error &error) { Q_EMIT problem(error); };
    callbacks.unhashed = [this](const QString &path) { m_unhashed.push_back(path); };
    callbacks.suspect = [this](const QString &path) {
        const bool isNew = !m_pending.contains(path);
        Pending &p = pend(path);
        if (isNew) {
            p.confirm = true;
            p.dueNs = monotonicNs();
        }
        p.removed = false;
    };
    callbacks.missing = [this](const QString &path, const KnownFile &before) {
        Pending &p = pend(path);
        if (!p.before)
            p.before = before;
        touch(path, RawEvent::What::Removed);
    };
    m_tree = std::make_unique<FolderTree>(m_options.root, *m_backend, std::move(callbacks));
    m_tree->queueInitial();
    findGit();
    m_timer.start(0);
}

void WatchWorker::work()
{
    if (m_tree == nullptr)
        return;
    drain();
    if (m_tree->isBusy()) {
        m_tree->step(slice);
        if (!m_started && !m_tree->isBusy())
            finishWalk();
    }
    if (m_locked || !m_pending.isEmpty())
        updateLock();
    if (!isHeld() && m_started)
        lookAtDue();
    if (m_pending.isEmpty() && !m_tree->isBusy() && !m_rootGone)
        hashSome();
    if (isSingle()) {
        drain(m_options.lingerUs); // a timer would be coarser than that
        if (!isHeld())
            lookAtDue();
    }
    const qint64 when = deliveryNs();
    if (when >= 0 && when <= monotonicNs())
        deliver();
    arm();
}

void WatchWorker::arm()
{
    const bool poll = m_rootGone || m_tree->needsPolling();
    const int interval = m_rootGone ? std::min(250, m_options.pollMs) : m_options.pollMs;
    if (poll && (!m_pollTimer.isActive() || m_pollTimer.interval() != interval))
        m_pollTimer.start(interval);
    else if (!poll)
        m_pollTimer.stop();

    const qint64 now = monotonicNs();
    qint64 next = std::numeric_limits<qint64>::max();
    if (m_tree->isBusy() || (m_pending.isEmpty() && !m_unhashed.empty() && !m_rootGone))
        next = now;
    if (m_locked)
        next = std::min(next, m_releaseNs != 0 ? m_releaseNs : now + 100 * ms);
    if (!isHeld()) {
        for (const Pending &p : std::as_const(m_pending))
            next = std::min(next, p.dueNs);
        if (const qint64 when = deliveryNs(); when >= 0)
            next = std::min(next, when);
    }
    if (next == std::numeric_limits<qint64>::max())
        m_timer.stop();
    else
        m_timer.start(int(std::clamp<qint64>((next - now + ms - 1) / ms, 0, 60'000)));
}

/// Every folder is watched. Files of the baseline that are not there have been removed since.
void WatchWorker::finishWalk()
{
    m_started = true;
    for (auto it = m_baseline.cbegin(); it != m_baseline.cend(); ++it) {
        if (KnownFile *file = m_tree->known(it.key())) {
            file->hash = it.value();
            m_unhashed.push_front(it.key());
        } else if (ignoreReason(it.key(), false).isEmpty()) {
            Pending &p = pend(it.key());
            p.before = KnownFile(it.value());
            touch(it.key(), RawEvent::What::Removed);
        }
    }
    Q_EMIT started(m_tree->folderCount());
}

void WatchWorker::lookAtDue()
{
    const qint64 now = monotonicNs();
    QStringList due;
    for (auto it = m_pending.cbegin(); it != m_pending.cend(); ++it) {
        if (it->dueNs <= now)
            due.append(it.key());
    }
    for (const QString &path : std::as_const(due)) {
        look(path);
        if (monotonicNs() - now > slice)
            break;
    }
}

void WatchWorker::look(const QString &path)
{
    const auto it = m_pending.find(path);
    const qint64 now = monotonicNs();
    const FileState state = readState(m_tree->absolute(path));
    const KnownFile *before = m_tree->known(path);
    if (before == nullptr && it->before)
        before = &*it->before;
    const auto again = [&](int afterMs) { it->dueNs = now + afterMs * ms; };

    switch (state.kind) {
    case FileState::Kind::Unreadable:
        m_unreadable.insert(path);
        Q_EMIT problem({u"unreadable"_s,
                        u"The file may not be read, so its changes have no effect."_s,
                        {},
                        path,
                        u"Give yourself the right to read it."_s});
        ignore(path, u"it may not be read"_s);
        m_pending.erase(it);
        return;
    case FileState::Kind::Other:
        ignore(path, u"not a regular file"_s);
        m_pending.erase(it);
        return;
    case FileState::Kind::Folder: // a link to a folder
    case FileState::Kind::Missing:
        if (state.kind == FileState::Kind::Folder && !m_tree->hasFolder(path))
            m_tree->queueFolder(path);
        if (before == nullptr) {
            if (state.kind == FileState::Kind::Missing)
                ignore(path, u"gone again before it could be read"_s);
            m_pending.erase(it);
        } else if (!it->removed && state.kind == FileState::Kind::Missing) {
            it->removed = true; // its event is still to come
            again(m_options.removeSettleMs);
        } else {
            settled(path, state, before);
        }
        return;
    case FileState::Kind::File: break;
    }

    const bool tooLong = now - it->firstNs > 5LL * m_options.openWriterMs * ms; // it never holds still: a log, perhaps
    if (it->writerOpen && !it->saidWaiting) {
        it->saidWaiting = true;
        Q_EMIT waiting(path, u"it is still open for writing"_s);
        again(m_options.openWriterMs);
    } else if (!state.steady && !tooLong) {
        again(5);
    } else if (it->confirm && it->lastHash != state.hash && !tooLong) {
        it->lastHash = state.hash;
        again(10);
    } else if (state.signature.size == 0 && !it->emptyWaited && (before == nullptr || !before->isEmpty)) {
        it->emptyWaited = true;
        Q_EMIT waiting(path, u"it was emptied, so its content is probably still to come"_s);
        again(m_options.emptySettleMs);
    } else {
        settled(path, state, before);
    }
}

void WatchWorker::settled(const QString &path, const FileState &state, const KnownFile *before)
{
    const auto it = m_pending.find(path);
    const qint64 first = it->firstNs;
    const bool removed = state.kind != FileState::Kind::File;
    if (!removed && before != nullptr && before->hash == state.hash) {
        m_tree->setKnown(path, KnownFile(state.signature, state.hash));
        m_pending.erase(it);
        ignore(path, u"its content is as before"_s);
        return;
    }
    if (const auto reason = removed ? std::nullopt : m_expected->take(path, state.hash)) {
        m_tree->setKnown(path, KnownFile(state.signature, state.hash));
        m_pending.erase(it);
        ignore(path, *reason);
        return;
    }
    if (removed)
        m_ready.insert(path, {{path, FileEvent::What::Removed, first, {}}, {}});
    else
        m_ready.insert(path, {{path, FileEvent::What::Changed, first, state.hash}, state.signature});
    m_pending.erase(it);
    if (m_readySinceNs == 0)
        m_readySinceNs = monotonicNs();
}

/// Reads files that nobody has read yet, while nothing else is to be done: without their hashes, a first save that
/// changes nothing could not be told from one that does.
void WatchWorker::hashSome()
{
    const qint64 until = monotonicNs() + slice;
    QHash<QString, FileState> read;
    while (!m_unhashed.empty() && monotonicNs() < until) {
        const QString path = std::move(m_unhashed.front());
        m_unhashed.pop_front();
        if (!m_pending.contains(path) && !m_ready.contains(path))
            read.insert(path, readState(m_tree->absolute(path)));
    }
    if (read.isEmpty())
        return;
    drain(); // whatever was written meanwhile is pending now, and counts as a change
    for (auto it = read.cbegin(); it != read.cend(); ++it) {
        KnownFile *file = m_tree->known(it.key());
        if (file == nullptr || it->kind != FileState::Kind::File || m_pending.contains(it.key()))
            continue;
        if (file->hash.isEmpty() || file->hash == it->hash)
            *file = KnownFile(it->signature, it->hash);
        else
            touch(it.key(), RawEvent::What::Written);
    }
}

bool WatchWorker::isSingle() const
{
    return m_ready.size() == 1 && m_heldBecause.isEmpty() && !m_rescanned && !isHeld() && !m_tree->isBusy() &&
           m_lastEventNs - m_lastDeliveryNs > 30 * ms && m_quietUntilNs <= m_lastEventNs &&
           std::ranges::all_of(m_pending, [](const Pending &p) { return p.writerOpen; });
}

qint64 WatchWorker::deliveryNs() const
{
    if (m_ready.isEmpty() || isHeld() || m_tree->isBusy())
        return -1;
    // Files that changed together leave together: those that are to be looked at soon are waited for. A file that
    // somebody keeps open holds nobody up.
    qint64 companionsDue = 0;
    for (const Pending &p : m_pending) {
        if (!p.writerOpen)
            companionsDue = std::max(companionsDue, p.dueNs + ms);
    }
    if (isSingle())
        return m_lastEventNs;
    const qint64 burst = m_options.burstMs + std::min<qint64>(100, m_ready.size() / 20);
    qint64 quiet = std::max({m_lastEventNs + burst * ms, companionsDue, m_quietUntilNs});
    if (companionsDue != 0) // also those that are due, but not looked at yet
        quiet = std::max(quiet, monotonicNs() + ms);
    const bool storm = m_rescanned || !m_heldBecause.isEmpty(); // one batch, even if reading it all takes its time
    return std::min(quiet, m_readySinceNs + (storm ? 10LL : 1LL) * m_options.burstMaxMs * ms);
}

void WatchWorker::deliver()
{
    updateLock(); // the lock's event may be behind those of the files
    if (isHeld())
        return;
    Batch batch;
    batch.rescanned = std::exchange(m_rescanned, false);
    batch.heldBecause = std::exchange(m_heldBecause, {});
    batch.files.reserve(m_ready.size());
    for (auto it = m_ready.cbegin(); it != m_ready.cend(); ++it) {
        if (it->event.what == FileEvent::What::Removed)
            m_tree->forget(it.key());
        else
            m_tree->setKnown(it.key(), KnownFile(it->signature, it->event.hash));
        batch.files.append(it->event);
    }
    m_ready.clear();
    m_readySinceNs = 0;
    std::ranges::sort(batch.files, [](const FileEvent &a, const FileEvent &b) {
        return std::tie(a.seenAtNs, a.path) < std::tie(b.seenAtNs, b.path);
    });
    batch.firstEventNs = batch.files.first().seenAtNs;
    m_lastDeliveryNs = monotonicNs();
    Q_EMIT batchReady(batch);
}

void WatchWorker::setBaseline(const QHash<QString, QByteArray> &hashes)
{
    for (auto it = hashes.cbegin(); it != hashes.cend(); ++it) {
        if (KnownFile *file = m_tree == nullptr ? nullptr : m_tree->known(it.key()))
            *file = KnownFile(it.value());
        if (const auto ready = m_ready.constFind(it.key());
            ready != m_ready.cend() && ready->event.hash == it.value()) {
            m_ready.erase(ready);
            ignore(it.key(), u"its content is as before"_s);
        }
    }
}

void WatchWorker::rescan()
{
    if (m_tree == nullptr)
        return;
    m_rescanned = true;
    m_tree->queueCompare();
    m_timer.start(0);
}

void WatchWorker::setStalled(bool stalled)
{
    m_stalled = stalled;
    if (m_backend)
        m_backend->setStalled(stalled);
    if (!stalled)
        m_timer.start(0);
}

} // namespace paddock::watch
