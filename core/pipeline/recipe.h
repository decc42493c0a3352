// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/change.h"
#include "session/records.h"
#include "session/settings.h"

#include <QList>
#include <QString>
#include <optional>

namespace paddock::pipeline {

/// What decides a recipe besides the change itself.
struct Situation
{
    session::ServerState server = session::ServerState::Stopped;
    bool agentConnected = false;
    bool hasServed = true; ///< this process of the server has served: while it hangs only the policy “always” ends it
    bool attached = false; ///< it was started by hand: it is not restarted unasked
    bool canGenerateTypes = false; ///< package.json has a type generation script
    QString typeScript;            ///< its name, for messages
    session::RestartPolicy restart = session::RestartPolicy::Yes;
    QStringList heldFor; ///< migrations that changes of earlier saves wait for: a restart would run them unasked
    QStringList broken;  ///< files of earlier saves that do not parse: a restart would load them and serve nothing
};

/// What will be done about a change: its stages in order, or how it is settled at once.
struct Recipe
{
    QList<session::Stage> stages;
    std::optional<session::Outcome> settled; ///< nothing to run: this is the outcome
    QString message;                         ///< why, where the change's own reason does not say it
    bool needsRestart = false;               ///< held only because a restart may not happen by itself
    friend bool operator==(const Recipe &, const Recipe &) = default;
};

/// The swap never waits for types: TypeGen comes last and runs beside whatever follows.
[[nodiscard]] Recipe recipeFor(const change::Change &change, const Situation &situation);

/// What holds a change that needs a restart, in words; empty where the policy lets it happen.
[[nodiscard]] QString restartRefusal(session::RestartPolicy policy);

/// The recipe of a change whose code needs migrations that have not run. Until they are allowed it is held; then they
/// run first, types follow, and only then the swap (or restart).
[[nodiscard]] Recipe withMigrations(Recipe recipe, const QStringList &needs, bool isAllowed,
                                    const QString &whyNot = {});

/// The recipes of one batch: where one change needs a restart, that restart serves all of them.
[[nodiscard]] QList<Recipe> recipesFor(const QList<change::Change> &changes, const Situation &situation);

} // namespace paddock::pipeline
