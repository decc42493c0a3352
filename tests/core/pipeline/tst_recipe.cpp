// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/recipe.h"

#include <QTest>

using namespace paddock;
using namespace paddock::pipeline;
using change::Action;
using session::Outcome;
using session::ServerState;
using session::Stage;
using namespace Qt::StringLiterals;

namespace {

change::Change changeWith(const QList<Action> &actions)
{
    change::Change change{.actions = actions};
    change.plugins = {u"users"_s};
    return change;
}

constexpr auto Running = ServerState::Running;

} // namespace

class TestRecipe final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oneChange_data()
    {
        QTest::addColumn<QList<Action>>("actions");
        QTest::addColumn<ServerState>("server");
        QTest::addColumn<bool>("types");
        QTest::addColumn<QList<Stage>>("stages");
        QTest::addColumn<std::optional<Outcome>>("settled");
        using A = QList<Action>;
        using S = QList<Stage>;
        using O = std::optional<Outcome>;
        QTest::newRow("nothing to do") << A{} << Running << true << S{} << O(Outcome::None);
        QTest::newRow("broken") << A{Action::Hold} << Running << true << S{} << O(Outcome::Held);
        QTest::newRow("drift") << A{Action::Ask} << Running << true << S{} << O(Outcome::Held);
        QTest::newRow("swap") << A{Action::Swap} << Running << true << S{Stage::Swap} << O();
        QTest::newRow("types come after the swap")
            << A{Action::Swap, Action::TypeGen} << Running << true << S{Stage::Swap, Stage::TypeGen} << O();
        QTest::newRow("no script for types")
            << A{Action::Swap, Action::TypeGen} << Running << false << S{Stage::Swap} << O();
        QTest::newRow("restart is verified")
            << A{Action::Restart} << Running << true << S{Stage::Restart, Stage::Verify} << O();
        QTest::newRow("install first") << A{Action::Install, Action::Restart, Action::TypeGen} << Running << true
                                       << S{Stage::Install, Stage::Restart, Stage::Verify, Stage::TypeGen} << O();
        QTest::newRow("migrate, swap, types") << A{Action::Migrate, Action::TypeGen, Action::Swap} << Running << true
                                              << S{Stage::Migrate, Stage::Swap, Stage::TypeGen} << O();
        QTest::newRow("stopped by the user")
            << A{Action::Swap} << ServerState::Stopped << true << S{} << O(Outcome::Held);
        QTest::newRow("stopped, but types can be made")
            << A{Action::Swap, Action::TypeGen} << ServerState::Stopped << true << S{Stage::TypeGen} << O();
        QTest::newRow("a save after a crash starts it")
            << A{Action::Swap} << ServerState::Crashed << true << S{Stage::Restart, Stage::Verify} << O();
        QTest::newRow("a save while it hangs waits for the user")
            << A{Action::Swap} << ServerState::Hung << true << S{} << O(Outcome::Held);
    }

    void oneChange()
    {
        QFETCH(QList<Action>, actions);
        QFETCH(ServerState, server);
        QFETCH(bool, types);
        QFETCH(QList<Stage>, stages);
        QFETCH(std::optional<Outcome>, settled);
        const Recipe recipe = recipeFor(
            changeWith(actions), {.server = server, .agentConnected = server == Running, .canGenerateTypes = types});
        QVERIFY(recipe.stages == stages);
        QVERIFY(recipe.settled == settled);
    }

    void hangingBeforeItServed()
    {
        const Recipe recipe = recipeFor(changeWith({Action::Swap}), {.server = ServerState::Hung, .hasServed = false});
        QVERIFY(recipe.stages == (QList{Stage::Restart, Stage::Verify}));
    }

    void startedByHand_data()
    {
        QTest::addColumn<QList<Action>>("actions");
        QTest::addColumn<bool>("agent");
        QTest::addColumn<QList<Stage>>("stages");
        QTest::newRow("swap") << QList{Action::Swap} << true << QList{Stage::Swap};
        QTest::newRow("restart") << QList{Action::Restart} << true << QList<Stage>{};
        QTest::newRow("install") << QList{Action::Install, Action::Restart, Action::TypeGen} << true << QList<Stage>{};
        QTest::newRow("agent gone") << QList{Action::Swap} << false << QList<Stage>{};
    }

    void startedByHand()
    {
        QFETCH(QList<Action>, actions);
        QFETCH(bool, agent);
        QFETCH(QList<Stage>, stages);
        const Recipe recipe =
            recipeFor(changeWith(actions),
                      {.server = Running, .agentConnected = agent, .attached = true, .canGenerateTypes = true});
        QVERIFY(recipe.stages == stages);
        QVERIFY(!stages.isEmpty() || recipe.settled == Outcome::Held);
        QVERIFY(!stages.isEmpty() || !recipe.message.isEmpty());
    }

    void oneRestartServesTheBatch()
    {
        const Situation situation{.server = Running, .agentConnected = true, .canGenerateTypes = true};
        const auto recipes = recipesFor({changeWith({Action::Swap}), changeWith({Action::Restart}),
                                         changeWith({Action::Migrate, Action::Swap}), changeWith({})},
                                        situation);
        QVERIFY(recipes[0].stages == QList{Stage::Restart});
        QVERIFY(recipes[1].stages == (QList{Stage::Restart, Stage::Verify}));
        QVERIFY(recipes[2].stages == QList{Stage::Restart}); // the framework migrates as it starts
        QVERIFY(recipes[3].settled == Outcome::None);
    }

    void aBrokenFileHoldsTheRestart()
    {
        const Situation situation{.server = Running, .agentConnected = true};
        const auto recipes = recipesFor({changeWith({Action::Restart}), changeWith({Action::Hold})}, situation);
        QVERIFY(recipes[0].settled == Outcome::Held);
        QVERIFY(recipes[0].stages.isEmpty());
    }

    void aFileThatStaysBrokenHoldsTheRestart()
    {
        const Situation situation{.server = Running, .agentConnected = true, .broken = {u"src/a.ts"_s}};
        const auto recipes = recipesFor({changeWith({Action::Restart}), changeWith({Action::Swap})}, situation);
        QVERIFY(recipes[0].settled == Outcome::Held);
        QVERIFY2(recipes[0].message.contains(u"src/a.ts"_s), qPrintable(recipes[0].message));
        QVERIFY(recipes[1].stages == QList{Stage::Swap}); // needs none
        const Situation down{.server = ServerState::Crashed, .broken = {u"src/a.ts"_s}};
        QVERIFY(recipesFor({changeWith({Action::Swap})}, down)[0].settled == Outcome::Held);
    }

    void restartPolicy_data()
    {
        using session::RestartPolicy;
        QTest::addColumn<RestartPolicy>("policy");
        QTest::addColumn<ServerState>("server");
        QTest::addColumn<bool>("restarts");      // what needs it
        QTest::addColumn<QList<Stage>>("swaps"); // stages of what can be swapped, in the same batch
        using S = QList<Stage>;
        const auto Crashed = ServerState::Crashed;
        QTest::newRow("yes") << RestartPolicy::Yes << Running << true << S{Stage::Restart};
        QTest::newRow("always") << RestartPolicy::Always << Running << true << S{Stage::Restart};
        QTest::newRow("no") << RestartPolicy::No << Running << false << S{Stage::Swap};
        QTest::newRow("ask") << RestartPolicy::Ask << Running << false << S{Stage::Swap};
        QTest::newRow("no, but it is down") << RestartPolicy::No << Crashed << true << S{Stage::Restart, Stage::Verify};
        QTest::newRow("ask, but it is down")
            << RestartPolicy::Ask << Crashed << true << S{Stage::Restart, Stage::Verify};
    }

    void restartPolicy()
    {
        QFETCH(session::RestartPolicy, policy);
        QFETCH(ServerState, server);
        QFETCH(bool, restarts);
        QFETCH(QList<Stage>, swaps);
        const Situation situation{
            .server = server, .agentConnected = server == Running, .canGenerateTypes = true, .restart = policy};
        const auto recipes =
            recipesFor({changeWith({Action::Restart, Action::TypeGen}), changeWith({Action::Swap})}, situation);
        QCOMPARE(recipes[0].stages.contains(Stage::Restart), restarts);
        QCOMPARE(recipes[0].needsRestart, !restarts);
        QCOMPARE(recipes[0].settled == Outcome::Held, !restarts);
        QVERIFY(recipes[1].stages == swaps);
        QVERIFY(!recipes[1].needsRestart);
    }

    // A process that has served is not ended unasked while it hangs, unless that was said once and for all.
    void aHangIsEndedWhereThePolicyIsAlways_data()
    {
        using session::RestartPolicy;
        QTest::addColumn<RestartPolicy>("policy");
        QTest::addColumn<bool>("attached");
        QTest::addColumn<bool>("restarts");
        QTest::newRow("yes") << RestartPolicy::Yes << false << false;
        QTest::newRow("ask") << RestartPolicy::Ask << false << false;
        QTest::newRow("no") << RestartPolicy::No << false << false;
        QTest::newRow("always") << RestartPolicy::Always << false << true;
        QTest::newRow("always, started by hand") << RestartPolicy::Always << true << false;
    }

    void aHangIsEndedWhereThePolicyIsAlways()
    {
        QFETCH(session::RestartPolicy, policy);
        QFETCH(bool, attached);
        QFETCH(bool, restarts);
        const Situation situation{.server = ServerState::Hung,
                                  .agentConnected = true,
                                  .hasServed = true,
                                  .attached = attached,
                                  .restart = policy};
        for (const Action action : {Action::Swap, Action::Restart}) {
            const Recipe recipe = recipesFor({changeWith({action})}, situation).first();
            QVERIFY(recipe.stages == (restarts ? QList{Stage::Restart, Stage::Verify} : QList<Stage>()));
            QCOMPARE(recipe.settled == Outcome::Held, !restarts);
        }
    }

    void swapsWhateverThePolicy()
    {
        using session::RestartPolicy;
        for (const auto policy : {RestartPolicy::Yes, RestartPolicy::No, RestartPolicy::Always, RestartPolicy::Ask}) {
            const Situation situation{.server = Running, .agentConnected = true, .restart = policy};
            QVERIFY(recipeFor(changeWith({Action::Swap}), situation).stages == QList{Stage::Swap});
            QVERIFY(recipeFor(changeWith({}), situation).settled == Outcome::None);
        }
    }
};

QTEST_GUILESS_MAIN(TestRecipe)
#include "tst_recipe.moc"
