// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "signals.h"

#include <QSocketNotifier>

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace paddock::cli {

namespace {

int s_pipe[2] = {-1, -1};

void onSignal(int signal)
{
    const auto byte = char(signal);
    [[maybe_unused]] const auto written = ::write(s_pipe[1], &byte, 1); // the only thing allowed in a handler
}

constexpr int Signals[] = {SIGINT, SIGTERM, SIGHUP};

} // namespace

StopSignals::StopSignals(QObject *parent) : QObject(parent)
{
    if (::pipe2(s_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    auto *notifier = new QSocketNotifier(s_pipe[0], QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [this] {
        char byte = 0;
        while (::read(s_pipe[0], &byte, 1) == 1)
            Q_EMIT received(byte);
    });
    struct sigaction action{};
    action.sa_handler = onSignal;
    action.sa_flags = SA_RESTART;
    for (const int signal : Signals)
        ::sigaction(signal, &action, nullptr);
    ::signal(SIGPIPE, SIG_IGN); // it would end this at once, and whatever it had to end first; see printer.cpp
}

StopSignals::~StopSignals()
{
    for (const int signal : Signals)
        ::signal(signal, SIG_DFL);
    for (int &end : s_pipe)
        ::close(std::exchange(end, -1));
}

} // namespace paddock::cli
