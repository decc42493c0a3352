// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/state.h"

#include <QDir>
#include <QJsonArray>
#include <algorithm>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

QLatin1StringView toString(Engine engine)
{
    static constexpr QLatin1StringView names[] = {"unknown"_L1, "sqlite"_L1, "postgres"_L1, "mysql"_L1};
    return names[int(engine)];
}

QLatin1StringView toString(Direction direction)
{
    return direction == Direction::Up ? "up"_L1 : "down"_L1;
}

QLatin1StringView toString(State state)
{
    static constexpr QLatin1StringView names[] = {"applied"_L1,     "pending"_L1,      "missing"_L1,
                                                  "edited"_L1,      "out-of-order"_L1, "failed"_L1,
                                                  "interrupted"_L1, "running"_L1,      "unknown"_L1};
    return names[int(state)];
}

QLatin1StringView toString(Repair repair)
{
    static constexpr QLatin1StringView names[] = {
        "retry"_L1,    "mark-applied"_L1,        "mark-reverted"_L1, "restore"_L1,
        "put-back"_L1, "new-from-difference"_L1, "adopt"_L1,         "up"_L1};
    return names[int(repair)];
}

namespace {

/// What the rows say of one migration.
struct History
{
    const AppliedRow *applied = nullptr;
    const RunRow *last = nullptr;     ///< of any kind
    const RunRow *lastDone = nullptr; ///< that succeeded
};

QString attempt(const RunRow &run)
{
    return (run.direction == Direction::Up ? u"Applying it"_s : u"Reverting it"_s) + u" was started at "_s +
           run.startedAt;
}

void judgeUnfinished(Entry &entry, const RunRow &run, bool runnerAlive)
{
    const bool up = run.direction == Direction::Up;
    if (runnerAlive) {
        entry.state = State::Running;
        entry.reason = attempt(run) + u" and is under way."_s;
        return;
    }
    // The framework's row is written after the migration's last statement, or in one transaction with all of them.
    if (up == entry.isApplied()) {
        entry.reason = attempt(run) + (up ? u"; it ran to its end, though the run broke off right after it."_s
                                          : u"; it was reverted to its end, though the run broke off right after."_s);
        return;
    }
    entry.state = State::Interrupted;
    entry.isCertain = run.transactional;
    if (run.transactional) {
        entry.reason = attempt(run) + u" and never ended. It ran in a transaction, so nothing of it stayed."_s;
        entry.repairs = up ? QList{Repair::Retry} : QList{Repair::Retry, Repair::MarkReverted};
    } else {
        entry.reason =
            attempt(run) +
            u" and never ended. It ran outside a transaction: a part of its statements may have taken effect."_s;
        entry.repairs = {Repair::Restore, up ? Repair::MarkApplied : Repair::MarkReverted, Repair::Retry};
    }
}

/// What an engine says ends with or without a full stop.
QString sentence(const QString &text)
{
    const QString trimmed = text.trimmed();
    return trimmed.endsWith(u'.') || trimmed.endsWith(u'!') ? trimmed : trimmed + u'.';
}

void judgeFailed(Entry &entry, const RunRow &run)
{
    const bool up = run.direction == Direction::Up;
    const bool cancelled = run.outcome == "cancelled"_L1;
    if (up == entry.isApplied())
        return; // it has been done since, by somebody else
    entry.state = State::Failed;
    entry.isCertain = run.transactional;
    entry.reason = (up ? u"Applying it "_s : u"Reverting it "_s) +
                   (cancelled ? u"was cancelled at "_s : u"failed at "_s) + run.finishedAt +
                   (run.error.isEmpty() || cancelled ? u"."_s : u": "_s + sentence(run.error)) +
                   (run.transactional ? u" It was rolled back; nothing of it stayed."_s
                                      : u" It ran outside a transaction: statements before that may have stayed."_s);
    entry.repairs = run.transactional
                        ? QList{Repair::Retry}
                        : QList{Repair::Restore, Repair::Retry, up ? Repair::MarkApplied : Repair::MarkReverted};
}

void judgeApplied(Entry &entry, const History &history, bool reformatted)
{
    // What Paddock knows of the content counts only if the last thing it did was to apply it.
    const RunRow *up = history.lastDone && history.lastDone->direction == Direction::Up ? history.lastDone : nullptr;
    entry.isRecorded = up && !up->hash.isEmpty();
    entry.appliedHash = up ? up->hash : QByteArray();
    entry.ms = up ? up->ms : 0;
    if (entry.path.isEmpty()) {
        entry.state = State::Missing;
        entry.reason = u"It is applied, but its file is gone."_s;
        entry.repairs = entry.isRecorded ? QList{Repair::PutBack, Repair::MarkReverted} : QList{Repair::MarkReverted};
        return;
    }
    entry.state = State::Applied;
    if (!entry.isRecorded) {
        entry.repairs = {Repair::Adopt};
    } else if (entry.appliedHash != entry.hash && !reformatted) {
        entry.state = State::Edited;
        entry.reason = u"The file differs from what was applied. The framework will not run it again."_s;
        entry.repairs = {Repair::PutBack, Repair::NewFromDifference, Repair::Adopt};
    }
}

void judge(Entry &entry, const History &history, const Observation &observation)
{
    if (history.applied) {
        entry.appliedAt = history.applied->at;
        entry.appliedId = history.applied->id;
        judgeApplied(entry, history, observation.reformatted.contains({entry.plugin, entry.name}));
    } else {
        entry.state = State::Pending;
    }
    if (!history.last)
        return;
    if (history.last->outcome.isEmpty())
        judgeUnfinished(entry, *history.last, observation.runnerAlive);
    else if (history.last->outcome != "done"_L1)
        judgeFailed(entry, *history.last);
}

/// Pending ones behind which a later one of the same plugin is applied already.
void findOutOfOrder(QList<Entry> &entries)
{
    QHash<QString, const Entry *> later;
    for (auto it = entries.rbegin(); it != entries.rend(); ++it) {
        if (it->isApplied() && it->state != State::Missing) {
            later.insert(it->plugin, &*it);
        } else if (it->state == State::Pending && later.contains(it->plugin)) {
            it->state = State::OutOfOrder;
            it->reason = u"%1, which comes after it, is applied already."_s.arg(later.value(it->plugin)->name);
            it->repairs = {Repair::Up, Repair::MarkApplied};
        }
    }
}

} // namespace

QList<Entry> entriesOf(const Observation &observation)
{
    QHash<Key, History> histories;
    for (const AppliedRow &row : observation.applied)
        histories[{row.plugin, row.name}].applied = &row;
    for (const RunRow &run : observation.runs) { // oldest first
        History &history = histories[{run.plugin, run.name}];
        history.last = &run;
        if (run.outcome == "done"_L1)
            history.lastDone = &run;
    }

    QList<Entry> entries;
    QSet<Key> seen;
    const auto add = [&](const QString &plugin, const QString &name, const MigrationFile *file) {
        const Key key{plugin, name};
        if (seen.contains(key))
            return;
        seen.insert(key);
        Entry entry{.plugin = plugin, .name = name};
        if (file) {
            entry.path = file->path;
            entry.hash = file->hash;
        }
        if (observation.unreachable)
            entry.reason = observation.unreachable->message;
        else
            judge(entry, histories.value(key), observation);
        if (file || entry.isApplied() || entry.state == State::Interrupted || entry.state == State::Running)
            entries.append(entry);
    };
    for (const MigrationFile &file : observation.files)
        add(file.plugin, file.name, &file);
    for (const AppliedRow &row : observation.applied)
        add(row.plugin, row.name, nullptr);
    for (const RunRow &run : observation.runs)
        add(run.plugin, run.name, nullptr);
    std::ranges::stable_partition(entries, [](const Entry &entry) { return entry.isCore(); });
    findOutOfOrder(entries);
    return entries;
}

QJsonObject toJson(const Entry &entry, const QString &root)
{
    QJsonArray repairs;
    for (const Repair repair : entry.repairs)
        repairs.append(toString(repair));
    const auto orNull = [](const QString &text) { return text.isEmpty() ? QJsonValue() : QJsonValue(text); };
    return {{u"plugin"_s, entry.plugin},
            {u"name"_s, entry.name},
            {u"file"_s, entry.path.isEmpty()                 ? QJsonValue()
                        : entry.path.startsWith(root + u'/') ? QJsonValue(QDir(root).relativeFilePath(entry.path))
                                                             : QJsonValue(entry.path)},
            {u"state"_s, toString(entry.state)},
            {u"reason"_s, orNull(entry.reason)},
            {u"certain"_s, entry.isCertain},
            {u"recorded"_s, entry.isRecorded},
            {u"core"_s, entry.isCore()},
            {u"appliedAt"_s, orNull(entry.appliedAt)},
            {u"ms"_s, entry.ms > 0 ? QJsonValue(entry.ms) : QJsonValue()},
            {u"repairs"_s, repairs}};
}

} // namespace paddock::migrations
