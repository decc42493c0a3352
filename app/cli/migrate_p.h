// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "migrate.h"

#include <QCoreApplication>
#include <optional>

/// The subcommands of `migrate`, and what they share.
namespace paddock::cli {

/// The result of a future; the event loop runs meanwhile.
template <class T>
T await(QFuture<T> future)
{
    std::optional<T> value;
    future.then(qApp, [&value](const T &result) {
        value = result;
        QCoreApplication::quit();
    });
    if (!value) // a future that has its result calls at once, and there would be nothing left to end the loop
        QCoreApplication::exec();
    return *value;
}

/// `runsCode`: with the runtime that runs migrations.
[[nodiscard]] Result<migrations::ServiceOptions> migrateService(const MigrateContext &context, bool runsCode = false);

/// Asks on a terminal; elsewhere only --yes counts.
[[nodiscard]] bool mayLoseData(const Invocation &invocation, const Printer &out, const Error &error);

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
int migrateSchema(const Invocation &invocation, const Printer &out, const MigrateContext &context);
int migrateQuery(const Invocation &invocation, const Printer &out, const MigrateContext &context);

} // namespace paddock::cli
