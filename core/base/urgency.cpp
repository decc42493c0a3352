// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/urgency.h"

#include <QFile>

#ifdef Q_OS_UNIX
#include <sys/resource.h>
#endif
#ifdef Q_OS_LINUX
#include <cerrno>
#include <cstdint>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace paddock::urgency {

using namespace Qt::StringLiterals;

#ifdef Q_OS_LINUX
namespace {

/// sched_setattr(2), as far as it has always been; the C library has no name for it.
struct SchedulingAttributes
{
    uint32_t size = sizeof(SchedulingAttributes);
    uint32_t policy = 0; ///< SCHED_OTHER
    uint64_t flags = 1;  ///< SCHED_FLAG_RESET_ON_FORK
    int32_t nice = 0;
    uint32_t priority = 0;
    uint64_t runtime = 200'000; ///< nanoseconds of a turn (since Linux 6.12; ignored before)
    uint64_t deadline = 0;
    uint64_t period = 0;
};

} // namespace
#endif

void answerQuickly()
{
#if defined(Q_OS_LINUX) && defined(SYS_sched_setattr)
    SchedulingAttributes wanted;
    errno = 0;
    wanted.nice = ::getpriority(PRIO_PROCESS, 0);
    if (errno == 0)
        ::syscall(SYS_sched_setattr, 0, &wanted, 0U);
#endif
}

void giveWay(qint64 pid)
{
#ifdef Q_OS_UNIX
    ::setpriority(PRIO_PROCESS, id_t(pid), 10);
#endif
#ifdef Q_OS_LINUX
    // Each session may be a group of its own, between which turns are shared first.
    QFile group(u"/proc/%1/autogroup"_s.arg(pid));
    if (group.open(QIODevice::WriteOnly | QIODevice::ExistingOnly))
        group.write("10");
#endif
}

} // namespace paddock::urgency
