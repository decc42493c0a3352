// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/model.h"

#include <QSet>
#include <optional>

namespace paddock::change {

using RouteKey = std::pair<QString, QString>; ///< name, version

/// What a changed module reaches in one state of a workspace, upwards through those who import it.
struct Reach
{
    QSet<QString> plugins;
    QSet<RouteKey> routes;
    QSet<QString> routeFiles; ///< files in which those routes are registered
    QSet<QString> visited;    ///< every module on the way, the first and the last included
    bool entry = false;       ///< by a way that leads through no plugin and no router

    void unite(const Reach &other);
    [[nodiscard]] qsizetype units() const { return plugins.size() + routeFiles.size(); }
};

/// Follows changes through the import graph. A change of a plugin or a router ends there: they are swapped, and whoever
/// imports the object itself needs nothing. Plain modules are loaded afresh as a whole, so everything of them counts;
/// with `precise` only what uses the changed names does.
class Impact final
{
public:
    explicit Impact(const workspace::ProjectData &data);

    /// `names`: declarations of the file that changed; none given: all of it.
    [[nodiscard]] Reach of(const QString &file, const std::optional<QSet<QString>> &names, bool precise) const;
    /// Every plugin and route whose types could depend on the file, type-only imports included.
    [[nodiscard]] Reach byTypes(const QString &file) const;
    /// The modules between a file and one that imports it by some way, both included.
    [[nodiscard]] QSet<QString> between(const QString &lower, const QString &upper) const;
    /// What a file exports under a name, through barrels and other names for it.
    [[nodiscard]] workspace::Target definition(const workspace::SourceFile &file, const QString &name) const;

private:
    struct Names
    {
        bool all = false;
        QSet<QString> names; ///< local ones; "@name" are exports that come from elsewhere
    };

    void addNames(const workspace::SourceFile &file, Names &names) const;
    [[nodiscard]] bool carries(const workspace::SourceFile &file, const workspace::Declaration &d) const;
    [[nodiscard]] QSet<QString> carriers(const workspace::SourceFile &file) const;
    [[nodiscard]] bool uses(const workspace::SourceFile &file, const workspace::RouteDef &route,
                            const Names &names) const;
    void definitions(const workspace::SourceFile &file, const Names &names, Reach &reach) const;
    [[nodiscard]] QStringList exportedNames(const workspace::SourceFile &file, int depth = 0) const;
    [[nodiscard]] Names outgoing(const workspace::SourceFile &file, const Names &names) const;
    [[nodiscard]] Names incoming(const workspace::SourceFile &importer, const QString &target, const Names &out) const;

    const workspace::ProjectData &m_data;
    const workspace::Model &m_model;
};

} // namespace paddock::change
