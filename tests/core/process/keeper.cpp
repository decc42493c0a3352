// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// keeper STATE PROGRAM [ARGUMENT…]: runs the program as Paddock would and passes its output on, until somebody kills
// it.
// "--sweep" as the program: sweeps, prints what was found, and ends.

#include "process/managedprocess.h"
#include "process/processregistry.h"

#include <QCoreApplication>
#include <QTextStream>

using namespace paddock::process;
using namespace Qt::StringLiterals;

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
    ProcessOptions options;
    options.program = arguments.value(2);
    options.arguments = arguments.mid(3);
    options.registryFolder = arguments.value(1);
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
