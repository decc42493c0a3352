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
          flag(u"no-start"_s, u"Watch without starting the server."_s)},
         runDev},
        {u"status"_s, {}, u"the session that is open on the workspace"_s, {}, runServerCommand},
        {u"start"_s, {}, u"start the server"_s, {}, runServerCommand},
        {u"stop"_s, {}, u"stop the server"_s, {}, runServerCommand},
        {u"restart"_s, {}, u"restart the server"_s, {}, runServerCommand},
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
         {value(u"fail-on"_s, u"diff: exit status 1 where something is at least this: breaking, dangerous."_s, u"SEVERITY"_s),
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
         runLogs},
        {u"journal"_s, {}, u"the fate of every file event of the session"_s, {}, runJournal},
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
    return folder.canonicalFilePath();
}

} // namespace paddock::cli
