// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The fate of every save. A fate is told when it is known, so a save that was held may be told of twice: first that it
// waits, later what became of it. Each save that came ends as applied, merged, superseded or ignored, or waits as held.
#include "session/session_p.h"

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype JournalKept = 20'000;

} // namespace

void Session::Private::addJournal(const QString &file, Fate fate, qint64 change, const QString &reason)
{
    const JournalEntry entry{QDateTime::currentDateTimeUtc(), file, fate, change, reason};
    journal.append(entry);
    if (journal.size() > JournalKept)
        journal.remove(0, JournalKept / 10);
    if (history)
        history->put(entry);
    Q_EMIT q->journalAdded(entry);
}

void Session::Private::journalMerged(const QString &file)
{
    addJournal(file, Fate::Merged, 0, u"saved again before the earlier save was taken up"_s);
}

/// A newer save of a file whose earlier one has not come into service: what becomes of the earlier one.
void Session::Private::journalOvertaken(const QString &file)
{
    if (pending.contains(file)) {
        journalMerged(file);
        return;
    }
    const bool isLoading = loadedByStart.remove(file);
    if (isLoading || unapplied.contains(file))
        addJournal(file, Fate::Superseded, 0, u"saved again before the earlier save came into service"_s);
}

/// A file may be a part of several changes; its save has one fate all the same, which is known when the last of them is
/// settled: held where any of them was.
void Session::Private::journalBegun(const QList<pipeline::Item> &items)
{
    const auto batch = std::make_shared<BatchFates>();
    for (const pipeline::Item &item : items) {
        batchFates.insert(item.record.id, batch);
        for (const QString &file : item.record.change.files)
            ++batch->open[file];
    }
}

void Session::Private::journalFinished(const ChangeRecord &record)
{
    const bool failed = record.outcome == Outcome::KeptOld || record.outcome == Outcome::Held;
    const Fate fate = failed ? Fate::Held : record.change.actions.isEmpty() ? Fate::Ignored : Fate::Applied;
    const JournalEntry own{
        {}, {}, fate, record.id, failed && !record.message.isEmpty() ? record.message : record.change.reason};
    const auto batch = batchFates.take(record.id);
    for (const QString &file : record.change.files) {
        JournalEntry told = own;
        if (batch) {
            JournalEntry &worst = batch->worst[file];
            const auto weight = [](const JournalEntry &entry) {
                return entry.change == 0 ? 0 : entry.fate == Fate::Ignored ? 1 : entry.fate == Fate::Applied ? 2 : 3;
            };
            if (weight(own) > weight(worst))
                worst = own;
            if (--batch->open[file] > 0)
                continue;
            told = worst;
        }
        addJournal(file, told.fate, told.change, told.reason);
    }
}

/// What had been held and is on disk is in service now: the process has read it.
void Session::Private::journalLoaded(const QSet<QString> &files)
{
    QStringList sorted(files.begin(), files.end());
    sorted.sort();
    for (const QString &file : std::as_const(sorted))
        addJournal(file, Fate::Applied, 0, u"loaded when the server started"_s);
}

/// The session ends: what it had not taken up yet is loaded by the next start.
void Session::Private::journalLeft()
{
    QStringList left = pending.keys();
    left.sort();
    for (const QString &file : std::as_const(left))
        addJournal(file, Fate::Held, 0, u"the session was closed before it was taken up; the next start loads it"_s);
}

} // namespace paddock::session
