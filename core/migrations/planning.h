// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "migrations/state.h"

#include <QMap>

namespace paddock::migrations {

/// What the user wants run.
struct Selection
{
    Direction direction = Direction::Up;
    QString plugin;     ///< empty: all plugins
    QString to;         ///< up: the last to apply; down: the last that stays. With or without its ending
    int steps = 0;      ///< 0: all (up), one (down, unless `to` is given)
    bool retry = false; ///< also those of which a part may have taken effect
    QList<Key> only;    ///< empty: all that the rest selects; else no others than these
};

struct Step
{
    QString plugin;
    QString name;
    QString path;
    QByteArray hash;
    Direction direction = Direction::Up;
    friend bool operator==(const Step &, const Step &) = default;
};

/// The migrations to run, in order. Core migrations are left to the framework unless they are asked for by name of
/// their plugin. Errors: "database-unreachable", "no-such-plugin", "no-such-migration", "ambiguous-migration",
/// "needs-repair" (one in the way is interrupted or failed half-way), "no-file" (one to revert has no file), "running".
[[nodiscard]] Result<QList<Step>> planSteps(const QList<Entry> &entries, const Selection &selection,
                                            const QStringList &pluginOrder = {});

/// Plugins after those that they depend on, as the framework orders them.
[[nodiscard]] QStringList pluginOrder(const QMap<QString, QStringList> &dependencies);

} // namespace paddock::migrations
