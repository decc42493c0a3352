// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What type generation writes, and files that the work writes which their saves start.
#include "session/session_p.h"
#include "types/staleness.h"

#include <QTimer>
#include <QtConcurrentRun>

namespace paddock::session {

using namespace Qt::StringLiterals;
using change::Action;
using change::Change;

namespace {

constexpr auto QuietMs = 2000;

QString loopSource(const QString &file)
{
    return u"loop:"_s + file;
}

} // namespace

void Session::Private::watchForLoops()
{
    generatedFiles.load(options.root);
    connect(&jobs, &pipeline::Jobs::changed, this, [this](const JobRecord &job) {
        const QString writer = u"“%1”"_s.arg(job.name);
        if (job.state == JobState::Running) {
            loops.began(writer, watch::monotonicNs());
            return;
        }
        if (job.state == JobState::Waiting)
            return;
        loops.ended(writer, watch::monotonicNs());
        if (job.name == typeScript)
            typesWritten(job.state == JobState::Succeeded);
    });
    connect(&server, &Server::statusChanged, this, [this](const ServerStatus &status) {
        const QString writer = u"the server, when it starts,"_s;
        const bool starting = status.state == ServerState::Starting;
        if (starting == std::exchange(serverStarting, starting))
            return;
        if (starting)
            loops.began(writer, watch::monotonicNs());
        else
            loops.ended(writer, watch::monotonicNs());
    });
}

void Session::Private::typesWillBeWritten()
{
    if (typesRunning++ == 0)
        beforeTypes = GeneratedFiles::snapshot(latest);
    typesFrom = latest;
}

void Session::Private::typesWritten(bool succeeded)
{
    if (!succeeded) {
        typesRunning = std::max(0, typesRunning - 1);
        return;
    }
    QtConcurrent::run(&worker, [state = latest, before = beforeTypes, known = generatedFiles, from = typesFrom] {
        GeneratedFiles fresh = known;
        fresh.learn(state.root(), before, GeneratedFiles::snapshot(state));
        fresh.save(state.root());
        // The types were generated from what was read; of the files that the generator wrote itself, from what it
        // wrote: a plugin's schema is read again, and no reason to generate once more. The watcher may not have told of
        // them yet, and never will if the session ends here.
        const QStringList files = fresh.files().values();
        const auto read = workspace::takeFiles(from, workspace::updateProject(state, files), files);
        types::rememberGeneration(state.root(), types::generationInputs(read));
        return fresh;
    }).then(this, [this, byStage = typeStages > 0](const GeneratedFiles &fresh) {
        generatedFiles = fresh;
        typesRunning = std::max(0, typesRunning - 1);
        typesGenerated(byStage);
    });
}

change::Facts Session::Private::factsForClassifying() const
{
    change::Facts facts;
    generatedFiles.tell(facts);
    if (desk.isKnown()) {
        facts.migrationsKnown = true;
        for (const migrations::Entry &entry : desk.status().entries)
            if (entry.isApplied())
                facts.appliedMigrations.insert(entry.plugin + u'/' + entry.name);
    }
    // While it runs nobody can tell whose a new file in its folder is; it most likely is one of its own.
    if (typesRunning > 0)
        facts.generatedFiles.reset();
    return facts;
}

/// Finds files that the work writes which their saves would start. A swap is never held back, because a person may
/// save as quickly: its types wait for a quiet moment. What would restart the server waits as a whole.
void Session::Private::breakLoops(QList<Change> &changes, const QHash<QString, qint64> &batch)
{
    QSet<QString> suspects;
    for (Change &change : changes) {
        if (!change.has(Action::TypeGen) && !change.has(Action::Restart) && !change.has(Action::Install))
            continue;
        for (const QString &file : std::as_const(change.files)) {
            if (!batch.contains(file))
                continue;
            QString writer;
            const SaveLoop::Verdict verdict = loops.take(file, batch.value(file), &writer);
            clearProblems(loopSource(file));
            if (verdict == SaveLoop::Verdict::Fine)
                continue;
            const QString what =
                u"%1 writes %2 each time it runs, and that save would start it again."_s.arg(writer, file);
            const bool swaps = change.has(Action::Swap);
            if (swaps) {
                change.actions.removeAll(Action::TypeGen);
            } else {
                change.actions = {Action::Hold};
                change.keepHot.clear();
                change.reason = what + u' ' + change.reason;
            }
            if (verdict == SaveLoop::Verdict::Suspect) {
                if (swaps)
                    typesOwed.insert(file);
                suspects.insert(file);
                continue;
            }
            setProblem({.severity = u"error"_s,
                        .code = u"save-loop"_s,
                        .message = what + (swaps ? u" The loop is broken: types are not generated for it."_s
                                                 : u" The loop is broken: the change is held."_s),
                        .file = file,
                        .remedy = u"Let it write only what differs, or below the output folder (outDir) of "
                                  "donkeylabs.config.ts. Saved while nothing runs, the file is applied."_s,
                        .source = loopSource(file)});
        }
    }
    for (const QString &file : std::as_const(suspects))
        retryWhenQuiet(file);
}

void Session::Private::retryWhenQuiet(const QString &file)
{
    QTimer::singleShot(QuietMs, this, [this, file] {
        if (closing)
            return;
        if (!loops.isQuiet(watch::monotonicNs()) || pending.contains(file))
            return retryWhenQuiet(file);
        if (typesOwed.remove(file)) {
            loops.confirm(file);
            q->generateTypes();
        } else {
            loops.retry(file);
            pending.insert(file, watch::monotonicNs());
            pump();
        }
    });
}

} // namespace paddock::session
