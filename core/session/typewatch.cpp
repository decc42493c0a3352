// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/typewatch.h"

#include "types/approvals.h"
#include "types/differ.h"
#include "types/reader.h"
#include "types/snapshotstore.h"

#include <QJsonArray>
#include <QTimer>
#include <QtConcurrentRun>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

/// A check takes longer than a snapshot: while somebody types, none begins.
constexpr int CheckAfterMs = 2'000;

/// Whoever waited for the code that was just swapped goes first.
constexpr auto BeginsAfterMs = 15;

} // namespace

TypeWatch::TypeWatch(TypeWatchOptions options, QObject *parent)
    : QObject(parent), m_options(std::move(options)), m_child(m_options.child)
{
    m_checkLater.setSingleShot(true);
    m_checkLater.setInterval(CheckAfterMs);
    connect(&m_checkLater, &QTimer::timeout, this, &TypeWatch::check);
}

TypeWatch::~TypeWatch() = default;

void TypeWatch::take(const workspace::ProjectState &state, const QString &reason, const QList<qint64> &changes,
                     const QStringList &files, bool generated)
{
    if (!m_next) {
        m_next = Wanted{state, reason, changes, files, generated};
    } else {
        m_next->state = state;
        m_next->reason = reason;
        m_next->changes += changes;
        m_next->files += files;
        m_next->generated |= generated;
    }
    m_checkLater.stop();
    if (std::exchange(m_running, true))
        return;
    Q_EMIT busyChanged(true);
    QTimer::singleShot(BeginsAfterMs, this, &TypeWatch::begin);
}

void TypeWatch::begin()
{
    const Wanted wanted = *std::exchange(m_next, std::nullopt);
    QtConcurrent::run([state = wanted.state] {
        return types::sourcesOf(state);
    }).then(this, [this, wanted](const types::Sources &sources) { haveSources(wanted, sources); });
}

void TypeWatch::haveSources(const Wanted &wanted, const types::Sources &sources)
{
    m_options.contracts().then(this, [this, wanted, sources](const Result<QJsonObject> &answer) {
        std::optional<QJsonArray> contracts;
        if (answer && answer->contains("routes"_L1))
            contracts = answer->value("routes"_L1).toArray();
        const QStringList files = wanted.generated ? wanted.files + sources.generatedFiles : wanted.files;
        m_child.request(u"snapshot"_s, types::snapshotRequest(sources, files))
            .result.then(this, [this, wanted, sources, contracts](const Result<QJsonObject> &read) {
                haveAnswer(wanted, sources, read, contracts);
            });
    });
}

void TypeWatch::haveAnswer(const Wanted &wanted, const types::Sources &sources, const Result<QJsonObject> &answer,
                           const std::optional<QJsonArray> &contracts)
{
    if (!answer && answer.error().code == "cancelled"_L1) { // the session closes
        m_running = false;
        return;
    }
    if (!answer && !std::exchange(m_complained, true))
        Q_EMIT problem(answer.error());
    else if (answer && std::exchange(m_complained, false))
        Q_EMIT recovered();
    using Kept = std::pair<types::Snapshot, Result<types::SnapshotEntry>>;
    QtConcurrent::run([root = m_options.child.root, sources, answer, contracts, reason = wanted.reason,
                       change = wanted.changes.last()] {
        types::Snapshot snapshot = types::composeSnapshot(sources, answer, contracts);
        auto entry = types::SnapshotStore(root).add(snapshot, reason, change);
        return Kept(std::move(snapshot), std::move(entry));
    }).then(this, [this, wanted](const Kept &kept) { haveSnapshot(wanted, kept.first, kept.second); });
}

void TypeWatch::haveSnapshot(const Wanted &wanted, const types::Snapshot &snapshot,
                             const Result<types::SnapshotEntry> &entry)
{
    const QString root = m_options.child.root;
    if (!entry)
        Q_EMIT problem(entry.error());
    const types::Snapshot before = std::exchange(m_latest, snapshot);
    const QString id = entry ? entry->id : QString();
    const QString beforeId = std::exchange(m_latestId, id);
    m_state = wanted.state;
    const bool isFirst = !std::exchange(m_hasLatest, true);
    Q_EMIT taken(id);
    if (isFirst)
        return done(); // nothing to compare with
    types::diffSnapshots(&m_child, before, snapshot)
        .then(QtFuture::Launch::Async,
              [root](QList<types::Finding> findings) {
                  if (const auto approvals = types::readApprovals(root))
                      types::markApproved(findings, *approvals);
                  return findings;
              })
        .then(this, [this, wanted, beforeId, id](const QList<types::Finding> &findings) {
            Q_EMIT compared(wanted.changes, findings, beforeId, id);
            done();
        });
}

void TypeWatch::done()
{
    if (m_next)
        return begin();
    m_running = false;
    Q_EMIT busyChanged(false);
    m_checkLater.start();
}

/// Whether the workspace type-checks: what is read of one that does not may be less than there is.
void TypeWatch::check()
{
    if (m_running || m_complained)
        return;
    m_child.requestAside(u"check"_s, {}).result.then(this, [this](const Result<QJsonObject> &answer) {
        if (answer)
            Q_EMIT checked(types::typeCheck(*answer));
        else if (answer.error().code == "cancelled"_L1 && !m_running && m_child.pid() > 0)
            m_checkLater.start(); // something else was asked meanwhile
    });
}

} // namespace paddock::session
