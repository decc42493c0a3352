// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QDateTime>
#include <QList>
#include <QString>

namespace paddock::process {

/// A child that some Paddock started, as it stands in the state folder.
struct RegisteredProcess
{
    qint64 pid = 0;
    quint64 startTicks = 0;
    QByteArray bootId;
    QByteArray token; ///< value of PADDOCK_CHILD in the environment of the child and of all that it starts
    qint64 ownerPid = 0;
    quint64 ownerStartTicks = 0;
    QString name;
    QString command;
    QString workspace;
    QDateTime startedAt;
    QString file; ///< where this stands
};

/// A file for each running child, so that the next start can end what an earlier, killed Paddock left behind. A process
/// counts as left behind only if boot, pid and start time agree, or if it carries the child's token; never by pid
/// alone.
class ProcessRegistry final
{
public:
    explicit ProcessRegistry(QString folder = defaultFolder());
    [[nodiscard]] static QString defaultFolder(); ///< PADDOCK_STATE, else $XDG_STATE_HOME/paddock; + "/processes"
    [[nodiscard]] static QByteArray newToken();

    Result<> add(const RegisteredProcess &process) const;
    void remove(const QByteArray &token) const;
    [[nodiscard]] QList<RegisteredProcess> entries() const;

    struct Swept
    {
        RegisteredProcess entry;
        QList<qint64> ended; ///< pids; empty: nothing was left of it
    };
    /// Ends (SIGKILL) what dead owners left and removes their files; children of living owners are left alone. Takes
    /// some milliseconds; call it once at the start.
    [[nodiscard]] QList<Swept> sweep() const;

private:
    QString m_folder;
};

} // namespace paddock::process
