// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/fileevent.h"

#include <QCryptographicHash>
#include <chrono>

namespace paddock::watch {

QByteArray contentHash(QByteArrayView content)
{
    return QCryptographicHash::hash(content, QCryptographicHash::Blake2b_160);
}

qint64 monotonicNs()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

} // namespace paddock::watch
