// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// keeper STATE PROGRAM [ARGUMENT…]: runs the program as Paddock would and passes its output on, until somebody kills
// it.
// "--sweep" as the program: sweeps, prints what was found, and ends.
// "--thread" before the program: starts it twice, with a guard and without, on a thread that ends then.

#include "process/managedprocess.h"
#include "process/processregistry.h"

#include <QCoreApplication>
#include <QDir>
#include <QEventLoop>
#include <QTextStream>
#include <QThread>
#include <unistd.h>

using namespace paddock::process;
using namespace Qt::StringLiterals;

namespace {

/// The objects stay behind when their thread ends, as after a mistake in Paddock; it is the children that matter.
int startOnThread(ProcessOptions options, QTextStream &out)
{
    pid_t thread = 0;
    std::unique_ptr<QThread> starter(QThread::create([&] {
        thread = ::gettid();
        QEventLoop loop;
        QList<qint64> pids;
        for (const char *guard : {"", "none"}) {
            qputenv("PADDOCK_GUARD", guard);
            auto *process = new ManagedProcess(options);
            QObject::connect(process, &ManagedProcess::started, process, [&](qint64 pid) {
                pids.append(pid);
                loop.quit();
            });
            process->start();
            loop.exec();
        }
        out << "started " << pids[0] << ' ' << pids[1] << Qt::endl;
    }));
    starter->start();
    starter->wait();
    while (QDir(u"/proc/self/task/%1"_s.arg(thread)).exists()) // joined a moment before it is gone
        QThread::yieldCurrentThread();
    out << "thread ended" << Qt::endl;
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    QTextStream out(stdout);
    if (arguments.value(2) == "--sweep"_L1) {
        for (const auto &swept : ProcessRegistry(arguments.value(1)).sweep())
            out << swept.entry.name << ' ' << swept.ended.size() << Qt::endl;
        return 0;
    }
    const bool onThread = arguments.value(2) == "--thread"_L1;
    ProcessOptions options;
    options.program = arguments.value(onThread ? 3 : 2);
    options.arguments = arguments.mid(onThread ? 4 : 3);
    options.registryFolder = arguments.value(1);
    if (onThread)
        return startOnThread(options, out);
    ManagedProcess process(options);
    QObject::connect(&process, &ManagedProcess::started, &app,
                     [&](qint64 pid) { out << "started " << pid << ' ' << process.guardPid() << Qt::endl; });
    QObject::connect(&process, &ManagedProcess::output, &app,
                     [&](Stream, const QByteArray &bytes) { out << bytes << Qt::flush; });
    QObject::connect(&process, &ManagedProcess::finished, &app, [&](const ExitReason &reason) {
        out << "finished " << reason.text() << Qt::endl;
        app.quit();
    });
    process.start();
    return app.exec();
}
