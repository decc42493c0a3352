// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the running server has beside what the files say.
#include "session/session_p.h"

namespace paddock::session {

using namespace Qt::StringLiterals;

/// While saves are on their way into service the two differ as a matter of course.
void Session::Private::compareWithServer()
{
    const bool running = server.status().state == ServerState::Running;
    if (running && (!pending.isEmpty() || !unapplied.isEmpty() || classifying || runner->isBusy()))
        return;
    const QList<LiveDifference> now = running ? compareLive(tree, inspection) : QList<LiveDifference>();
    if (now == differences)
        return;
    differences = now;
    clearProblems(u"live"_s);
    for (const LiveDifference &d : now) {
        const bool said = std::ranges::any_of(tree.diagnostics, [&](const workspace::Diagnostic &known) {
            return known.code == "plugin-not-registered"_L1 && known.file == d.file && known.line == d.line;
        });
        if (said)
            continue;
        const QString of = d.owner.isEmpty() ? QString() : u" of the plugin “%1”"_s.arg(d.owner);
        setProblem({.severity = u"info"_s,
                    .code = d.onlyLive ? u"only-live"_s : u"not-live"_s,
                    .message = u"The %1 “%2”%3 is %4."_s.arg(d.what, d.name, of, inWords(d)),
                    .file = d.file,
                    .line = d.line,
                    .source = u"live"_s});
    }
}

} // namespace paddock::session
