// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/records.h"

#include <QStatusBar>

class QLabel;
class QToolButton;

namespace paddock::ui {

class Source;
class StatusDot;

/// Server state, port, pid, memory, runtime, agent, pending work; and what the last action said.
class StatusBar final : public QStatusBar
{
    Q_OBJECT

public:
    explicit StatusBar(QWidget *parent = nullptr);

    void setSource(Source *source);

Q_SIGNALS:
    void migrateRequested(); ///< a start waits for that

private:
    void showServer(const session::ServerStatus &status);
    void showPending(int count);
    void showWatching();

    Source *m_source = nullptr;
    StatusDot *m_dot;
    QLabel *m_state;
    QToolButton *m_migrate; ///< where a start waits for a word about migrations: gives it
    QToolButton *m_port;
    QLabel *m_pid;
    QLabel *m_memory;
    QLabel *m_runtime;
    QLabel *m_agent;
    QLabel *m_watching;
    QLabel *m_pending;
};

} // namespace paddock::ui
