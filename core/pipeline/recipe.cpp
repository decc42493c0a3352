// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/recipe.h"

#include <algorithm>

namespace paddock::pipeline {

using namespace Qt::StringLiterals;
using change::Action;
using session::Outcome;
using session::RestartPolicy;
using session::ServerState;
using session::Stage;

Recipe recipeFor(const change::Change &change, const Situation &situation)
{
    if (change.has(Action::Hold))
        return {.settled = Outcome::Held,
                .message = change.kind == change::Kind::Broken
                               ? u"The running code stays in service until the file parses."_s
                               : u"The running code stays in service. "_s + change.reason};
    if (change.has(Action::Ask))
        return {.settled = Outcome::Held, .message = u"Nothing was run: this needs a decision."_s};
    if (change.actions.isEmpty())
        return {.settled = Outcome::None};

    const bool needsRestart = change.has(Action::Restart) || change.has(Action::Install);
    if (situation.attached && needsRestart)
        return {.settled = Outcome::Held,
                .message =
                    u"Only a restart applies this, and the server was started by hand: restart it there, or with "
                    "“paddockctl restart --force”."_s};

    Recipe recipe;
    const bool wantsCode = change.has(Action::Swap) || change.has(Action::Restart);
    const bool typesPossible = change.has(Action::TypeGen) && situation.canGenerateTypes;
    if (change.has(Action::Install))
        recipe.stages << Stage::Install;
    if (situation.server == ServerState::Running && situation.agentConnected) {
        if (change.has(Action::Migrate))
            recipe.stages << Stage::Migrate;
        if (change.has(Action::Restart))
            recipe.stages << Stage::Restart << Stage::Verify;
        else if (wantsCode && !(change.plugins.isEmpty() && change.routeFiles.isEmpty() && change.routers.isEmpty()))
            recipe.stages << Stage::Swap;
    } else if (wantsCode || change.has(Action::Migrate)) {
        if (situation.server == ServerState::Stopped) {
            // The user stopped it: starting it unasked would be a surprise.
            recipe.message = u"The server is stopped; its next start loads this."_s;
            if (!typesPossible && recipe.stages.isEmpty())
                recipe.settled = Outcome::Held;
        } else if (situation.attached || (situation.server == ServerState::Hung && situation.hasServed &&
                                          situation.restart != RestartPolicy::Always)) {
            // Somebody may be looking at it in a debugger, or it may come free again: it is not ended unasked, unless
            // the user has said so once and for all.
            return {.settled = Outcome::Held,
                    .message = situation.attached
                                   ? u"The server was started by hand, and its agent cannot be reached."_s
                                   : u"The server does not respond: this waits until it does, or until "
                                     "it is restarted."_s};
        } else {
            // Crashed, never served, running without an agent, or hung where the policy is “always”.
            recipe.stages << Stage::Restart << Stage::Verify;
        }
    }
    if (typesPossible)
        recipe.stages << Stage::TypeGen;
    if (recipe.stages.isEmpty() && !recipe.settled) {
        recipe.settled = Outcome::None;
        if (change.has(Action::TypeGen))
            recipe.message = u"The workspace has no script that generates types."_s;
    }
    return recipe;
}

QString restartRefusal(session::RestartPolicy policy)
{
    switch (policy) {
    case RestartPolicy::No:
        return u"Only a restart can bring this into service, and the restart policy is “no”: restart when it suits."_s;
    case RestartPolicy::Ask: return u"Only a restart can bring this into service: it waits for your answer."_s;
    case RestartPolicy::Yes:
    case RestartPolicy::Always: break;
    }
    return {};
}

Recipe withMigrations(Recipe recipe, const QStringList &needs, bool isAllowed, const QString &whyNot)
{
    if (needs.isEmpty() || recipe.settled || recipe.stages.isEmpty())
        return recipe;
    if (!isAllowed) {
        recipe.stages.clear();
        recipe.settled = Outcome::Held;
        recipe.needsRestart = false;
        recipe.message = (needs.size() == 1 ? u"This waits for the migration %1. "_s.arg(needs.first())
                                            : u"This waits for the migrations %1. "_s.arg(needs.join(u", "_s))) +
                         (whyNot.isEmpty() ? QString() : whyNot + u' ') +
                         u"“paddockctl apply” runs migrations and swap together, or neither."_s;
        return recipe;
    }
    const bool hasTypes = recipe.stages.removeAll(Stage::TypeGen) > 0;
    recipe.stages.removeAll(Stage::Migrate);
    qsizetype at = recipe.stages.contains(Stage::Install) ? 1 : 0;
    recipe.stages.insert(at++, Stage::Migrate);
    if (hasTypes)
        recipe.stages.insert(at, Stage::TypeGen);
    return recipe;
}

QList<Recipe> recipesFor(const QList<change::Change> &changes, const Situation &situation)
{
    QList<Recipe> recipes;
    for (const change::Change &change : changes)
        recipes.append(recipeFor(change, situation));
    const bool restarts =
        std::ranges::any_of(recipes, [](const Recipe &r) { return r.stages.contains(Stage::Restart); });
    if (!restarts)
        return recipes;
    // A server that is down has nothing to lose: it starts whatever the policy is.
    if (const QString refusal = restartRefusal(situation.restart);
        !refusal.isEmpty() && situation.server == ServerState::Running) {
        for (Recipe &recipe : recipes) {
            if (!recipe.stages.contains(Stage::Restart))
                continue; // what can be swapped is swapped, now
            recipe.stages.clear();
            recipe.settled = Outcome::Held;
            recipe.message = refusal;
            recipe.needsRestart = true;
        }
        return recipes;
    }
    const bool isBroken = std::ranges::any_of(changes, [](const change::Change &c) { return c.has(Action::Hold); });
    for (Recipe &recipe : recipes) {
        if (!recipe.stages.contains(Stage::Swap) && !recipe.stages.contains(Stage::Restart))
            continue;
        if (isBroken || !situation.broken.isEmpty()) {
            // A restart would load the broken file too and leave nothing in service. What can be swapped is swapped.
            if (!recipe.stages.contains(Stage::Restart))
                continue;
            recipe.stages.clear();
            recipe.settled = Outcome::Held;
            recipe.message = isBroken ? u"The restart waits: another file of this save does not parse."_s
                                      : u"The restart waits, because it would load what does not parse: %1."_s.arg(
                                            situation.broken.join(u", "_s));
            continue;
        }
        if (const qsizetype at = recipe.stages.indexOf(Stage::Swap); at >= 0) {
            recipe.stages[at] = Stage::Restart;
            recipe.message = u"Loaded by the restart that another change of this save needs."_s;
        }
        recipe.stages.removeOne(Stage::Migrate); // the framework migrates when it starts
    }
    return recipes;
}

} // namespace paddock::pipeline
