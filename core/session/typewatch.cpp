// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/typewatch.h"

#include "types/approvals.h"
#include "types/differ.h"
#include "types/reader.h"
#include "types/snapshotstore.h"

#include <QJsonArray>
#include <QtConcurrentRun>

namespace paddock::session {

using namespace Qt::StringLiterals;

TypeWatch::TypeWatch(TypeWatchOptions options, QObject *parent)
    : QObject(parent), m_options(std::move(options)), m_child(m_options.child)
{}

TypeWatch::~TypeWatch() = default;

void TypeWatch::take(const workspace::ProjectState &state, const QString &reason, const QList<qint64> &changes,
                     const std::optional<QStringList> &files)
{
    if (!m_next) {
        m_next = Wanted{state, reason, changes, files};
    } else {
        m_next->state = state;
        m_next->reason = reason;
        m_next->changes += changes;
        if (m_next->files && files)
            *m_next->files += *files;
        else
            m_next->files.reset();
    }
    if (!m_running)
        begin();
}

void TypeWatch::begin()
{
    m_running = true;
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
        m_child.request(u"snapshot"_s, types::snapshotRequest(sources, wanted.files))
            .result.then(this, [this, wanted, sources, contracts](const Result<QJsonObject> &read) {
                if (!read && !std::exchange(m_complained, true))
                    Q_EMIT problem(read.error());
                else if (read && std::exchange(m_complained, false))
                    Q_EMIT recovered();
                haveSnapshot(wanted, types::composeSnapshot(sources, read, contracts));
            });
    });
}

void TypeWatch::haveSnapshot(const Wanted &wanted, const types::Snapshot &snapshot)
{
    const QString root = m_options.child.root;
    QtConcurrent::run([root, snapshot, reason = wanted.reason, change = wanted.changes.last()] {
        return types::SnapshotStore(root).add(snapshot, reason, change);
    }).then(this, [this](const Result<types::SnapshotEntry> &entry) {
        if (!entry)
            Q_EMIT problem(entry.error());
    });
    const types::Snapshot before = std::exchange(m_latest, snapshot);
    if (!std::exchange(m_hasLatest, true))
        return done(); // nothing to compare with
    types::diffSnapshots(&m_child, before, snapshot)
        .then(this, [this, wanted, root](QList<types::Finding> findings) {
            if (const auto approvals = types::readApprovals(root))
                types::markApproved(findings, *approvals);
            Q_EMIT compared(wanted.changes, findings);
            done();
        });
}

void TypeWatch::done()
{
    m_running = false;
    if (m_next)
        begin();
}

} // namespace paddock::session
