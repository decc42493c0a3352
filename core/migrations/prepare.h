// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "migrations/service.h"

namespace paddock::migrations {

enum class Lock { Free, Ours };

/// Plans, lints and counts. Blocks. With the lock in our own hands nobody else can be at work.
[[nodiscard]] Result<QList<PlannedStep>> prepareSteps(const ServiceOptions &options, const Selection &selection,
                                                      const QStringList &pluginOrder, Lock lock = Lock::Free);
/// The error that keeps these from being run without consent, or at all.
[[nodiscard]] Result<> mayRun(const QList<PlannedStep> &steps, bool consent);
/// Whether there is nothing in the database that a migration could lose: no table, nothing applied. Blocks.
[[nodiscard]] bool isBlank(const Location &location);
/// Where a run writes down what it does, statement by statement, until it has ended well.
[[nodiscard]] QString journalOf(const QString &runId);
/// What can be undone after a run, in words.
[[nodiscard]] QString undoText(Engine engine);
/// Settles a migration without running it. Blocks.
[[nodiscard]] Result<QStringList> repairMigrations(const ServiceOptions &options, const RepairRequest &request);

} // namespace paddock::migrations
