// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "watch/watchbackend.h"

#include <memory>

class QSocketNotifier;

namespace paddock::watch {

/// Linux.
class InotifyBackend final : public WatchBackend
{
    Q_OBJECT

public:
    InotifyBackend();
    ~InotifyBackend() override;

    Result<> open() override;
    Result<int> add(const QString &folder) override;
    void remove(int watch) override;
    QList<RawEvent> take(int waitUs) override;
    void setStalled(bool stalled) override;

private:
    int m_fd = -1;
    bool m_stalled = false;
    Error m_openError; ///< why there is no m_fd
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace paddock::watch
