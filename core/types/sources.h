// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/project.h"

#include <QHash>
#include <QJsonArray>
#include <QList>
#include <QMap>
#include <QString>

/// Where a workspace's types are, from the files alone.
namespace paddock::types {

struct PluginSource
{
    QString name;
    QString file;       ///< relative to the root
    QString exportName; ///< empty: the module does not export the plugin by a name
    QStringList parts;  ///< of the child's snapshot: service, schema, events, errors
    int line = 0;
};

struct Place
{
    QString file;
    int line = 0;
};

struct RouteSource
{
    QString name; ///< with "@version" where it has one
    QString handler;
    bool hasInput = false;
    bool hasOutput = false;
};

struct Sources
{
    QString root;
    QString framework;
    QList<PluginSource> plugins;
    QList<RouteSource> routes;
    QHash<QString, Place> places; ///< of "plugin users.getByEmail" and "route api.users.list"
    QString generatedFolder;      ///< relative; empty: none is there
    QString routesFile;           ///< what type generation wrote, relative; empty: it is not there
    QString eventsFile;
    QStringList generatedFiles; ///< relative, sorted
};

/// Looks into the folder of generated files, and otherwise into what has been read.
[[nodiscard]] Sources sourcesOf(const workspace::ProjectState &state);
/// The contents of these files, hashed, as hex; a file that cannot be read is left out.
[[nodiscard]] QMap<QString, QByteArray> hashesOf(const QString &root, const QStringList &files);

} // namespace paddock::types
