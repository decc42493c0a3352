// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/records.h"

#include <algorithm>

namespace paddock::session {

using namespace Qt::StringLiterals;

QLatin1StringView toString(ServerState state)
{
    switch (state) {
    case ServerState::Stopped: return "stopped"_L1;
    case ServerState::Starting: return "starting"_L1;
    case ServerState::Running: return "running"_L1;
    case ServerState::Stopping: return "stopping"_L1;
    case ServerState::Crashed: return "crashed"_L1;
    case ServerState::Hung: return "hung"_L1;
    }
    Q_UNREACHABLE();
}

QLatin1StringView toString(AgentState state)
{
    switch (state) {
    case AgentState::Absent: return "absent"_L1;
    case AgentState::Connecting: return "connecting"_L1;
    case AgentState::Connected: return "connected"_L1;
    }
    Q_UNREACHABLE();
}

QLatin1StringView toString(Stage stage)
{
    switch (stage) {
    case Stage::Install: return "install"_L1;
    case Stage::Migrate: return "migrate"_L1;
    case Stage::TypeGen: return "typegen"_L1;
    case Stage::Swap: return "swap"_L1;
    case Stage::Restart: return "restart"_L1;
    case Stage::Verify: return "verify"_L1;
    }
    Q_UNREACHABLE();
}

QLatin1StringView toString(StageState state)
{
    switch (state) {
    case StageState::Waiting: return "waiting"_L1;
    case StageState::Running: return "running"_L1;
    case StageState::Done: return "done"_L1;
    case StageState::Failed: return "failed"_L1;
    case StageState::Cancelled: return "cancelled"_L1;
    case StageState::Skipped: return "skipped"_L1;
    }
    Q_UNREACHABLE();
}

QLatin1StringView toString(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Swapped: return "swapped"_L1;
    case Outcome::Restarted: return "restarted"_L1;
    case Outcome::Types: return "types"_L1;
    case Outcome::Migrated: return "migrated"_L1;
    case Outcome::KeptOld: return "kept-old"_L1;
    case Outcome::Held: return "held"_L1;
    case Outcome::None: return "none"_L1;
    }
    Q_UNREACHABLE();
}

QLatin1StringView toString(Fate fate)
{
    switch (fate) {
    case Fate::Applied: return "applied"_L1;
    case Fate::Merged: return "merged"_L1;
    case Fate::Superseded: return "superseded"_L1;
    case Fate::Ignored: return "ignored"_L1;
    case Fate::Held: return "held"_L1;
    }
    Q_UNREACHABLE();
}

Fate fateFromString(QStringView text)
{
    for (const Fate fate : {Fate::Applied, Fate::Merged, Fate::Superseded, Fate::Ignored})
        if (text == toString(fate))
            return fate;
    return Fate::Held;
}

QLatin1StringView toString(JobState state)
{
    switch (state) {
    case JobState::Waiting: return "waiting"_L1;
    case JobState::Running: return "running"_L1;
    case JobState::Succeeded: return "succeeded"_L1;
    case JobState::Failed: return "failed"_L1;
    case JobState::Cancelled: return "cancelled"_L1;
    }
    Q_UNREACHABLE();
}

QString timestamp(const QDateTime &at)
{
    return at.toUTC().toString(Qt::ISODateWithMs);
}

bool hasDone(const ChangeRecord &record, Stage stage)
{
    return std::ranges::any_of(
        record.stages, [stage](const StageRun &run) { return run.stage == stage && run.state == StageState::Done; });
}

bool wasSwapped(const ChangeRecord &record)
{
    return record.outcome == Outcome::Swapped || (record.outcome == Outcome::Migrated && hasDone(record, Stage::Swap));
}

} // namespace paddock::session
