// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/session.h"

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
#include <QJsonDocument>
#include <QtConcurrentRun>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

QFuture<Result<>> settled(Result<> result)
{
    return QtFuture::makeReadyValueFuture(std::move(result));
}

} // namespace

Session::Private::Private(Session *session, SessionOptions sessionOptions)
    : q(session), options(std::move(sessionOptions))
{
    worker.setMaxThreadCount(1);
    describing.setMaxThreadCount(1); // one after the other, so that the latest is the last
    worker.setExpiryTimeout(-1);     // a save must not wait for a thread to start
    trusted = session::isTrusted(options.root);

    connect(&server, &Server::statusChanged, this, [this](const ServerStatus &status) {
        serverChanged(status);
        updatePending();
        pump();
    });
    connect(&server, &Server::ready, this, [this] { serverReady(); });
    connect(&server, &Server::notified, this, [this](const QJsonObject &n) { takeNotification(n); });
    connect(&server, &Server::note, this, [this](const QString &text) { note(text); });
    connect(&server, &Server::crashed, this, [this](const Error &error) {
        portHolder = error.code == "port-taken"_L1 ? error.detail.toLongLong() : 0;
        note(error.message, logs::Level::Error);
        const qsizetype colon = error.where.lastIndexOf(u':');
        setProblem({.severity = u"error"_s,
                    .code = error.code,
                    .message = error.message,
                    .file = relative(colon > 0 ? error.where.left(colon) : error.where),
                    .line = colon > 0 ? error.where.mid(colon + 1).toInt() : 0,
                    .remedy = error.remedy,
                    .source = u"server"_s});
    });
    const auto sourceName = [](process::Stream stream) {
        return stream == process::Stream::Error ? u"stderr"_s : u"stdout"_s;
    };
    connect(&server, &Server::output, this, [this, sourceName](process::Stream stream, const QByteArray &bytes) {
        const bool isError = stream == process::Stream::Error;
        logPipeline.feed(sourceName(stream), bytes, isError ? logs::Level::Error : logs::Level::Info);
    });
    connect(&server, &Server::outputEnded, this,
            [this, sourceName](process::Stream stream) { logPipeline.endStream(sourceName(stream)); });

    connect(&jobs, &pipeline::Jobs::changed, this, [this](const JobRecord &job) {
        Q_EMIT q->jobChanged(job);
        if (history)
            history->put(job);
        updatePending();
    });
    connect(&jobs, &pipeline::Jobs::note, this, [this](const QString &text) { note(text); });
    connect(&jobs, &pipeline::Jobs::output, this,
            [this](const QString &job, process::Stream stream, const QByteArray &bytes) {
                logPipeline.feed(job + (stream == process::Stream::Error ? u" (stderr)"_s : u""_s), bytes);
            });
    connect(&jobs, &pipeline::Jobs::outputEnded, this, [this](const QString &job, process::Stream stream) {
        logPipeline.endStream(job + (stream == process::Stream::Error ? u" (stderr)"_s : u""_s));
    });

    connect(&logPipeline, &logs::LogPipeline::linesReady, this, [this](const QList<logs::LogLine> &lines) {
        logsToShow += lines;
        // What the agent says of a line comes on another way, and may come a little later than the line itself.
        constexpr int ReportMs = 40;
        if (logTags.tag(logsToShow) || server.status().state != ServerState::Running)
            showLogs();
        else if (!logTimer.isActive())
            logTimer.start(ReportMs);
    });
    logTimer.setSingleShot(true);
    connect(&logTimer, &QTimer::timeout, this, [this] { showLogs(); });
    connect(&logPipeline, &logs::LogPipeline::linesLost, this, [this](qint64 count) {
        logsDropped += count;
        Q_EMIT q->logsDropped(logsDropped);
    });

    watchForLoops();
    runner = std::make_unique<pipeline::Runner>(operations());
    connect(runner.get(), &pipeline::Runner::changed, this, [this](const ChangeRecord &record) {
        store(record);
        Q_EMIT q->changeUpdated(record);
        updatePending();
    });
    connect(runner.get(), &pipeline::Runner::stageChanged, this,
            [this](qint64 change, const StageRun &run) { Q_EMIT q->stageChanged(change, run); });
    connect(runner.get(), &pipeline::Runner::finished, this,
            [this](const ChangeRecord &record) { recordFinished(record); });
    connect(runner.get(), &pipeline::Runner::codeDone, this,
            [this](const QStringList &done, const QStringList &kept) { codeDone(done, kept); });
    connect(runner.get(), &pipeline::Runner::restartWanted, this,
            [this](const QStringList &files, const QString &reason) { holdForRestart(files, reason); });
}

void Session::Private::showLogs()
{
    logTimer.stop();
    QList<logs::LogLine> lines = std::exchange(logsToShow, {});
    logTags.tag(lines);
    logTags.shown(lines);
    for (logs::LogLine &line : lines) {
        line.id = ++lastLogId;
        logLines.push_back(line);
    }
    constexpr size_t LinesKept = 20'000;
    while (logLines.size() > LinesKept)
        logLines.pop_front();
    if (!lines.isEmpty())
        Q_EMIT q->logsAdded(lines);
}

Session::Private::~Private()
{
    worker.waitForDone();
    describing.waitForDone();
}

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
            Q_EMIT q->trustNeeded();
        else
            begin();
        pump();
    });
}

void Session::Private::begin()
{
    beginTypes();
    listenForServers();
    keepSources(latest);
    if (options.startServer)
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
    loadedFromDisk();
    return server.start();
}

void Session::Private::serverReady()
{
    clearProblems(u"server"_s);
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

void Session::Private::close()
{
    if (closing)
        return;
    closing = true;
    if (watcher)
        watcher->stop();
    if (typeWatch)
        typeWatch->child().stop();
    runner->cancelAll(u"The session was closed."_s);
    jobs.cancelAll();
    server.detach(u"the session was closed"_s);
    server.stop(u"the session was closed"_s).then(this, [this](const Result<> &) {
        controlServer.reset();
        if (!history) {
            Q_EMIT q->closed();
            return;
        }
        connect(history.get(), &history::HistoryStore::ended, q, &Session::closed);
        history->end();
    });
}

void Session::Private::note(const QString &text, logs::Level level)
{
    logs::LogLine line;
    line.at = QDateTime::currentDateTimeUtc();
    line.level = level;
    line.source = u"paddock"_s;
    line.text = text;
    logPipeline.feedLine(line);
}

QString Session::Private::relative(const QString &file) const
{
    return file.startsWith(options.root + u'/') ? file.mid(options.root.size() + 1) : file;
}

// ------------------------------------------------------------------------------------------------ the public face

Session::Session(SessionOptions options, QObject *parent)
    : QObject(parent), d(std::make_unique<Private>(this, std::move(options)))
{}

Session::~Session() = default;

void Session::open()
{
    d->open();
}

void Session::close()
{
    d->close();
}

const SessionOptions &Session::options() const
{
    return d->options;
}

bool Session::isTrusted() const
{
    return d->trusted;
}

bool Session::isPaused() const
{
    return d->paused;
}

int Session::waitingFiles() const
{
    return int(d->pending.size() + d->outOfFocus.size() + d->restartFiles.size());
}

const ServerStatus &Session::server() const
{
    return d->server.status();
}

const workspace::Workspace &Session::workspace() const
{
    return d->tree;
}

const QList<ChangeRecord> &Session::changes() const
{
    return d->records;
}

const QList<Problem> &Session::problems() const
{
    return d->problems;
}

const QList<JobRecord> &Session::jobs() const
{
    return d->jobs.records();
}

const QList<JournalEntry> &Session::journal() const
{
    return d->journal;
}

QJsonObject Session::inspection() const
{
    return d->inspection;
}

int Session::pendingWork() const
{
    return d->lastPending;
}

QMap<QString, int> Session::pluginGenerations() const
{
    return d->generations;
}

void Session::trust()
{
    if (d->trusted)
        return;
    d->trusted = true;
    if (auto kept = setTrusted(d->options.root, true); !kept)
        d->note(kept.error().message, logs::Level::Warn);
    d->clearProblems(u"server"_s);
    if (d->opened)
        d->begin();
}

QFuture<Result<>> Session::startServer()
{
    return d->startServer();
}

QFuture<Result<>> Session::stopServer(bool evenAttached)
{
    return d->server.stop(u"stopped by the user"_s, evenAttached ? Server::Asked::Yes : Server::Asked::No);
}

QFuture<Result<>> Session::restartServer(bool evenAttached)
{
    if (auto prepared = d->prepareServer(); !prepared)
        return settled(prepared);
    auto restarting = d->server.restart(u"asked for"_s, evenAttached ? Server::Asked::Yes : Server::Asked::No);
    if (!d->server.status().attached)
        d->loadedFromDisk();
    return restarting;
}

QFuture<Result<>> Session::generateTypes()
{
    if (!d->trusted)
        return settled(d->prepareServer());
    if (d->typeScript.isEmpty())
        return settled(fail(u"no-type-script"_s, u"package.json has no script that generates types."_s,
                            u"Add one, such as \"gen:types\": \"donkeylabs generate\"."_s, u"package.json"_s));
    return d->runScript(d->typeScript).then(this, [this](const Result<> &result) {
        if (result)
            d->typesGenerated();
        return result;
    });
}

QFuture<Result<QJsonObject>> Session::call(const QString &route, const QJsonValue &input)
{
    return d->server.request(u"call"_s, {{u"route"_s, route}, {u"input"_s, input}}, std::chrono::seconds(60));
}

void Session::pause()
{
    if (std::exchange(d->paused, true))
        return;
    Q_EMIT pausedChanged(true);
}

void Session::resume()
{
    if (!std::exchange(d->paused, false))
        return;
    Q_EMIT pausedChanged(false);
    d->pump();
}

void Session::cancelJob(qint64 id)
{
    d->jobs.cancel(id);
}

} // namespace paddock::session
