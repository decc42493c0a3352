// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>

namespace paddock::process {

/// Owns a file descriptor.
class Descriptor final
{
public:
    Descriptor() = default;
    explicit Descriptor(int fd) : m_fd(fd) {}
    Descriptor(Descriptor &&other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
    Descriptor &operator=(Descriptor &&other) noexcept
    {
        std::swap(m_fd, other.m_fd);
        return *this;
    }
    ~Descriptor() { close(); }
    void close();
    [[nodiscard]] int get() const { return m_fd; }
    [[nodiscard]] bool isOpen() const { return m_fd >= 0; }

private:
    int m_fd = -1;
};

/// A pipe whose ends close on exec; none of them has a number below 10, so that a child may arrange its own there.
struct Pipe
{
    Descriptor reading;
    Descriptor writing;
    [[nodiscard]] static Pipe make(); ///< ends are closed if the system has no more
    [[nodiscard]] bool isOpen() const { return reading.isOpen() && writing.isOpen(); }
};

void setNonBlocking(int fd);

} // namespace paddock::process
