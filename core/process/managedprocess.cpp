// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/managedprocess.h"

#include "base/urgency.h"
#include "process/processinfo.h"
#include "process/processregistry.h"
#include "process/spawn.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QProcess>
#include <QSet>
#include <QSocketNotifier>
#include <QStandardPaths>
#include <QTimer>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#ifdef Q_OS_LINUX
#include <sys/prctl.h>
#endif

namespace paddock::process {

using namespace Qt::StringLiterals;

namespace {

/// QProcess objects of guards that outlive their ManagedProcess: destroying one would kill the guard before its work is
/// done. Each goes when its guard ends.
QSet<QProcess *> &abandoned()
{
    static QSet<QProcess *> processes;
    return processes;
}

QString signalName(int signal)
{
#ifdef __GLIBC__
    const char *abbreviation = ::sigabbrev_np(signal);
    const QString name =
        abbreviation == nullptr ? u"signal %1"_s.arg(signal) : QString(u"SIG"_s + QString::fromLatin1(abbreviation));
    const char *description = ::sigdescr_np(signal);
    return description == nullptr ? name : u"%1 (%2)"_s.arg(name, QString::fromLatin1(description).toLower());
#else
    return QString::fromLocal8Bit(::strsignal(signal));
#endif
}

} // namespace

class ManagedProcess::Private
{
public:
    struct Reader
    {
        Descriptor fd;
        std::unique_ptr<QSocketNotifier> notifier;
    };

    Private(ManagedProcess *owner, ProcessOptions o) : q(owner), options(std::move(o)) {}

    [[nodiscard]] Result<QString> findProgram(const QProcessEnvironment &environment) const;
    [[nodiscard]] Result<> spawn();
    void failed(Error error);
    void read(Stream stream);
    void readReports();
    void handleReport(const QByteArray &line);
    void spawned(qint64 processId);
    void processEnded(int exitCode, QProcess::ExitStatus status);
    void endDirect();
    void drainAndFinish();
    void maybeFinish();
    void command(char byte);
    void nextStep();
    Reader &reader(Stream stream) { return readers[size_t(stream)]; }

    ManagedProcess *q;
    ProcessOptions options;
    State state = State::NotStarted;
    QProcess *process = nullptr; ///< the guard, or the program itself where there is none
    bool guarded = false;
    qint64 pid = 0;
    char earlyCommand = 0; ///< to be carried out once the program runs
    std::array<Reader, 2> readers;
    bool paused = false;
    Descriptor lifeLine;
    Descriptor reports;
    std::unique_ptr<QSocketNotifier> reportNotifier;
    QByteArray reportBuffer;
    bool reasonKnown = false;
    bool processDone = false;
    ExitReason reason;
    QElapsedTimer running;
    QByteArray token;

    StopLadder ladder;
    std::optional<LadderStep> step;
    QElapsedTimer stopping;
    QTimer stepTimer;
};

QString ExitReason::text() const
{
    switch (how) {
    case How::Exited: return u"exit status %1"_s.arg(exitCode);
    case How::Signalled: return coreDumped ? QString(signalName(signal) + ", core dumped"_L1) : signalName(signal);
    case How::FailedToStart: return error.message;
    }
    Q_UNREACHABLE();
}

QLatin1StringView toString(LadderStep step)
{
    switch (step) {
    case LadderStep::Polite: return "polite"_L1;
    case LadderStep::Terminate: return "terminate"_L1;
    case LadderStep::Kill: return "kill"_L1;
    }
    Q_UNREACHABLE();
}

ManagedProcess::ManagedProcess(ProcessOptions options, QObject *parent)
    : QObject(parent), d(std::make_unique<Private>(this, std::move(options)))
{
    qRegisterMetaType<ExitReason>();
    d->stepTimer.setSingleShot(true);
    connect(&d->stepTimer, &QTimer::timeout, this, [this] { d->nextStep(); });
}

ManagedProcess::~ManagedProcess()
{
    if (d->process == nullptr)
        return;
    if (d->process->state() == QProcess::NotRunning) {
        delete d->process;
        return;
    }
    d->process->disconnect(this);
    d->command('k');
    d->lifeLine.close();
    QProcess *process = d->process;
    process->setParent(nullptr);
    abandoned().insert(process);
    connect(process, &QProcess::finished, process, [process, folder = d->options.registryFolder, token = d->token] {
        ProcessRegistry(folder.isEmpty() ? ProcessRegistry::defaultFolder() : folder).remove(token);
        abandoned().remove(process);
        process->deleteLater();
    });
}

QString ManagedProcess::guardProgram()
{
    const QString given = qEnvironmentVariable("PADDOCK_GUARD");
    if (given == "none"_L1)
        return {};
    const QString here = QCoreApplication::applicationDirPath();
    for (const QString &path : {given, QString(here + "/paddock-guard"_L1), QString(here + "/../bin/paddock-guard"_L1),
                                QString(here + "/../libexec/paddock/paddock-guard"_L1)}) {
        const QFileInfo file(path);
        if (!path.isEmpty() && file.isFile() && file.isExecutable())
            return file.absoluteFilePath();
    }
    return {};
}

void ManagedProcess::start()
{
    if (d->state != State::NotStarted)
        return;
    d->state = State::Running;
    d->running.start();
    if (const auto spawned = d->spawn(); !spawned) // told as everything else is: later
        QMetaObject::invokeMethod(this, [this, error = spawned.error()] { d->failed(error); }, Qt::QueuedConnection);
}

Result<QString> ManagedProcess::Private::findProgram(const QProcessEnvironment &environment) const
{
    if (!options.folder.isEmpty() && !QFileInfo(options.folder).isDir())
        return fail(u"folder-missing"_s, u"The working folder is not there."_s, {}, options.folder);
    if (!options.program.contains(u'/')) {
        const QString found = QStandardPaths::findExecutable(
            options.program, environment.value(u"PATH"_s).split(u':', Qt::SkipEmptyParts));
        if (found.isEmpty())
            return fail(u"program-not-found"_s, u"There is no program '%1' in PATH."_s.arg(options.program),
                        u"Install it, or add its folder to PATH."_s, options.program);
        return found;
    }
    const QFileInfo file(options.program);
    if (!file.exists())
        return fail(u"program-not-found"_s, u"The program is not there."_s, {}, options.program);
    if (!file.isFile() || !file.isExecutable())
        return fail(u"not-executable"_s, u"The file is no program, or may not be run."_s, {}, options.program);
    return file.absoluteFilePath();
}

Result<> ManagedProcess::Private::spawn()
{
    QProcessEnvironment environment =
        options.environment.isEmpty() ? QProcessEnvironment::systemEnvironment() : options.environment;
    const auto program = findProgram(environment);
    if (!program)
        return std::unexpected(program.error());
    token = ProcessRegistry::newToken();
    environment.insert(u"PADDOCK_CHILD"_s, QString::fromLatin1(token));

    Pipe output = Pipe::make();
    Pipe error = Pipe::make();
    Pipe life = Pipe::make();
    Pipe report = Pipe::make();
    if (!output.isOpen() || !error.isOpen() || !life.isOpen() || !report.isOpen())
        return fail(u"no-pipes"_s, u"The system gives no more pipes."_s,
                    u"Raise the limit of open files (ulimit -n)."_s, {}, QString::fromLocal8Bit(std::strerror(errno)));

    const QString guard = ManagedProcess::guardProgram();
    guarded = !guard.isEmpty();
    QStringList arguments = options.arguments;
    if (guarded)
        arguments = QStringList{QString::number(life.reading.get()), QString::number(report.writing.get()), *program} +
                    arguments;

    process = new QProcess;
    process->setProgram(guarded ? guard : *program);
    process->setArguments(arguments);
    process->setProcessEnvironment(environment);
    if (!options.folder.isEmpty())
        process->setWorkingDirectory(options.folder);
    if (!options.hasInput)
        process->setStandardInputFile(QProcess::nullDevice());
    // The pipes are ours, not QProcess's: so reading can be bounded and paused, and the child's last output is read
    // however long something else holds its end.
    process->setProcessChannelMode(QProcess::ForwardedChannels);
    process->setChildProcessModifier([out = output.writing.get(), err = error.writing.get(), in = life.reading.get(),
                                      say = report.writing.get(), direct = !guarded, parent = ::getpid()] {
        // Between fork and exec: calls that are safe in signal handlers only.
        ::dup2(out, STDOUT_FILENO);
        ::dup2(err, STDERR_FILENO);
        if (!direct) {
            ::fcntl(in, F_SETFD, 0);
            ::fcntl(say, F_SETFD, 0);
            return;
        }
        ::setsid();
#ifdef Q_OS_LINUX
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) // Paddock went before that took effect
            ::_exit(1);
#endif
        Q_UNUSED(parent)
    });
    QObject::connect(process, &QProcess::finished, q,
                     [this](int code, QProcess::ExitStatus status) { processEnded(code, status); });
    QObject::connect(process, &QProcess::errorOccurred, q, [this](QProcess::ProcessError problem) {
        if (problem == QProcess::FailedToStart)
            failed({u"not-started"_s,
                    u"The program could not be started."_s,
                    process->errorString(),
                    options.program,
                    {}});
    });
    lifeLine = std::move(life.writing);
    setNonBlocking(lifeLine.get());

    const auto listen = [this](Reader &reader, Descriptor fd, Stream stream) {
        setNonBlocking(fd.get());
        reader.notifier = std::make_unique<QSocketNotifier>(fd.get(), QSocketNotifier::Read);
        reader.fd = std::move(fd);
        reader.notifier->setEnabled(!paused);
        QObject::connect(reader.notifier.get(), &QSocketNotifier::activated, q, [this, stream] { read(stream); });
    };
    listen(reader(Stream::Output), std::move(output.reading), Stream::Output);
    listen(reader(Stream::Error), std::move(error.reading), Stream::Error);
    reports = std::move(report.reading);
    setNonBlocking(reports.get());
    reportNotifier = std::make_unique<QSocketNotifier>(reports.get(), QSocketNotifier::Read);
    QObject::connect(reportNotifier.get(), &QSocketNotifier::activated, q, [this] { readReports(); });

    if (!guarded)
        QObject::connect(process, &QProcess::started, q, [this] { spawned(process->processId()); });
    process->start();
    return {}; // the child's ends close here
}

void ManagedProcess::Private::failed(Error error)
{
    if (state == State::Ended)
        return;
    reason.how = ExitReason::How::FailedToStart;
    reason.error = std::move(error);
    reasonKnown = processDone = true;
    for (Reader &each : readers)
        each = {};
    maybeFinish();
}

void ManagedProcess::Private::spawned(qint64 processId)
{
    pid = processId;
    if (options.givesWay)
        urgency::giveWay(pid);
    const auto info = processInfo(pid);
    const auto self = processInfo(::getpid());
    RegisteredProcess entry;
    entry.pid = pid;
    entry.startTicks = info ? info->startTicks : 0;
    entry.bootId = bootId();
    entry.token = token;
    entry.ownerPid = ::getpid();
    entry.ownerStartTicks = self ? self->startTicks : 0;
    entry.name = options.name.isEmpty() ? QFileInfo(options.program).fileName() : options.name;
    entry.command = (QStringList(options.program) + options.arguments).join(u' ');
    entry.workspace = options.workspace;
    entry.startedAt = QDateTime::currentDateTimeUtc();
    const QString folder = options.registryFolder.isEmpty() ? ProcessRegistry::defaultFolder() : options.registryFolder;
    if (const auto added = ProcessRegistry(folder).add(entry); !added)
        qWarning("%s", qUtf8Printable(added.error().message)); // the guard still does its work
    if (earlyCommand != 0)
        command(std::exchange(earlyCommand, 0));
    Q_EMIT q->started(pid);
}

void ManagedProcess::Private::read(Stream stream)
{
    static thread_local std::array<char, 64 * 1024> buffer;
    Reader &from = reader(stream);
    const ssize_t got = ::read(from.fd.get(), buffer.data(), buffer.size());
    if (got > 0) {
        Q_EMIT q->output(stream, QByteArray(buffer.data(), got));
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        from.notifier->setEnabled(false);
        from.notifier.release()->deleteLater(); // this is its signal
        from.fd.close();
        Q_EMIT q->outputEnded(stream);
        maybeFinish();
    }
}

void ManagedProcess::Private::readReports()
{
    char buffer[4096];
    ssize_t got = 0;
    while (reports.isOpen() && (got = ::read(reports.get(), buffer, sizeof buffer)) > 0)
        reportBuffer.append(buffer, got);
    if (got == 0 && reportNotifier)
        reportNotifier->setEnabled(false);
    for (qsizetype end = 0; (end = reportBuffer.indexOf('\n')) >= 0;) {
        const QByteArray line = reportBuffer.first(end);
        reportBuffer.remove(0, end + 1);
        handleReport(line);
    }
}

void ManagedProcess::Private::handleReport(const QByteArray &line)
{
    const QList<QByteArray> words = line.split(' ');
    const int number = words.value(1).toInt();
    if (words[0] == "pid") {
        spawned(number);
    } else if (words[0] == "failed") {
        reason.how = ExitReason::How::FailedToStart;
        reason.error = {number == ENOENT ? u"program-not-found"_s : u"not-executable"_s,
                        u"The program could not be started."_s,
                        QString::fromLocal8Bit(std::strerror(number)),
                        options.program,
                        {}};
        reasonKnown = true;
    } else if (words[0] == "exited" || words[0] == "signalled") {
        const bool exited = words[0] == "exited";
        reason.how = exited ? ExitReason::How::Exited : ExitReason::How::Signalled;
        (exited ? reason.exitCode : reason.signal) = number;
        reason.coreDumped = words.value(2) == "1";
        reason.ranMs = double(running.nsecsElapsed()) / 1e6;
        reasonKnown = true;
    } else if (words[0] == "left") {
        reason.leftovers.append(number);
    }
}

void ManagedProcess::Private::processEnded(int exitCode, QProcess::ExitStatus status)
{
    if (guarded)
        readReports();
    if (!reasonKnown) { // no guard, or somebody killed it; the program dies with it then
        reason.how = status == QProcess::NormalExit ? ExitReason::How::Exited : ExitReason::How::Signalled;
        reason.exitCode = status == QProcess::NormalExit ? exitCode : 0;
        reason.signal = status == QProcess::NormalExit ? 0 : guarded ? SIGKILL : exitCode;
        reason.ranMs = double(running.nsecsElapsed()) / 1e6;
        reasonKnown = true;
        endDirect();
    }
    processDone = true;
    stepTimer.stop();
    maybeFinish();
    if (state == State::Ended)
        return;
    // What is in the pipes is read to its end; only a process that slipped away altogether could keep them open.
    for (Reader &each : readers) {
        if (each.notifier)
            each.notifier->setEnabled(true);
    }
    QTimer::singleShot(500, q, [this] { drainAndFinish(); });
}

/// Without a guard: whatever else is in the child's session.
void ManagedProcess::Private::endDirect()
{
    if (pid <= 0)
        return;
    for (const ProcessInfo &info : allProcesses()) {
        if (info.session != pid || info.pid == pid || info.isZombie())
            continue;
        reason.leftovers.append(info.pid);
        ::kill(pid_t(info.pid), SIGKILL);
    }
}

void ManagedProcess::Private::drainAndFinish()
{
    for (const Stream stream : {Stream::Output, Stream::Error}) {
        Reader &each = reader(stream);
        if (!each.notifier)
            continue;
        each.notifier.reset();
        each.fd.close();
        Q_EMIT q->outputEnded(stream);
    }
    maybeFinish();
}

void ManagedProcess::Private::maybeFinish()
{
    if (state == State::Ended || !processDone || readers[0].fd.isOpen() || readers[1].fd.isOpen())
        return;
    state = State::Ended;
    stepTimer.stop();
    lifeLine.close();
    reportNotifier.reset();
    reports.close();
    if (!token.isEmpty())
        ProcessRegistry(options.registryFolder.isEmpty() ? ProcessRegistry::defaultFolder() : options.registryFolder)
            .remove(token);
    Q_EMIT q->finished(reason);
}

void ManagedProcess::Private::command(char byte)
{
    if (guarded && lifeLine.isOpen()) {
        if (::write(lifeLine.get(), &byte, 1) < 0 && errno != EAGAIN && process->processId() > 0)
            ::kill(pid_t(process->processId()), SIGKILL);
    } else if (!guarded && pid == 0) {
        earlyCommand = byte; // before exec the child still has our signal handlers
    } else if (!guarded && !processDone) {
        ::kill(-pid_t(pid), byte == 'k' ? SIGKILL : SIGTERM);
    }
}

void ManagedProcess::stop(const StopLadder &ladder)
{
    if (d->state == State::Stopping) {
        d->nextStep();
        return;
    }
    if (d->state != State::Running)
        return;
    d->state = State::Stopping;
    d->reason.asked = true;
    d->ladder = ladder;
    d->stopping.start();
    d->nextStep();
}

void ManagedProcess::Private::nextStep()
{
    if (state != State::Stopping)
        return;
    const bool canAsk = !step && ladder.polite && ladder.politeMs > 0;
    const bool canTerminate = (!step || *step == LadderStep::Polite) && ladder.terminateMs > 0;
    int ms = ladder.killMs;
    if (step == LadderStep::Kill) {
        // The guard itself does not get through, or the system holds the process: end the guard, and with it the child.
        if (process->processId() > 0)
            ::kill(pid_t(process->processId()), SIGKILL);
        return;
    }
    if (canAsk) {
        step = LadderStep::Polite;
        ms = ladder.politeMs;
    } else if (canTerminate) {
        step = LadderStep::Terminate;
        ms = ladder.terminateMs;
    } else {
        step = LadderStep::Kill;
    }
    stepTimer.start(ms);
    Q_EMIT q->ladderStep(*step, stopping.elapsed());
    if (*step == LadderStep::Polite)
        ladder.polite();
    else
        command(*step == LadderStep::Terminate ? 't' : 'k');
}

void ManagedProcess::kill()
{
    if (d->state == State::Stopping && d->step && *d->step != LadderStep::Kill) {
        d->step = LadderStep::Terminate;
        d->nextStep();
    } else if (d->state == State::Running) {
        stop({nullptr, 0, 0, 2000});
    }
}

ManagedProcess::State ManagedProcess::state() const
{
    return d->state;
}

qint64 ManagedProcess::pid() const
{
    return d->pid;
}

qint64 ManagedProcess::guardPid() const
{
    return d->guarded && d->process != nullptr ? d->process->processId() : 0;
}

const ProcessOptions &ManagedProcess::options() const
{
    return d->options;
}

void ManagedProcess::setReadingPaused(bool paused)
{
    d->paused = paused;
    for (Private::Reader &each : d->readers) {
        if (each.notifier)
            each.notifier->setEnabled(!paused || d->processDone);
    }
}

void ManagedProcess::sendSignal(int signal)
{
    if (d->pid > 0 && !d->reasonKnown)
        ::kill(pid_t(d->pid), signal);
}

void ManagedProcess::write(const QByteArray &bytes)
{
    if (d->options.hasInput && d->process != nullptr)
        d->process->write(bytes); // the guard passes its own input on
}

void ManagedProcess::closeInput()
{
    if (d->options.hasInput && d->process != nullptr)
        d->process->closeWriteChannel();
}

} // namespace paddock::process
