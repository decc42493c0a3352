// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "livetable.h"

#include "migrations/service.h"
#include "models/roles.h"
#include "narrator.h"

#include <algorithm>
#include <cmath>

namespace paddock::cli {

using namespace Qt::StringLiterals;
using models::SummaryModel;
using session::ChangeRecord;
using session::RestartPolicy;
using session::ServerState;
using session::Session;

namespace {

constexpr qsizetype ChangesShown = 3;
const auto Heading = u"                 last          latency  trend             count  last change"_s;

QString sparkline(const QList<double> &values)
{
    static const QString blocks = u"▁▂▃▄▅▆▇█"_s;
    if (values.isEmpty())
        return {};
    const auto [low, high] = std::ranges::minmax(values);
    QString line;
    for (const double value : values.last(std::min<qsizetype>(values.size(), 16))) {
        const double share = high > low ? (value - low) / (high - low) : 0;
        line += blocks[int(std::lround(share * double(blocks.size() - 1)))];
    }
    return line;
}

} // namespace

LiveTable::LiveTable(const Printer &out, Session &session) : m_out(out), m_session(session)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(16);
    connect(&m_timer, &QTimer::timeout, this, &LiveTable::draw);
    const auto on = [&](auto signal) { connect(&session, signal, this, &LiveTable::later); };
    on(&Session::serverChanged);
    on(&Session::waitingFilesChanged);
    on(&Session::pausedChanged);
    on(&Session::manualChanged);
    on(&Session::focusChanged);
    on(&Session::restartPolicyChanged);
    on(&Session::restartWantedChanged);
    on(&Session::pendingWorkChanged);
    connect(&session, &Session::changeAdded, this, &LiveTable::take);
    connect(&session, &Session::changeUpdated, this, &LiveTable::take);
    connect(&session, &Session::changeFinished, this, &LiveTable::take);
    connect(&session, &Session::pastSummaryChanged, this, [this] {
        m_summary.setPast(m_session.pastSummary());
        later();
    });
    connect(&m_terminal, &Terminal::keyPressed, this, &LiveTable::press);
    connect(&m_terminal, &Terminal::resized, this, &LiveTable::later);
    draw();
}

void LiveTable::take(const ChangeRecord &record)
{
    m_summary.apply(record);
    const auto known = std::ranges::find(m_last, record.id, &ChangeRecord::id);
    if (known != m_last.end())
        *known = record;
    else
        m_last.prepend(record);
    if (m_last.size() > ChangesShown)
        m_last.resize(ChangesShown);
    if (!record.change.plugins.isEmpty())
        m_lastPlugin = record.change.plugins.first();
    later();
}

void LiveTable::later()
{
    if (!m_timer.isActive())
        m_timer.start();
}

QString LiveTable::serverLine() const
{
    const session::ServerStatus &status = m_session.server();
    const bool bad = status.state == ServerState::Crashed || status.state == ServerState::Hung;
    QString line =
        u"server "_s + m_out.paint(QString(toString(status.state)), bad                                    ? Ink::Bad
                                                                    : status.state == ServerState::Running ? Ink::Good
                                                                                                           : Ink::Warn);
    if (status.port > 0)
        line += u"  http://127.0.0.1:%1"_s.arg(status.port);
    if (status.pid > 0)
        line += m_out.paint(u"  pid %1"_s.arg(status.pid), Ink::Faint);
    if (status.memory > 0)
        line += m_out.paint(u"  %1 MB"_s.arg(status.memory >> 20), Ink::Faint);
    line += m_out.paint(u"  generation %1"_s.arg(status.generation), Ink::Faint);
    if (const int work = m_session.pendingWork(); work > 0)
        line += u"  %1 at work"_s.arg(work);
    if (bad && !status.message.isEmpty())
        line += u"  "_s + Printer::safe(status.message);
    return line;
}

QString LiveTable::summaryLine(int row) const
{
    const auto cell = [&](int column) { return m_summary.index(row, column).data().toString(); };
    const QModelIndex first = m_summary.index(row, 0);
    const QString outcome = cell(SummaryModel::LastOutcome);
    const bool running = first.data(SummaryModel::RunningRole).toBool();
    const Ink ink = outcome == "kept-old"_L1 || outcome == "held"_L1 ? Ink::Bad
                    : outcome == "none"_L1 || outcome.isEmpty()      ? Ink::Faint
                                                                     : Ink::Good;
    const QVariant latency = first.data(models::LatencyRole);
    return cell(SummaryModel::What).leftJustified(17) +
           m_out.paint((running             ? u"…"_s
                        : outcome.isEmpty() ? u"–"_s
                                            : outcome)
                           .leftJustified(10),
                       ink) +
           (latency.isValid() ? u"%1 ms"_s.arg(latency.toDouble(), 0, 'f', 1) : QString()).rightJustified(11) +
           u"  "_s +
           m_out.paint(sparkline(first.data(models::SparklineRole).value<QList<double>>()).leftJustified(17),
                       Ink::Faint) +
           cell(SummaryModel::Count).rightJustified(6) + u"  "_s +
           m_out.paint(Printer::safe(cell(SummaryModel::LastChange)), Ink::Faint);
}

/// The server could not start because migrations want a word first.
bool LiveTable::isStartWaiting() const
{
    return m_session.server().state == ServerState::Crashed &&
           std::ranges::any_of(m_session.problems(), [](const session::Problem &problem) {
               return problem.source == "server"_L1 &&
                      (migrations::asksForConsent({.code = problem.code}) || problem.code == "migrations-pending"_L1);
           });
}

QString LiveTable::waitingLine() const
{
    const QStringList files = m_session.waitingFileNames();
    if (!m_session.restartWanted().isEmpty())
        return m_out.paint(u"restart the server? "_s, Ink::Warn) + u"y yes  n no  a yes, and do not ask again  "_s +
               m_out.paint(Printer::safe(m_session.restartWanted()), Ink::Faint);
    if (isStartWaiting())
        return m_out.paint(u"run these migrations and start? "_s, Ink::Warn) + u"y yes"_s;
    QString line;
    if (m_session.isPaused())
        line = m_out.paint(u"paused"_s, Ink::Warn);
    else if (m_session.isManual())
        line = m_out.paint(u"manual"_s, Ink::Warn);
    if (!m_session.focus().isEmpty())
        line += (line.isEmpty() ? QString() : u", "_s) + m_out.paint(u"only "_s + m_session.focus(), Ink::Warn);
    if (files.isEmpty())
        return line.isEmpty() ? line : line + u", nothing waits"_s;
    return (line.isEmpty() ? QString() : line + u", "_s) + u"%1 waiting: "_s.arg(files.size()) +
           Printer::safe(files.join(u' '));
}

QString LiveTable::keysLine() const
{
    const bool collects = m_session.isPaused() || m_session.isManual();
    const QString reload = collects && m_session.waitingFiles() > 0 ? u"apply"_s : u"reload"_s;
    QString line;
    const auto key = [&](const QString &name, const QString &what) {
        line += m_out.paint(name, Ink::Strong) + u' ' + m_out.paint(what, Ink::Faint) + u"  "_s;
    };
    key(u"r"_s, reload);
    key(u"R"_s, u"restart"_s);
    key(u"t"_s, u"types"_s);
    key(u"m"_s, u"migrate"_s);
    key(u"p"_s, m_session.isPaused() ? u"resume"_s : u"pause"_s);
    key(u"q"_s, u"quit"_s);
    return line;
}

void LiveTable::draw()
{
    QStringList lines{QString(), serverLine(), m_out.paint(Heading, Ink::Faint)};
    for (int row = 0; row < m_summary.rowCount(); ++row)
        lines.append(summaryLine(row));
    // In a low terminal the latest changes give way: they stand above as lines, too.
    const QString waiting = waitingLine();
    const qsizetype room = m_terminal.room() - lines.size() - 1 - (waiting.isEmpty() ? 0 : 1);
    for (const ChangeRecord &record : m_last.first(std::clamp<qsizetype>(room, 0, m_last.size())))
        lines.append(m_out.paint(record.at.toLocalTime().toString(u"HH:mm:ss "_s), Ink::Faint) +
                     (record.outcome ? resultLine(m_out, record)
                                     : m_out.paint(u"…         "_s, Ink::Faint) + record.change.subject.name));
    if (!waiting.isEmpty())
        lines.append(waiting);
    lines.append(keysLine());
    m_terminal.setBlock(lines);
}

void LiveTable::say(const QString &text)
{
    m_terminal.print(m_out.paint(clockText(), Ink::Faint) + u' ' + Printer::safe(text.trimmed()));
}

void LiveTable::reload()
{
    if ((m_session.isPaused() || m_session.isManual()) && m_session.waitingFiles() > 0)
        return m_session.applyWaiting();
    const QString plugin = m_session.focus().isEmpty() ? m_lastPlugin : m_session.focus();
    if (plugin.isEmpty())
        return say(u"Nothing has changed yet; “paddockctl reload PLUGIN” reloads a plugin of your choice."_s);
    m_session.reloadPlugin(plugin).then(this, [this](const Result<ChangeRecord> &result) {
        if (!result)
            report({}, result); // an outcome shows by itself
    });
}

void LiveTable::press(char key)
{
    switch (key) {
    case 'r': return reload();
    case 'R':
        m_session.restartServer().then(this, [this](const Result<> &result) {
            if (!result)
                report({}, result);
        });
        return;
    case 't':
        m_session.generateTypes().then(this,
                                       [this](const Result<> &result) { report(u"Types are generated."_s, result); });
        return;
    case 'm':
        m_session.applyHeld(false).then(
            this, [this](const Result<> &result) { report(u"All migrations have run."_s, result); });
        return;
    case 'p': return m_session.isPaused() ? m_session.resume() : m_session.pause();
    case 'y':
        if (!isStartWaiting())
            return m_session.answerRestart(true);
        m_session.startServer(true).then(this, [this](const Result<> &result) {
            if (!result)
                report({}, result);
        });
        return;
    case 'n': return m_session.answerRestart(false);
    case 'a':
        if (!m_session.restartWanted().isEmpty())
            m_session.setRestartPolicy(RestartPolicy::Yes);
        return;
    case 'q': Q_EMIT quitRequested(); return;
    default: return;
    }
}

} // namespace paddock::cli
