// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pipeline/jobs.h"

namespace paddock::session {

/// The script of package.json that generates types: by its usual name, else by what it runs. Empty: there is none.
[[nodiscard]] QString findTypeScript(const QString &root);
/// How a script of package.json is run.
[[nodiscard]] pipeline::JobSpec typeScriptJob(const QString &root, const QString &bun, const QString &script);

} // namespace paddock::session
