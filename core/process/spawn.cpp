// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/spawn.h"

#include <fcntl.h>
#include <unistd.h>

namespace paddock::process {

void Descriptor::close()
{
    if (m_fd >= 0)
        ::close(std::exchange(m_fd, -1));
}

Pipe Pipe::make()
{
    int fds[2];
#ifdef __linux__
    if (::pipe2(fds, O_CLOEXEC) != 0)
        return {};
#else
    if (::pipe(fds) != 0)
        return {};
#endif
    const Descriptor low[2] = {Descriptor(fds[0]), Descriptor(fds[1])};
    return {Descriptor(::fcntl(fds[0], F_DUPFD_CLOEXEC, 10)), Descriptor(::fcntl(fds[1], F_DUPFD_CLOEXEC, 10))};
}

void setNonBlocking(int fd)
{
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

} // namespace paddock::process
