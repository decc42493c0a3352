// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The checks of what a workspace's own files, its repository and its database say.
#include "migrations/backend.h"
#include "migrations/location.h"
#include "session/doctor_p.h"
#include "session/settings.h"
#include "session/truststore.h"
#include "types/staleness.h"
#include "workspace/data.h"

#include <QDateTime>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>

#include <sys/vfs.h>

namespace paddock::session {

using namespace Qt::StringLiterals;
using State = Check::State;
using workspace::Workspace;

namespace {

/// Files that a checkout or a copy wrote in one go say nothing by their times.
constexpr int TogetherSeconds = 30;

/// Without the repository's own hooks and monitors. Its filters run all the same, so it is for trusted workspaces
/// alone.
std::optional<QString> git(const QString &root, const QStringList &arguments)
{
    QProcess process;
    process.setWorkingDirectory(root);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"GIT_OPTIONAL_LOCKS"_s, u"0"_s);
    process.setProcessEnvironment(environment);
    process.start(u"git"_s,
                  QStringList{u"-c"_s, u"core.fsmonitor=false"_s, u"-c"_s, u"core.hooksPath=/dev/null"_s} + arguments);
    if (!process.waitForFinished(3000) || process.exitCode() != 0)
        return {};
    return QString::fromUtf8(process.readAllStandardOutput()).trimmed();
}

QDateTime newestOf(const QString &root, const QStringList &files)
{
    QDateTime newest;
    for (const QString &file : files)
        newest = std::max(newest, QFileInfo(root + u'/' + file).lastModified());
    return newest;
}

QStringList sourcesOfTypes(const Workspace &workspace)
{
    QStringList files;
    for (const workspace::Plugin &plugin : workspace.plugins)
        files.append(plugin.file);
    for (const workspace::Route &route : workspace.routes)
        if (!files.contains(route.file))
            files.append(route.file);
    return files;
}

} // namespace

Check checkGenerate(const Workspace &workspace)
{
    Check check{.id = u"generate"_s, .title = u"Type generation"_s, .message = u"finds the plugins"_s};
    for (const workspace::Diagnostic &diagnostic : workspace.diagnostics)
        if (diagnostic.code == "plugin-pattern-dot"_L1)
            return {check.id, check.title, State::Failed,
                    u"%1:%2: %3"_s.arg(diagnostic.file).arg(diagnostic.line).arg(diagnostic.message),
                    u"Take the \"./\" away from the patterns of “plugins”."_s};
    return check;
}

Check checkTypes(const QString &root, const Workspace &workspace, const workspace::Config &config)
{
    Check check{.id = u"types"_s, .title = u"Generated types"_s};
    const QString registry = config.outDir + u"/registry.d.ts"_s;
    if (workspace.plugins.isEmpty()) {
        check.message = u"there is no plugin to generate types for"_s;
        return check;
    }
    check.action = u"generate-types"_s;
    QFile file(root + u'/' + registry);
    const QString remedy = u"Generate types: “paddockctl types gen”, or the button in the window."_s;
    if (!file.open(QIODevice::ReadOnly))
        return {check.id, check.title, State::Warning, u"%1 is missing: types were never generated."_s.arg(registry),
                remedy,   check.action};
    const QString text = QString::fromUtf8(file.readAll());
    QStringList missing;
    for (const workspace::Plugin &plugin : workspace.plugins) {
        const QRegularExpression name(u"[^\\w-]"_s + QRegularExpression::escape(plugin.name) + u"[^\\w-]"_s);
        if (!text.contains(name))
            missing.append(plugin.name);
    }
    if (!missing.isEmpty())
        return {check.id, check.title, State::Warning, u"%1 does not know: %2."_s.arg(registry, missing.join(u", "_s)),
                remedy,   check.action};
    // What generation read last time tells for certain; without it the times of the files have to do.
    const types::GenerationInputs inputs = types::rememberedGeneration(root);
    const auto state = inputs.isEmpty() ? std::nullopt : std::optional(workspace::readProject(root));
    if (state && *state) {
        const QStringList stale = types::staleSubjects(inputs, types::generationInputs(**state));
        if (!stale.isEmpty())
            return {check.id,       check.title,
                    State::Warning, u"%1 is older than: %2."_s.arg(registry, stale.join(u", "_s)),
                    remedy,         check.action};
    } else if (const QDateTime newest = newestOf(root, sourcesOfTypes(workspace)),
               made = QFileInfo(file).lastModified();
               newest > made.addSecs(TogetherSeconds)) {
        return {check.id,       check.title,
                State::Warning, u"%1 is older than the code: it may be out of date."_s.arg(registry),
                remedy,         check.action};
    } else if (newest > made) {
        check.action.clear();
        check.message = u"%1, of the same time as the code"_s.arg(registry);
        return check;
    }
    check.action.clear();
    check.message = u"%1, up to date"_s.arg(registry);
    return check;
}

Check checkCommitted(const QString &root, const Workspace &workspace, const workspace::Config &config)
{
    Check check{.id = u"committed-types"_s, .title = u"Committed types"_s};
    if (!isTrusted(root)) {
        check.message = u"git is asked once the workspace is trusted"_s;
        return check;
    }
    const auto inside = git(root, {u"rev-parse"_s, u"--is-inside-work-tree"_s});
    if (!inside || *inside != "true"_L1) {
        check.message = u"not a git repository"_s;
        return check;
    }
    if (git(root, {u"check-ignore"_s, u"-q"_s, config.outDir})) {
        check.message = u"%1 is not committed: .gitignore names it"_s.arg(config.outDir);
        return check;
    }
    const QStringList sources = sourcesOfTypes(workspace);
    const auto dirty = git(root, {u"status"_s, u"--porcelain"_s, u"--"_s, config.outDir});
    const auto dirtySources = git(root, QStringList{u"status"_s, u"--porcelain"_s, u"--"_s} + sources);
    if (!dirty || dirty->isEmpty() || sources.isEmpty() || !dirtySources || !dirtySources->isEmpty()) {
        check.message = dirty && !dirty->isEmpty() ? u"to be committed together with the changed code"_s
                                                   : u"nothing generated waits to be committed"_s;
        return check;
    }
    check.state = State::Warning;
    check.message = u"The code is committed, but the types generated from it are not: %1."_s.arg(
        dirty->section(u'\n', 0, 0).section(u' ', 1, -1, QString::SectionSkipEmpty)); // behind the state
    check.remedy = u"Commit %1 as well: whoever checks this out needs both."_s.arg(config.outDir);
    return check;
}

Check checkMigrations(const QString &root, const Workspace &workspace)
{
    Check check{.id = u"migrations"_s, .title = u"Migrations"_s};
    if (workspace.migrations.isEmpty()) {
        check.message = u"there are none"_s;
        return check;
    }
    if (!isTrusted(root)) {
        check.message =
            u"%1 files; the database is looked at once the workspace is trusted"_s.arg(workspace.migrations.size());
        return check;
    }
    const auto location = migrations::locate({.root = root, .environment = QProcessEnvironment::systemEnvironment()});
    if (!location) {
        check.message = u"%1 files; %2"_s.arg(workspace.migrations.size()).arg(location.error().message);
        return check;
    }
    if (location->engine == migrations::Engine::Sqlite && !QFileInfo::exists(location->file)) {
        check.state = State::Warning;
        check.message = u"%1 pending: the database does not exist yet."_s.arg(workspace.migrations.size());
        check.remedy = u"Starting the server makes it and runs them."_s;
        return check;
    }
    auto backend = migrations::openBackend(*location);
    const auto applied = backend ? (*backend)->applied() : std::unexpected(backend.error());
    if (!applied)
        return {check.id, check.title, State::Warning,
                u"%1 cannot be read: %2"_s.arg(location->shown(), applied.error().message), applied.error().remedy};
    QStringList pending;
    for (const workspace::Migration &migration : workspace.migrations)
        if (std::ranges::none_of(*applied, [&](const migrations::AppliedRow &row) {
                return row.plugin == migration.plugin && row.name == migration.name;
            }))
            pending.append(migration.plugin + u'/' + migration.name);
    if (pending.isEmpty()) {
        check.message = u"%1 applied, none pending"_s.arg(workspace.migrations.size());
        return check;
    }
    check.state = State::Warning;
    check.message = u"Pending: %1."_s.arg(pending.join(u", "_s));
    check.remedy = u"A restart runs them, with a backup before: “paddockctl restart”."_s;
    check.action = u"restart"_s;
    return check;
}

Check checkDisk(const QString &root)
{
    Check check{.id = u"disk"_s, .title = u"Disk"_s};
    struct statfs info{};
    if (::statfs(root.toLocal8Bit().constData(), &info) != 0) {
        check.message = u"kind not known"_s;
        return check;
    }
    struct Kind
    {
        quint32 magic;
        QString name;
    };
    static const QList<Kind> remote{{0x6969, u"NFS"_s},       {0xff534d42, u"CIFS"_s}, {0xfe534d42, u"SMB"_s},
                                    {0x517b, u"SMB"_s},       {0x01021997, u"9p"_s},   {0x65735546, u"FUSE"_s},
                                    {0x5346414f, u"AFS"_s},   {0x00c36400, u"Ceph"_s}, {0x786f4256, u"VirtualBox"_s},
                                    {0xbacbacbc, u"VMware"_s}};
    for (const Kind &kind : remote) {
        if (quint32(info.f_type) != kind.magic)
            continue;
        check.state = State::Warning;
        check.message =
            u"The workspace lies on a %1 file system: saves elsewhere are not reported, reading is slow."_s.arg(
                kind.name);
        check.remedy = u"Work on a local copy; Paddock polls what the system cannot watch."_s;
        return check;
    }
    if (!QFileInfo(root).isWritable())
        return {check.id, check.title, State::Warning, u"The workspace cannot be written."_s,
                u"Types and the database cannot be written there; copy it to a writable disk."_s};
    const double free = double(info.f_bavail) * double(info.f_bsize) / 1e9;
    check.message = u"local, %1 GB free"_s.arg(free, 0, 'f', 1);
    if (free < 0.2) {
        check.state = State::Warning;
        check.remedy = u"Make some room: databases and histories need it."_s;
    }
    return check;
}

Check checkSettings(const QString &root)
{
    Check check{.id = u"settings"_s, .title = u"Settings"_s};
    const Settings settings = readSettings(root);
    check.message = settings.file.isEmpty() ? u"none (paddock.toml)"_s : settings.file;
    if (settings.issues.isEmpty())
        return check;
    const SettingsIssue &issue = settings.issues.first();
    check.state = State::Warning;
    check.message = u"%1:%2: %3"_s.arg(issue.file).arg(issue.line).arg(issue.message);
    check.remedy = issue.remedy.isEmpty() ? u"Correct it; the rest of the settings holds."_s : issue.remedy;
    return check;
}

Check checkLeftBehind(const QString &root)
{
    Check check{.id = u"processes"_s, .title = u"Left behind"_s, .message = u"no process of an earlier session"_s};
    QStringList left;
    for (const process::RegisteredProcess &one : process::ProcessRegistry().entries())
        if (one.workspace == root && !process::isSame(one.ownerPid, one.ownerStartTicks) &&
            process::isSame(one.pid, one.startTicks))
            left.append(u"%1 (%2)"_s.arg(one.name).arg(one.pid));
    if (left.isEmpty())
        return check;
    check.state = State::Warning;
    check.message = u"An earlier session left running: %1."_s.arg(left.join(u", "_s));
    check.remedy = u"The next session ends them when it opens."_s;
    return check;
}

} // namespace paddock::session
