// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How the server of the workspace is started.
#include "session/session_p.h"

#include <QFile>
#include <QJsonDocument>
#include <algorithm>

namespace paddock::session {

using namespace Qt::StringLiterals;

Result<LaunchPlan> Session::Private::launchPlan(const QString &bun, const QString &agentFile,
                                                const QProcessEnvironment &environment)
{
    LaunchFacts facts{.root = options.root,
                      .entry = tree.entry.isEmpty() ? QString() : QString(options.root + u'/' + tree.entry),
                      .bun = bun,
                      .agent = agentFile,
                      .script = options.script.isEmpty() ? settings.devScript : options.script,
                      .path = environment.value(u"PATH"_s),
                      .bunOptions = environment.value(u"BUN_OPTIONS"_s),
                      .inspect = options.inspect};
    QFile file(options.root + u"/package.json"_s);
    if (file.open(QIODevice::ReadOnly)) {
        const QJsonObject scripts = QJsonDocument::fromJson(file.readAll()).object().value("scripts"_L1).toObject();
        for (auto it = scripts.begin(); it != scripts.end(); ++it)
            facts.scripts.insert(it.key(), it.value().toString());
    }
    auto plan = planLaunch(facts);
    // Said once, not at each start.
    const bool isSaid = std::ranges::count(problems, u"launch"_s, &Problem::source) == (plan ? plan->notes.size() : 0);
    const bool areSame =
        plan && std::ranges::all_of(plan->notes, [this](const Problem &note) { return problems.contains(note); });
    if (!isSaid || !areSame) {
        clearProblems(u"launch"_s);
        for (const Problem &note : plan ? plan->notes : QList<Problem>())
            setProblem(note);
    }
    return plan;
}

/// The process has loaded, or will load, what the files hold now. Returns those that had been held until then.
QSet<QString> Session::Private::loadedFromDisk()
{
    applied = latest;
    const QSet<QString> held = std::exchange(unapplied, {});
    clearRestartWanted();
    outOfFocus.clear();
    pastGenerations.clear();
    for (const QString &plugin : rolledBack.keys())
        setRolledBack(plugin, 0);
    return held;
}

} // namespace paddock::session
