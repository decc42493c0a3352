// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QCommandLineParser>
#include <QString>
#include <QStringList>

namespace paddock::cli {

/// Exit status, as the contract lists it.
enum ExitStatus { Done = 0, Failed = 1, Usage = 2, NoWorkspace = 3, NoSession = 4, NotTrusted = 5 };

[[nodiscard]] int exitStatusOf(const Error &error);

/// What every command has, and the command's own parser after it has parsed.
struct Invocation
{
    QString command;
    QStringList arguments; ///< after the command
    QString folder;        ///< -C; empty: from the working folder upwards
    bool sample = false;
    bool json = false;
    bool quiet = false;
    bool color = false;
    QCommandLineParser parser;
};

} // namespace paddock::cli
