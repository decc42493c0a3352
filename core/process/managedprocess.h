// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QList>
#include <QObject>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>
#include <functional>
#include <memory>

namespace paddock::process {

enum class Stream { Output, Error };

struct ProcessOptions
{
    QString program; ///< absolute, or looked up in the environment's PATH
    QStringList arguments;
    QString folder;                  ///< working folder; empty: the caller's
    QProcessEnvironment environment; ///< complete; an empty one means the caller's
    QString name;                    ///< for the registry and messages; empty: the program's
    QString workspace;               ///< likewise; may be empty
    QString registryFolder;          ///< empty: ProcessRegistry::defaultFolder()
    bool givesWay = false;           ///< nobody waits for it: it runs when the machine has time
    bool hasInput = false;           ///< write() reaches its standard input; otherwise that is empty
};

/// How a process is asked to end: each step waits for its time, then comes the next. A time of 0 leaves the step out
/// (the last one cannot be left out).
struct StopLadder
{
    std::function<void()> polite; ///< asks the program itself, such as through the agent; may be null
    int politeMs = 3000;
    int terminateMs = 3000; ///< SIGTERM to the process and all that it started
    int killMs = 2000;      ///< SIGKILL likewise
};

enum class LadderStep { Polite, Terminate, Kill };

struct ExitReason
{
    enum class How { Exited, Signalled, FailedToStart };
    How how = How::Exited;
    int exitCode = 0; ///< if it exited
    int signal = 0;   ///< if it was signalled
    bool coreDumped = false;
    bool asked = false;      ///< stop() or kill() had been called
    QList<qint64> leftovers; ///< pids of processes that it had left behind; they have been ended
    Error error;             ///< if it failed to start: program-not-found, not-executable, folder-missing, …
    double ranMs = 0;

    [[nodiscard]] bool isSuccess() const { return how == How::Exited && exitCode == 0; }
    [[nodiscard]] QString text() const; ///< "exit status 3", "SIGSEGV (segmentation fault), core dumped", …
};

/// One child process with everything that it starts. It runs in a session of its own below a small guard process
/// (`paddock-guard`), which gathers even what the child detaches, and which ends all of it when Paddock is gone,
/// however Paddock ended. Without the guard's program the child runs directly: parent-death signal and process group
/// only.
///
/// Make it on a thread that lasts as long as the child: the parent-death signal fires when the thread that spawned the
/// child ends, not only when the process does. Nothing here blocks.
///
/// Legal transitions: NotStarted → Running → Stopping → Ended, or NotStarted/Running → Ended. `finished` comes exactly
/// once after each start(), when the process, what it left behind and its output have all ended; only then may another
/// be started.
class ManagedProcess final : public QObject
{
    Q_OBJECT

public:
    enum class State { NotStarted, Running, Stopping, Ended };

    explicit ManagedProcess(ProcessOptions options, QObject *parent = nullptr);
    ~ManagedProcess() override; ///< kills without waiting; the guard sees to the rest

    void start();
    void stop(const StopLadder &ladder = {}); ///< again while stopping: the next step at once
    void kill();

    [[nodiscard]] State state() const;
    [[nodiscard]] qint64 pid() const;      ///< of the program itself, not of the guard; 0: not (yet) known
    [[nodiscard]] qint64 guardPid() const; ///< 0: none
    [[nodiscard]] const ProcessOptions &options() const;
    /// While set, nothing is read: the child blocks once its pipe (64 KiB) is full.
    void setReadingPaused(bool paused);
    void sendSignal(int signal);         ///< to the program alone
    /// While set, neither the program nor what it started in its own process group runs: for work that can wait, where
    /// something else must not. Ends with stop().
    void setSuspended(bool suspended);
    void write(const QByteArray &bytes); ///< with `hasInput`, once started; buffered without limit
    void closeInput();                   ///< after what was written

    /// Where `paddock-guard` is: PADDOCK_GUARD ("none": do without), beside the executable, ../bin, ../libexec/paddock;
    /// empty: nowhere.
    [[nodiscard]] static QString guardProgram();

Q_SIGNALS:
    void started(qint64 pid);
    void output(paddock::process::Stream stream, const QByteArray &bytes); ///< at most 64 KiB at a time
    void outputEnded(paddock::process::Stream stream);
    void ladderStep(paddock::process::LadderStep step, qint64 elapsedMs); ///< since stop()
    void finished(const paddock::process::ExitReason &reason);

private:
    class Private;
    std::unique_ptr<Private> d;
};

[[nodiscard]] QLatin1StringView toString(LadderStep step);

} // namespace paddock::process

Q_DECLARE_METATYPE(paddock::process::ExitReason)
