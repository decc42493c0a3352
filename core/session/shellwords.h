// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <optional>

namespace paddock::session {

/// The words of a command as a POSIX shell reads them, without quotes. None where it is more than one plain command:
/// operators, substitutions, patterns, redirections, unfinished quotes.
[[nodiscard]] std::optional<QStringList> shellWords(const QString &command);

} // namespace paddock::session
