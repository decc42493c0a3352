// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/session.h"

#include "base/urgency.h"
#include "session/lastserved.h"
#include "session/session_p.h"
#include "session/truststore.h"

#include <array>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

QFuture<Result<>> settled(Result<> result)
{
    return QtFuture::makeReadyValueFuture(std::move(result));
}

} // namespace

Session::Private::Private(Session *session, SessionOptions sessionOptions)
    : q(session), options(std::move(sessionOptions)), desk(options.root), typesDesk(options.root)
{
    worker.setMaxThreadCount(1);
    describing.setMaxThreadCount(1); // one after the other, so that the latest is the last
    worker.setExpiryTimeout(-1);     // a save must not wait for a thread to start
    worker.start(&urgency::answerQuickly);
    urgency::answerQuickly();
    trusted = session::isTrusted(options.root);
    typesDesk.setTrusted(trusted);

    connect(&server, &Server::statusChanged, this, [this](const ServerStatus &status) {
        serverChanged(status);
        const bool isStarting = status.state == ServerState::Starting;
        desk.hold(isStarting);
        updatePending();
        pump();
    });
    server.setGate([this] { return passGate(); });
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
    connect(&jobs, &pipeline::Jobs::note, this, [this](const QString &job, const QString &text) {
        note(text, logs::Level::Info, pipeline::Jobs::noteSource(job));
    });
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
    typesGoOn.setSingleShot(true);
    typesGoOn.setTimerType(Qt::PreciseTimer);
    connect(&typesGoOn, &QTimer::timeout, this, [this] { typesDesk.setSuspended(false); });
    logTimer.setSingleShot(true);
    connect(&logTimer, &QTimer::timeout, this, [this] { showLogs(); });
    connect(&logPipeline, &logs::LogPipeline::linesLost, this, [this](qint64 count) {
        logsDropped += count;
        Q_EMIT q->logsDropped(logsDropped);
    });

    followDesk();
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
    aside.waitForDone();
    describing.waitForDone();
    // Of a large workspace these take longer to go than a window may stand still.
    QThreadPool::globalInstance()->start(
        [states = std::array{std::move(applied), std::move(latest), std::move(typesFrom)}, shown = std::move(tree),
         snapshot = std::move(inspection)] {});
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
    desk.cancel();
    journalLeft();
    jobs.cancelAll();
    server.detach(u"the session was closed"_s);
    server.stop(u"the session was closed"_s).then(this, [this](const Result<> &) { closeWhenIdle(); });
}

/// Jobs that were cancelled go down their ladder, and their ends belong into the history.
void Session::Private::closeWhenIdle()
{
    if (jobs.running() > 0) {
        connect(&jobs, &pipeline::Jobs::changed, this, [this] { closeWhenIdle(); }, Qt::SingleShotConnection);
        return;
    }
    // The last words of server and jobs, such as those of shut-down hooks, are still to be shown.
    connect(&logPipeline, &logs::LogPipeline::flushed, this, [this] { endClosing(); }, Qt::SingleShotConnection);
    logPipeline.flush();
}

void Session::Private::endClosing()
{
    showLogs();
    controlServer.reset();
    if (!history) {
        Q_EMIT q->closed();
        return;
    }
    if (readyOnce) // what had been in service until now
        worker.start([state = applied, kept = sources, file = lastServedFile(options.root)] {
            writeLastServed(state, kept, file);
        });
    connect(history.get(), &history::HistoryStore::ended, q, &Session::closed);
    history->end();
}

void Session::Private::note(const QString &text, logs::Level level, const QString &source)
{
    logs::LogLine line;
    line.at = QDateTime::currentDateTimeUtc();
    line.level = level;
    line.source = source;
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
    return int(waitingFileNames().size());
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

QFuture<Result<>> Session::stopServer(bool evenAttached)
{
    if (d->isMigratingToStart)
        d->desk.cancel();
    return d->server.stop(u"stopped by the user"_s, evenAttached ? Server::Asked::Yes : Server::Asked::No);
}

QFuture<Result<>> Session::generateTypes()
{
    if (!d->trusted)
        return settled(d->prepareServer());
    if (d->typeScript.isEmpty())
        return settled(fail(u"no-type-script"_s, u"package.json has no script that generates types."_s,
                            u"Add one, such as \"gen:types\": \"donkeylabs generate\"."_s, u"package.json"_s));
    return d->runScript(d->typeScript);
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
