// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What comes from a child: output, the guard's reports, its end.
#include "process/managedprocess_p.h"
#include "process/processinfo.h"
#include "process/processregistry.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <unistd.h>

namespace paddock::process {

using namespace Qt::StringLiterals;

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
    living.reset();
    Q_EMIT q->finished(reason);
}

} // namespace paddock::process
