// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/prepare.h"

#include "migrations/backend.h"
#include "migrations/files.h"

#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

namespace {

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Which of those whose bytes differ from what was applied differ in their looks only.
QSet<Key> reformatted(Backend &backend, const Observation &observation)
{
    QHash<Key, QByteArray> applied;
    for (const RunRow &run : observation.runs)
        if (run.direction == Direction::Up && run.outcome == "done"_L1)
            applied.insert({run.plugin, run.name}, run.hash);
    QSet<Key> result;
    for (const MigrationFile &file : observation.files) {
        const QByteArray hash = applied.value(file.key());
        if (hash.isEmpty() || hash == file.hash)
            continue;
        const auto content = backend.recordedContent(file.key());
        if (content && *content && isSameCode((*content)->toUtf8(), contentOf(file.path)))
            result.insert(file.key());
    }
    return result;
}

Result<> observe(const Location &location, Observation &observation, Lock lock)
{
    auto backend = openBackend(location);
    if (!backend)
        return std::unexpected(backend.error());
    const auto applied = (*backend)->applied();
    if (!applied)
        return std::unexpected(applied.error());
    const auto runs = (*backend)->runs();
    if (!runs)
        return std::unexpected(runs.error());
    observation.applied = *applied;
    observation.runs = *runs;
    observation.reformatted = reformatted(**backend, observation);
    // Only where it makes a difference: looking at the lock touches it.
    if (lock == Lock::Free && std::ranges::any_of(*runs, [](const RunRow &run) { return run.outcome.isEmpty(); })) {
        const auto holder = (*backend)->lockHolder();
        if (!holder)
            return std::unexpected(holder.error());
        observation.runnerAlive = holder->has_value();
    }
    return {};
}

void count(Backend &backend, QList<PlannedStep> &steps)
{
    for (PlannedStep &planned : steps) {
        for (Finding &finding : planned.findings) {
            if (finding.table.isEmpty())
                continue;
            const auto rows =
                backend.rowCount(finding.table, finding.rule == "drop-column"_L1 ? finding.column : QString());
            if (rows)
                finding.rows = *rows;
            // An empty table takes a column without a default.
            if (rows && *rows == 0 && finding.rule == "not-null-without-default"_L1)
                finding.severity = Severity::Warning;
        }
    }
}

Status look(const QString &root, const Location &location, Lock lock)
{
    QElapsedTimer timer;
    timer.start();
    Observation observation{.files = migrationFiles(root)};
    Status status;
    if (location.engine == Engine::Unknown) {
        observation.unreachable = Error{u"database-unknown"_s, u"It is not known where this workspace's database is."_s, {}, {}, {}};
    } else if (auto seen = observe(location, observation, lock); !seen) {
        // No database file yet is an answer as well: nothing is applied.
        if (seen.error().code != "no-database"_L1 || location.engine != Engine::Sqlite || QFileInfo::exists(location.file))
            observation.unreachable = seen.error();
    }
    status.entries = entriesOf(observation);
    status.unreachable = observation.unreachable;
    status.ms = double(timer.nsecsElapsed()) / 1e6;
    return status;
}

} // namespace

Status readStatus(const QString &root, const Location &location)
{
    return look(root, location, Lock::Free);
}

bool PlannedStep::isDestructive() const
{
    return std::ranges::any_of(findings, [](const Finding &f) { return f.severity == Severity::Destructive; });
}

Result<QList<PlannedStep>> prepareSteps(const ServiceOptions &options, const Selection &selection,
                                        const QStringList &pluginOrder, Lock lock)
{
    const Status status = look(options.root, options.database, lock);
    if (status.unreachable)
        return std::unexpected(*status.unreachable);
    const auto steps = planSteps(status.entries, selection, pluginOrder);
    if (!steps)
        return std::unexpected(steps.error());
    QList<PlannedStep> planned;
    for (const Step &step : *steps)
        planned.append({step, lint(contentOf(step.path), step.direction)});
    if (const auto backend = openBackend(options.database))
        count(**backend, planned);
    return planned;
}

Result<> mayRun(const QList<PlannedStep> &steps, bool consent)
{
    QStringList losses;
    for (const PlannedStep &planned : steps) {
        const QString name = planned.step.plugin + u'/' + planned.step.name;
        for (const Finding &finding : planned.findings) {
            if (finding.severity == Severity::Error)
                return fail(u"lint"_s, u"%1 cannot be run: %2"_s.arg(name, finding.message), finding.remedy,
                            u"%1:%2"_s.arg(planned.step.path).arg(finding.line));
            if (finding.severity == Severity::Destructive)
                losses << u"%1:%2: %3%4"_s.arg(name)
                              .arg(finding.line)
                              .arg(finding.message, finding.rows < 0    ? QString()
                                                    : finding.rows == 1 ? u" (1 row)"_s
                                                                        : u" (%1 rows)"_s.arg(finding.rows));
        }
    }
    if (consent || losses.isEmpty())
        return {};
    return fail(u"needs-consent"_s,
                losses.size() == 1 ? u"This loses data: "_s + losses.first()
                                   : u"This loses data in %1 places."_s.arg(losses.size()),
                u"Rehearse it first; if it is what you want, add --yes."_s, {}, losses.join(u'\n'));
}

QString undoText(Engine engine)
{
    switch (engine) {
    case Engine::Sqlite: return u"“paddockctl migrate restore” puts the backup back that was made before this run."_s;
    case Engine::Postgres:
        return u"Each migration was one transaction. “paddockctl migrate down” reverts them one by one; there is no backup."_s;
    case Engine::Mysql:
        return u"Changes of the schema cannot be rolled back here. “paddockctl migrate down” reverts migrations that have a "
               "“down”; there is no backup."_s;
    case Engine::Unknown: break;
    }
    return {};
}

} // namespace paddock::migrations
