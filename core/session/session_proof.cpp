// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What becomes known of a swap only after it: when the last request on the old code has ended, and what of that code
// goes on although nothing should.
#include "session/session_p.h"

#include <QJsonArray>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype ProofsKept = 100;

} // namespace

void Session::Private::takeRetired(const QJsonObject &notification)
{
    // It may come before the swap's own answer has been worked off.
    const int next = notification.value("generation"_L1).toInt() + 1;
    retired.insert(next, agent::proofFromJson(notification.value("proof"_L1).toObject()));
    while (retired.size() > ProofsKept)
        retired.erase(retired.begin());
    takeProof(next);
}

/// Gives the records of the swap to this generation their proof.
void Session::Private::takeProof(int generation)
{
    const auto proof = retired.constFind(generation);
    if (proof == retired.constEnd())
        return;
    for (qsizetype i = records.size() - 1; i >= 0; --i) {
        ChangeRecord &record = records[i];
        if (!wasSwapped(record) || record.generation != generation || record.proof == *proof)
            continue;
        if (record.at < server.status().startedAt)
            break; // generations are counted anew by each process
        record.proof = *proof;
        moreIsKnown(record);
    }
}

void Session::Private::moreIsKnown(const ChangeRecord &record)
{
    if (history)
        history->put(record);
    Q_EMIT q->changeUpdated(record);
    Q_EMIT q->proofChanged(record);
}

void Session::Private::takeUndisposed(const QJsonObject &notification)
{
    const QString plugin = notification.value("plugin"_L1).toString();
    const int generation = notification.value("generation"_L1).toInt();
    Ledger found = agent::ledgerFromJson({{u"undisposed"_s, notification.value("items"_L1)}});
    for (Undisposed &one : found.undisposed) {
        one.file = relative(one.file);
        setProblem(
            {.severity = u"warning"_s,
             .code = u"undisposed"_s,
             .message = u"Generation %1 of “%2” left a %3 behind: %4"_s.arg(generation).arg(plugin, one.kind, one.note),
             .file = one.file,
             .line = one.line,
             .remedy = u"End it in dispose(), or restart the server."_s,
             .source = u"runtime"_s});
    }
    // It belongs to the swap that took this generation out of service.
    for (qsizetype i = 0; i < records.size(); ++i) {
        ChangeRecord &record = records[i];
        if (!wasSwapped(record) || record.generation <= generation || !record.change.plugins.contains(plugin) ||
            record.at < server.status().startedAt)
            continue;
        record.ledger.undisposed += found.undisposed;
        moreIsKnown(record);
        return;
    }
}

void Session::Private::setGeneration(const QString &plugin, int generation)
{
    const int before = generations.value(plugin);
    if (before == generation)
        return;
    if (before > 0)
        pastGenerations[plugin].append(before);
    generations.insert(plugin, generation);
}

} // namespace paddock::session
