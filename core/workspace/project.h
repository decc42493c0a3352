// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "workspace/workspace.h"

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <memory>

/// Reading a workspace from its files alone; nothing of it is run. Paths are relative to the root and use '/'.
namespace paddock::workspace {

struct ProjectData;

/// The parsed facts of all files of a workspace at one moment. An implicitly shared value: copying is cheap, and files
/// that did not change are shared between states. Reading one from several threads at once is safe.
class ProjectState final
{
public:
    ProjectState();
    explicit ProjectState(std::shared_ptr<const ProjectData> data);

    [[nodiscard]] QString root() const; ///< absolute
    [[nodiscard]] bool isEmpty() const;
    [[nodiscard]] bool hasFile(const QString &relative) const;
    [[nodiscard]] QStringList files() const; ///< every file that the state knows, sorted
    [[nodiscard]] qsizetype size() const;    ///< how many those are
    /// What contentHashOf() says of the file's bytes; empty: no such file.
    [[nodiscard]] QByteArray contentHash(const QString &relative) const;
    [[nodiscard]] const ProjectData &data() const { return *m_data; }

private:
    std::shared_ptr<const ProjectData> m_data;
};

struct ReadOptions
{
    int threads = 0;        ///< 0: as many as the machine has cores
    QString cacheFile;      ///< absolute; empty: no cache. A damaged one is ignored
    bool writeCache = true; ///< after the scan, where it is out of date
    /// An earlier state, whose configuration counts where package.json cannot be parsed: a diagnostic tells it.
    const ProjectState *earlier = nullptr;
};

/// Finds and parses everything below `root`. Errors: no-workspace (neither package.json nor donkeylabs.config.*, or no
/// dependency on the framework), unreadable (the message names the file), bad-package-json (with the line).
[[nodiscard]] Result<ProjectState> readProject(const QString &root, const ReadOptions &options = {});

/// Writes the cache for the next start where the one that `state` was read with is out of date. Takes its time.
void writeCache(const ProjectState &state, const QString &cacheFile);

/// The state after these files changed, appeared or vanished; a folder stands for all files in it.
[[nodiscard]] ProjectState updateProject(const ProjectState &state, const QStringList &files);

/// `base` with these files as they are in `from`: what is in service after only they were applied.
[[nodiscard]] ProjectState takeFiles(const ProjectState &base, const ProjectState &from, const QStringList &files);

/// Everything that `tree --json` lists. The state of migrations stays "unknown": files cannot tell.
[[nodiscard]] Workspace describe(const ProjectState &state);

/// Whether a change of this file could matter at all: sources, configuration, .env*, lock files, migrations.
[[nodiscard]] bool isRelevant(const ProjectState &state, const QString &relative);

/// Whether a folder is a workspace at all, by its package.json and donkeylabs.config.* alone; one that cannot be parsed
/// counts. Error: no-workspace.
[[nodiscard]] Result<> checkWorkspace(const QString &root);

/// The nearest folder from `start` upwards with donkeylabs.config.* or a package.json that depends on
/// @donkeylabs/server. Error: no-workspace.
[[nodiscard]] Result<QString> findRoot(const QString &start);

/// The files that import this one directly, sorted; type-only imports only on request.
[[nodiscard]] QStringList importersOf(const ProjectState &state, const QString &relative, bool withTypes = false);
/// The files that this one imports directly, sorted.
[[nodiscard]] QStringList importsOf(const ProjectState &state, const QString &relative, bool withTypes = false);

/// The hash by which generated files are recognised: 20 bytes.
[[nodiscard]] QByteArray contentHashOf(QByteArrayView bytes);

} // namespace paddock::workspace
