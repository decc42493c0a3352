// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The stages of the code path but for the swap: each runs for all changes of the batch that need it.
#include "pipeline/runner_p.h"

namespace paddock::pipeline {

void Runner::runInstall(const Items &items)
{
    for (const auto &item : items)
        setStage(*item, Stage::Install, StageState::Running);
    m_operations.install().then(this, [this, items](const Result<> &result) {
        for (const auto &item : items) {
            if (result)
                setStage(*item, Stage::Install, StageState::Done);
            else
                keepOld(*item, Stage::Install, result.error().message);
        }
        nextStage();
    });
}

void Runner::runMigrate(const Items &items)
{
    for (const auto &item : items)
        setStage(*item, Stage::Migrate, StageState::Running);
    QStringList needs;
    for (const auto &item : items)
        for (const QString &need : item->record.needs)
            if (!needs.contains(need))
                needs.append(need);
    m_operations.migrate(needs).then(this, [this, items](const Result<Migrated> &result) {
        if (result)
            m_migrated += result->applied;
        for (const auto &item : items) {
            if (result) {
                item->record.outcome = Outcome::Migrated;
                setStage(*item, Stage::Migrate, StageState::Done, result->text);
            } else {
                keepOld(*item, Stage::Migrate, result.error().message);
            }
        }
        nextStage();
    });
}

void Runner::runRestart(const Items &items, const QString &why)
{
    for (const auto &item : items)
        setStage(*item, Stage::Restart, StageState::Running);
    m_operations.restart(why).then(this, [this, items](const Result<> &result) {
        for (const auto &item : items) {
            if (result) {
                item->record.outcome = Outcome::Restarted;
                if (m_operations.generation) // a new process counts anew
                    item->record.generation = m_operations.generation();
                setStage(*item, Stage::Restart, StageState::Done);
            } else {
                keepOld(*item, Stage::Restart, result.error().message);
                item->record.outcome = Outcome::Held; // nothing old is left in service after a failed start
                const QStringList where = result.error().where.split(u':');
                item->record.errorFile = where.value(0);
                item->record.errorLine = where.value(1).toInt();
            }
        }
        nextStage();
    });
}

void Runner::runVerify(const Items &items)
{
    for (const auto &item : items)
        setStage(*item, Stage::Verify, StageState::Running);
    m_operations.verify().then(this, [this, items](const Result<> &result) {
        for (const auto &item : items) {
            setStage(*item, Stage::Verify, result ? StageState::Done : StageState::Failed,
                     result ? QString() : result.error().message);
            if (!result)
                item->record.message = result.error().message;
        }
        nextStage();
    });
}

} // namespace paddock::pipeline
