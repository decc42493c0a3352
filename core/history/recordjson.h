// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/records.h"

/// Records as the history keeps them: JSON that can be read back. Fields that are missing read as their defaults, and
/// fields that are not known are left alone, so that files of other versions can be opened.
namespace paddock::history {

[[nodiscard]] QJsonObject toJson(const session::ChangeRecord &record);
[[nodiscard]] session::ChangeRecord changeFromJson(const QJsonObject &object);

[[nodiscard]] std::optional<session::Outcome> outcomeFromString(QStringView text);
[[nodiscard]] session::JobState jobStateFromString(QStringView text); ///< Failed where the word is not known

} // namespace paddock::history
