// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/runner_p.h"

#include <functional>

namespace paddock::pipeline {

Runner::Runner(Operations operations, QObject *parent) : QObject(parent), m_operations(std::move(operations)) {}

QSet<QString> Runner::files() const
{
    QSet<QString> files;
    for (const auto &item : m_batch)
        files.unite(QSet<QString>(item->record.change.files.begin(), item->record.change.files.end()));
    return files;
}

int Runner::pendingStages() const
{
    int count = 0;
    const auto add = [&count](const Items &items) {
        for (const auto &item : items)
            for (const StageRun &run : item->record.stages)
                count += run.state == StageState::Waiting || run.state == StageState::Running;
    };
    add(m_batch);
    add(m_typesWaiting);
    add(m_typesRunning);
    return count;
}

void Runner::run(const QList<Item> &batch, const Situation &situation)
{
    Q_ASSERT(!m_busy);
    m_busy = true;
    QList<change::Change> changes;
    for (const Item &item : batch)
        changes.append(item.record.change);
    Situation mine = situation;
    if (!batch.isEmpty() && batch.first().rollbackTo > 0)
        mine.restart = session::RestartPolicy::Yes; // earlier code is put back by a swap or not at all
    QList<Recipe> recipes = recipesFor(changes, mine);
    m_migrated.clear();
    m_heldFor = situation.server == session::ServerState::Running ? situation.heldFor : QStringList();
    for (const Item &item : batch)
        if (!item.mayMigrate)
            for (const QString &need : item.record.needs)
                if (!m_heldFor.contains(need))
                    m_heldFor.append(need);
    QList<QStringList> needs;
    for (qsizetype i = 0; i < batch.size(); ++i) {
        needs << batch[i].record.needs;
        if (needs[i].isEmpty() && recipes[i].stages.contains(Stage::Restart) &&
            situation.server == session::ServerState::Running)
            needs[i] = m_heldFor;
        recipes[i] = withMigrations(recipes[i], needs[i], batch[i].mayMigrate, batch[i].whyNot);
    }
    // A restart that this very batch asks for by way of a crashed server is not held: recipesFor() saw to it.
    m_restart = situation.server == session::ServerState::Running ? situation.restart : session::RestartPolicy::Yes;
    m_restartFiles.clear();
    m_restartReason.clear();
    for (qsizetype i = 0; i < batch.size(); ++i) {
        auto item = std::make_shared<Item>(batch[i]);
        item->record.message = recipes[i].message;
        item->record.needs = needs[i];
        item->record.outcome = recipes[i].settled;
        if (recipes[i].needsRestart)
            holdForRestart(*item, item->record.change.reason);
        for (const Stage stage : recipes[i].stages)
            item->record.stages.append({.stage = stage});
        m_batch.append(item);
        if (!recipes[i].settled)
            Q_EMIT changed(item->record);
    }
    nextStage();
}

Runner::Items Runner::waitingFor(Stage stage) const
{
    Items items;
    for (const auto &item : m_batch) {
        const StageRun *run = stageOf(item->record, stage);
        if (run && run->state == StageState::Waiting)
            items.append(item);
    }
    return items;
}

void Runner::nextStage()
{
    if (const Items items = waitingFor(Stage::Install); !items.isEmpty())
        return runInstall(items);
    if (const Items items = waitingFor(Stage::Migrate); !items.isEmpty())
        return runMigrate(items);
    Items first = waitingFor(Stage::TypeGen);
    first.removeIf(std::not_fn(needsMigrations));
    if (!first.isEmpty())
        return runTypesFirst(first);
    if (const Items items = waitingFor(Stage::Restart); !items.isEmpty())
        return runRestart(items, items.first()->record.change.reason);
    if (Items items = waitingFor(Stage::Swap); !items.isEmpty()) {
        if (std::ranges::any_of(items, needsMigrations))
            items.removeIf(std::not_fn(needsMigrations));
        return runSwap(items);
    }
    if (const Items items = waitingFor(Stage::Verify); !items.isEmpty())
        return runVerify(items);
    finishCode();
}

bool Runner::needsMigrations(const std::shared_ptr<Item> &item)
{
    return !item->record.needs.isEmpty();
}

void Runner::setStage(Item &item, Stage stage, StageState state, const QString &message)
{
    StageRun *run = stageOf(item.record, stage);
    if (!run)
        return;
    if (state == StageState::Running)
        run->ms = double(nowNs()) / 1e6;
    else if (run->state == StageState::Running)
        run->ms = double(nowNs()) / 1e6 - run->ms;
    run->state = state;
    if (!message.isEmpty())
        run->message = message;
    StageRun shown = *run;
    if (state == StageState::Running)
        shown.ms = 0; // while it runs, the field holds its start
    ChangeRecord record = item.record;
    *stageOf(record, stage) = shown;
    Q_EMIT stageChanged(item.record.id, shown);
    Q_EMIT changed(record);
}

void Runner::keepOld(Item &item, Stage at, const QString &message)
{
    item.record.outcome = Outcome::KeptOld;
    item.record.message = message;
    setStage(item, at, StageState::Failed, message);
    for (StageRun &run : item.record.stages)
        if (run.state == StageState::Waiting)
            run.state = StageState::Skipped;
}

void Runner::holdForRestart(const Item &item, const QString &reason)
{
    m_restartFiles += item.record.change.files;
    const QString &name = item.record.change.subject.name;
    if (m_restartReason.isEmpty())
        m_restartReason = reason.contains(name) ? reason : name + u": "_s + reason;
}

void Runner::finish(Item &item)
{
    item.record.ms = double(nowNs() - item.eventNs) / 1e6;
    if (!item.record.outcome)
        item.record.outcome = Outcome::None;
    // What a developer asked for with a migration is the migration; that code was swapped behind it, the stages tell.
    if (item.record.outcome == Outcome::Swapped && item.record.change.kind == change::Kind::Migration &&
        hasDone(item.record, Stage::Migrate))
        item.record.outcome = Outcome::Migrated;
    Q_EMIT changed(item.record);
    Q_EMIT finished(item.record);
}

void Runner::finishCode()
{
    QStringList applied;
    QStringList kept;
    const Items batch = std::exchange(m_batch, {});
    for (const auto &item : batch) {
        const bool isKept = item->record.outcome == Outcome::KeptOld || item->record.outcome == Outcome::Held;
        QStringList &files = isKept ? kept : applied;
        files += item->record.change.files;
        if (!isKept && item->record.change.has(change::Action::Swap))
            files += item->record.change.modules;
        if (item->record.outcome == Outcome::Swapped || item->record.outcome == Outcome::Restarted)
            item->record.servedMs = double(nowNs() - item->eventNs) / 1e6;
        if (isKept) // (a swap that was rejected goes on with nothing)
            for (StageRun &run : item->record.stages)
                if (run.state == StageState::Waiting && !item->record.needs.isEmpty())
                    run.state = StageState::Skipped;
        const StageRun *types = stageOf(item->record, Stage::TypeGen);
        if (types && types->state == StageState::Waiting)
            m_typesWaiting.append(item);
        else
            finish(*item);
    }
    m_busy = false;
    startTypes();
    if (!m_restartFiles.isEmpty())
        Q_EMIT restartWanted(m_restartFiles, m_restartReason);
    Q_EMIT codeDone(applied, kept);
}

void Runner::cancelAll(const QString &why)
{
    Items all = std::exchange(m_batch, {});
    all += std::exchange(m_typesWaiting, {});
    all += std::exchange(m_typesRunning, {});
    for (const auto &item : all) {
        if (!item->record.outcome)
            item->record.outcome = Outcome::Held; // it did not come into service
        for (StageRun &run : item->record.stages)
            if (run.state == StageState::Waiting || run.state == StageState::Running)
                run.state = StageState::Cancelled;
        if (item->record.message.isEmpty())
            item->record.message = why;
        finish(*item);
    }
}

} // namespace paddock::pipeline
