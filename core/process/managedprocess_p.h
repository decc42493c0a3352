// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "process/living.h"
#include "process/managedprocess.h"
#include "process/spawn.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QSocketNotifier>
#include <QTimer>
#include <array>
#include <memory>
#include <optional>

namespace paddock::process {

/// Everything of a child that its users do not see: how it is made is in managedprocess_spawn.cpp, what comes from it
/// in managedprocess_events.cpp, how it is asked to end in managedprocess.cpp.
class ManagedProcess::Private
{
public:
    struct Reader
    {
        Descriptor fd;
        std::unique_ptr<QSocketNotifier> notifier;
    };

    Private(ManagedProcess *owner, ProcessOptions o) : q(owner), options(std::move(o)) {}

    [[nodiscard]] Result<QString> findProgram(const QProcessEnvironment &environment) const;
    [[nodiscard]] Result<> spawn();
    void failed(Error error);
    void read(Stream stream);
    void readReports();
    void handleReport(const QByteArray &line);
    void spawned(qint64 processId);
    void processEnded(int exitCode, QProcess::ExitStatus status);
    void endDirect();
    void drainAndFinish();
    void maybeFinish();
    void command(char byte);
    void nextStep();
    Reader &reader(Stream stream) { return readers[size_t(stream)]; }

    ManagedProcess *q;
    ProcessOptions options;
    State state = State::NotStarted;
    QProcess *process = nullptr; ///< the guard, or the program itself where there is none
    std::shared_ptr<Living> living;
    bool guarded = false;
    qint64 pid = 0;
    char earlyCommand = 0; ///< to be carried out once the program runs
    std::array<Reader, 2> readers;
    bool paused = false;
    bool suspended = false;
    Descriptor lifeLine;
    Descriptor reports;
    std::unique_ptr<QSocketNotifier> reportNotifier;
    QByteArray reportBuffer;
    bool reasonKnown = false;
    bool processDone = false;
    ExitReason reason;
    QElapsedTimer running;
    QByteArray token;

    StopLadder ladder;
    std::optional<LadderStep> step;
    QElapsedTimer stopping;
    QTimer stepTimer;
};

} // namespace paddock::process
