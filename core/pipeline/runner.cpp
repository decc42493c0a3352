// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/runner.h"

#include <chrono>
#include <functional>

namespace paddock::pipeline {

using namespace Qt::StringLiterals;
using session::ChangeRecord;
using session::Outcome;
using session::Stage;
using session::StageRun;
using session::StageState;

namespace {

qint64 nowNs()
{
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

StageRun *stageOf(ChangeRecord &record, Stage stage)
{
    for (StageRun &run : record.stages)
        if (run.stage == stage)
            return &run;
    return nullptr;
}

} // namespace

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
        recipes[i] = withMigrations(recipes[i], needs[i], batch[i].mayMigrate);
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
