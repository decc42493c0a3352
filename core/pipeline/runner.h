// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/messages.h"
#include "base/result.h"
#include "pipeline/recipe.h"
#include "session/records.h"

#include <QElapsedTimer>
#include <QFuture>
#include <QObject>
#include <QSet>
#include <functional>
#include <memory>

namespace paddock::pipeline {

/// What a run of migrations did.
struct Migrated
{
    QString text;        ///< for people
    QStringList applied; ///< "shop/003_add_stock.ts", in order
};

/// What the runner can do; the session provides it, tests provide their own.
struct Operations
{
    std::function<QFuture<Result<agent::SwapResult>>(const agent::SwapRequest &)> swap;
    std::function<QFuture<Result<>>()> install;
    std::function<QFuture<Result<Migrated>>(const QStringList &needs)> migrate; ///< those that are still pending
    std::function<QFuture<Result<>>(const QStringList &applied)> unmigrate;     ///< takes them back
    std::function<QFuture<Result<>>(const QString &why)> restart;
    std::function<QFuture<Result<>>()> verify;
    std::function<QFuture<Result<>>()> generateTypes;
    std::function<agent::SwapRequest(const QList<change::Change> &)> swapRequest;
    std::function<int()> generation; ///< that serves now; asked after a restart. May be empty
};

/// A change on its way through the stages.
struct Item
{
    session::ChangeRecord record;
    qint64 eventNs = 0;      ///< steady clock, of the first file event
    bool force = false;      ///< the user asked for it
    int rollbackTo = 0;      ///< put this generation back instead of loading what the files hold; alone in its batch
    bool mayMigrate = false; ///< the migrations that it needs (record.needs) may be run
    QString whyNot = {};     ///< in words; empty: not said
};

/// Takes classified batches through their recipes. One batch at a time holds the code path (install, migrate, swap or
/// restart, verify); type generation follows on a lane of its own, so that a swap never waits for types: while it runs,
/// later requests for it are folded into one more run.
///
/// Changes that need migrations are a group of their own: migrations, types, swap, in this order and all of it or
/// nothing. Where the swap is rejected the migrations that this very batch applied are taken back.
class Runner final : public QObject
{
    Q_OBJECT

public:
    explicit Runner(Operations operations, QObject *parent = nullptr);

    /// Must not be called while isBusy(). `codeDone` follows.
    void run(const QList<Item> &batch, const Situation &situation);
    [[nodiscard]] bool isBusy() const { return m_busy; }
    /// Stages that run or wait, of all changes.
    [[nodiscard]] int pendingStages() const;
    [[nodiscard]] QSet<QString> files() const; ///< of the batch that holds the code path
    /// Whoever waits for types is settled; nothing more starts.
    void cancelAll(const QString &why);

Q_SIGNALS:
    void changed(const paddock::session::ChangeRecord &record);
    void stageChanged(qint64 change, const paddock::session::StageRun &run);
    void finished(const paddock::session::ChangeRecord &record);
    /// The code path is free again. `applied` and `kept` hold files (relative): what is in service now, what is not.
    void codeDone(const QStringList &applied, const QStringList &kept);
    /// Changes are held because the policy does not let the server restart by itself; comes before `codeDone`.
    void restartWanted(const QStringList &files, const QString &reason);

private:
    using Items = QList<std::shared_ptr<Item>>;

    void nextStage();
    void runInstall(const Items &items);
    void runMigrate(const Items &items);
    void runTypesFirst(const Items &items);
    void runSwap(const Items &items);
    void takeBack(const Items &items);
    void swapOneByOne(Items items);
    void settleSwap(const Items &items, const Result<agent::SwapResult> &result);
    void runRestart(const Items &items, const QString &why);
    void runVerify(const Items &items);
    void finishCode();
    void startTypes();
    void finishTypes(const Result<> &result);
    void setStage(Item &item, session::Stage stage, session::StageState state, const QString &message = {});
    void keepOld(Item &item, session::Stage at, const QString &message);
    void holdForRestart(const Item &item, const QString &reason);
    void finish(Item &item);
    [[nodiscard]] Items waitingFor(session::Stage stage) const;
    [[nodiscard]] static bool needsMigrations(const std::shared_ptr<Item> &item);

    Operations m_operations;
    session::RestartPolicy m_restart = session::RestartPolicy::Yes; ///< of the batch
    QStringList m_heldFor;                                          ///< a restart would run these migrations unasked
    QStringList m_restartFiles;                                     ///< held by it
    QString m_restartReason;
    Items m_batch;
    Items m_typesWaiting;
    Items m_typesRunning;
    QStringList m_migrated;            ///< by this batch
    std::function<void()> m_typesFree; ///< waits for the types' lane
    bool m_busy = false;
    bool m_typesBusy = false;
};

} // namespace paddock::pipeline
