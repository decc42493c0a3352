// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/living.h"

#include <QEventLoop>
#include <QTimer>

namespace paddock::process {

int &Living::count()
{
    static int count = 0;
    return count;
}

std::function<void()> &Living::whenNone()
{
    static std::function<void()> whenNone;
    return whenNone;
}

EndOfChildren::~EndOfChildren()
{
    if (Living::count() == 0)
        return;
    QEventLoop loop;
    Living::whenNone() = [&loop] { loop.quit(); };
    QTimer::singleShot(m_limit, &loop, &QEventLoop::quit);
    loop.exec();
    Living::whenNone() = nullptr;
}

} // namespace paddock::process
