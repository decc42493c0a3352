// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "migrations/rehearsal.h"
#include "migrations/runnerprocess.h"
#include "migrations/service.h"

#include <QElapsedTimer>
#include <QPromise>

namespace paddock::migrations {

/// A run that is under way.
struct Service::Run
{
    Selection selection;
    bool consent = false;
    QStringList pluginOrder;
    QList<PlannedStep> planned;
    RunReport report;
    Error refusal; ///< why it was called off before it began
    QElapsedTimer timer;
    QPromise<Result<RunReport>> promise;
};

/// A rehearsal that is under way: three runs of the runner on one stage, or one run with three passes.
struct Service::Rehearsal
{
    std::shared_ptr<Stage> stage;
    QList<Step> steps;
    RehearsalReport report;
    Schema first;  ///< before everything
    Schema before; ///< before the current pass
    bool reversible = true;
    QElapsedTimer timer;
    QElapsedTimer passTimer;
    QPromise<Result<RehearsalReport>> promise;
};

} // namespace paddock::migrations
