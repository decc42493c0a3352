// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

/// Who goes first where a machine is busy. Hints to the system's scheduler, which need no rights; where there are none,
/// all of this does nothing.
namespace paddock::urgency {

/// The calling thread is woken for short pieces of work that somebody waits for: it runs as soon as it is woken,
/// instead of when the others' turns end (3 ms, as a rule). Its share of the processor stays the same. Not inherited.
void answerQuickly();

/// A child that was just started, with whatever it starts itself, gives way to all others.
void giveWay(qint64 pid);

} // namespace paddock::urgency
