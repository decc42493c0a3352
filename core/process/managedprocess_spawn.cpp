// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How a child is made: below the guard, with pipes of our own.
#include "base/urgency.h"
#include "process/managedprocess_p.h"
#include "process/processinfo.h"
#include "process/processregistry.h"

#include <QFileInfo>
#include <QStandardPaths>
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
    living = std::make_shared<Living>();
    process->start();
    return {}; // the child's ends close here
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

} // namespace paddock::process
