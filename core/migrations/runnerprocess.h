// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "migrations/location.h"
#include "migrations/planning.h"
#include "process/managedprocess.h"

#include <QObject>
#include <QProcessEnvironment>
#include <memory>

namespace paddock::migrations {

/// What the runner is to do: the C++ side of resources/migrations/plan.ts.
struct RunnerPlan
{
    QString root;
    QString bun;
    QString runId;
    Location target;
    QString journal; ///< empty: none
    QList<Step> steps;
    QList<int> passes; ///< parallel to steps; empty: all 1
    bool rehearsal = false;
    bool rollBack = false;
    QStringList writable; ///< rehearsal: the folders that it may write to
    QProcessEnvironment environment;
    int lockWaitMs = 2000;
};

/// Runs migrations in the workspace's own runtime (resources/migrations), in a process of its own. After `locked`
/// nothing happens until go(): the database has not been touched then. Make it on a thread that lasts.
class RunnerProcess final : public QObject
{
    Q_OBJECT

public:
    explicit RunnerProcess(RunnerPlan plan, QObject *parent = nullptr);
    ~RunnerProcess() override;

    void start();
    void go();
    void cancel(); ///< asks; after three seconds ends it

Q_SIGNALS:
    void locked();
    void event(const QJsonObject &event);
    void output(const QString &text); ///< what the migrations print
    /// An empty code: everything was run. Else why not: "locked-by-runner", "migration-failed", "cancelled",
    /// "runner-died", "no-kysely", "no-driver", …
    void finished(const paddock::Error &error);

private:
    [[nodiscard]] Result<QString> writePlan() const;
    void take(const QByteArray &bytes);
    void ended(const process::ExitReason &reason);

    RunnerPlan m_plan;
    QByteArray m_mark;
    QByteArray m_rest;
    QByteArray m_errors;
    Error m_failure;
    bool m_done = false;
    bool m_cancelled = false;
    qint64 m_runnerPid = 0;
    std::unique_ptr<process::ManagedProcess> m_process;
};

/// The runner's entry, installed in the cache folder from what the program carries. Errors: "agent-files".
[[nodiscard]] Result<QString> installedRunner();

} // namespace paddock::migrations
