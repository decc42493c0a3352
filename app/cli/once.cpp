// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "once.h"

namespace paddock::cli {

using namespace Qt::StringLiterals;
using session::Session;

Once::Once(Session &session, Write write) : m_session(session), m_write(std::move(write))
{
    connect(&session, &Session::ready, this, &Once::begin);
    connect(&session, &Session::sinceLastKnown, this, [this] {
        const session::SinceLast &since = m_session.sinceLast();
        m_write(!since.isKnown      ? u"once: what the last session served is not known, so everything is pending"_s
                : since.changes > 0 ? u"once: changes since the last session: %1"_s.arg(since.changes)
                                    : u"once: nothing has changed since the last session"_s);
    });
    connect(&session, &Session::changeAdded, this, [this](const session::ChangeRecord &record) {
        m_hasTypes |= record.change.has(change::Action::TypeGen); // its own stage generates them
    });
    connect(&session, &Session::changeFinished, this, [this](const session::ChangeRecord &record) {
        const auto outcome = record.outcome.value_or(session::Outcome::None);
        if (outcome == session::Outcome::KeptOld || outcome == session::Outcome::Held)
            failed(record.change.subject.name + u": "_s + record.message);
        for (const session::StageRun &run : record.stages)
            if (run.state == session::StageState::Failed && outcome != session::Outcome::KeptOld)
                failed(record.change.subject.name + u": "_s + run.message);
        if (!m_hasBegun && hasFailed() && m_session.server().state == session::ServerState::Stopped)
            return close(); // what is held keeps the server from starting
        finishIfIdle();
    });
    // What the job belongs to says what failed where a change or the start does; a job on its own says it here.
    connect(&session, &Session::pendingWorkChanged, this, &Once::finishIfIdle);
    connect(&session, &Session::serverChanged, this, [this](const session::ServerStatus &status) {
        // Nobody is there to save again: a start that failed is the end.
        if (status.state != session::ServerState::Crashed || m_isClosing)
            return;
        failed(u"server: "_s + status.message);
        close();
    });
    connect(&session, &Session::problemAdded, this, [this](const session::Problem &problem) {
        if (problem.severity == "error"_L1 && problem.source != "server"_L1 && !problem.source.startsWith("change:"_L1))
            failed(problem.file + (problem.file.isEmpty() ? QString() : u": "_s) + problem.message);
        else if (problem.source == "server"_L1 && problem.severity == "error"_L1 && !m_hasBegun) {
            failed(problem.message);
            close();
        }
    });
}

void Once::failed(const QString &what)
{
    if (!m_failures.contains(what))
        m_failures.append(what);
}

void Once::begin()
{
    if (std::exchange(m_hasBegun, true))
        return;
    // Where the last session is known, what has changed since says whether types are to be generated.
    const session::SinceLast &since = m_session.sinceLast();
    if (since.isKnown && (!since.staleTypes || m_hasTypes))
        return finishIfIdle();
    m_isGenerating = true;
    m_session.generateTypes().then(this, [this](const Result<> &result) {
        m_isGenerating = false;
        if (!result && result.error().code != "no-type-script"_L1)
            failed(u"types: "_s + result.error().message);
        finishIfIdle();
    });
}

void Once::finishIfIdle()
{
    if (m_hasBegun && !m_isGenerating && !m_isClosing && m_session.pendingWork() == 0 && m_session.waitingFiles() == 0)
        close();
}

void Once::close()
{
    if (std::exchange(m_isClosing, true))
        return;
    // From the event loop: what has just ended is still being told of.
    QMetaObject::invokeMethod(
        this,
        [this] {
            for (const QString &failure : std::as_const(m_failures))
                m_write(u"failed: "_s + failure);
            m_write(m_failures.isEmpty() ? u"once: nothing failed"_s : u"once: %1 failed"_s.arg(m_failures.size()));
            m_session.close();
        },
        Qt::QueuedConnection);
}

} // namespace paddock::cli
