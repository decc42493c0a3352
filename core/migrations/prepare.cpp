// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/prepare.h"

#include "base/paths.h"
#include "migrations/backend.h"
#include "migrations/files.h"

#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>

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

/// The same name whether or not Kysely's plugin turns userItems into user_items, and without a schema before it.
QString bare(const QString &name)
{
    return name.section(u'.', -1).remove(u'_').toLower();
}

/// How many rows a finding is about; 0: its table is not there (yet); none: not known.
std::optional<qint64> countRows(Backend &backend, const Schema &schema, const Finding &finding)
{
    const auto isNamed = [](const QString &wanted) {
        return [wanted = bare(wanted)](const auto &one) { return bare(one.name) == wanted; };
    };
    const auto table = std::ranges::find_if(schema.tables, isNamed(finding.table));
    if (table == schema.tables.end())
        return 0;
    QString column;
    if (finding.rule == "drop-column"_L1) {
        const auto found = std::ranges::find_if(table->columns, isNamed(finding.column));
        if (found == table->columns.end())
            return {};
        column = found->name;
    }
    const auto rows = backend.rowCount(table->name, column);
    return rows ? std::optional(*rows) : std::nullopt;
}

/// Where a table has no rows, or comes only with this very run, nothing is lost and nothing can fail for it.
void count(Backend *backend, QList<PlannedStep> &steps)
{
    const auto schema = backend ? backend->schema() : Result<Schema>();
    if (!schema)
        return; // not counted: nothing is taken for granted
    for (PlannedStep &planned : steps) {
        for (Finding &finding : planned.findings) {
            if (finding.table.isEmpty())
                continue;
            const auto rows = backend ? countRows(*backend, *schema, finding) : std::optional<qint64>(0);
            finding.rows = rows.value_or(-1);
            if (rows == 0 && finding.severity >= Severity::Destructive)
                finding.severity = Severity::Warning;
        }
    }
}

/// What the journal of a run that broke off says of a migration's statements.
QString statementsOf(const RunRow &run)
{
    QFile file(journalOf(run.runId));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QStringList statements;
    bool isOurs = false;
    for (const QByteArray &line : file.readAll().split('\n')) {
        const QJsonObject event = QJsonDocument::fromJson(line).object();
        const QString name = event.value("event"_L1).toString();
        if (name == "started"_L1)
            isOurs = event.value("plugin"_L1) == run.plugin && event.value("name"_L1) == run.name;
        else if (name == "sql"_L1 && isOurs)
            statements << event.value("sql"_L1).toString().simplified().left(100);
    }
    if (statements.isEmpty())
        return u" No statement of it is known to have ended."_s;
    return u" %1 of its statements had ended; the last was: %2"_s.arg(statements.size()).arg(statements.last());
}

void explain(QList<Entry> &entries, const QList<RunRow> &runs)
{
    for (Entry &entry : entries) {
        if (entry.state != State::Interrupted || entry.isCertain)
            continue;
        for (auto run = runs.rbegin(); run != runs.rend(); ++run)
            if (run->plugin == entry.plugin && run->name == entry.name) {
                entry.reason += statementsOf(*run);
                break;
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
        observation.unreachable =
            Error{u"database-unknown"_s, u"It is not known where this workspace's database is."_s, {}, {}, {}};
    } else if (auto seen = observe(location, observation, lock); !seen) {
        // No database file yet is an answer as well: nothing is applied.
        if (seen.error().code != "no-database"_L1 || location.engine != Engine::Sqlite ||
            QFileInfo::exists(location.file))
            observation.unreachable = seen.error();
    }
    status.entries = entriesOf(observation);
    explain(status.entries, observation.runs);
    status.unreachable = observation.unreachable;
    status.ms = double(timer.nsecsElapsed()) / 1e6;
    return status;
}

} // namespace

Status readStatus(const QString &root, const Location &location)
{
    return look(root, location, Lock::Free);
}

QString journalOf(const QString &runId)
{
    return paths::stateFolder() + u"/runs/"_s + runId + u".jsonl"_s;
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
    // (No database file yet is an empty database.)
    const auto backend = openBackend(options.database);
    if (backend || backend.error().code == "no-database"_L1)
        count(backend ? backend->get() : nullptr, planned);
    return planned;
}

bool asksForConsent(const Error &error)
{
    return error.code == "needs-consent"_L1 || error.code == "empty-migration"_L1;
}

Result<> mayRun(const QList<PlannedStep> &steps, bool consent)
{
    QStringList losses, empty;
    for (const PlannedStep &planned : steps) {
        const QString name = planned.step.plugin + u'/' + planned.step.name;
        for (const Finding &finding : planned.findings) {
            if (finding.severity == Severity::Error)
                return fail(u"lint"_s, u"%1 cannot be run: %2"_s.arg(name, finding.message), finding.remedy,
                            u"%1:%2"_s.arg(planned.step.path).arg(finding.line));
            if (finding.rule == "no-up"_L1 || finding.rule == "empty-up"_L1)
                empty << u"%1: %2"_s.arg(name, finding.message);
            if (finding.severity == Severity::Destructive)
                losses << u"%1:%2: %3%4"_s.arg(name)
                              .arg(finding.line)
                              .arg(finding.message, finding.rows < 0    ? QString()
                                                    : finding.rows == 1 ? u" (1 row)"_s
                                                                        : u" (%1 rows)"_s.arg(finding.rows));
        }
    }
    if (consent)
        return {};
    if (losses.isEmpty() && !empty.isEmpty())
        // Recorded as applied, what is written into it afterwards would never run.
        return fail(u"empty-migration"_s, empty.first(), u"Write it first; if it is meant so, add --yes."_s, {},
                    empty.join(u'\n'));
    if (losses.isEmpty())
        return {};
    return fail(u"needs-consent"_s,
                losses.size() == 1 ? u"This loses data: "_s + losses.first()
                                   : u"This loses data in %1 places."_s.arg(losses.size()),
                u"Rehearse it first; if it is what you want, add --yes."_s, {}, losses.join(u'\n'));
}

bool isBlank(const Location &location)
{
    const auto backend = openBackend(location);
    if (!backend)
        return backend.error().code == "no-database"_L1;
    const auto schema = (*backend)->schema();
    const auto applied = (*backend)->applied();
    return schema && applied && schema->tables.isEmpty() && applied->isEmpty();
}

QString undoText(Engine engine)
{
    switch (engine) {
    case Engine::Sqlite: return u"“paddockctl migrate restore” puts the backup back that was made before this run."_s;
    case Engine::Postgres:
        return u"Each migration was one transaction. “paddockctl migrate down” reverts them one by one; there is no backup."_s;
    case Engine::Mysql:
        return u"Changes of the schema cannot be rolled back here. “paddockctl migrate down” reverts migrations that "
               u"have a "
               "“down”; there is no backup."_s;
    case Engine::Unknown: break;
    }
    return {};
}

} // namespace paddock::migrations
