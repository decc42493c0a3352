// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/change.h"
#include "workspace/model.h"

namespace paddock::change {

/// What two texts of the entry give to the server.
struct EntryDifference
{
    bool isAll = false;                ///< nothing else of the entry differs, so that its code need not run again
    QStringList registered;            ///< plugins, by name
    QStringList unregistered;          ///< the same
    QMap<QString, QJsonValue> configs; ///< of the registered ones, where they are handed one
    QList<RouterUse> routers;
    QString obstacle; ///< a sentence, where one of these is what only a run of the entry can do; else empty
};

/// Compares the entries of two states, which both have one.
[[nodiscard]] EntryDifference compareEntries(const workspace::ProjectData &before, const workspace::ProjectData &after);

} // namespace paddock::change
