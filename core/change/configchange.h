// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/change.h"

#include <QByteArray>

namespace paddock::change {

/// What differs between two contents of package.json, a lock file, tsconfig.json, bunfig.toml or .env; values of .env
/// never show. Empty contents: no such file.
struct ConfigDifference
{
    bool any = false;     ///< more than formatting and comments
    bool install = false; ///< what is installed has to change
    bool broken = false;  ///< the later content does not parse
    int line = 0;
    QList<Detail> details;
};

[[nodiscard]] ConfigDifference compareConfig(const QString &path, const QByteArray &before, const QByteArray &after);

} // namespace paddock::change
