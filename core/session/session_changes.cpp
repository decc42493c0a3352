// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// From file events to changes, and from changes to what the runner does with them.
#include "session/letgo.h"
#include "session/session_p.h"
#include "workspace/migrations.h"

#include <QTimer>
#include <QtConcurrentRun>

namespace paddock::session {

using namespace Qt::StringLiterals;
using change::Action;
using change::Change;
using change::Kind;

namespace {

constexpr qsizetype RecordsKept = 5000;
constexpr auto SecondLookMs = 40;
constexpr auto DescribeAfterMs = 12;
constexpr auto TypesWaitAtMostMs = 250;

struct Classified
{
    workspace::ProjectState latest;
    QList<Change> changes;
};

bool isSettledState(ServerState state)
{
    return state != ServerState::Starting && state != ServerState::Stopping;
}

} // namespace

void Session::Private::takeBatch(const watch::Batch &batch)
{
    for (const watch::FileEvent &event : batch.files) {
        if (workspace::asMigration(event.path) || event.path.startsWith(".env"_L1) || event.path == "paddock.toml"_L1 ||
            event.path.startsWith("donkeylabs.config"_L1))
            desk.refresh();
        if (event.path == "paddock.toml"_L1 || event.path == "package.json"_L1)
            readSettingsAgain();
        journalOvertaken(event.path);
        if (!pending.contains(event.path))
            pending.insert(event.path, event.seenAtNs);
    }
    waitingChanged();
    pump();
}

void Session::Private::pump()
{
    if (!opened || closing || classifying || runner->isBusy())
        return;
    const bool collects = (paused || preferences.isManual) && !applyOnce;
    if (paused && collects)
        return;
    if (server.status().state == ServerState::Stopping || server.isStarting())
        return; // a save during a start is taken up when the start has ended
    if (server.status().state == ServerState::Running && server.status().agent == AgentState::Connecting)
        return; // it has lost its connection for a moment; without it only a restart could apply a save
    if (!manual.isEmpty()) {
        runner->run({manual.takeFirst()}, situation()); // each by itself: one may be refused
        return;
    }
    const bool wantsStates = desk.isReading() && !desk.isKnown() &&
                             std::any_of(pending.keyBegin(), pending.keyEnd(),
                                         [](const QString &file) { return workspace::asMigration(file).has_value(); });
    if (wantsStates)
        return; // whether it has run is about to be known; then this comes again
    if (pending.isEmpty())
        applyOnce = false;
    else if (!collects)
        classifyPending(false);
}

void Session::Private::classifyPending(bool secondLook)
{
    classifying = true;
    applyOnce = false;
    // What an earlier save does to callers may be being worked out, and would slow the swap down.
    typesDesk.setSuspended(true);
    typesGoOn.start(TypesWaitAtMostMs);
    const QHash<QString, qint64> batch = std::exchange(pending, {});
    const QStringList files = batch.keys() + unapplied.values();
    QtConcurrent::run(&worker, [before = applied, files, facts = factsForClassifying()] {
        Classified result;
        result.latest = workspace::updateProject(before, files);
        result.changes = change::classify(before, result.latest, facts);
        return result;
    }).then(this, [this, batch, secondLook](const Classified &result) {
        const bool broken =
            std::ranges::any_of(result.changes, [](const Change &change) { return change.kind == Kind::Broken; });
        if (broken && !secondLook) {
            // It may have been read while it was being written: look once more before calling it broken.
            for (auto it = batch.begin(); it != batch.end(); ++it)
                pending.insert(it.key(), std::min(it.value(), pending.value(it.key(), it.value())));
            QTimer::singleShot(SecondLookMs, this, [this] { classifyPending(true); });
            return;
        }
        QList<Change> changes = result.changes;
        breakLoops(changes, batch);
        findNeeds(changes, batch, [this, changes, newest = result.latest, batch](const QList<QStringList> &needs) {
            allowSavedMigrations(changes, needs, batch, [this, changes, needs, newest, batch] {
                classifying = false;
                takeChanges(changes, needs, newest, batch);
            });
        });
    });
}

void Session::Private::describeLatest()
{
    keepSources(latest);
    QtConcurrent::run(&describing, [newest = latest] {
        return workspace::describe(newest);
    }).then(this, [this](const workspace::Workspace &result) {
        if (result == tree) {
            compareWithServer();
            return;
        }
        tree = result;
        // Only what is new is told: most of them stay from save to save.
        QList<Problem> found;
        for (const workspace::Diagnostic &d : tree.diagnostics)
            found.append({d.severity, d.code, d.message, d.file, d.line, {}, u"discovery"_s});
        if (problems.removeIf([&](const Problem &p) { return p.source == "discovery"_L1 && !found.contains(p); }) > 0)
            Q_EMIT q->problemsChanged();
        for (const Problem &problem : std::as_const(found))
            setProblem(problem);
        compareWithServer();
        Q_EMIT q->workspaceChanged();
    });
}

void Session::Private::takeChanges(const QList<Change> &changes, const QList<QStringList> &needs,
                                   const workspace::ProjectState &newest, const QHash<QString, qint64> &batch)
{
    replace(latest, newest);
    // Not before the swap is on its way: the server, whoever asks it and we may share two cores.
    QTimer::singleShot(DescribeAfterMs, Qt::PreciseTimer, this, [this] { describeLatest(); });

    QList<pipeline::Item> items;
    QSet<QString> named;
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const qint64 nowNs = watch::monotonicNs();
    QList<Change> fresh;
    for (const Change &change : changes)
        if (std::ranges::any_of(change.files, [&](const QString &file) { return batch.contains(file); }))
            fresh.append(change);
    // What does not parse would be loaded by any restart; what waits for that is tried again once all of it parses.
    QStringList broken;
    for (const Change &change : changes)
        if (change.kind == Kind::Broken)
            for (const QString &file : change.files)
                if (workspace::isRelevant(newest, file))
                    broken.append(file);
    const QSet<QString> freed = broken.isEmpty() ? std::exchange(heldByBroken, {}) : QSet<QString>();
    for (qsizetype i = 0; i < changes.size(); ++i) {
        const Change &change = changes[i];
        // What is still unapplied from before is tried again only where this save may have mended it.
        const bool isFresh = fresh.contains(change);
        const bool isFreed =
            std::ranges::any_of(change.files, [&freed](const QString &file) { return freed.contains(file); });
        if (!isFresh && !isFreed && !isWorthRetrying(change, fresh))
            continue;
        if (!isFresh && !needs[i].isEmpty())
            continue; // it waits for its migrations, and has said so
        if (!isInFocus(change)) {
            for (const QString &file : change.files)
                named.insert(file);
            if (isFresh)
                holdForFocus(change, batch);
            continue;
        }
        qint64 eventNs = nowNs;
        for (const QString &file : change.files)
            eventNs = std::min(eventNs, batch.value(file, nowNs));
        ChangeRecord record;
        record.id = ++lastChangeId;
        record.at = now.addMSecs(-(nowNs - eventNs) / 1'000'000);
        record.change = change;
        record.generation = server.status().generation;
        record.needs = needs[i];
        store(record);
        for (const QString &file : change.files)
            named.insert(file);
        Q_EMIT q->changeAdded(record);
        items.append({.record = record, .eventNs = eventNs, .mayMigrate = mayMigrate, .whyNot = whyNotMigrated});
        if (!broken.isEmpty() && (change.has(Action::Restart) || change.has(Action::Install)))
            heldByBroken.unite(QSet<QString>(change.files.begin(), change.files.end()));
    }
    for (auto it = batch.begin(); it != batch.end(); ++it) {
        if (named.contains(it.key()))
            continue;
        if (!workspace::isRelevant(newest, it.key())) {
            addJournal(it.key(), Fate::Ignored, 0, u"not a part of the program"_s);
            continue;
        }
        if (!unapplied.remove(it.key())) {
            addJournal(it.key(), Fate::Ignored, 0,
                       applied.contentHash(it.key()) == newest.contentHash(it.key())
                           ? u"what it holds is in service already"_s
                           : u"its content means the same as before"_s);
            continue;
        }
        // A change that had not been applied was taken back.
        ChangeRecord record;
        record.id = ++lastChangeId;
        record.at = now;
        record.change = {.kind = Kind::NoEffect,
                         .subject = {change::Subject::Type::Module, it.key()},
                         .files = {it.key()},
                         .reason = u"%1 is again as it is in service."_s.arg(it.key())};
        if (server.status().state == ServerState::Crashed) {
            // What was taken back ended the server: nothing is in service any more.
            record.change.actions = {change::Action::Restart};
            record.change.reason =
                u"%1 is again as it was; the server, which had ended, is started again."_s.arg(it.key());
        }
        record.generation = server.status().generation;
        problems.removeIf([&](const Problem &p) { return p.file == it.key() && p.source.startsWith("change:"_L1); });
        Q_EMIT q->problemsChanged();
        store(record);
        Q_EMIT q->changeAdded(record);
        items.append({.record = record, .eventNs = it.value()});
    }
    journalBegun(items);
    isApplyUnderWay = mayMigrate;
    pipeline::Situation mine = situation();
    mine.broken = broken;
    if (items.isEmpty())
        codeDone({}, {});
    else
        runner->run(items, mine);
}

/// Whether a change that was kept out of service may succeed now: a plugin that it depends on changes, too. (Editors
/// save several files one after the other, so the one that needs the other may come first.)
bool Session::Private::isWorthRetrying(const Change &change, const QList<Change> &fresh) const
{
    QStringList needs = change.plugins;
    if (std::ranges::any_of(needs, [this](const QString &plugin) { return rolledBack.contains(plugin); }))
        return false; // its earlier code is in service on purpose
    for (qsizetype i = 0; i < needs.size(); ++i) {
        const auto it = std::ranges::find(tree.plugins, needs[i], &workspace::Plugin::name);
        if (it == tree.plugins.end())
            continue;
        for (const QString &dependency : it->dependencies)
            if (!needs.contains(dependency))
                needs.append(dependency);
    }
    return change.has(Action::Swap) && std::ranges::any_of(fresh, [&](const Change &other) {
               return other.has(Action::Swap) &&
                      std::ranges::any_of(other.plugins, [&](const QString &plugin) { return needs.contains(plugin); });
           });
}

void Session::Private::codeDone(const QStringList &done, const QStringList &kept)
{
    for (const QString &file : kept)
        if (applied.contentHash(file) != latest.contentHash(file)) // (a reload on request may fail without any save)
            unapplied.insert(file);
        else if (server.status().state == ServerState::Stopping || server.isStarting())
            loadedByStart.insert(file); // a restart cut its swap off, and reads it
    for (const QString &file : done)
        if (!kept.contains(file))
            unapplied.remove(file);
    QStringList taken = done; // (one file may belong to a change that was applied and to one that was not)
    taken.removeIf([this](const QString &file) { return unapplied.contains(file); });
    if (unapplied.isEmpty())
        replace(applied, latest);
    else
        replace(applied, workspace::takeFiles(applied, latest, taken));
    sources.record(server.status().generation, applied);
    if (typesGoOn.isActive())
        typesGoOn.start(DescribeAfterMs); // when those who waited for the new code have been served
    forgetRollbacks();
    restartAllowed = false;
    if (std::exchange(startAfterBatch, false) && kept.isEmpty() && server.status().state == ServerState::Stopped &&
        !server.isStarting())
        startServer();
    waitingChanged();
    settleApply();
    updatePending();
    pump();
}

void Session::Private::recordFinished(const ChangeRecord &record)
{
    store(record);
    const Outcome outcome = record.outcome.value_or(Outcome::None);
    if (const int generation = rollbacks.take(record.id); generation > 0 && wasSwapped(record))
        putBack(record.id, record.change.subject.name, generation);
    else if (wasSwapped(record))
        for (const QString &plugin : record.change.plugins)
            setRolledBack(plugin, 0);
    if (wasSwapped(record)) {
        lastSwap = record.id;
        takeProof(record.generation);
    }
    const bool failed = outcome == Outcome::KeptOld || outcome == Outcome::Held;
    if (!record.needs.isEmpty() && failed)
        holdForMigrations(record);
    const QString source = u"change:"_s + record.change.subject.name;
    clearProblems(source);
    if (failed && record.change.kind != Kind::MigrationDrift && server.status().state != ServerState::Stopped) {
        QString file = relative(record.errorFile);
        int line = record.errorLine;
        if (file.isEmpty()) {
            file = record.change.file.isEmpty() ? record.change.files.value(0) : record.change.file;
            line = record.change.line;
        }
        setProblem({.severity = u"error"_s,
                    .code = outcome == Outcome::KeptOld ? u"swap-rejected"_s : u"held"_s,
                    .message = record.message.isEmpty() ? record.change.reason : record.message,
                    .file = file,
                    .line = line,
                    .remedy = server.status().state == ServerState::Crashed
                                  ? u"Nothing serves now. Correct the file and save: that starts the server again."_s
                              : record.needs.isEmpty() ? u"The old code serves on. Correct the file and save."_s
                                                       : u"The old code serves on. “paddockctl apply” does both."_s,
                    .source = source});
    }
    const bool typesDone = std::ranges::any_of(record.stages, [](const StageRun &run) {
        return run.stage == Stage::TypeGen && run.state == StageState::Done;
    });
    if (typesDone && wasSwapped(record))
        for (const QString &plugin : record.change.plugins) // the workspace's own onPluginChange hears of each step
            server.request(u"hot-step"_s, {{u"plugin"_s, plugin}, {u"step"_s, u"types"_s}});
    if (!waitingForChange.contains(record.id)) // (it is about a save)
        journalFinished(record);
    Q_EMIT q->changeFinished(record);
    if (const auto promise = waitingForChange.take(record.id)) {
        promise->addResult(record);
        promise->finish();
    }
    updatePending();
}

void Session::Private::store(const ChangeRecord &record)
{
    // Records are in the order of their ids and almost always near the end.
    for (qsizetype i = records.size() - 1; i >= 0 && records[i].id >= record.id; --i)
        if (records[i].id == record.id) {
            records[i] = record;
            return;
        }
    records.append(record);
    if (records.size() > RecordsKept)
        records.removeFirst();
}

void Session::Private::setProblem(const Problem &problem)
{
    if (problems.contains(problem))
        return;
    problems.append(problem);
    Q_EMIT q->problemAdded(problem);
    Q_EMIT q->problemsChanged();
}

void Session::Private::clearProblems(const QString &source)
{
    if (problems.removeIf([&](const Problem &problem) { return problem.source == source; }) > 0)
        Q_EMIT q->problemsChanged();
}

void Session::Private::updatePending()
{
    const bool inTransition = !isSettledState(server.status().state);
    const int count = runner->pendingStages() + jobs.running() + (inTransition ? 1 : 0);
    if (std::exchange(lastPending, count) != count)
        Q_EMIT q->pendingWorkChanged(count);
}

} // namespace paddock::session
