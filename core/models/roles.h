// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <Qt>

/// What rows mean, independent of how a view shows them.
namespace paddock::models {

enum class NodeKind {
    Group,   ///< Plugins, Routes, Migrations, Core services
    Section, ///< Methods, Dependencies, … of a plugin
    Plugin,
    Method,
    Dependency,
    Dependant,
    Handler,
    Middleware,
    Event,
    Cron,
    Migration,
    Router,
    Route,
    Service,
    Change,
    Stage,
    Fact, ///< a label and a text below a change
};

enum Role {
    KindRole = Qt::UserRole + 1, ///< NodeKind as int
    NameRole,                    ///< QString: the plain name
    DetailRole,                  ///< QString: shown muted behind the name: signature, count, schedule
    OwnerRole,                   ///< QString: the plugin that a row belongs to
    FileRole,                    ///< QString: relative to the root; empty: nowhere to go
    LineRole,                    ///< int: 0 = the whole file
    GenerationRole,              ///< int: 0 = not known
    PendingRole,                 ///< int: migrations that have not run
    StaleRole,                   ///< bool: generated types are older than the code
    ErrorRole,                   ///< QString: the last error; empty = none
    StateRole,                   ///< QString: state of a migration, handler kind of a route
    LiveRole,                    ///< bool: the running server has it
    RecordRole,                  ///< the value struct behind the row
    OutcomeRole,                 ///< int: session::Outcome; invalid = still running or never
    LatencyRole,                 ///< double, ms
    SparklineRole,               ///< QList<double>, ms, oldest first
    SeverityRole,                ///< QString: error, warning, info, or empty
    RolledBackRole,              ///< int: the generation that was put back; 0 = serves what is on disk
};

} // namespace paddock::models

Q_DECLARE_METATYPE(paddock::models::NodeKind)
