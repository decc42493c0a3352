// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/project.h"

#include <QByteArray>

/// Whether generated types still say what the files say: by what they were generated from, not by times.
namespace paddock::types {

/// A hash of all that type generation reads: plugins with their declarations, routes with their schemas, events.
[[nodiscard]] QByteArray generationInputs(const workspace::ProjectState &state);

/// Kept for each workspace in the user's data folder. A failure is of no consequence.
void rememberGeneration(const QString &root, const QByteArray &inputs);
/// Empty: no generation has been seen.
[[nodiscard]] QByteArray rememberedGeneration(const QString &root);

} // namespace paddock::types
