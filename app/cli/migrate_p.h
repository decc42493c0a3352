// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "await.h"
#include "migrate.h"

/// The subcommands of `migrate`, and what they share.
namespace paddock::cli {

/// `runsCode`: with the runtime that runs migrations.
[[nodiscard]] Result<migrations::ServiceOptions> migrateService(const MigrateContext &context, bool runsCode = false);

/// Asks on a terminal; elsewhere only --yes counts.
[[nodiscard]] bool mayLoseData(const Invocation &invocation, const Printer &out, const Error &error);

/// A session that is open on the workspace looks again.
void tellSession(const QString &root);

// migraterun.cpp
int migrateStatus(const Invocation &invocation, const Printer &out, const MigrateContext &context);
int migrateLint(const Invocation &invocation, const Printer &out, const MigrateContext &context);
int migrateUp(const Invocation &invocation, const Printer &out, const MigrateContext &context);
int migrateDown(const Invocation &invocation, const Printer &out, const MigrateContext &context);
int migrateRehearse(const Invocation &invocation, const Printer &out, const MigrateContext &context);

// migratesettle.cpp
int migrateNew(const Invocation &invocation, const Printer &out, const MigrateContext &context);
int migrateAdopt(const Invocation &invocation, const Printer &out, const MigrateContext &context);
int migrateBackup(const Invocation &invocation, const Printer &out, const MigrateContext &context);
int migrateRestore(const Invocation &invocation, const Printer &out, const MigrateContext &context);

// migratelook.cpp
int migrateDiff(const Invocation &invocation, const Printer &out, const MigrateContext &context);
int migrateSchema(const Invocation &invocation, const Printer &out, const MigrateContext &context);
int migrateQuery(const Invocation &invocation, const Printer &out, const MigrateContext &context);

} // namespace paddock::cli
