// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "logs/logline.h"

namespace paddock::logs {

using namespace Qt::StringLiterals;

QLatin1StringView toString(Level level)
{
    switch (level) {
    case Level::Debug: return "debug"_L1;
    case Level::Info: return "info"_L1;
    case Level::Warn: return "warn"_L1;
    case Level::Error: return "error"_L1;
    }
    Q_UNREACHABLE();
}

} // namespace paddock::logs
