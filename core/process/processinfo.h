// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>
#include <optional>

namespace paddock::process {

/// What the system knows about a running process.
struct ProcessInfo
{
    qint64 pid = 0;
    qint64 parent = 0;
    qint64 group = 0;
    qint64 session = 0;
    quint64 startTicks = 0; ///< since boot; with the boot id it tells a process from a later one with the same pid
    char state = '?';       ///< as in /proc: R, S, D, Z, …
    [[nodiscard]] bool isZombie() const { return state == 'Z' || state == 'X'; }
};

[[nodiscard]] std::optional<ProcessInfo> processInfo(qint64 pid); ///< none: no such process
[[nodiscard]] QList<ProcessInfo> allProcesses();
[[nodiscard]] QString commandLine(qint64 pid); ///< as typed, one line; the name if it cannot be read
[[nodiscard]] QByteArray environmentValue(qint64 pid, const QByteArray &name); ///< empty: unset, or not readable
[[nodiscard]] QByteArray bootId();
[[nodiscard]] qint64 residentBytes(qint64 pid);            ///< 0: not known
[[nodiscard]] bool isSame(qint64 pid, quint64 startTicks); ///< alive, no zombie, and started then

} // namespace paddock::process
