// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDeadlineTimer>
#include <QString>
#include <chrono>
#include <memory>
#include <mutex>

class QTemporaryFile;

namespace paddock::migrations {

/// Waits longer each time, for up to `ms` in all. SQLite's own way to wait, its busy handler, is of no use to those who
/// take no lock: nothing refuses them, and nothing tells them that a writer is done.
class Patience final
{
public:
    explicit Patience(int ms) : m_deadline(ms) {}
    /// Blocks for 0.5 to 8 ms. False, at once: the time is over.
    [[nodiscard]] bool wait();

private:
    QDeadlineTimer m_deadline;
    std::chrono::microseconds m_next{500};
};

/// A database in SQLite's rollback mode cannot be read without a lock that makes its writers fail, unless they wait;
/// and bun:sqlite does not wait. So what is small is copied without any lock, between two writes, and read from the
/// copy.
///
/// What is large is read where it is, without a lock, and read again where somebody wrote meanwhile.
///
/// So is a database with a write-ahead log, while that is empty: SQLite would make the log and its index beside it, and
/// leave them there. Readers of a log that is in use are in nobody's way.
///
/// None: there is a log in use, it is too large, or writers left no moment for it within `waitMs`. Blocks for up to
/// that time.
[[nodiscard]] std::unique_ptr<QTemporaryFile> quietCopy(const QString &file, int waitMs = 250);

/// Tells whether a database stayed as it was while it was read.
class QuietReading final
{
public:
    /// None: it has a write-ahead log that is in use, or cannot be read.
    [[nodiscard]] static std::unique_ptr<QuietReading> of(const QString &file);
    ~QuietReading();
    QuietReading(const QuietReading &) = delete;
    QuietReading &operator=(const QuietReading &) = delete;

    enum class Moment {
        Same,    ///< as it was at the last call that was not Busy
        Changed, ///< what a connection remembers of it is old
        Busy,    ///< somebody writes, or died while writing
    };
    [[nodiscard]] Moment begin();
    /// Nobody has written since begin(), which was not Busy.
    [[nodiscard]] bool isUndisturbed() const;

private:
    struct State;
    explicit QuietReading(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

/// Held while a connection of this process writes to an SQLite file, or one is copied: closing any descriptor of a file
/// gives up all locks that the process has on it.
[[nodiscard]] std::unique_lock<std::recursive_mutex> sqliteFilesInUse();

} // namespace paddock::migrations
