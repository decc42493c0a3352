// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/runner.h"

#include <QSignalSpy>
#include <QTest>

using namespace paddock;
using namespace paddock::pipeline;
using change::Action;
using session::ChangeRecord;
using session::Outcome;
using session::ServerState;
using session::Stage;
using session::StageState;
using namespace Qt::StringLiterals;

namespace {

template <class T>
QFuture<T> now(T value)
{
    QPromise<T> promise;
    promise.start();
    promise.addResult(std::move(value));
    promise.finish();
    return promise.future();
}

Item item(qint64 id, const QString &plugin, const QList<Action> &actions)
{
    Item made;
    made.record.id = id;
    made.record.change.actions = actions;
    made.record.change.plugins = {plugin};
    made.record.change.files = {plugin + u".ts"_s};
    made.record.change.modules = made.record.change.files;
    return made;
}

/// Code of a plugin that needs a migration.
Item needing(qint64 id, const QString &plugin, bool isAllowed,
             const QList<Action> &actions = {Action::Swap, Action::TypeGen})
{
    Item made = item(id, plugin, actions);
    made.record.needs = {u"shop/003_stock.ts"_s};
    made.mayMigrate = isAllowed;
    return made;
}

} // namespace

/// The stages against operations that the test answers: order, atomicity of a batch, what is kept when something fails.
class TestRunner final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_log.clear();
        m_bad.clear();
        m_needRestart.clear();
        m_types = std::make_shared<QPromise<Result<>>>();
        m_types->start();
        m_runner = std::make_unique<Runner>(Operations{
            .swap =
                [this](const agent::SwapRequest &request) {
                    QStringList names;
                    for (const auto &plugin : request.plugins)
                        names.append(plugin.name);
                    m_log.append(u"swap "_s + names.join(u'+'));
                    agent::SwapResult result{.ok = true, .generation = 7};
                    for (const QString &name : names) {
                        if (m_bad.contains(name))
                            result = {.failure = {.phase = u"load"_s, .message = u"does not load"_s}};
                        if (m_needRestart.contains(name))
                            result = {.restart = u"it holds a port"_s};
                    }
                    return now<Result<agent::SwapResult>>(result);
                },
            .install =
                [this] {
                    m_log.append(u"install"_s);
                    return now<Result<>>({});
                },
            .migrate =
                [this](const QStringList &needs) {
                    m_log.append(needs.isEmpty() ? u"migrate"_s : u"migrate "_s + needs.join(u'+'));
                    return now<Result<Migrated>>(m_bad.contains(u"migrate"_s)
                                                     ? fail(u"migration-failed"_s, u"no"_s)
                                                     : Result<Migrated>({u"applied"_s, needs}));
                },
            .unmigrate =
                [this](const QStringList &applied) {
                    m_log.append(u"unmigrate "_s + applied.join(u'+'));
                    return now<Result<>>(m_bad.contains(u"unmigrate"_s) ? fail(u"irreversible"_s, u"it has no down"_s)
                                                                        : Result<>());
                },
            .restart =
                [this](const QString &) {
                    m_log.append(u"restart"_s);
                    return now<Result<>>(
                        m_bad.contains(u"restart"_s) ? fail(u"server-ended"_s, u"no"_s, {}, u"a.ts:3"_s) : Result<>());
                },
            .verify =
                [this] {
                    m_log.append(u"verify"_s);
                    return now<Result<>>({});
                },
            .generateTypes =
                [this] {
                    m_log.append(u"types"_s);
                    return m_types->future();
                },
            .swapRequest =
                [](const QList<change::Change> &changes) {
                    agent::SwapRequest request;
                    for (const auto &change : changes)
                        request.plugins.append({.name = change.plugins.first()});
                    return request;
                },
        });
        connect(m_runner.get(), &Runner::finished, this, [this](const ChangeRecord &r) { m_finished.insert(r.id, r); });
        m_finished.clear();
    }

    void aBatchIsSwappedAtOnce()
    {
        run({item(1, u"a"_s, {Action::Swap}), item(2, u"b"_s, {Action::Swap})});
        QCOMPARE(m_log, QStringList{u"swap a+b"_s});
        QVERIFY(m_finished[1].outcome == Outcome::Swapped);
        QCOMPARE(m_finished[2].generation, 7);
        QCOMPARE(m_applied, (QStringList{u"a.ts"_s, u"a.ts"_s, u"b.ts"_s, u"b.ts"_s}));
    }

    void aBadChangeDoesNotHoldAGoodOne()
    {
        m_bad = {u"b"_s};
        run({item(1, u"a"_s, {Action::Swap}), item(2, u"b"_s, {Action::Swap}), item(3, u"c"_s, {Action::Swap})});
        QCOMPARE(m_log, (QStringList{u"swap a+b+c"_s, u"swap a"_s, u"swap b"_s, u"swap c"_s}));
        QVERIFY(m_finished[1].outcome == Outcome::Swapped);
        QVERIFY(m_finished[2].outcome == Outcome::KeptOld);
        QVERIFY(m_finished[3].outcome == Outcome::Swapped);
        QCOMPARE(m_finished[2].message, u"does not load"_s);
        QCOMPARE(m_kept, QStringList{u"b.ts"_s});
    }

    void aForecastThatWasWrongEndsInARestart()
    {
        m_needRestart = {u"a"_s};
        run({item(1, u"a"_s, {Action::Swap})});
        QCOMPARE(m_log, (QStringList{u"swap a"_s, u"restart"_s, u"verify"_s}));
        QVERIFY(m_finished[1].outcome == Outcome::Restarted);
        QCOMPARE(m_finished[1].message, u"it holds a port"_s);
    }

    void aFailedRestartSaysWhere()
    {
        m_bad = {u"restart"_s};
        run({item(1, u"a"_s, {Action::Restart})});
        QVERIFY(m_finished[1].outcome == Outcome::Held);
        QCOMPARE(m_finished[1].errorFile, u"a.ts"_s);
        QCOMPARE(m_finished[1].errorLine, 3);
        QVERIFY(!m_log.contains(u"verify"_s));
    }

    void migrationsComeFirst()
    {
        run({item(1, u"a"_s, {Action::Swap}), item(2, u"b"_s, {Action::Migrate, Action::Swap})});
        QCOMPARE(m_log, (QStringList{u"migrate"_s, u"swap a+b"_s}));
    }

    void codeWaitsForItsMigration()
    {
        run({needing(1, u"a"_s, false), item(2, u"b"_s, {Action::Swap})});
        QCOMPARE(m_log, (QStringList{u"swap b"_s})); // the other one does not wait
        QVERIFY(m_finished[1].outcome == Outcome::Held);
        QVERIFY2(m_finished[1].message.contains(u"shop/003_stock.ts"_s), qPrintable(m_finished[1].message));
        QCOMPARE(m_kept, (QStringList{u"a.ts"_s}));
    }

    void aRestartWaitsToo()
    {
        // The framework would run the migration unasked as it starts.
        run({needing(1, u"a"_s, false), item(2, u"b"_s, {Action::Restart})});
        QCOMPARE(m_log, QStringList());
        QVERIFY(m_finished[2].outcome == Outcome::Held);
        QCOMPARE(m_finished[2].needs, (QStringList{u"shop/003_stock.ts"_s}));
    }

    void migrationThenTypesThenSwap()
    {
        typesAreReady();
        run({needing(1, u"a"_s, true), needing(2, u"b"_s, true, {Action::Migrate, Action::TypeGen, Action::Swap})});
        QCOMPARE(m_log, (QStringList{u"migrate shop/003_stock.ts"_s, u"types"_s, u"swap a+b"_s}));
        QVERIFY(m_finished[1].outcome == Outcome::Swapped && m_finished[2].outcome == Outcome::Swapped);
        QCOMPARE(m_applied, (QStringList{u"a.ts"_s, u"a.ts"_s, u"b.ts"_s, u"b.ts"_s}));
    }

    void neitherWhenTheMigrationFails()
    {
        m_bad = {u"migrate"_s};
        run({needing(1, u"a"_s, true)});
        QCOMPARE(m_log, (QStringList{u"migrate shop/003_stock.ts"_s}));
        QVERIFY(m_finished[1].outcome == Outcome::KeptOld);
        QCOMPARE(m_kept, (QStringList{u"a.ts"_s}));
    }

    void neitherWhenTheSwapFails()
    {
        m_bad = {u"a"_s};
        typesAreReady();
        run({needing(1, u"a"_s, true), needing(2, u"b"_s, true)});
        // As a whole: "b" is not swapped by itself.
        QCOMPARE(m_log, (QStringList{u"migrate shop/003_stock.ts"_s, u"types"_s, u"swap a+b"_s,
                                     u"unmigrate shop/003_stock.ts"_s}));
        QVERIFY(m_finished[1].outcome == Outcome::KeptOld && m_finished[2].outcome == Outcome::KeptOld);
        QVERIFY2(m_finished[1].message.contains(u"does not load"_s) && m_finished[1].message.contains(u"taken back"_s),
                 qPrintable(m_finished[1].message));
    }

    void saysSoWhenAMigrationCannotBeTakenBack()
    {
        m_bad = {u"a"_s, u"unmigrate"_s};
        typesAreReady();
        run({needing(1, u"a"_s, true)});
        QVERIFY2(m_finished[1].message.contains(u"stay applied"_s) &&
                     m_finished[1].message.contains(u"it has no down"_s),
                 qPrintable(m_finished[1].message));
    }

    void aSwapNeverWaitsForTypes()
    {
        run({item(1, u"a"_s, {Action::Swap, Action::TypeGen})});
        QVERIFY(!m_runner->isBusy()); // the code path is free while types are generated
        QVERIFY(!m_finished.contains(1));
        run({item(2, u"b"_s, {Action::Swap, Action::TypeGen})});
        run({item(3, u"c"_s, {Action::Swap, Action::TypeGen})});
        QCOMPARE(m_log, (QStringList{u"swap a"_s, u"types"_s, u"swap b"_s, u"swap c"_s}));
        // What came meanwhile is folded into one more run.
        const auto first = std::exchange(m_types, std::make_shared<QPromise<Result<>>>());
        m_types->start();
        first->addResult(Result<>());
        first->finish();
        QTRY_VERIFY(m_finished.contains(1));
        QTRY_COMPARE(m_log.count(u"types"_s), 2);
        m_types->addResult(fail(u"job-failed"_s, u"exit status 1"_s));
        m_types->finish();
        QTRY_VERIFY(m_finished.contains(2) && m_finished.contains(3));
        QCOMPARE(m_log.count(u"types"_s), 2);
        // Failed types do not undo a swap.
        QVERIFY(m_finished[3].outcome == Outcome::Swapped);
        QVERIFY(m_finished[3].stages.last().state == StageState::Failed);
        QVERIFY(m_finished[3].message.contains(u"exit status 1"_s));
    }

    void cancelSettlesEverything()
    {
        run({item(1, u"a"_s, {Action::Swap, Action::TypeGen})});
        m_runner->cancelAll(u"closed"_s);
        QVERIFY(m_finished.contains(1));
        QVERIFY(m_finished[1].stages.last().state == StageState::Cancelled);
        QCOMPARE(m_runner->pendingStages(), 0);
    }

private:
    void typesAreReady()
    {
        m_types->addResult(Result<>());
        m_types->finish();
    }

    void run(const QList<Item> &batch)
    {
        QSignalSpy done(m_runner.get(), &Runner::codeDone);
        m_runner->run(batch, {.server = ServerState::Running, .agentConnected = true, .canGenerateTypes = true});
        QTRY_COMPARE(done.size(), 1);
        m_applied = done.first().at(0).toStringList();
        m_kept = done.first().at(1).toStringList();
    }

    std::unique_ptr<Runner> m_runner;
    QStringList m_log;
    QStringList m_bad;
    QStringList m_needRestart;
    QStringList m_applied;
    QStringList m_kept;
    QMap<qint64, ChangeRecord> m_finished;
    std::shared_ptr<QPromise<Result<>>> m_types;
};

QTEST_GUILESS_MAIN(TestRunner)
#include "tst_runner.moc"
