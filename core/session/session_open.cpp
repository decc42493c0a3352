// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How a session comes to serve: sockets, watcher, the files read, the server started.
#include "agent/files.h"
#include "base/memory.h"
#include "base/paths.h"
#include "process/processregistry.h"
#include "session/bun.h"
#include "session/factscache.h"
#include "session/session_p.h"
#include "session/truststore.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QtConcurrentRun>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

QFuture<Result<>> settled(Result<> result)
{
    return QtFuture::makeReadyValueFuture(std::move(result));
}

} // namespace

void Session::Private::open()
{
    if (options.trustGiven && !trusted) {
        trusted = true;
        if (auto kept = setTrusted(options.root, true); !kept)
            note(kept.error().message, logs::Level::Warn);
    }
    controlServer = std::make_unique<ControlServer>(
        [this](const QString &method, const QJsonObject &params) { return control(method, params); });
    if (auto listening = controlServer->listen(options.root); !listening) {
        Q_EMIT q->openFailed(listening.error());
        return;
    }
    broadcastEvents();
    sweepLeftovers();
    beginHistory();
    preferences = readPreferences(options.root);
    takeSettings(readSettings(options.root));
    // Watching comes before reading: whatever is saved in between is reported, not lost.
    watch::WatchOptions watching{.root = options.root};
    if (!settings.ignore.isEmpty())
        watching.ignore = [folders = settings.ignore](QStringView path, bool isFolder) {
            return isFolder && isIgnoredBySettings(folders, path);
        };
    watcher = std::make_unique<watch::Watcher>(watching);
    connect(watcher.get(), &watch::Watcher::started, this, [this](int) { readWorkspace(); });
    connect(watcher.get(), &watch::Watcher::startFailed, this, [this](const Error &error) {
        setProblem({.severity = u"error"_s,
                    .code = error.code,
                    .message = error.message,
                    .remedy = error.remedy,
                    .source = u"watcher"_s});
        readWorkspace();
    });
    connect(watcher.get(), &watch::Watcher::problem, this, [this](const Error &error) {
        setProblem({.severity = u"warning"_s,
                    .code = error.code,
                    .message = error.message,
                    .file = error.where,
                    .remedy = error.remedy,
                    .source = u"watcher"_s});
    });
    connect(watcher.get(), &watch::Watcher::batchReady, this, [this](const watch::Batch &b) { takeBatch(b); });
    connect(watcher.get(), &watch::Watcher::merged, this, [this](const QString &file) { journalMerged(file); });
    connect(watcher.get(), &watch::Watcher::ignored, this, [this](const QString &file, const QString &reason) {
        if (!file.endsWith(u'/'))
            addJournal(file, Fate::Ignored, 0, reason);
    });
    connect(watcher.get(), &watch::Watcher::heldChanged, this, [this](bool held, const QString &reason) {
        note(held ? u"Changes are collected until this is over: "_s + reason : u"Changes are taken up again."_s);
    });
    watcher->start();
}

/// Ends what a Paddock that was killed left running; a server of it would hold the port. The worker does it before it
/// reads the workspace, so it is done before a server starts.
void Session::Private::sweepLeftovers()
{
    QtConcurrent::run(&worker, [] {
        return process::ProcessRegistry().sweep();
    }).then(this, [this](const QList<process::ProcessRegistry::Swept> &swept) {
        for (const auto &one : swept)
            if (!one.ended.isEmpty())
                note(u"An earlier Paddock had left “%1” running (process %2): ended."_s.arg(one.entry.name)
                         .arg(one.ended.first()),
                     logs::Level::Warn);
    });
}

void Session::Private::readWorkspace()
{
    QtConcurrent::run(&worker, [root = options.root] {
        return workspace::readProject(root, {.cacheFile = factsCacheFile(root), .writeCache = false});
    }).then(this, [this](const Result<workspace::ProjectState> &state) {
        if (state)
            keepFactsForNextStart(*state, options.root);
        if (state)
            adopt(*state);
        else
            Q_EMIT q->openFailed(state.error());
    });
}

void Session::Private::adopt(const workspace::ProjectState &state)
{
    applied = latest = state;
    QtConcurrent::run(&worker, [state] {
        const workspace::Workspace described = workspace::describe(state);
        releaseFreeMemory(); // reading everything took more than keeping it does
        return described;
    }).then(this, [this](const workspace::Workspace &described) {
        tree = described;
        opened = true;
        for (const workspace::Diagnostic &d : tree.diagnostics)
            setProblem({d.severity, d.code, d.message, d.file, d.line, {}, u"discovery"_s});
        Q_EMIT q->workspaceChanged();
        Q_EMIT q->opened();
        if (!trusted)
            desk.refresh(); // what the files tell
        if (!trusted)
            Q_EMIT q->trustNeeded();
        else if (options.sinceLast)
            takeSinceLast();
        else
            begin();
        pump();
    });
}

void Session::Private::begin()
{
    beginTypes();
    beginMigrations();
    listenForServers();
    keepSources(latest);
    consentToStart = options.mayLoseData;
    if (!changesSince.isEmpty())
        runSinceLast();
    else if (options.startServer)
        startServer();
}

/// What must be there before a server can start, each missing thing with its remedy.
Result<> Session::Private::prepareServer()
{
    if (!trusted)
        return fail(u"not-trusted"_s, u"This workspace is not trusted, so nothing of it is run."_s,
                    u"Trust it first: “paddockctl trust”, or “Trust and start” in the window."_s, options.root);
    const auto bun = options.bun.isEmpty() ? findBun(options.root) : Result<QString>(options.bun);
    if (!bun)
        return std::unexpected(bun.error());
    const auto agentFile = agent::installedAgent();
    if (!agentFile)
        return std::unexpected(agentFile.error());
    const auto folder = paths::socketFolder(options.root);
    if (!folder)
        return std::unexpected(folder.error());
    const auto environment = QProcessEnvironment::systemEnvironment();
    const auto plan = launchPlan(*bun, *agentFile, environment);
    if (!plan)
        return std::unexpected(plan.error());
    QStringList secrets = logs::SecretMasker::secretValues(environment);
    for (const QString &name : QDir(options.root).entryList({u".env*"_s}, QDir::Files | QDir::Hidden)) {
        QFile file(options.root + u'/' + name);
        if (file.open(QIODevice::ReadOnly))
            secrets += logs::SecretMasker::secretValues(QString::fromUtf8(file.readAll()));
    }
    const logs::SecretMasker masker(secrets);
    logPipeline.setMasker(masker);
    jobs.setMasker(masker);
    if (history)
        history->setMasker(masker);
    server.setOptions({.root = options.root,
                       .socketFolder = *folder,
                       .plan = *plan,
                       .environment = environment,
                       .startMs = settings.startMs,
                       .stopMs = settings.stopMs});
    return {};
}

QFuture<Result<>> Session::Private::startServer()
{
    if (auto prepared = prepareServer(); !prepared) {
        const Error &error = prepared.error();
        setProblem({.severity = u"error"_s,
                    .code = error.code,
                    .message = error.message,
                    .file = error.where == options.root ? QString() : error.where,
                    .remedy = error.remedy,
                    .source = u"server"_s});
        return settled(prepared);
    }
    const QFileInfo package(options.root + u"/package.json"_s);
    if (!QFileInfo(options.root + u"/node_modules"_s).isDir() && package.exists()) {
        note(u"node_modules is missing: installing the workspace's packages first"_s);
        auto promise = std::make_shared<QPromise<Result<>>>();
        promise->start();
        install().then(this, [this, promise](const Result<> &result) {
            const auto pass = [promise](const Result<> &r) {
                promise->addResult(r);
                promise->finish();
            };
            if (result)
                launchServer().then(this, pass);
            else
                pass(result);
        });
        return promise->future();
    }
    return launchServer();
}

QFuture<Result<>> Session::Private::launchServer()
{
    clearProblems(u"server"_s);
    loadedByStart.unite(loadedFromDisk());
    return server.start();
}

void Session::Private::serverReady()
{
    clearProblems(u"server"_s);
    if (problems.removeIf([this](const Problem &problem) {
            return problem.source.startsWith("change:"_L1) && loadedByStart.contains(problem.file);
        }) > 0)
        Q_EMIT q->problemsChanged();
    journalLoaded(std::exchange(loadedByStart, {}));
    logPipeline.setGeneration(server.status().generation);
    server.request(u"inspect"_s).then(this, [this](const Result<QJsonObject> &snapshot) {
        if (snapshot)
            takeInspection(*snapshot);
        sources.begin(server.status().generation, applied);
        if (server.status().attached)
            catchUp();
        // “Ready” promises that a save is now seen and applied.
        readyOnce = true;
        Q_EMIT q->ready();
        pump();
    });
}

} // namespace paddock::session
