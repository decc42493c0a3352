// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QFuture>
#include <QFutureWatcher>

namespace paddock::cli {

/// The result of a future; the program's event loop runs until it is there. (A watcher tells through the loop, so that
/// one which is there at once does not end a loop that has not begun.)
template <class T>
[[nodiscard]] T await(const QFuture<T> &future)
{
    if (!future.isFinished()) {
        QFutureWatcher<T> watcher;
        QObject::connect(&watcher, &QFutureWatcher<T>::finished, qApp, [] { QCoreApplication::quit(); });
        watcher.setFuture(future);
        QCoreApplication::exec();
    }
    return future.result();
}

} // namespace paddock::cli
