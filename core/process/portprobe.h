// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFuture>
#include <QList>
#include <QString>

namespace paddock::process {

struct PortHolder
{
    qint64 pid = 0;  ///< 0: somebody whose processes we may not look into
    QString command; ///< as typed; empty: not known
    QString address; ///< "127.0.0.1", "::", …
    friend bool operator==(const PortHolder &, const PortHolder &) = default;
};

struct PortUse
{
    int port = 0;
    bool isFree = true;
    QList<PortHolder> holders; ///< who listens there
};

/// Who listens on a TCP port of this machine. Reads the system's tables only, opens no connection; some milliseconds.
[[nodiscard]] PortUse probePort(int port);
/// The same on a thread of the pool.
[[nodiscard]] QFuture<PortUse> probePortAsync(int port);
/// All TCP ports that a process listens on.
[[nodiscard]] QList<int> listeningPorts(qint64 pid);

} // namespace paddock::process
