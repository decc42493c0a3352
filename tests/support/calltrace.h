// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

namespace paddock::test {

/// What a program, and all that it starts, asked of the system: seen call by call, so that nothing of it can hide.
struct CallTrace
{
    QString problem;      ///< why it could not be traced; empty: it was
    int exitCode = -1;    ///< 128 and the signal, where that ended it
    QByteArray output;    ///< on stdout
    QByteArray errors;    ///< on stderr
    int processes = 0;    ///< started beside it; threads are none
    QStringList executed; ///< programs in order, itself first; also those that could not be executed
    QStringList written;  ///< files that were opened to be written, made or cut off
    QStringList code;     ///< files whose content was mapped to be executed: itself, libraries
    QStringList sockets;  ///< families of those that were made: AF_UNIX, AF_INET, …
    QStringList unseen;   ///< calls behind which any of this could be done unseen, such as io_uring_setup
};

/// Runs a program to its end. By ptrace on a child of one's own, which needs no privilege, in containers neither.
/// Blocks; nothing else of the calling thread may have children meanwhile. Linux alone.
[[nodiscard]] CallTrace traceCalls(const QString &program, const QStringList &arguments,
                                   const QProcessEnvironment &environment);

} // namespace paddock::test
