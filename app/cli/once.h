// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/session.h"

#include <functional>

namespace paddock::cli {

/// `dev --once`: brings into service what the files hold (packages installed where they are missing, migrations that
/// are pending, the code, types), verifies that it serves, applies what was saved meanwhile, and closes the session.
class Once final : public QObject
{
    Q_OBJECT

public:
    using Write = std::function<void(const QString &line)>;

    Once(session::Session &session, Write write);
    [[nodiscard]] bool hasFailed() const { return !m_failures.isEmpty(); }

private:
    void begin();
    void finishIfIdle();
    void failed(const QString &what);
    void close();

    session::Session &m_session;
    Write m_write;
    QStringList m_failures;
    bool m_hasBegun = false;
    bool m_isGenerating = false;
    bool m_isClosing = false;
    bool m_hasTypes = false; ///< a change brings them
};

} // namespace paddock::cli
