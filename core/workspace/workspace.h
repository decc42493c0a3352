// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

/// What a workspace holds, as plain values: the shape of `paddockctl tree --json`. Files are relative to the root and
/// use '/'; lines count from 1.
namespace paddock::workspace {

struct Method
{
    QString name;
    QString signature; ///< as written, one line: "getByEmail(email: string): Promise<User | null>"
    int line = 0;
    QString file; ///< where it is written: a service may come from another module
    friend bool operator==(const Method &, const Method &) = default;
};

struct Plugin
{
    QString name;
    QString version; ///< empty: none given
    QString file;
    int line = 0;
    QStringList dependencies;
    QList<Method> methods;
    QStringList handlers;
    QStringList middleware;
    QStringList events;
    QStringList errors;
    bool hasInit = false;
    QString configType;     ///< empty: none
    QString schemaType;     ///< empty: none
    QStringList migrations; ///< file names in the order in which they run
    friend bool operator==(const Plugin &, const Plugin &) = default;
};

struct Route
{
    QString name;    ///< the full name that clients call: "api.users.list"
    QString handler; ///< typed, raw, stream, sse, formData, html or a plugin's own
    QString file;
    int line = 0;
    bool hasInput = false;
    bool hasOutput = false;
    QStringList middleware;
    QString version; ///< empty: not versioned
    friend bool operator==(const Route &, const Route &) = default;
};

struct Migration
{
    QString plugin;
    QString name;                              ///< file name, as the framework records it
    QString file;                              ///< empty: the database alone knows it
    QString state = QStringLiteral("unknown"); ///< applied, pending, missing, edited, out-of-order, failed, unknown
    QString appliedAt;                         ///< empty: not applied, or not known
    friend bool operator==(const Migration &, const Migration &) = default;
};

struct Diagnostic
{
    QString severity; ///< error, warning, info
    QString code;     ///< kebab case
    QString file;
    int line = 0; ///< 0: the whole file
    QString message;
    friend bool operator==(const Diagnostic &, const Diagnostic &) = default;
};

struct Workspace
{
    QString root;  ///< absolute
    QString name;  ///< from package.json, else the folder's name
    QString entry; ///< empty: none found
    QString frameworkName;
    QString frameworkVersion; ///< installed version, else the range that package.json asks for
    QList<Plugin> plugins;
    QList<Route> routes;
    QList<Migration> migrations;
    QList<Diagnostic> diagnostics;
    friend bool operator==(const Workspace &, const Workspace &) = default;
};

/// The JSON of `tree --json`; absent texts are null.
[[nodiscard]] QJsonObject toJson(const Workspace &workspace);

} // namespace paddock::workspace
