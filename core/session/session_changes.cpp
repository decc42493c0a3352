// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// From file events to changes, and from changes to what the runner does with them.
#include "session/session_p.h"
#include "workspace/migrations.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QTimer>
#include <QtConcurrentRun>

namespace paddock::session {

using namespace Qt::StringLiterals;
using change::Action;
using change::Change;
using change::Kind;

namespace {

constexpr qsizetype RecordsKept = 5000;
constexpr qsizetype JournalKept = 20'000;
constexpr auto SecondLookMs = 40;
constexpr auto DescribeAfterMs = 12;

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
        const auto it = pending.constFind(event.path);
        if (it == pending.constEnd())
            pending.insert(event.path, event.seenAtNs);
        else
            addJournal(event.path, Fate::Merged, 0, u"saved again before the earlier save was taken up"_s);
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
    if (pending.isEmpty())
        applyOnce = false;
    else if (!collects)
        classifyPending(false);
}

void Session::Private::classifyPending(bool secondLook)
{
    classifying = true;
    applyOnce = false;
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
            classifying = false;
            takeChanges(changes, needs, newest, batch);
        });
    });
}

void Session::Private::describeLatest()
{
    keepSources(latest);
    QtConcurrent::run(&worker, [newest = latest] {
        return workspace::describe(newest);
    }).then(this, [this](const workspace::Workspace &result) {
        if (result == tree) {
            compareWithServer();
            return;
        }
        tree = result;
        clearProblems(u"discovery"_s);
        for (const workspace::Diagnostic &d : tree.diagnostics)
            setProblem({d.severity, d.code, d.message, d.file, d.line, {}, u"discovery"_s});
        compareWithServer();
        Q_EMIT q->workspaceChanged();
    });
}

void Session::Private::takeChanges(const QList<Change> &changes, const QList<QStringList> &needs,
                                   const workspace::ProjectState &newest, const QHash<QString, qint64> &batch)
{
    latest = newest;
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
    for (qsizetype i = 0; i < changes.size(); ++i) {
        const Change &change = changes[i];
        // What is still unapplied from before is tried again only where this save may have mended it.
        const bool isFresh = fresh.contains(change);
        if (!isFresh && !isWorthRetrying(change, fresh))
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
        items.append({.record = record, .eventNs = eventNs, .mayMigrate = mayMigrate});
    }
    for (auto it = batch.begin(); it != batch.end(); ++it) {
        if (named.contains(it.key()))
            continue;
        if (!workspace::isRelevant(newest, it.key())) {
            addJournal(it.key(), Fate::Ignored, 0, u"not a part of the program"_s);
            continue;
        }
        if (!unapplied.remove(it.key())) {
            addJournal(it.key(), Fate::Ignored, 0, u"its content means the same as before"_s);
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
        record.generation = server.status().generation;
        problems.removeIf([&](const Problem &p) { return p.file == it.key() && p.source.startsWith("change:"_L1); });
        Q_EMIT q->problemsChanged();
        store(record);
        Q_EMIT q->changeAdded(record);
        items.append({.record = record, .eventNs = it.value()});
    }
    isApplyUnderWay = mayMigrate;
    if (items.isEmpty())
        codeDone({}, {});
    else
        runner->run(items, situation());
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
    for (const QString &file : done)
        if (!kept.contains(file))
            unapplied.remove(file);
    if (unapplied.isEmpty())
        applied = latest;
    else
        applied = workspace::takeFiles(applied, latest, done);
    sources.record(server.status().generation, applied);
    forgetRollbacks();
    restartAllowed = false;
    waitingChanged();
    settleApply();
    updatePending();
    pump();
}

void Session::Private::recordFinished(const ChangeRecord &record)
{
    store(record);
    const Outcome outcome = record.outcome.value_or(Outcome::None);
    if (const int generation = rollbacks.take(record.id); generation > 0 && outcome == Outcome::Swapped)
        putBack(record.id, record.change.subject.name, generation);
    else if (outcome == Outcome::Swapped)
        for (const QString &plugin : record.change.plugins)
            setRolledBack(plugin, 0);
    if (outcome == Outcome::Swapped) {
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
                    .remedy = record.needs.isEmpty() ? u"The old code serves on. Correct the file and save."_s
                                                     : u"The old code serves on. “paddockctl apply” does both."_s,
                    .source = source});
    }
    const bool typesDone = std::ranges::any_of(record.stages, [](const StageRun &run) {
        return run.stage == Stage::TypeGen && run.state == StageState::Done;
    });
    if (typesDone && outcome == Outcome::Swapped)
        for (const QString &plugin : record.change.plugins) // the workspace's own onPluginChange hears of each step
            server.request(u"hot-step"_s, {{u"plugin"_s, plugin}, {u"step"_s, u"types"_s}});
    const bool isSave = !waitingForChange.contains(record.id);
    for (const QString &file : isSave ? record.change.files : QStringList()) {
        const Fate fate = failed ? Fate::Held : record.change.actions.isEmpty() ? Fate::Ignored : Fate::Applied;
        addJournal(file, fate, record.id, failed && !record.message.isEmpty() ? record.message : record.change.reason);
    }
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

QFuture<Result<ChangeRecord>> Session::Private::submit(const Change &change, bool force, int rollbackTo)
{
    auto promise = std::make_shared<QPromise<Result<ChangeRecord>>>();
    promise->start();
    ChangeRecord record;
    record.id = ++lastChangeId;
    record.at = QDateTime::currentDateTimeUtc();
    record.change = change;
    record.generation = server.status().generation;
    const bool isHeld = std::ranges::any_of(change.files + change.modules,
                                            [this](const QString &file) { return heldForMigrations.contains(file); });
    if (isHeld && !force && rollbackTo == 0)
        record.needs = heldNeeds;
    waitingForChange.insert(record.id, promise);
    store(record);
    Q_EMIT q->changeAdded(record);
    manual.append({.record = record, .eventNs = watch::monotonicNs(), .force = force, .rollbackTo = rollbackTo});
    if (rollbackTo > 0)
        rollbacks.insert(record.id, rollbackTo);
    pump();
    return promise->future();
}

/// The module and what it imports below its own folder: what a reload on request loads afresh.
QStringList Session::Private::ownModules(const QString &file) const
{
    return ownModules(file, latest);
}

QStringList Session::Private::ownModules(const QString &file, const workspace::ProjectState &state)
{
    const QString folder = QFileInfo(file).path() + u'/';
    QStringList modules{file};
    for (qsizetype i = 0; i < modules.size(); ++i)
        for (const QString &imported : workspace::importsOf(state, modules[i]))
            if (imported.startsWith(folder) && !modules.contains(imported))
                modules.append(imported);
    return modules;
}

QFuture<Result<ChangeRecord>> Session::reloadPlugin(const QString &plugin, bool force)
{
    const auto failed = [](Result<ChangeRecord> error) { return QtFuture::makeReadyValueFuture(std::move(error)); };
    if (d->server.status().state != ServerState::Running)
        return failed(fail(u"server-stopped"_s, u"The server does not run, so there is nothing to reload."_s,
                           u"Start it first."_s));
    const auto it = std::ranges::find(d->tree.plugins, plugin, &workspace::Plugin::name);
    if (it == d->tree.plugins.end())
        return failed(
            fail(u"no-plugin"_s, u"There is no plugin “%1”."_s.arg(plugin), u"“paddockctl tree” lists the plugins."_s));
    Change change{.kind = Kind::PluginMethod,
                  .subject = {change::Subject::Type::Plugin, plugin},
                  .files = {it->file},
                  .row = change::Row::PluginMethods,
                  .actions = {Action::Swap},
                  .reason = u"A reload of “%1” was asked for."_s.arg(plugin)};
    change.plugins = {plugin};
    change.modules = d->ownModules(it->file);
    return d->submit(change, force);
}

QFuture<Result<ChangeRecord>> Session::reloadRoutes(const QString &file)
{
    const QString path = d->relative(QDir::cleanPath(QDir(d->options.root).absoluteFilePath(file)));
    Change change{.kind = Kind::RouteHandler,
                  .subject = {change::Subject::Type::Module, path},
                  .files = {path},
                  .row = change::Row::RouteHandlers,
                  .actions = {Action::Swap},
                  .reason = u"A reload of the routes in %1 was asked for."_s.arg(path)};
    change.routeFiles = {path};
    change.modules = d->ownModules(path);
    if (d->latest.hasFile(path) && d->server.status().state == ServerState::Running)
        return d->submit(change, false);
    return QtFuture::makeReadyValueFuture<Result<ChangeRecord>>(
        d->latest.hasFile(path) ? fail(u"server-stopped"_s, u"The server does not run."_s, u"Start it first."_s)
                                : fail(u"no-file"_s, u"There is no such file in the workspace."_s, {}, path));
}

pipeline::Situation Session::Private::situation() const
{
    return {.server = server.status().state,
            .agentConnected = server.status().agent == AgentState::Connected,
            .hasServed = server.hasServed(),
            .attached = server.status().attached,
            .canGenerateTypes = trusted && !typeScript.isEmpty(),
            .typeScript = typeScript,
            .restart = restartAllowed ? RestartPolicy::Yes : restartPolicy(),
            .heldFor = mayMigrate ? QStringList() : heldNeeds};
}

agent::SwapRequest Session::Private::swapRequest(const QList<Change> &changes) const
{
    agent::SwapRequest request;
    const auto absolute = [this](const QString &file) { return options.root + u'/' + file; };
    QStringList plugins;
    QMap<QString, QString> oldNames; // new name → old name
    for (const Change &change : changes) {
        for (const change::Detail &detail : change.details)
            if (detail.what == "plugin-renamed"_L1)
                oldNames.insert(change.subject.name, detail.name);
        for (const QString &name : change.plugins)
            if (!plugins.contains(name))
                plugins.append(name);
        for (const QString &file : change.routeFiles)
            if (const QString path = absolute(file); !request.routeFiles.contains(path))
                request.routeFiles.append(path);
        for (const QString &file : change.modules)
            if (const QString path = absolute(file); !request.modules.contains(path))
                request.modules.append(path);
    }
    const auto place = [this](const workspace::Workspace &described, const QString &name) {
        const auto it = std::ranges::find(described.plugins, name, &workspace::Plugin::name);
        return it != described.plugins.end() && latest.hasFile(it->file) ? it->file : QString();
    };
    for (const QString &name : plugins) {
        if (std::ranges::find(oldNames, name) != oldNames.end())
            continue; // it goes when its new name comes
        QString file = place(tree, name);
        if (file.isEmpty())
            file = place(workspace::describe(latest), name); // new or moved: the tree follows a moment later
        request.plugins.append({.name = name,
                                .file = file.isEmpty() ? file : absolute(file),
                                .remove = file.isEmpty(),
                                .renamedFrom = oldNames.value(name)});
    }
    request.entry = absolute(tree.entry);
    if (settings.swapMs > 0)
        request.timeoutMs = settings.swapMs;
    return request;
}

pipeline::Operations Session::Private::operations()
{
    return {
        .swap =
            [this](const agent::SwapRequest &request) {
                const std::chrono::milliseconds limit(request.timeoutMs + 10'000);
                const bool isRollback = request.rollbackTo > 0 && request.plugins.size() == 1;
                const QJsonObject params = isRollback ? QJsonObject{{u"plugin"_s, request.plugins.first().name},
                                                                    {u"generation"_s, request.rollbackTo}}
                                                      : agent::toJson(request);
                return server.request(isRollback ? u"rollback"_s : u"swap"_s, params, limit)
                    .then(this, [this](const Result<QJsonObject> &answer) -> Result<agent::SwapResult> {
                        loading = {};
                        if (!answer)
                            return std::unexpected(unansweredSwap(answer.error()));
                        agent::SwapResult result = agent::swapResultFromJson(*answer);
                        if (result.ok) {
                            for (auto it = result.pluginGenerations.begin(); it != result.pluginGenerations.end(); ++it)
                                setGeneration(it.key(), it.value());
                            server.setGeneration(result.generation);
                            logPipeline.setGeneration(result.generation);
                        }
                        result.failure.file = relative(result.failure.file);
                        for (Undisposed &one : result.ledger.undisposed)
                            one.file = relative(one.file);
                        return result;
                    });
            },
        .install = [this] { return install(); },
        .migrate = [this](const QStringList &needs) { return runMigrations(needs); },
        .unmigrate = [this](const QStringList &names) { return takeMigrationsBack(names); },
        .restart =
            [this](const QString &why) {
                if (auto prepared = prepareServer(); !prepared)
                    return QtFuture::makeReadyValueFuture(prepared);
                return server.restart(why).then(this, [this](const Result<> &result) {
                    if (result) // all that is on disk, also what had been kept out until now
                        loadedFromDisk();
                    return result;
                });
            },
        .verify = [this] { return server.checkHealth(); },
        .generateTypes = [this] { return runScript(typeScript); },
        .swapRequest = [this](const QList<Change> &changes) { return swapRequest(changes); },
    };
}

void Session::Private::addJournal(const QString &file, Fate fate, qint64 change, const QString &reason)
{
    const JournalEntry entry{QDateTime::currentDateTimeUtc(), file, fate, change, reason};
    journal.append(entry);
    if (journal.size() > JournalKept)
        journal.remove(0, JournalKept / 10);
    Q_EMIT q->journalAdded(entry);
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
