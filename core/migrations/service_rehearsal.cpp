// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Up, down and up again on a copy. Between the passes the copy's schema and rows are looked at.
#include "migrations/backend.h"
#include "migrations/prepare.h"
#include "migrations/service_p.h"

#include <QUuid>
#include <QtConcurrent>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

namespace {

QList<Step> reversed(const QList<Step> &steps)
{
    QList<Step> result;
    for (auto it = steps.rbegin(); it != steps.rend(); ++it) {
        result.append(*it);
        result.last().direction = Direction::Down;
    }
    return result;
}

QMap<QString, qint64> rowsOf(const Schema &schema)
{
    QMap<QString, qint64> rows;
    for (const Table &table : schema.tables)
        rows.insert(table.name, table.rows);
    return rows;
}

Result<Schema> look(const Location &location)
{
    const auto backend = openBackend(location);
    return backend ? (*backend)->schemaWithRows() : std::unexpected(backend.error());
}

} // namespace

QFuture<Result<RehearsalReport>> Service::rehearse(const Selection &selection, const QStringList &pluginOrder)
{
    auto rehearsal = std::make_shared<Rehearsal>();
    rehearsal->timer.start();
    rehearsal->promise.start();
    auto future = rehearsal->promise.future();
    m_thread.start([real = m_options.database] { (void)sweepRehearsals(real); });
    prepare(selection, pluginOrder).then(this, [this, rehearsal](const Result<QList<PlannedStep>> &planned) {
        startRehearsal(rehearsal, planned);
    });
    return future;
}

void Service::startRehearsal(const std::shared_ptr<Rehearsal> &rehearsal, const Result<QList<PlannedStep>> &planned)
{
    const auto refuse = [rehearsal](const Error &error) {
        rehearsal->promise.addResult(std::unexpected(error));
        rehearsal->promise.finish();
    };
    if (!planned)
        return refuse(planned.error());
    if (m_runner)
        return refuse({u"running"_s, u"Migrations are being run already."_s, {}, {}, u"Wait for them to end."_s});
    rehearsal->report.planned = *planned;
    for (const PlannedStep &one : *planned) {
        rehearsal->steps << one.step;
        for (const Finding &finding : one.findings)
            if (finding.rule == "irreversible-down"_L1) {
                rehearsal->reversible = false;
                rehearsal->report.notes << u"%1/%2: %3 Only “up” was rehearsed."_s.arg(one.step.plugin, one.step.name,
                                                                                       finding.message);
            }
    }
    if (planned->isEmpty()) {
        rehearsal->promise.addResult(rehearsal->report);
        rehearsal->promise.finish();
        return;
    }
    using Staged = Result<std::pair<std::shared_ptr<Stage>, Schema>>;
    QtConcurrent::run(&m_thread, [database = m_options.database]() -> Staged {
        auto stage = Stage::make(database);
        if (!stage)
            return std::unexpected(stage.error());
        auto shared = std::make_shared<Stage>(std::move(*stage));
        const auto schema = look(shared->location());
        if (!schema)
            return std::unexpected(schema.error());
        return std::pair{shared, *schema};
    }).then(this, [this, rehearsal, refuse](const Staged &staged) {
        if (!staged)
            return refuse(staged.error());
        rehearsal->stage = staged->first;
        rehearsal->first = rehearsal->before = staged->second;
        rehearsal->report.method = toString(rehearsal->stage->method());
        rehearsal->report.notes << rehearsal->stage->notes();
        rehearsal->report.rowsBefore = rowsOf(rehearsal->first);
        nextPass(rehearsal);
    });
}

void Service::nextPass(const std::shared_ptr<Rehearsal> &rehearsal)
{
    const bool rollBack = rehearsal->stage->method() == Stage::Method::Transaction;
    const int number = int(rehearsal->report.passes.size()) + 1;
    RunnerPlan plan{
        .root = m_options.root,
        .bun = m_options.bun,
        .runId = QUuid::createUuid().toString(QUuid::Id128),
        .target = rehearsal->stage->location(),
        .rehearsal = true,
        .rollBack = rollBack,
        .forbidden = rehearsal->stage->method() == Stage::Method::Scratch ? m_options.database.database : QString(),
        .writable = {rehearsal->stage->folder()},
        .environment =
            redirected(m_options.environment, m_options.root, m_options.database, rehearsal->stage->location())};
    const int last = rollBack ? (rehearsal->reversible ? 3 : 1) : number;
    for (int pass = number; pass <= last; ++pass) {
        const QList<Step> steps = pass == 2 ? reversed(rehearsal->steps) : rehearsal->steps;
        PassReport report{.direction = pass == 2 ? Direction::Down : Direction::Up};
        for (const Step &step : steps) {
            report.steps.append({.step = step, .pass = pass});
            plan.steps << step;
            plan.passes << pass;
        }
        rehearsal->report.passes.append(report);
    }
    m_runner = std::make_unique<RunnerProcess>(plan);
    connect(m_runner.get(), &RunnerProcess::locked, m_runner.get(), &RunnerProcess::go); // nothing real is at stake
    connect(m_runner.get(), &RunnerProcess::event, this,
            [this, rehearsal, first = number - 1](const QJsonObject &event) {
                auto &passes = rehearsal->report.passes;
                const int pass = event.value("pass"_L1).toInt(0);
                if (event.value("event"_L1) == "locked"_L1 && first == 0 && !event.value("confined"_L1).toBool())
                    rehearsal->report.notes
                        << u"This system cannot keep a process from writing to files: what a migration does to "
                           "files by itself is not held back."_s;
                if (pass > 0)
                    return takeEvent(event, passes[pass - 1].steps);
                for (qsizetype i = passes.size() - 1; i >= first;
                     --i) // a statement belongs to the step that is under way
                    if (i == first || std::ranges::any_of(passes[i].steps, [](const StepReport &s) {
                            return s.outcome == "interrupted"_L1;
                        }))
                        return takeEvent(event, passes[i].steps);
            });
    connect(m_runner.get(), &RunnerProcess::output, this,
            [this](const QString &text) { Q_EMIT output(m_masker.mask(text)); });
    connect(m_runner.get(), &RunnerProcess::finished, this,
            [this, rehearsal](const Error &error) { passEnded(rehearsal, error); });
    rehearsal->passTimer.start();
    m_runner->start();
}

void Service::passEnded(const std::shared_ptr<Rehearsal> &rehearsal, const Error &error)
{
    if (m_runner)
        m_runner.release()->deleteLater(); // we are inside its signal
    RehearsalReport &report = rehearsal->report;
    report.passes.last().ms = double(rehearsal->passTimer.nsecsElapsed()) / 1e6;
    report.error = error;
    report.error.message = m_masker.mask(error.message);
    report.error.detail = m_masker.mask(error.detail);
    const auto finish = [this, rehearsal] {
        rehearsal->report.ms = double(rehearsal->timer.nsecsElapsed()) / 1e6;
        // Dropping a database takes a moment, and must be done before anybody hears of the end.
        QtConcurrent::run(&m_thread, [stage = std::exchange(rehearsal->stage, nullptr)]() mutable {
            stage.reset();
        }).then(this, [rehearsal] {
            rehearsal->promise.addResult(rehearsal->report);
            rehearsal->promise.finish();
        });
    };
    if (rehearsal->stage->method() == Stage::Method::Transaction)
        return finish(); // what it was like is gone with the transaction
    QtConcurrent::run(&m_thread, [location = rehearsal->stage->location()] {
        return look(location);
    }).then(this, [this, rehearsal, finish](const Result<Schema> &schema) {
        PassReport &pass = rehearsal->report.passes.last();
        if (!schema) {
            if (rehearsal->report.error.code.isEmpty())
                rehearsal->report.error = schema.error();
            return finish();
        }
        pass.differences = differences(rehearsal->before, *schema);
        pass.rows = rowsOf(*schema);
        rehearsal->before = *schema;
        const qsizetype done = rehearsal->report.passes.size();
        if (done == 2)
            rehearsal->report.leftovers = differences(rehearsal->first, *schema);
        if (done == 3 || !rehearsal->reversible || !rehearsal->report.error.code.isEmpty())
            return finish();
        nextPass(rehearsal);
    });
}

} // namespace paddock::migrations
