// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The swap of a batch: as a whole, then change by change where that fails; with migrations, all or nothing.
#include "pipeline/runner_p.h"

namespace paddock::pipeline {

void Runner::runSwap(const Items &items)
{
    QList<change::Change> changes;
    for (const auto &item : items)
        changes.append(item->record.change);
    agent::SwapRequest request = m_operations.swapRequest(changes);
    request.changeId = items.first()->record.id;
    request.force = items.first()->force;
    request.rollbackTo = items.first()->rollbackTo;
    auto swapping = m_operations.swap(request); // on its way before anybody is told: callers wait for it
    for (const auto &item : items)
        setStage(*item, Stage::Swap, StageState::Running);
    swapping.then(this, [this, items](const Result<agent::SwapResult> &result) {
        // All or nothing is right for one change. In a batch, a good change must not wait for a bad one.
        // What comes with migrations comes as a whole, and they are taken back with it.
        const bool isGroup = needsMigrations(items.first());
        if (items.size() > 1 && result && !result->ok && !isGroup)
            return swapOneByOne(items);
        settleSwap(items, result);
        const bool failed = std::ranges::any_of(items, [](const auto &item) {
            return item->record.outcome == Outcome::KeptOld || item->record.outcome == Outcome::Held;
        });
        if (isGroup && failed && !m_migrated.isEmpty())
            return takeBack(items);
        nextStage();
    });
}

void Runner::takeBack(const Items &items)
{
    const QStringList applied = std::exchange(m_migrated, {});
    m_operations.unmigrate(applied).then(this, [this, items, applied](const Result<> &result) {
        const QString names = applied.join(u", "_s);
        for (const auto &item : items) {
            QString &message = item->record.message;
            message +=
                (message.isEmpty() ? QString() : u" "_s) +
                (result ? u"The migrations were taken back: %1."_s.arg(names)
                        : u"%1 stay applied, because taking them back failed: %2"_s.arg(names, result.error().message));
            if (StageRun *run = stageOf(item->record, Stage::Migrate); run && result) {
                run->state = StageState::Cancelled;
                run->message = u"taken back, because the swap was rejected"_s;
                Q_EMIT stageChanged(item->record.id, *run);
            }
        }
        nextStage();
    });
}

void Runner::swapOneByOne(Items items)
{
    if (items.isEmpty())
        return nextStage();
    const auto item = items.takeFirst();
    agent::SwapRequest request = m_operations.swapRequest({item->record.change});
    request.changeId = item->record.id;
    m_operations.swap(request).then(this, [this, item, items](const Result<agent::SwapResult> &result) {
        settleSwap({item}, result);
        swapOneByOne(items);
    });
}

void Runner::settleSwap(const Items &items, const Result<agent::SwapResult> &result)
{
    for (const auto &item : items) {
        ChangeRecord &record = item->record;
        if (!result) {
            keepOld(*item, Stage::Swap, result.error().message);
            continue;
        }
        record.proof = result->proof;
        if (result->ok) {
            record.outcome = Outcome::Swapped;
            record.generation = result->generation;
            record.ledger = result->ledger;
            setStage(*item, Stage::Swap, StageState::Done,
                     result->rebuilt.isEmpty() ? QString() : u"also rebuilt: "_s + result->rebuilt.join(u", "_s));
            continue;
        }
        record.errorFile = result->failure.file;
        record.errorLine = result->failure.line;
        if (!result->restart.isEmpty()) {
            if (const QString refusal = restartRefusal(m_restart); !refusal.isEmpty()) {
                keepOld(*item, Stage::Swap, result->restart + u' ' + refusal);
                record.outcome = Outcome::Held;
                holdForRestart(*item, result->restart);
                continue;
            }
            if (!m_heldFor.isEmpty() && record.needs.isEmpty()) {
                keepOld(*item, Stage::Swap, result->restart);
                record.needs = m_heldFor;
                record.outcome = Outcome::Held;
                record.message = withMigrations({.stages = {Stage::Restart}}, m_heldFor, false).message;
                continue;
            }
            // The forecast was wrong: only a restart can do it. Say so, and do it.
            setStage(*item, Stage::Swap, StageState::Skipped, result->restart);
            record.message = result->restart;
            const qsizetype at = stageOf(record, Stage::Swap) - record.stages.data();
            record.stages.insert(at + 1, StageRun{.stage = Stage::Restart});
            record.stages.insert(at + 2, StageRun{.stage = Stage::Verify});
            continue;
        }
        keepOld(*item, Stage::Swap, result->failure.message);
    }
}

} // namespace paddock::pipeline
