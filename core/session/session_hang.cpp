// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A server whose event loop is blocked: which code it was, and what can be done about it.
#include "session/session_p.h"

#include <algorithm>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

QString phaseWords(const QString &phase)
{
    if (phase == "load"_L1)
        return u"the top level of its modules"_s;
    if (phase == "build"_L1)
        return u"its service or middleware"_s;
    if (phase == "init"_L1)
        return u"its init"_s;
    return u"the disposal of the generation before it"_s;
}

} // namespace

void Session::Private::serverChanged(const ServerStatus &status)
{
    const ServerState before = std::exchange(lastState, status.state);
    if (before != status.state) {
        if (status.state == ServerState::Starting) {
            retired.clear();
            withdrawn.clear();
            loading = {};
            lastSwap = 0;
        }
        if (status.state == ServerState::Hung)
            serverHangs();
        else if (before == ServerState::Hung)
            serverAnswers();
    }
    Q_EMIT q->serverChanged(status);
}

void Session::Private::serverHangs()
{
    Hang found;
    QString message;
    if (!loading.isEmpty()) {
        found.isLoading = true;
        found.plugin = loading.value("plugin"_L1).toString();
        found.generation = loading.value("generation"_L1).toInt();
        found.file = relative(loading.value("file"_L1).toString());
        found.before = generations.value(found.plugin);
        const QString what = found.plugin.isEmpty() ? found.file : u"“%1”"_s.arg(found.plugin);
        message = u"The server does not answer since it began to load generation %1 of %2: an endless loop in %3?"_s
                      .arg(found.generation)
                      .arg(what, phaseWords(loading.value("phase"_L1).toString()));
    } else if (const auto swap = std::ranges::find(records, lastSwap, &ChangeRecord::id);
               lastSwap > 0 && swap != records.end()) {
        found.plugin = swap->change.plugins.value(0);
        found.generation = swap->generation;
        found.file = swap->change.file.isEmpty() ? swap->change.files.value(0) : swap->change.file;
        found.line = swap->change.line;
        const QList<int> earlier = pastGenerations.value(found.plugin);
        found.before = earlier.isEmpty() ? 0 : earlier.last();
        message = u"The server does not answer: an endless loop? The last code put into service was generation %1, "
                  "“%2”, %3 s ago."_s.arg(found.generation)
                      .arg(swap->change.subject.name)
                      .arg(swap->at.secsTo(QDateTime::currentDateTimeUtc()));
    } else if (!server.hasServed()) {
        message = server.status().message;
    } else {
        message = u"The server does not answer: an endless loop? Nothing was swapped since it started."_s;
    }
    hang = found;
    QString remedy = u"Restart it: “paddockctl restart”. Or wait: it may come free again."_s;
    if (found.before > 0 && !found.plugin.isEmpty())
        remedy = u"Restart it: “paddockctl restart”; or put generation %1 back and restart: “paddockctl rollback %2 "
                 "--to %1 --restart”."_s.arg(found.before)
                     .arg(found.plugin);
    setProblem({.severity = u"error"_s,
                .code = u"hung"_s,
                .message = message,
                .file = found.file,
                .line = found.line,
                .remedy = remedy,
                .source = u"hang"_s});
    note(message, logs::Level::Error);
}

void Session::Private::serverAnswers()
{
    hang.reset();
    clearProblems(u"hang"_s);
    if (server.status().state != ServerState::Running || unapplied.isEmpty())
        return;
    // What was saved meanwhile had to wait. Not what held the server up: that would do it again.
    for (const QString &file : std::as_const(unapplied)) {
        const auto hash = withdrawn.constFind(file);
        const bool isAsWithdrawn = hash != withdrawn.constEnd() && *hash == latest.contentHash(file);
        if (!pending.contains(file) && !isAsWithdrawn)
            pending.insert(file, watch::monotonicNs());
    }
    withdrawn.clear();
}

/// Nobody waits for the answer any more: should the server come free, it keeps the old code, as is told now.
void Session::Private::withdrawSwap()
{
    server.request(u"withdraw"_s, {});
    for (const QString &file : runner->files())
        withdrawn.insert(file, latest.contentHash(file));
}

Error Session::Private::unansweredSwap(Error error) const
{
    if (server.status().state == ServerState::Hung)
        error.message = u"The server does not respond since it began to load this: an endless loop?"_s;
    else if (error.code == "disconnected"_L1 || error.code == "timeout"_L1)
        error.message = u"The server did not say how this ended: "_s + error.message;
    return error;
}

} // namespace paddock::session
