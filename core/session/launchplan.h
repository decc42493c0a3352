// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "session/records.h"

#include <QMap>
#include <QString>
#include <QStringList>

namespace paddock::session {

/// All that decides how the server is started.
struct LaunchFacts
{
    QString root;                   ///< absolute
    QString entry;                  ///< absolute
    QString bun;                    ///< absolute
    QString agent;                  ///< absolute path of agent.ts
    QMap<QString, QString> scripts; ///< of package.json
    QString script;                 ///< the one that the user wants; empty: `dev`, else `start`, else the entry itself
    QString path;                   ///< PATH of the environment
    QString bunOptions;             ///< BUN_OPTIONS of the environment
    QString inspect;                ///< for a debugger: "--inspect", "--inspect-wait=…"; empty: none
};

/// How the server is started: one command, with what it needs in its environment beyond Paddock's own.
struct LaunchPlan
{
    QString program; ///< absolute
    QStringList arguments;
    QMap<QString, QString> environment;
    QString script;        ///< the script that was followed; empty: none
    bool inScript = false; ///< the script itself runs, with whatever it starts; the agent goes in through BUN_OPTIONS
    QList<Problem> notes;  ///< what is done otherwise than the script says
    friend bool operator==(const LaunchPlan &, const LaunchPlan &) = default;
};

/// A script that does no more than run one file with bun is run as just that, with the agent preloaded; anything else
/// runs as it is, and BUN_OPTIONS takes the agent to every bun that it starts. Reloaders that would compete with swaps
/// (`--watch`, `--hot`, nodemon) are left out, and a note says so.
/// Errors: "no-script" when the wanted one is not there, "no-entry" when there is neither script nor entry.
[[nodiscard]] Result<LaunchPlan> planLaunch(const LaunchFacts &facts);

} // namespace paddock::session
