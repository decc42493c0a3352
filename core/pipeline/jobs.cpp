// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/jobs.h"

#include "logs/linesplitter.h"

#include <QFileInfo>

namespace paddock::pipeline {

using namespace Qt::StringLiterals;
using session::JobRecord;
using session::JobState;

namespace {

constexpr qsizetype RecordsKept = 200;
constexpr qsizetype TailBytes = 64 * 1024;
constexpr qsizetype LinesKept = 1000;

/// Without colours, and with lines that rewrote themselves (progress displays) as they ended up.
QString plainText(const QByteArray &bytes)
{
    logs::LineSplitter splitter;
    QStringList lines;
    for (const logs::StyledLine &line : splitter.feed(bytes) + splitter.finish())
        lines.append(line.text);
    return lines.join(u'\n').trimmed();
}

/// What the job finds that Paddock itself does not, for people: values that look secret are not shown.
QStringList differences(const QProcessEnvironment &environment)
{
    const QProcessEnvironment own = QProcessEnvironment::systemEnvironment();
    QStringList lines;
    for (const QString &name : environment.keys()) {
        QString value = environment.value(name);
        const QString before = own.value(name);
        if (value == before && own.contains(name))
            continue;
        if (logs::looksSecret(name))
            value = u"***"_s;
        else if (!before.isEmpty() && value.endsWith(u':' + before)) // a longer search path: only what was added
            value = value.chopped(before.size()) + u'$' + name;
        lines.append(name + u'=' + value);
    }
    return lines;
}

} // namespace

Jobs::Jobs(QObject *parent) : QObject(parent) {}

Jobs::~Jobs()
{
    for (auto &[id, job] : m_running)
        job->process->disconnect(this); // the process itself ends with its object
}

void Jobs::makeRoom()
{
    if (m_records.size() < RecordsKept)
        return;
    // The oldest that has ended: one that runs still needs its record.
    const auto oldest =
        std::ranges::find_if(m_records, [](const JobRecord &one) { return one.state != JobState::Running; });
    if (oldest == m_records.end())
        return;
    m_specs.erase(oldest->id);
    m_records.erase(oldest);
}

qint64 Jobs::begin(const QString &name, const QString &kind, const QString &command, const QString &folder,
                   std::function<void()> cancel)
{
    const qint64 id = ++m_lastId;
    makeRoom();
    m_guests.emplace(id, std::move(cancel));
    m_records.append({.id = id,
                      .name = name,
                      .kind = kind,
                      .command = m_masker.mask(command),
                      .folder = folder,
                      .state = JobState::Running,
                      .startedAt = QDateTime::currentDateTimeUtc()});
    Q_EMIT changed(m_records.last());
    return id;
}

void Jobs::append(qint64 id, const QString &text)
{
    if (!m_guests.contains(id))
        return;
    JobRecord &job = record(id);
    const QByteArray bytes = m_masker.mask(text).toUtf8() + '\n';
    job.output += plainText(bytes).split(u'\n');
    if (job.output.size() > LinesKept) {
        job.output.remove(0, job.output.size() - LinesKept);
        job.isOutputCut = true;
    }
    Q_EMIT output(job.name, process::Stream::Output, bytes);
    Q_EMIT changed(job);
}

void Jobs::end(qint64 id, JobState state, double ms)
{
    if (m_guests.erase(id) == 0)
        return;
    JobRecord &job = record(id);
    job.state = state;
    job.ms = ms;
    job.exitCode = state == JobState::Succeeded ? 0 : 1;
    Q_EMIT outputEnded(job.name, process::Stream::Output);
    Q_EMIT changed(job);
}

QFuture<Result<>> Jobs::start(const JobSpec &spec)
{
    const qint64 id = ++m_lastId;
    makeRoom();
    m_specs.emplace(id, spec);
    m_records.append(
        {.id = id,
         .name = spec.name,
         .kind = spec.kind,
         .command = m_masker.mask((QStringList(QFileInfo(spec.program).fileName()) + spec.arguments).join(u' ')),
         .folder = spec.folder,
         .environment = spec.environment.isEmpty() ? QStringList() : differences(spec.environment),
         .state = JobState::Running,
         .startedAt = QDateTime::currentDateTimeUtc()});
    auto job = std::make_unique<Running>();
    job->process = std::make_unique<process::ManagedProcess>(process::ProcessOptions{
        .program = spec.program,
        .arguments = spec.arguments,
        .folder = spec.folder,
        .environment = spec.environment,
        .name = spec.name,
        .workspace = spec.folder,
    });
    job->promise.start();
    auto future = job->promise.future();
    auto *child = job->process.get();
    auto *running = job.get();
    connect(child, &process::ManagedProcess::output, this,
            [this, running, name = spec.name](process::Stream stream, const QByteArray &bytes) {
                running->tail += bytes;
                if (running->tail.size() > 2 * TailBytes)
                    running->tail.remove(0, running->tail.size() - TailBytes);
                Q_EMIT output(name, stream, bytes);
            });
    connect(child, &process::ManagedProcess::outputEnded, this,
            [this, name = spec.name](process::Stream stream) { Q_EMIT outputEnded(name, stream); });
    connect(child, &process::ManagedProcess::ladderStep, this,
            [this, name = spec.name](process::LadderStep step, qint64 ms) {
                Q_EMIT note(name, u"cancelling “%1”: %2 after %3 ms"_s.arg(name, process::toString(step)).arg(ms));
            });
    connect(child, &process::ManagedProcess::finished, this,
            [this, id](const process::ExitReason &reason) { ended(id, reason); });
    m_running.emplace(id, std::move(job));
    Q_EMIT changed(m_records.last());
    child->start();
    return future;
}

QFuture<Result<>> Jobs::startAgain(qint64 id)
{
    const auto it = m_specs.find(id);
    if (it == m_specs.end() && std::ranges::any_of(m_records, [id](const JobRecord &one) { return one.id == id; }))
        return QtFuture::makeReadyValueFuture<Result<>>(
            fail(u"not-again"_s, u"This is not run again as it is: what it would do depends on how things stand now."_s,
                 u"Start it from Migrations, or with “paddockctl migrate”."_s));
    if (it == m_specs.end())
        return QtFuture::makeReadyValueFuture<Result<>>(
            fail(u"no-job"_s, u"There is no job %1 any more."_s.arg(id), u"“paddockctl jobs” lists the jobs."_s));
    const JobSpec spec = it->second; // the map may change
    return start(spec);
}

JobRecord &Jobs::record(qint64 id)
{
    return *std::ranges::find(m_records, id, &JobRecord::id);
}

void Jobs::ended(qint64 id, const process::ExitReason &reason)
{
    auto node = m_running.extract(id);
    Running &job = *node.mapped();
    job.process.release()->deleteLater(); // we are inside its signal
    JobRecord &done = record(id);
    done.ms = reason.ranMs;
    done.exitCode = reason.exitCode;
    const QString tail = m_masker.mask(plainText(job.tail));
    done.isOutputCut = tail.count(u'\n') >= LinesKept || job.tail.size() >= TailBytes;
    done.output = tail.split(u'\n').last(std::min<qsizetype>(LinesKept, tail.count(u'\n') + 1));
    Result<> result;
    if (job.cancelled) {
        done.state = JobState::Cancelled;
        result = fail(u"job-cancelled"_s, u"“%1” was cancelled."_s.arg(done.name));
    } else if (reason.isSuccess()) {
        done.state = JobState::Succeeded;
    } else {
        done.state = JobState::Failed;
        result =
            reason.how == process::ExitReason::How::FailedToStart
                ? std::unexpected(reason.error)
                : fail(u"job-failed"_s, u"“%1” failed: %2."_s.arg(done.name, reason.text()),
                       u"Its output says more; correct the cause and run it again."_s, done.command, tail.right(2000));
    }
    Q_EMIT changed(done);
    job.promise.addResult(std::move(result));
    job.promise.finish();
}

void Jobs::cancel(qint64 id)
{
    if (const auto it = m_running.find(id); it != m_running.end()) {
        it->second->cancelled = true;
        it->second->process->stop({.politeMs = 0});
    } else if (const auto guest = m_guests.find(id); guest != m_guests.end()) {
        const QString name = record(id).name;
        Q_EMIT note(name, u"cancelling “%1”"_s.arg(name));
        const auto cancelIt = guest->second; // it may end, and with it this
        cancelIt();
    }
}

void Jobs::cancelAll()
{
    const auto guests = m_guests;
    for (const auto &[id, cancelIt] : guests)
        cancelIt();
    for (auto &[id, job] : m_running) {
        job->cancelled = true;
        job->process->stop({.politeMs = 0});
    }
}

} // namespace paddock::pipeline
