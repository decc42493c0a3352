// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <expected>

namespace paddock {

/// What went wrong, for people and for programs. Core returns errors; ui words them, the command line maps `code` to
/// its exit status.
struct Error
{
    QString code;    ///< stable identifier in kebab case, such as "port-taken"
    QString message; ///< one sentence: what happened
    QString detail;  ///< more of it, several lines at most; may be empty
    QString where;   ///< file, or file:line, or the name of a command; may be empty
    QString remedy;  ///< one sentence: what to do next; may be empty

    friend bool operator==(const Error &, const Error &) = default;
};

template <class T = void>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(QString code, QString message, QString remedy = {}, QString where = {},
                                                 QString detail = {})
{
    return std::unexpected(
        Error{std::move(code), std::move(message), std::move(detail), std::move(where), std::move(remedy)});
}

} // namespace paddock
