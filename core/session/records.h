// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "change/change.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QMetaType>
#include <QString>
#include <optional>

/// Plain records of what a session sees and does; models, the command line and the history show them.
namespace paddock::session {

enum class ServerState { Stopped, Starting, Running, Stopping, Crashed, Hung };
enum class AgentState { Absent, Connecting, Connected };
enum class Stage { Install, Migrate, TypeGen, Swap, Restart, Verify };
enum class StageState { Waiting, Running, Done, Failed, Cancelled, Skipped };
enum class Outcome { Swapped, Restarted, Types, Migrated, KeptOld, Held, None };
enum class Fate { Applied, Merged, Superseded, Ignored, Held };

struct ServerStatus
{
    ServerState state = ServerState::Stopped;
    AgentState agent = AgentState::Absent;
    qint64 pid = 0;
    int port = 0;
    int generation = 0;
    qint64 memory = 0; ///< resident bytes; 0: not known
    QString runtime;   ///< "bun 1.4.5"
    QString framework; ///< "@donkeylabs/server 2.5.1"
    QString message;   ///< why it is in this state, where that helps
    QDateTime startedAt;
    bool attached = false; ///< started by hand, not by Paddock: not Paddock's to stop
    friend bool operator==(const ServerStatus &, const ServerStatus &) = default;
};

struct StageRun
{
    Stage stage = Stage::Swap;
    StageState state = StageState::Waiting;
    double ms = 0;   ///< duration, from a monotonic clock
    QString message; ///< empty, or what came of it
    friend bool operator==(const StageRun &, const StageRun &) = default;
};

/// Requests at the moment of a swap: those in flight on the old code, those that have ended on it, those that waited
/// for the switch, those lost.
struct Proof
{
    int inFlightOld = 0;
    int drained = 0;
    int held = 0;
    int dropped = 0;
    double lastEndedMs = 0; ///< from the switch to the end of the last old request
    friend bool operator==(const Proof &, const Proof &) = default;
};

struct Undisposed
{
    QString kind; ///< cron, interval, listener, socket, …
    QString file;
    int line = 0;
    QString note;
    friend bool operator==(const Undisposed &, const Undisposed &) = default;
};

struct Ledger
{
    QMap<QString, int> disposed; ///< kind → count
    QList<Undisposed> undisposed;
    friend bool operator==(const Ledger &, const Ledger &) = default;
};

struct TypeChange
{
    QString severity; ///< breaking, dangerous, safe
    QString symbol;
    QString rule;
    QString message;
    friend bool operator==(const TypeChange &, const TypeChange &) = default;
};

/// One change, from the save to its last stage.
struct ChangeRecord
{
    qint64 id = 0; ///< counts from 1 in each session
    QDateTime at;  ///< of the file event, UTC
    change::Change change;
    QList<StageRun> stages;
    std::optional<Outcome> outcome; ///< none yet: still running
    double ms = 0;                  ///< from the file event to the last stage
    double servedMs = 0; ///< from the file event until the new code was in service; 0: it was not, or there was none
    int generation = 0;
    Proof proof;
    Ledger ledger;
    QList<TypeChange> types;
    QString message; ///< what came of it, in a sentence; the error's text where it failed
    QString errorFile;
    int errorLine = 0;
    QStringList needs = {}; ///< migrations that have to run before its code: "shop/003_add_stock.ts"
    friend bool operator==(const ChangeRecord &, const ChangeRecord &) = default;
};

/// Whether that stage of the change was done.
[[nodiscard]] bool hasDone(const ChangeRecord &record, Stage stage);
/// Whether new code was put into service without a restart.
[[nodiscard]] bool wasSwapped(const ChangeRecord &record);

/// What a developer waits for: types that follow a swap do not count.
[[nodiscard]] inline double latency(const ChangeRecord &record)
{
    return record.servedMs > 0 ? record.servedMs : record.ms;
}

struct JournalEntry
{
    QDateTime at;
    QString file; ///< relative to the root
    Fate fate = Fate::Applied;
    qint64 change = 0; ///< 0: none
    QString reason;
    friend bool operator==(const JournalEntry &, const JournalEntry &) = default;
};

struct Problem
{
    QString severity; ///< error, warning, info
    QString code;
    QString message;
    QString file; ///< relative to the root; may be empty
    int line = 0;
    QString remedy;
    QString source; ///< discovery, swap, server, watcher, doctor; problems of one source are replaced together
    friend bool operator==(const Problem &, const Problem &) = default;
};

/// The code that a server which does not respond was last busy with, as far as can be told.
struct Hang
{
    QString plugin; ///< empty: not one plugin's
    QString file;   ///< relative to the root; may be empty
    int line = 0;
    int generation = 0; ///< that hangs, or was being loaded
    int before = 0;     ///< whose code can be put back; 0: none
    bool isLoading = false;
    friend bool operator==(const Hang &, const Hang &) = default;
};

/// A generation of a plugin that is or was in service since the server started.
struct PluginGeneration
{
    int generation = 0;
    int code = 0; ///< the generation that brought its code: another one where an earlier one was put back
    QDateTime at;
    bool isCurrent = false;
    qint64 change = 0; ///< that brought the code; 0: the start of the server
    QString reason;    ///< of that change
    friend bool operator==(const PluginGeneration &, const PluginGeneration &) = default;
};

enum class JobState { Waiting, Running, Succeeded, Failed, Cancelled };

struct JobRecord
{
    qint64 id = 0;
    QString name;    ///< "gen:types"
    QString kind;    ///< script, install, test, watcher, command: what it is to the user
    QString command; ///< as a person would type it
    QString folder;
    QStringList environment; ///< "NAME=value" where it differs from Paddock's own, masked
    JobState state = JobState::Waiting;
    QDateTime startedAt;
    double ms = 0;
    int exitCode = 0;
    QStringList output;       ///< the last lines, bounded, without control sequences
    bool isOutputCut = false; ///< there were more lines before them
    friend bool operator==(const JobRecord &, const JobRecord &) = default;
};

[[nodiscard]] QLatin1StringView toString(ServerState state);
[[nodiscard]] QLatin1StringView toString(AgentState state);
[[nodiscard]] QLatin1StringView toString(Stage stage);
[[nodiscard]] QLatin1StringView toString(StageState state);
[[nodiscard]] QLatin1StringView toString(Outcome outcome);
[[nodiscard]] QLatin1StringView toString(Fate fate);
[[nodiscard]] Fate fateFromString(QStringView text); ///< Held where the word is not known
[[nodiscard]] QLatin1StringView toString(JobState state);

/// RFC 3339, UTC, milliseconds.
[[nodiscard]] QString timestamp(const QDateTime &at);

} // namespace paddock::session

Q_DECLARE_METATYPE(paddock::session::ServerStatus)
Q_DECLARE_METATYPE(paddock::session::ChangeRecord)
Q_DECLARE_METATYPE(paddock::session::JournalEntry)
Q_DECLARE_METATYPE(paddock::session::Problem)
Q_DECLARE_METATYPE(paddock::session::JobRecord)
