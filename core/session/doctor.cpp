// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/doctor.h"

#include "base/paths.h"
#include "process/portprobe.h"
#include "session/bun.h"
#include "session/doctor_p.h"
#include "session/portholder.h"
#include "session/truststore.h"
#include "types/compilers.h"
#include "workspace/data.h"
#include "workspace/project.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QProcess>
#include <QVersionNumber>

namespace paddock::session {

using namespace Qt::StringLiterals;
using State = Check::State;

namespace {

/// The framework's releases that the agent was tried on.
const QVersionNumber OldestKnown(2, 0, 0);
const QVersionNumber NewestKnown(2, 5, 1);
const QVersionNumber OldestBun(1, 2, 0);

Check checkBun(const QString &root)
{
    Check check{.id = u"bun"_s, .title = u"Runtime"_s};
    const auto bun = findBun(root);
    if (!bun)
        return {check.id, check.title, State::Failed, bun.error().message, bun.error().remedy};
    if (bun->startsWith(root + u'/') && !isTrusted(root)) { // whatever goes by that name there
        check.message = u"%1, asked for its version once the workspace is trusted"_s.arg(*bun);
        return check;
    }
    QProcess process;
    process.start(*bun, {u"--version"_s});
    if (!process.waitForFinished(5000) || process.exitCode() != 0)
        return {check.id, check.title, State::Failed, u"%1 does not run: %2"_s.arg(*bun, process.errorString()),
                u"Install bun again, or set PADDOCK_BUN to one that runs."_s};
    const QString version = QString::fromUtf8(process.readAllStandardOutput()).trimmed();
    check.message = u"bun %1 (%2)"_s.arg(version, *bun);
    if (QVersionNumber::fromString(version) < OldestBun) {
        check.state = State::Warning;
        check.remedy = u"Update bun: swapping was tried from %1 on."_s.arg(OldestBun.toString());
    }
    return check;
}

Check checkFramework(const workspace::Workspace &workspace)
{
    Check check{.id = u"framework"_s, .title = u"Framework"_s};
    const QString version = workspace.frameworkVersion;
    check.message = workspace.frameworkName + u' ' + version;
    const auto number = QVersionNumber::fromString(version);
    if (number.isNull() || number < OldestKnown || number.majorVersion() > NewestKnown.majorVersion()) {
        check.state = State::Warning;
        check.message += u": not a version that Paddock was tried on"_s;
        check.remedy = u"Tried on %1 to %2. Swaps are checked at each start; watch the first ones."_s.arg(
            OldestKnown.toString(), NewestKnown.toString());
    }
    return check;
}

Check checkInotify()
{
    Check check{.id = u"inotify"_s, .title = u"File watching"_s};
    QFile file(u"/proc/sys/fs/inotify/max_user_watches"_s);
    if (!file.open(QIODevice::ReadOnly)) {
        check.message = u"no limit known"_s;
        return check;
    }
    const int limit = file.readAll().trimmed().toInt();
    check.message = u"%1 watches allowed for each user"_s.arg(limit);
    QFile instances(u"/proc/sys/fs/inotify/max_user_instances"_s);
    if (const int allowed = instances.open(QIODevice::ReadOnly) ? instances.readAll().trimmed().toInt() : 128;
        allowed < 32) {
        check.state = State::Warning;
        check.message += u", %1 watchers at a time"_s.arg(allowed);
        check.remedy = u"Raise it: sudo sysctl fs.inotify.max_user_instances=128"_s;
        return check;
    }
    if (limit < 65'536) {
        check.state = State::Warning;
        check.remedy = u"Raise it: sudo sysctl fs.inotify.max_user_watches=524288"_s;
    }
    return check;
}

Check checkScripts(const QString &root)
{
    Check check{.id = u"scripts"_s, .title = u"Scripts"_s};
    QFile file(root + u"/package.json"_s);
    if (!file.open(QIODevice::ReadOnly))
        return {check.id, check.title, State::Failed, u"package.json cannot be read."_s, u"Check its rights."_s};
    const QJsonObject scripts = QJsonDocument::fromJson(file.readAll()).object().value("scripts"_L1).toObject();
    if (!scripts.contains("gen:types"_L1))
        return {check.id, check.title, State::Warning, u"There is no “gen:types” script: types are not generated."_s,
                u"Add \"gen:types\": \"donkeylabs generate\" to the scripts of package.json."_s};
    check.message = u"gen:types: %1"_s.arg(scripts.value("gen:types"_L1).toString());
    return check;
}

Check checkCompiler(const QString &root)
{
    Check check{.id = u"compiler"_s, .title = u"Compiler"_s};
    QString tooOld;
    const QList<types::Compiler> compilers = types::findCompilers(root, true, &tooOld);
    if (compilers.isEmpty())
        return {check.id, check.title, State::Warning,
                tooOld.isEmpty() ? u"No TypeScript can read the types: what a change does to callers is not known."_s
                                 : tooOld,
                u"Add one to the workspace: bun add --dev typescript"_s};
    check.message = u"types are read by TypeScript %1"_s.arg(compilers.first().version);
    return check;
}

Check checkPort(const QString &root)
{
    Check check{.id = u"port"_s, .title = u"Port"_s};
    QString port = qEnvironmentVariable("PORT");
    if (port.isEmpty()) {
        QFile file(root + u"/.env"_s);
        if (file.open(QIODevice::ReadOnly))
            for (const QByteArray &line : file.readAll().split('\n'))
                if (line.startsWith("PORT="))
                    port = QString::fromUtf8(line.mid(5)).trimmed().remove(u'"').remove(u'\'');
    }
    if (port.isEmpty()) {
        check.message = u"PORT is not set; the entry decides"_s;
        return check;
    }
    const process::PortUse use = process::probePort(port.toInt());
    if (use.isFree) {
        check.message = u"%1 is free"_s.arg(port);
        return check;
    }
    const auto holder = use.holders.value(0);
    if (const auto ours = ownServer(holder.pid); ours && ours->workspace == root) {
        check.message = u"%1 is held by this workspace's own server (process %2)"_s.arg(port).arg(holder.pid);
        return check;
    }
    check.state = State::Warning;
    check.message = holder.pid > 0 ? u"%1 is held by process %2 (%3)"_s.arg(port).arg(holder.pid).arg(holder.command)
                                   : u"%1 is taken"_s.arg(port);
    check.remedy = u"Stop it, or choose another PORT."_s;
    return check;
}

} // namespace

QList<Check> examine(const QString &root)
{
    QList<Check> checks;
    const auto state = workspace::readProject(root);
    if (!state) {
        checks.append({u"workspace"_s, u"Workspace"_s, State::Failed, state.error().message, state.error().remedy});
        checks.append(checkBun(root));
        checks.append(checkInotify());
        return checks;
    }
    const workspace::Workspace workspace = workspace::describe(*state);
    checks.append(
        {u"workspace"_s,
         u"Workspace"_s,
         State::Ok,
         u"%1: %2 plugins, %3 routes"_s.arg(workspace.name).arg(workspace.plugins.size()).arg(workspace.routes.size()),
         {}});
    if (workspace.entry.isEmpty())
        checks.append({u"entry"_s, u"Entry"_s, State::Failed, u"No file creates an AppServer."_s,
                       u"Create one (new AppServer(…)) in src/index.ts, or name it as “main” in package.json."_s});
    else
        checks.append({u"entry"_s, u"Entry"_s, State::Ok, workspace.entry, {}});
    checks.append(checkBun(root));
    checks.append(checkFramework(workspace));
    if (QFileInfo(root + u"/node_modules"_s).isDir())
        checks.append({u"packages"_s, u"Packages"_s, State::Ok, u"installed"_s, {}});
    else
        checks.append({u"packages"_s, u"Packages"_s, State::Warning, u"node_modules is missing."_s,
                       u"Run “bun install”; starting the server does it by itself."_s, u"install"_s});
    checks.append(checkScripts(root));
    checks.append(checkCompiler(root));
    checks.append(checkPort(root));
    checks.append(checkInotify());
    if (isTrusted(root))
        checks.append({u"trust"_s, u"Trust"_s, State::Ok, u"trusted"_s, {}});
    else
        checks.append({u"trust"_s, u"Trust"_s, State::Warning, u"Not trusted: nothing of it is run."_s,
                       u"If you know this code, run “paddockctl trust”."_s, u"trust"_s});
    const workspace::Config &config = state->data().config;
    checks.append(checkGenerate(workspace));
    checks.append(checkTypes(root, workspace, config));
    checks.append(checkCommitted(root, workspace, config));
    checks.append(checkMigrations(root, workspace));
    checks.append(checkSettings(root));
    checks.append(checkDisk(root));
    checks.append(checkLeftBehind(root));
    int errors = 0;
    for (const workspace::Diagnostic &diagnostic : workspace.diagnostics)
        errors += diagnostic.severity == "error"_L1;
    if (errors > 0)
        checks.append({u"diagnostics"_s, u"Code"_s, State::Warning,
                       errors == 1 ? u"1 error found in the files"_s : u"%1 errors found in the files"_s.arg(errors),
                       u"“paddockctl tree” lists them with file and line."_s});
    return checks;
}

QJsonObject toJson(const Check &check)
{
    const auto state = check.state == State::Ok ? u"ok"_s : check.state == State::Warning ? u"warning"_s : u"failed"_s;
    return {{u"id"_s, check.id},
            {u"title"_s, check.title},
            {u"state"_s, state},
            {u"message"_s, check.message},
            {u"remedy"_s, check.remedy.isEmpty() ? QJsonValue() : QJsonValue(check.remedy)},
            {u"action"_s, check.action.isEmpty() ? QJsonValue() : QJsonValue(check.action)}};
}

} // namespace paddock::session
