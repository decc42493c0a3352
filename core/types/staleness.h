// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/project.h"

#include <QByteArray>
#include <QMap>
#include <QStringList>

/// Whether generated types still say what the files say: by what they were generated from, not by times.
namespace paddock::types {

/// By subject ("plugin users", "route api.users.list", "events"): a hash of what type generation reads of it.
using GenerationInputs = QMap<QString, QByteArray>;
[[nodiscard]] GenerationInputs generationInputs(const workspace::ProjectState &state);
/// The subjects that came, went or differ.
[[nodiscard]] QStringList staleSubjects(const GenerationInputs &then, const GenerationInputs &now);

/// Kept for each workspace in the user's data folder. A failure is of no consequence.
void rememberGeneration(const QString &root, const GenerationInputs &inputs);
/// Empty: no generation has been seen.
[[nodiscard]] GenerationInputs rememberedGeneration(const QString &root);

} // namespace paddock::types
