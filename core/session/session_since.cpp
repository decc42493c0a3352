// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What has changed since the last session, classified and taken through the pipeline: the start of the server serves it
// all, what needs types gets them.
#include "session/lastserved.h"
#include "session/session_p.h"
#include "types/staleness.h"

#include <QtConcurrentRun>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

struct Compared
{
    SinceLast since;
    QList<change::Change> changes;
};

Compared compare(const workspace::ProjectState &now, const change::Facts &facts)
{
    Compared result;
    const types::GenerationInputs remembered = types::rememberedGeneration(now.root());
    result.since.staleTypes = remembered.isEmpty() || remembered != types::generationInputs(now);
    const auto then = readLastServed(now.root(), lastServedFile(now.root()));
    if (!then)
        return result;
    result.since.isKnown = true;
    result.changes = change::classify(*then, now, facts);
    // What types are generated into, and what means nothing, is not pending.
    result.changes.removeIf([](const change::Change &change) { return change.actions.isEmpty(); });
    result.since.changes = int(result.changes.size());
    return result;
}

} // namespace

void Session::Private::takeSinceLast()
{
    QtConcurrent::run(&worker, [state = latest, facts = factsForClassifying()] {
        return compare(state, facts);
    }).then(this, [this](const Compared &compared) {
        sinceLast = compared.since;
        changesSince = compared.changes;
        Q_EMIT q->sinceLastKnown();
        begin();
    });
}

void Session::Private::runSinceLast()
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    QList<pipeline::Item> items;
    for (const change::Change &change : std::exchange(changesSince, {})) {
        ChangeRecord record;
        record.id = ++lastChangeId;
        record.at = now;
        record.change = change;
        store(record);
        Q_EMIT q->changeAdded(record);
        items.append({.record = record, .eventNs = watch::monotonicNs()});
    }
    pipeline::Situation mine = situation();
    mine.server = ServerState::Crashed; // it is down, and not because the user wants it so: a restart starts it
    startAfterBatch = options.startServer;
    runner->run(items, mine);
}

const SinceLast &Session::sinceLast() const
{
    return d->sinceLast;
}

} // namespace paddock::session
