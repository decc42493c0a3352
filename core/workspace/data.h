// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "syntax/parser.h"
#include "workspace/config.h"
#include "workspace/filesystem.h"
#include "workspace/storedfacts.h"
#include "workspace/workspace.h"

#include <QHash>
#include <QMap>
#include <QSharedData>
#include <QString>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace paddock::workspace {

struct Model;
struct ModelBasis; ///< derive.h
struct PluginDef;
struct PluginShape;
struct Reading;  ///< reading.h
struct ReadRoom; ///< the same

/// One import of a file with where it leads.
struct Edge
{
    QString target; ///< relative path; empty: outside the workspace, or not found
    bool found() const { return !target.isEmpty(); }
};

/// What few files have: there are very many files.
struct SourceExtra : QSharedData
{
    std::shared_ptr<const Reading> reading; ///< kept for files that were saved lately: the next reading is quick
    QByteArray content;                     ///< of configuration files, which are compared by meaning
    QString problem;                        ///< unreadable, file-too-large, too-complex; empty: none
};

/// A file of the workspace. Never changed once it is part of a state.
struct SourceFile
{
    QString path; ///< relative to the root
    StoredFacts facts;
    FileStamp stamp;         ///< before it was read; not always known
    std::vector<Edge> edges; ///< parallel to facts->imports

    [[nodiscard]] const SourceExtra &extra() const
    {
        static const SourceExtra none;
        return m_extra ? *m_extra : none;
    }
    void setExtra(SourceExtra extra) { m_extra = new SourceExtra(std::move(extra)); }

    [[nodiscard]] QString targetOf(QStringView specifier) const
    {
        for (size_t i = 0; i < edges.size(); ++i) {
            if (facts->imports[i].specifier == specifier)
                return edges[i].target;
        }
        return {};
    }

private:
    QExplicitlySharedDataPointer<const SourceExtra> m_extra; ///< null: nothing of it
};
using SourceFilePtr = std::shared_ptr<const SourceFile>;

/// All files by path: a large table that many states share, and what this state has different.
class FileTable final
{
public:
    using Map = QHash<QString, SourceFilePtr>;
    FileTable() = default;
    explicit FileTable(Map files) : m_shared(std::make_shared<const Map>(std::move(files))) {}

    [[nodiscard]] const SourceFile *find(const QString &path) const;
    [[nodiscard]] SourceFilePtr get(const QString &path) const;
    void set(const SourceFilePtr &file);
    void remove(const QString &path);
    [[nodiscard]] qsizetype size() const;
    void forEach(const std::function<void(const SourceFile &)> &visit) const;
    [[nodiscard]] QStringList paths() const; ///< sorted
    /// The paths whose files differ between the two tables, without a look at what both share.
    [[nodiscard]] QStringList differences(const FileTable &other) const;
    /// The paths that stand for another object in the other table, whatever its content; none: more than `most`.
    [[nodiscard]] std::optional<QStringList> replaced(const FileTable &other, qsizetype most) const;

private:
    std::shared_ptr<const Map> m_shared = std::make_shared<const Map>();
    Map m_own; ///< null: removed
    void settle();
};

using Importers = QHash<QString, QStringList>;

struct ProjectData
{
    QString root;
    FileTable files;
    Config config;
    QList<Diagnostic> notes;   ///< of the scan and the configuration
    bool cacheIsStale = false; ///< another one should be written for the next start

    /// What the workspace declares; worked out when first asked for.
    [[nodiscard]] const Model &model() const;
    /// Who imports a file; worked out when first asked for.
    [[nodiscard]] const Importers &importers() const;
    void shareImporters(const ProjectData &other) const;
    /// `other` is an earlier state: what is known of it makes it quick to work out the same of this one.
    void startFrom(const ProjectData &other);
    /// What shapeOf() says of a plugin of the model; worked out when first asked for.
    [[nodiscard]] const PluginShape &shape(const PluginDef &plugin) const;

private:
    mutable std::mutex m_modelMutex;
    mutable std::atomic<const Model *> m_known = nullptr; ///< m_model, once it is there
    mutable std::shared_ptr<const Model> m_model;
    mutable std::shared_ptr<const ModelBasis> m_basis; ///< until there is a model; null: no earlier state had one
    mutable std::mutex m_importersMutex;
    mutable std::shared_ptr<const Importers> m_importers;
    mutable std::mutex m_shapesMutex;
    mutable QHash<QString, std::shared_ptr<const PluginShape>> m_shapes; ///< by plugin
};

/// Parses one file's bytes into facts. `previous` may hold the file as it was. With a room the facts are packed at
/// once, and how they were read is not kept.
[[nodiscard]] SourceFilePtr readSource(const QString &path, const QByteArray &bytes, syntax::Parser &parser,
                                       const SourceFile *previous = nullptr, bool keepReading = false,
                                       ReadRoom *room = nullptr);

/// Where an import leads: a path of the workspace, or nothing.
[[nodiscard]] QString resolveImport(const FileTable &files, const Config &config, const QString &from,
                                    const QString &specifier);
[[nodiscard]] std::vector<Edge> resolveImports(const FileTable &files, const Config &config, const QString &from,
                                               const QStringList &specifiers);

} // namespace paddock::workspace
