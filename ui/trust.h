// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/workspace.h"

/// What would run if the user trusted a workspace, read from its files alone.
namespace paddock::ui::trust {

struct Summary
{
    QString entry;       ///< relative; empty: none found
    QStringList scripts; ///< "gen:types: donkeylabs generate", those that Paddock may run
    int plugins = 0;
};

[[nodiscard]] Summary summaryOf(const QString &root, const workspace::Workspace &workspace);
[[nodiscard]] QString text(const Summary &summary);

} // namespace paddock::ui::trust
