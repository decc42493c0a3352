// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "process/processinfo.h"
#include "process/processregistry.h"
#include "session/doctor.h"
#include "workspace/config.h"

/// The checks that examine() puts together, each by itself.
namespace paddock::session {

[[nodiscard]] Check checkGenerate(const workspace::Workspace &workspace);
[[nodiscard]] Check checkTypes(const QString &root, const workspace::Workspace &workspace,
                               const workspace::Config &config);
[[nodiscard]] Check checkCommitted(const QString &root, const workspace::Workspace &workspace,
                                   const workspace::Config &config);
[[nodiscard]] Check checkMigrations(const QString &root, const workspace::Workspace &workspace);
[[nodiscard]] Check checkDisk(const QString &root);
[[nodiscard]] Check checkSettings(const QString &root);
[[nodiscard]] Check checkLeftBehind(const QString &root);

} // namespace paddock::session
