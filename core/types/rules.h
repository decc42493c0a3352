// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <span>

namespace paddock::types {

enum class Severity { Safe, Dangerous, Breaking };

/// How one kind of difference is judged. The table in rules.cpp is the only one; RULES.md is written from it.
struct Rule
{
    const char *name;
    Severity severity;
    const char *what; ///< what happened, as a sentence
    const char *why;  ///< what it does to callers
};

[[nodiscard]] std::span<const Rule> rules();
/// Null: there is no such rule.
[[nodiscard]] const Rule *ruleNamed(QStringView name);
[[nodiscard]] QLatin1StringView toString(Severity severity);
/// The text of RULES.md.
[[nodiscard]] QString rulesDocument();

} // namespace paddock::types
