// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "options.h"

#include <QCommandLineOption>
#include <QList>
#include <QString>
#include <functional>

namespace paddock::cli {

struct Command
{
    QString name;
    QString arguments; ///< as the help shows them
    QString summary;
    QList<QCommandLineOption> options;
    /// Runs to its end (it may run the event loop once) and returns the exit status.
    std::function<int(const Invocation &)> run;
    int minArguments = 0;
    int maxArguments = 0;
    QStringList words;   ///< the only ones that the first argument may be; empty: anything
    QStringList numbers; ///< options that take a whole number from 1
};

/// All of them, in the order of the help.
[[nodiscard]] const QList<Command> &commands();

/// The workspace that the invocation means, absolute. Errors: "no-workspace", "no-sample", …
[[nodiscard]] Result<QString> workspaceOf(const Invocation &invocation);

// Those that can act alone.
int runTree(const Invocation &invocation);
int runClassify(const Invocation &invocation);
int runDoctor(const Invocation &invocation);
int runTrust(const Invocation &invocation);
int runTypes(const Invocation &invocation); ///< generates through the session where one is open
int runHistory(const Invocation &invocation);
int runRun(const Invocation &invocation);
int runMigrate(const Invocation &invocation);
[[nodiscard]] const QList<QCommandLineOption> &migrateOptions();
// A session in the foreground.
int runDev(const Invocation &invocation);
// Those that talk to an open session.
int runServerCommand(const Invocation &invocation); ///< status, start, stop, restart, pause, resume
int runReload(const Invocation &invocation);
int runRollback(const Invocation &invocation);
int runRoutes(const Invocation &invocation);
int runCall(const Invocation &invocation);
int runLogs(const Invocation &invocation);
int runJournal(const Invocation &invocation);
int runJobs(const Invocation &invocation);  ///< jobs, cancel
int runWatch(const Invocation &invocation); ///< focus, or the workspace's own watcher
int runSteer(const Invocation &invocation); ///< apply, manual, policy, answer

} // namespace paddock::cli
