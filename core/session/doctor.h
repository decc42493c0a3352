// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QList>
#include <QString>

namespace paddock::session {

struct Check
{
    enum class State { Ok, Warning, Failed };
    QString id;
    QString title;
    State state = State::Ok;
    QString message;
    QString remedy; ///< empty when ok
    QString action; ///< what a session can do about it: generate-types, install, trust, restart; empty: nothing
};

/// Looks at a workspace and the machine. Runs nothing of a workspace that is not trusted, nor
/// git in it; asks bun for its version. Takes up to a few
/// hundred milliseconds: not for the window's thread.
[[nodiscard]] QList<Check> examine(const QString &root);

[[nodiscard]] QJsonObject toJson(const Check &check);

} // namespace paddock::session
