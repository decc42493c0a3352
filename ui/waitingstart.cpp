// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "waitingstart.h"

#include "migrations/service.h"
#include "source.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace paddock::ui {

bool isAboutMigrations(const QString &code)
{
    return migrations::asksForConsent({.code = code}) || code == "migrations-pending"_L1;
}

std::optional<Error> waitingStart(const Source &source)
{
    if (source.server().state != session::ServerState::Crashed)
        return {};
    const QList<session::Problem> &problems = source.problems();
    const auto why = std::ranges::find_if(problems, [](const session::Problem &problem) {
        return problem.source == "server"_L1 && isAboutMigrations(problem.code);
    });
    if (why == problems.end())
        return {};
    return Error{.code = why->code, .message = why->message};
}

} // namespace paddock::ui
