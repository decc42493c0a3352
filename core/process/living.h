// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtClassHelperMacros>
#include <chrono>
#include <functional>

namespace paddock::process {

/// Counts the children of this program, each from being spawned until it and its guard have ended, whether its
/// ManagedProcess is still there or not. Of the main thread.
class Living final
{
public:
    Living() { ++count(); }
    ~Living()
    {
        if (--count() == 0 && whenNone())
            whenNone()();
    }
    Q_DISABLE_COPY_MOVE(Living)

    [[nodiscard]] static int &count();
    [[nodiscard]] static std::function<void()> &whenNone();
};

/// Stands in main(), before whatever may start a child: at its end it turns the event loop until none is left, so that
/// nothing outlives a program that ends in order. Normally at once; a child that resists has been killed long before
/// the limit, and what should be left then is ended by its guard.
class EndOfChildren final
{
public:
    explicit EndOfChildren(std::chrono::milliseconds limit = std::chrono::seconds(8)) : m_limit(limit) {}
    ~EndOfChildren();
    Q_DISABLE_COPY_MOVE(EndOfChildren)

private:
    std::chrono::milliseconds m_limit;
};

} // namespace paddock::process
