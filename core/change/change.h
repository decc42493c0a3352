// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QJsonValue>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>
#include <optional>

/// What a save altered and what Paddock will do about it, as plain values: the shape of `classify --json`.
namespace paddock::change {

/// In the order of the contract's table: of several kinds that fit one subject, the one furthest down wins.
enum class Kind {
    NoEffect,
    Generated,
    RouteHandler,
    RouteSchema,
    RouteStructure,
    PluginMethod,
    PluginSignature,
    PluginStructure,
    Migration,
    MigrationDrift,
    SharedModule,
    Config,
    Broken,
};

/// A row of the hot-reload summary table.
enum class Row { RouteHandlers, RouteSchemas, PluginMethods, PluginStructure, Database };

enum class Action { Install, Migrate, Swap, Restart, TypeGen, Ask, Hold };

struct Subject
{
    enum class Type { Plugin, Route, Migration, Module, Config };
    Type type = Type::Module;
    QString name; ///< plugin or route name, "plugin/file" of a migration, path of a module or configuration file
    friend bool operator==(const Subject &, const Subject &) = default;
};

struct Detail
{
    QString what; ///< kebab case: "method-added", "return-type-changed"
    QString name; ///< what it happened to
    friend bool operator==(const Detail &, const Detail &) = default;
};

/// A router that the entry gives to the server, or no longer does.
struct RouterUse
{
    QString file;       ///< relative to the root: the module that the entry imports it from
    QString exportName; ///< as that module exports it
    bool remove = false;
    friend bool operator==(const RouterUse &, const RouterUse &) = default;
};

struct Change
{
    Kind kind = Kind::NoEffect;
    Subject subject;
    QStringList files; ///< relative to the root; those saved
    std::optional<Row> row;
    QList<Action> actions; ///< in the order in which they are taken
    QString reason;        ///< the deciding rule, in words
    QString keepHot;       ///< with a restart: the smallest edit that would avoid it; empty: none
    QList<Detail> details;

    /// What a swap needs beyond the contract's JSON. All relative to the root.
    QStringList plugins;    ///< plugins whose code must be loaded afresh
    QStringList routeFiles; ///< router modules whose routes must be loaded afresh
    QStringList modules; ///< modules to drop from the module cache: the saved ones and all between them and the above
    QStringList unregistered; ///< of `plugins`: those that the entry no longer registers, though their files are there
    QMap<QString, QJsonValue> configs; ///< plugin → what the entry hands over to it now
    QList<RouterUse> routers;
    QString file; ///< where the deciding edit is; may be empty
    int line = 0;

    [[nodiscard]] bool has(Action action) const { return actions.contains(action); }
    friend bool operator==(const Change &, const Change &) = default;
};

[[nodiscard]] QLatin1StringView toString(Kind kind);
[[nodiscard]] QLatin1StringView toString(Row row);
[[nodiscard]] QLatin1StringView toString(Action action);
[[nodiscard]] QLatin1StringView toString(Subject::Type type);
[[nodiscard]] std::optional<Kind> kindFromString(QStringView text);

/// One entry of `changes` in `classify --json`.
[[nodiscard]] QJsonObject toJson(const Change &change);

} // namespace paddock::change
