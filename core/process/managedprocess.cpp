// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/managedprocess.h"

#include "process/managedprocess_p.h"
#include "process/processregistry.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QSet>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <unistd.h>

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
    connect(process, &QProcess::finished, process,
            [process, folder = d->options.registryFolder, token = d->token, living = d->living] {
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
    setSuspended(false);
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

void ManagedProcess::setSuspended(bool suspended)
{
    if (d->suspended == suspended || d->pid <= 0 || d->reasonKnown)
        return;
    d->suspended = suspended;
    ::kill(-pid_t(d->pid), suspended ? SIGSTOP : SIGCONT);
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
