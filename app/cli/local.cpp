// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Commands that act alone: tree, classify, doctor, trust.
#include "change/classifier.h"
#include "commands.h"
#include "migrations/location.h"
#include "migrations/service.h"
#include "printer.h"
#include "remote.h"
#include "session/control.h"
#include "session/doctor.h"
#include "session/truststore.h"
#include "workspace/databasehint.h"
#include "workspace/project.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QTimeZone>
#include <algorithm>

namespace paddock::cli {

using namespace Qt::StringLiterals;

namespace {

Ink inkOf(const QString &severity)
{
    return severity == "error"_L1 ? Ink::Bad : severity == "warning"_L1 ? Ink::Warn : Ink::Faint;
}

void printTree(const Printer &out, const workspace::Workspace &workspace)
{
    out.line(out.paint(workspace.name, Ink::Strong) + u"  "_s +
             out.paint(workspace.frameworkName + u' ' + workspace.frameworkVersion + u"  entry "_s +
                           (workspace.entry.isEmpty() ? u"not found"_s : workspace.entry),
                       Ink::Faint));
    out.line(out.paint(u"Plugins"_s, Ink::Strong));
    for (const workspace::Plugin &plugin : workspace.plugins) {
        QString line = u"  "_s + plugin.name;
        if (!plugin.dependencies.isEmpty())
            line += u" ← "_s + plugin.dependencies.join(u", "_s);
        out.line(line + out.paint(u"  %1:%2"_s.arg(plugin.file).arg(plugin.line), Ink::Faint));
        for (const workspace::Method &method : plugin.methods)
            out.line(u"    "_s + Printer::safe(method.signature.isEmpty() ? method.name : method.signature));
    }
    out.line(out.paint(u"Routes"_s, Ink::Strong));
    for (const workspace::Route &route : workspace.routes) {
        QString line = u"  "_s + route.name.leftJustified(32) + route.handler.leftJustified(10);
        if (!route.version.isEmpty())
            line += u"v"_s + route.version + u' ';
        if (!route.middleware.isEmpty())
            line += u"["_s + route.middleware.join(u", "_s) + u"] "_s;
        out.line(line + out.paint(u"%1:%2"_s.arg(route.file).arg(route.line), Ink::Faint));
    }
    out.line(out.paint(u"Migrations"_s, Ink::Strong));
    for (const workspace::Migration &migration : workspace.migrations)
        out.line(u"  %1/%2  %3"_s.arg(migration.plugin, migration.name, out.paint(migration.state, Ink::Faint)));
    for (const workspace::Diagnostic &d : workspace.diagnostics)
        out.line(out.paint(d.severity, inkOf(d.severity)) +
                 u" %1:%2: %3"_s.arg(d.file).arg(d.line).arg(Printer::safe(d.message)));
}

/// The word of `tree --json`; what `migrate status` tells apart beyond that is told there.
QString stateWord(migrations::State state)
{
    using migrations::State;
    return state == State::Interrupted ? u"failed"_s
           : state == State::Running   ? u"pending"_s
                                       : QString(toString(state));
}

/// What the framework wrote ("2026-03-01 12:00:00", UTC) as RFC 3339.
QString momentOf(const QString &written)
{
    QDateTime at = QDateTime::fromString(QString(written).replace(u' ', u'T'), Qt::ISODateWithMs);
    if (!at.isValid())
        return written;
    if (at.timeSpec() == Qt::LocalTime)
        at = QDateTime(at.date(), at.time(), QTimeZone::UTC);
    return at.toUTC().toString(Qt::ISODateWithMs);
}

/// How migrations stand, from the SQLite file that the workspace uses, if it is known which. Databases behind a network
/// are left to “migrate status”, for which one waits.
void readMigrationStates(const workspace::ProjectState &state, workspace::Workspace &workspace)
{
    using namespace migrations;
    QProcessEnvironment environment = dotEnv(workspace.root);
    environment.insert(QProcessEnvironment::systemEnvironment());
    Result<Location> location =
        locate({.root = workspace.root, .environment = QProcessEnvironment::systemEnvironment()});
    if (!location && location.error().code == "database-unknown"_L1)
        if (const QString file = workspace::databaseHint(state, environment); !file.isEmpty())
            location = parseLocation(file, workspace.root);
    if (!location || location->engine != Engine::Sqlite || !QFileInfo::exists(location->file))
        return;
    const Status status = readStatus(workspace.root, *location);
    if (status.unreachable) {
        workspace.diagnostics.append({u"warning"_s, u"database-unreadable"_s,
                                      workspace.entry.isEmpty() ? u"package.json"_s : workspace.entry, 1,
                                      u"How migrations stand is not known: %1"_s.arg(status.unreachable->message)});
        return;
    }
    for (const Entry &entry : status.entries) {
        const auto known = std::ranges::find_if(workspace.migrations, [&](const workspace::Migration &m) {
            return m.plugin == entry.plugin && m.name == entry.name;
        });
        if (known != workspace.migrations.end()) {
            known->state = stateWord(entry.state);
            known->appliedAt = momentOf(entry.appliedAt);
        } else if (entry.state == State::Missing && !entry.isCore()) {
            workspace.migrations.append({.plugin = entry.plugin,
                                         .name = entry.name,
                                         .state = stateWord(entry.state),
                                         .appliedAt = momentOf(entry.appliedAt)});
        }
    }
}

} // namespace

int runTree(const Invocation &invocation)
{
    const Printer out(invocation);
    const auto root = workspaceOf(invocation);
    if (!root)
        return out.error(root.error());
    const auto state = workspace::readProject(*root);
    if (!state)
        return out.error(state.error());
    workspace::Workspace workspace = workspace::describe(*state);
    readMigrationStates(*state, workspace);
    out.json(workspace::toJson(workspace));
    if (!out.isJson())
        printTree(out, workspace);
    return Done;
}

int runClassify(const Invocation &invocation)
{
    const Printer out(invocation);
    const QString beforeDir = invocation.parser.value(u"before"_s);
    const QString afterDir = invocation.parser.value(u"after"_s);
    if (beforeDir.isEmpty() || afterDir.isEmpty())
        return out.error({.code = u"usage"_s,
                          .message = u"classify needs two states to compare."_s,
                          .remedy = u"Usage: paddockctl classify --before DIR --after DIR"_s});
    const auto read = [](const QString &folder,
                         const workspace::ProjectState *earlier = nullptr) -> Result<workspace::ProjectState> {
        if (!QFileInfo(folder).isDir())
            return fail(u"no-workspace"_s, u"There is no folder %1."_s.arg(folder), {}, folder);
        return workspace::readProject(QFileInfo(folder).canonicalFilePath(), {.earlier = earlier});
    };
    const auto before = read(beforeDir);
    if (!before)
        return out.error(before.error());
    const auto after = read(afterDir, &*before);
    if (!after)
        return out.error(after.error());
    QJsonArray array;
    for (const change::Change &change : change::classify(*before, *after)) {
        array.append(change::toJson(change));
        if (out.isJson())
            continue;
        QStringList actions;
        for (const change::Action action : change.actions)
            actions << toString(action);
        out.line(out.paint(QString(toString(change.kind)), Ink::Strong) + u"  "_s + change.subject.name + u"  → "_s +
                 (actions.isEmpty() ? u"nothing to do"_s : actions.join(u", "_s)));
        out.line(u"    "_s + Printer::safe(change.reason));
        if (!change.keepHot.isEmpty())
            out.line(u"    to keep it hot: "_s + Printer::safe(change.keepHot));
        out.line(out.paint(u"    "_s + change.files.join(u", "_s), Ink::Faint));
    }
    out.json({{u"changes"_s, array}});
    if (!out.isJson() && array.isEmpty())
        out.line(u"no changes"_s);
    return Done;
}

int runDoctor(const Invocation &invocation)
{
    const Printer out(invocation);
    const auto root = workspaceOf(invocation);
    if (!root)
        return out.error(root.error());
    QJsonArray array;
    bool failed = false;
    for (const session::Check &check : session::examine(*root)) {
        using State = session::Check::State;
        failed |= check.state == State::Failed;
        array.append(session::toJson(check));
        if (out.isJson())
            continue;
        const QString mark = check.state == State::Ok        ? out.paint(u"ok  "_s, Ink::Good)
                             : check.state == State::Warning ? out.paint(u"warn"_s, Ink::Warn)
                                                             : out.paint(u"FAIL"_s, Ink::Bad);
        out.line(mark + u"  "_s + check.title.leftJustified(17) + Printer::safe(check.message));
        if (!check.remedy.isEmpty())
            out.line(u"                       "_s + Printer::safe(check.remedy));
    }
    out.json({{u"checks"_s, array}});
    return failed ? Failed : Done;
}

int runTrust(const Invocation &invocation)
{
    const Printer out(invocation);
    const auto root = workspaceOf(invocation);
    if (!root)
        return out.error(root.error());
    const bool trusted = !invocation.parser.isSet(u"revoke"_s);
    if (auto kept = session::setTrusted(*root, trusted); !kept)
        return out.error(kept.error());
    if (trusted)
        if (const auto link = session::connectToSession(*root); link)
            (void)ask(**link, u"trust"_s);
    out.json({{u"workspace"_s, *root}, {u"trusted"_s, trusted}});
    if (!out.isJson())
        out.line(trusted ? u"%1 is trusted: its code may run."_s.arg(*root)
                         : u"%1 is no longer trusted; a session that is open goes on until it is closed."_s.arg(*root));
    return Done;
}

} // namespace paddock::cli
