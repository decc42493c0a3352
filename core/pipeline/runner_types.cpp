// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Type generation, on a lane of its own: what comes while it runs is folded into one more run.
#include "pipeline/runner_p.h"

namespace paddock::pipeline {

/// Types are a part of the code path only here: after a migration and before the code that relies on it.
void Runner::runTypesFirst(const Items &items)
{
    if (m_typesBusy) {
        m_typesFree = [this, items] { runTypesFirst(items); };
        return;
    }
    m_typesBusy = true;
    for (const auto &item : items)
        setStage(*item, Stage::TypeGen, StageState::Running);
    m_operations.generateTypes().then(this, [this, items](const Result<> &result) {
        m_typesBusy = false;
        for (const auto &item : items)
            setStage(*item, Stage::TypeGen, result ? StageState::Done : StageState::Failed,
                     result ? QString() : result.error().message);
        startTypes();
        nextStage();
    });
}

void Runner::startTypes()
{
    if (!m_typesBusy && m_typesFree)
        return std::exchange(m_typesFree, nullptr)();
    if (m_typesBusy || m_typesWaiting.isEmpty())
        return;
    m_typesBusy = true;
    m_typesRunning = std::exchange(m_typesWaiting, {});
    for (const auto &item : m_typesRunning)
        setStage(*item, Stage::TypeGen, StageState::Running);
    m_operations.generateTypes().then(this, [this](const Result<> &result) { finishTypes(result); });
}

void Runner::finishTypes(const Result<> &result)
{
    m_typesBusy = false;
    const Items done = std::exchange(m_typesRunning, {});
    for (const auto &item : done) {
        if (result) {
            setStage(*item, Stage::TypeGen, StageState::Done);
            if (!item->record.outcome)
                item->record.outcome = Outcome::Types;
        } else {
            setStage(*item, Stage::TypeGen, StageState::Failed, result.error().message);
            if (item->record.message.isEmpty())
                item->record.message =
                    u"The code is in service, but its types could not be generated: "_s + result.error().message;
        }
        finish(*item);
    }
    startTypes();
}

} // namespace paddock::pipeline
