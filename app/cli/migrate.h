// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "commands.h"
#include "migrations/service.h"
#include "printer.h"

namespace paddock::cli {

/// What `migrate` works on.
struct MigrateContext
{
    QString root;
    migrations::Location database;
};

/// Finds workspace and database. Runs nothing of a workspace that is not trusted.
[[nodiscard]] Result<MigrateContext> migrateContext(const Invocation &invocation);

// For people.
void printStatus(const Printer &out, const migrations::Status &status, const MigrateContext &context);
void printRun(const Printer &out, const migrations::RunReport &report, const QString &root);
void printRehearsal(const Printer &out, const migrations::RehearsalReport &report);
void printFindings(const Printer &out, const migrations::PlannedStep &planned);

} // namespace paddock::cli
