// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/project.h"

#include "workspace/data.h"
#include "workspace/scan.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSet>
#include <algorithm>

namespace paddock::workspace {

using namespace Qt::StringLiterals;

ProjectState::ProjectState() : m_data(std::make_shared<const ProjectData>()) {}

ProjectState::ProjectState(std::shared_ptr<const ProjectData> data) : m_data(std::move(data)) {}

QString ProjectState::root() const
{
    return m_data->root;
}

bool ProjectState::isEmpty() const
{
    return m_data->root.isEmpty();
}

bool ProjectState::hasFile(const QString &relative) const
{
    return m_data->files.find(relative) != nullptr;
}

QStringList ProjectState::files() const
{
    return m_data->files.paths();
}

qsizetype ProjectState::size() const
{
    return m_data->files.size();
}

QByteArray ProjectState::contentHash(const QString &relative) const
{
    const SourceFile *file = m_data->files.find(relative);
    return file ? file->facts.contentHash() : QByteArray();
}

Result<ProjectState> readProject(const QString &root, const ReadOptions &options)
{
    auto data = std::make_shared<ProjectData>();
    data->root = QDir::cleanPath(QFileInfo(root).absoluteFilePath());
    auto config = readConfig(data->root, data->notes);
    if (!config && !(options.earlier && config.error().code == "bad-package-json"_L1))
        return std::unexpected(config.error());
    if (config)
        data->config = std::move(*config);
    else {
        data->config = options.earlier->data().config;
        data->notes.append({u"error"_s, config.error().code, u"package.json"_s, 0, config.error().message});
    }
    if (auto scanned = scan(*data, options); !scanned)
        return std::unexpected(scanned.error());
    ProjectState state(std::move(data));
    if (!options.cacheFile.isEmpty() && options.writeCache)
        writeCache(state, options.cacheFile);
    return state;
}

ProjectState updateProject(const ProjectState &state, const QStringList &files)
{
    const ProjectData &old = state.data();
    auto data = std::make_shared<ProjectData>();
    data->root = old.root;
    data->files = old.files;
    data->config = old.config;
    data->notes = old.notes;

    QStringList paths;
    for (const QString &file : files) {
        const QString relative = QDir::cleanPath(file);
        const QFileInfo info(data->root + u'/' + relative);
        if (info.isDir())
            paths.append(filesBelow(*data, relative));
        // What was known below a folder may have gone with it.
        if (!old.files.find(relative)) {
            const QString prefix = relative + u'/';
            old.files.forEach([&](const SourceFile &known) {
                if (known.path.startsWith(prefix))
                    paths.append(known.path);
            });
        }
        if (!info.isDir())
            paths.append(relative);
    }
    paths.sort();
    paths.removeDuplicates();

    if (std::ranges::any_of(paths,
                            [](const QString &p) { return isConfigFile(p) && !isLockFile(p) && !isEnvFile(p); })) {
        QList<Diagnostic> notes;
        if (auto config = readConfig(data->root, notes)) {
            data->config = std::move(*config);
            data->notes = notes;
        } else {
            data->notes = notes;
            data->notes.append({u"error"_s, config.error().code, u"package.json"_s, 0, config.error().message});
        }
    }

    if (data->config.outDir != old.config.outDir) // another folder of generated files
        paths.append(filesBelow(*data, data->config.outDir));
    syntax::Parser parser;
    bool resolveAll = !(data->config == old.config), edgesChanged = false;
    QList<std::shared_ptr<SourceFile>> fresh;
    for (const QString &path : std::as_const(paths)) {
        const SourceFile *before = old.files.find(path);
        SourceFilePtr after;
        if (before || isRelevant(state, path))
            after = readFile(data->root, path, parser, before, true);
        if (!after) {
            resolveAll |= before != nullptr;
            data->files.remove(path);
            continue;
        }
        if (before && before->facts.sameContent(after->facts) && before->extra().problem == after->extra().problem &&
            (before->extra().reading || !after->extra().reading))
            continue;
        resolveAll |= before == nullptr;
        fresh.append(std::const_pointer_cast<SourceFile>(after));
        data->files.set(after);
    }
    for (const auto &file : std::as_const(fresh)) {
        const QStringList specifiers = file->facts.specifiers();
        addOpaqueImports(*data, *file, specifiers);
        file->edges = resolveImports(data->files, data->config, file->path, specifiers);
        const SourceFile *before = old.files.find(file->path);
        const auto same = [](const Edge &a, const Edge &b) { return a.target == b.target; };
        edgesChanged |= !before || !std::ranges::equal(before->edges, file->edges, same);
    }
    if (resolveAll)
        edgesChanged |= resolveEverything(*data);
    if (!edgesChanged)
        data->shareImporters(old);
    data->startFrom(old);
    return ProjectState(std::move(data));
}

bool isRelevant(const ProjectState &state, const QString &relative)
{
    const ProjectData &data = state.data();
    if (data.files.find(relative) || isConfigFile(relative))
        return true;
    if (!syntax::languageOf(relative) || relative.startsWith(".."_L1))
        return false;
    for (qsizetype slash = relative.indexOf(u'/'); slash > 0; slash = relative.indexOf(u'/', slash + 1)) {
        if (isIgnoredFolder(QStringView(relative).first(slash), data.config))
            return false;
    }
    return true;
}

Result<> checkWorkspace(const QString &root)
{
    QList<Diagnostic> notes;
    if (const auto config = readConfig(root, notes); !config && config.error().code == "no-workspace"_L1)
        return std::unexpected(config.error());
    return {};
}

Result<QString> findRoot(const QString &start)
{
    QDir dir(QFileInfo(start).absoluteFilePath());
    if (!dir.exists())
        dir.cdUp();
    do {
        if (!dir.entryList({u"donkeylabs.config.*"_s}, QDir::Files).isEmpty())
            return dir.absolutePath();
        QFile package(dir.filePath(u"package.json"_s));
        if (package.open(QIODevice::ReadOnly)) {
            const QByteArray bytes = package.readAll();
            QList<Diagnostic> notes;
            if (bytes.contains(QByteArray(frameworkPackage.data(), frameworkPackage.size())) &&
                readConfig(dir.absolutePath(), notes))
                return dir.absolutePath();
        }
    } while (dir.cdUp());
    return fail(
        u"no-workspace"_s, u"No workspace at %1 or above it."_s.arg(start),
        u"Go to a folder with donkeylabs.config.ts, or with a package.json that depends on %1."_s.arg(frameworkPackage),
        start);
}

QStringList importersOf(const ProjectState &state, const QString &relative, bool withTypes)
{
    QStringList result;
    for (const QString &path : state.data().importers().value(relative)) {
        const SourceFile *file = state.data().files.find(path);
        for (size_t i = 0; file && i < file->edges.size(); ++i) {
            if (file->edges[i].target == relative && (withTypes || !file->facts->imports[i].typeOnly)) {
                result.append(path);
                break;
            }
        }
    }
    result.sort();
    return result;
}

QStringList importsOf(const ProjectState &state, const QString &relative, bool withTypes)
{
    QStringList result;
    const SourceFile *file = state.data().files.find(relative);
    for (size_t i = 0; file && i < file->edges.size(); ++i) {
        if (file->edges[i].found() && (withTypes || !file->facts->imports[i].typeOnly))
            result.append(file->edges[i].target);
    }
    result.sort();
    result.removeDuplicates();
    return result;
}

} // namespace paddock::workspace
