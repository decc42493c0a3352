// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"

#include "session/sample.h"
#include "workspace/project.h"

#include <QDir>
#include <QFileInfo>

namespace paddock::cli {

using namespace Qt::StringLiterals;

namespace {

QCommandLineOption flag(const QString &name, const QString &description)
{
    return {name, description};
}

QCommandLineOption value(const QString &name, const QString &description, const QString &placeholder)
{
    return {name, description, placeholder};
}

} // namespace

const QList<Command> &commands()
{
    static const QList<Command> all{
        {u"tree"_s, {}, u"plugins, routes, migrations and diagnostics, from the files alone"_s, {}, runTree},
        {u"classify"_s,
         {},
         u"the changes between two states of a workspace, with forecast"_s,
         {value(u"before"_s, u"The earlier state."_s, u"DIR"_s), value(u"after"_s, u"The later state."_s, u"DIR"_s)},
         runClassify},
        {u"dev"_s,
         {},
         u"a session in the foreground: server, watcher, pipeline; Ctrl+C stops all of it"_s,
         {flag(u"trust"_s, u"Trust this workspace from now on."_s),
          flag(u"no-start"_s, u"Watch without starting the server."_s),
          flag(u"attach"_s, u"Wait for a server that is started by hand, with the agent preloaded."_s),
          value(u"script"_s, u"Start the server with this script of package.json."_s, u"NAME"_s),
          flag(u"once"_s, u"Bring into service what is pending, verify, and end: 0 if nothing failed, else 1."_s),
          flag(u"yes"_s,
               u"The first start may also run migrations that lose data, or that paddock.toml says to ask about."_s),
          flag(u"take-port"_s, u"Stop the server of another session of Paddock that holds the port."_s),
          flag(u"plain"_s, u"Plain lines even in a terminal."_s),
          value(u"inspect"_s, u"For a debugger, as the runtime takes it; --inspect alone, too."_s, u"ADDRESS"_s),
          value(u"inspect-wait"_s, u"The same, and wait for the debugger."_s, u"ADDRESS"_s),
          value(u"inspect-brk"_s, u"The same, and break on the first line."_s, u"ADDRESS"_s)},
         runDev},
        {u"status"_s, {}, u"the session that is open on the workspace"_s, {}, runServerCommand},
        {u"start"_s,
         {},
         u"start the server; migrations that are pending run before, with a backup"_s,
         {flag(u"take-port"_s, u"Stop the server of another session of Paddock that holds the port."_s),
          flag(u"yes"_s, u"Also migrations that lose data, or that paddock.toml says to ask about."_s)},
         runServerCommand},
        {u"stop"_s,
         {},
         u"stop the server"_s,
         {flag(u"force"_s, u"Also a server that was started by hand; its agent is asked."_s)},
         runServerCommand},
        {u"restart"_s,
         {},
         u"restart the server; migrations that are pending run before, with a backup"_s,
         {flag(u"force"_s, u"Also a server that was started by hand; its agent is asked to end it."_s),
          flag(u"yes"_s, u"Also migrations that lose data, or that paddock.toml says to ask about."_s)},
         runServerCommand},
        {u"pause"_s, {}, u"collect changes without applying them"_s, {}, runServerCommand},
        {u"resume"_s, {}, u"apply what was collected, and watch on"_s, {}, runServerCommand},
        {u"reload"_s,
         u"PLUGIN | --routes FILE"_s,
         u"swap a plugin or a router's routes now"_s,
         {flag(u"force"_s, u"Swap even where nothing changed."_s),
          value(u"routes"_s, u"Swap the routes of this file."_s, u"FILE"_s)},
         runReload,
         0,
         1},
        {u"rollback"_s,
         u"PLUGIN"_s,
         u"put an earlier generation of a plugin back into service; files stay as they are"_s,
         {value(u"to"_s, u"This generation; else the one before."_s, u"GENERATION"_s),
          flag(u"list"_s, u"Only list the generations that there are."_s),
          flag(u"restart"_s, u"By restarting the server, which works while it hangs; pending migrations run first."_s),
          flag(u"yes"_s, u"With --restart: also migrations that lose data, or that paddock.toml says to ask about."_s)},
         runRollback,
         1,
         1},
        {u"watch"_s,
         u"PLUGIN | --all"_s,
         u"limit the pipeline to one plugin, or to none"_s,
         {flag(u"script"_s, u"Run the workspace's own watcher script for the plugin, as a job."_s),
          flag(u"all"_s, u"Serve all plugins again, and apply what was held."_s)},
         runWatch,
         0,
         1},
        {u"apply"_s,
         {},
         u"apply what waits, once: what was collected, and migrations together with the code that needs them"_s,
         {flag(u"yes"_s, u"Also where migrations lose data."_s)},
         runSteer},
        {u"manual"_s,
         u"on|off"_s,
         u"collect changes until “apply”; remembered"_s,
         {},
         runSteer,
         1,
         1,
         {u"on"_s, u"off"_s}},
        {u"policy"_s,
         u"[yes|no|always|ask]"_s,
         u"whether changes restart the server; remembered"_s,
         {},
         runSteer,
         0,
         1,
         {u"yes"_s, u"no"_s, u"always"_s, u"ask"_s}},
        {u"answer"_s,
         u"yes|no"_s,
         u"whether a restart that is asked for may happen"_s,
         {},
         runSteer,
         1,
         1,
         {u"yes"_s, u"no"_s}},
        {u"run"_s,
         u"[JOB [INPUT=VALUE …]]"_s,
         u"run a script, a command of paddock.toml, install or tests; without JOB: list them"_s,
         {value(u"again"_s, u"Run this job of the session once more."_s, u"ID"_s)},
         runRun,
         0,
         100,
         {},
         {u"again"_s}},
        {u"jobs"_s, {}, u"the jobs of the session"_s, {}, runJobs},
        {u"cancel"_s, u"ID"_s, u"cancel a job"_s, {}, runJobs, 1, 1},
        {u"migrate"_s,
         u"status|lint|up|down|rehearse|new NAME|diff [NAME]|adopt [NAME]|backup|restore [NAME]|schema [TABLE]|query SQL"_s,
         u"migrations: how they stand, run them, try them on a copy, settle them; schema and queries that read"_s,
         migrateOptions(),
         runMigrate,
         1,
         2,
         {},
         {u"steps"_s}},
        {u"routes"_s, {}, u"the routes, of the running server if there is one"_s, {}, runRoutes},
        {u"call"_s,
         u"ROUTE"_s,
         u"call a route of the running server"_s,
         {value(u"input"_s, u"The input, as JSON; “-” reads it from standard input."_s, u"JSON"_s)},
         runCall,
         1,
         1},
        {u"types"_s,
         u"gen | diff [FROM [TO]] | snapshots | approve FINGERPRINT…"_s,
         u"generate types; what changed for callers, and whether it breaks them"_s,
         {value(u"fail-on"_s, u"diff: exit status 1 where something is at least this: breaking, dangerous."_s,
                u"SEVERITY"_s),
          flag(u"impact"_s, u"diff: list where what changed is used, and what no longer compiles."_s),
          flag(u"text"_s, u"diff: the texts that differ as well: the types, and what type generation wrote."_s),
          flag(u"revoke"_s, u"approve: take the approval back."_s),
          value(u"name"_s, u"snapshots: write a baseline of this name into the workspace, to commit."_s, u"NAME"_s),
          value(u"from"_s, u"approve: what to compare with, as for diff; else the last snapshot."_s, u"FROM"_s)},
         runTypes,
         1,
         64},
        {u"logs"_s,
         {},
         u"what the server and the jobs said"_s,
         {flag(u"follow"_s, u"Go on as lines come."_s),
          value(u"level"_s, u"This level and what is more severe: debug, info, warn, error."_s, u"L"_s),
          value(u"plugin"_s, u"Lines of this plugin."_s, u"P"_s),
          value(u"grep"_s, u"Lines that match this regular expression."_s, u"RE"_s),
          value(u"generation"_s, u"Lines of this generation."_s, u"N"_s)},
         runLogs,
         0,
         0,
         {},
         {u"generation"_s}},
        {u"journal"_s,
         {},
         u"the fate of every file event, of the session that is open or else of the last one"_s,
         {value(u"since"_s, u"From then on, across sessions: 2h, 3d, 12:30, 2026-03-01, …"_s, u"T"_s),
          value(u"fate"_s, u"Only these: applied, merged, superseded, ignored, held."_s, u"F"_s),
          value(u"grep"_s, u"Files or reasons that match this regular expression."_s, u"RE"_s)},
         runJournal},
        {u"history"_s,
         u"[ID]"_s,
         u"past changes and jobs, across sessions; with ID: all of one change"_s,
         {value(u"since"_s, u"From then on: 2h, 3d, 12:30, 2026-03-01, …"_s, u"T"_s),
          value(u"plugin"_s, u"Changes of this plugin."_s, u"P"_s),
          value(u"kind"_s, u"Changes of this kind."_s, u"K"_s),
          value(u"outcome"_s, u"Changes with this outcome."_s, u"O"_s),
          value(u"session"_s, u"Changes of this session."_s, u"N"_s),
          value(u"limit"_s, u"At most so many changes (200)."_s, u"N"_s),
          flag(u"jobs"_s, u"The jobs instead of the changes."_s),
          value(u"file"_s, u"An exported history instead of the workspace's."_s, u"F"_s),
          value(u"export"_s, u"Write change ID, --session N or everything into a file of its own."_s, u"F"_s)},
         runHistory,
         0,
         1,
         {},
         {u"session"_s, u"limit"_s}},
        {u"doctor"_s, {}, u"checks of workspace and machine, each with a remedy"_s, {}, runDoctor},
        {u"trust"_s, {}, u"let Paddock run this workspace's code"_s, {flag(u"revoke"_s, u"No longer."_s)}, runTrust},
    };
    return all;
}

Result<QString> workspaceOf(const Invocation &invocation)
{
    if (invocation.sample)
        return session::sampleWorkspace();
    if (invocation.folder.isEmpty())
        return workspace::findRoot(QDir::currentPath());
    const QFileInfo folder(invocation.folder);
    if (!folder.isDir())
        return fail(u"no-workspace"_s,
                    folder.exists() ? u"%1 is not a folder."_s.arg(invocation.folder)
                                    : u"There is no folder %1."_s.arg(invocation.folder),
                    u"Give the folder of a server project with -C."_s, invocation.folder);
    const QString root = folder.canonicalFilePath();
    if (auto is = workspace::checkWorkspace(root); !is)
        return std::unexpected(is.error());
    return root;
}

} // namespace paddock::cli
