// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/project.h"

#include <QThreadPool>
#include <utility>

namespace paddock::session {

/// Puts `next` where `state` was. What only the old one held of a large workspace takes milliseconds to go, which a
/// swap and the window would wait for: that happens on another thread.
inline void replace(workspace::ProjectState &state, workspace::ProjectState next)
{
    QThreadPool::globalInstance()->start([gone = std::exchange(state, std::move(next))] {});
}

} // namespace paddock::session
