// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "printer.h"
#include "session/session.h"

#include <functional>

namespace paddock::cli {

/// What a session does, as lines for people.
class Narrator final : public QObject
{
public:
    using Write = std::function<void(const QString &line)>;

    Narrator(const Printer &out, session::Session &session, Write write);

private:
    void server(const session::ServerStatus &status);
    void result(const session::ChangeRecord &record);
    void log(const QList<logs::LogLine> &lines);
    void types(const QList<paddock::types::Finding> &findings);
    void problem(const session::Problem &problem);
    void job(const session::JobRecord &job);
    [[nodiscard]] QString faint(const QString &text) const { return m_out.paint(text, Ink::Faint); }

    const Printer &m_out;
    Write m_write;
    session::ServerState m_state = session::ServerState::Stopped;
    session::AgentState m_agent = session::AgentState::Absent;
};

/// The local time of the day.
[[nodiscard]] QString clockText();
[[nodiscard]] Ink inkOf(session::Outcome outcome);
/// One line: outcome, subject, kind, stages with their times.
[[nodiscard]] QString resultLine(const Printer &out, const session::ChangeRecord &record);

} // namespace paddock::cli
