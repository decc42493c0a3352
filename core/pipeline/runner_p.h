// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pipeline/runner.h"

#include <chrono>

/// What the parts of the runner share: batches and their ends are in runner.cpp, stages of the code path in
/// runner_stages.cpp, swaps in runner_swap.cpp, the lane of types in runner_types.cpp.
namespace paddock::pipeline {

using namespace Qt::StringLiterals;
using session::ChangeRecord;
using session::Outcome;
using session::Stage;
using session::StageRun;
using session::StageState;

[[nodiscard]] inline qint64 nowNs()
{
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

[[nodiscard]] inline StageRun *stageOf(ChangeRecord &record, Stage stage)
{
    for (StageRun &run : record.stages)
        if (run.stage == stage)
            return &run;
    return nullptr;
}

} // namespace paddock::pipeline
