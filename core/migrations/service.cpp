// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/service.h"

#include "migrations/backend.h"
#include "migrations/holders.h"
#include "migrations/prepare.h"
#include "migrations/service_p.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QUuid>
#include <QtConcurrent>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

namespace {

/// SQLite says less clearly, and later, what the file system knows at once.
Result<> canWrite(const Location &database)
{
    if (database.engine != Engine::Sqlite || !QFileInfo::exists(database.file))
        return {};
    const QFileInfo file(database.file);
    if (file.isWritable() && QFileInfo(file.path()).isWritable())
        return {};
    return fail(u"read-only"_s,
                file.isWritable() ? u"The folder of the database cannot be written to, which SQLite needs."_s
                                  : u"The database file cannot be written to."_s,
                u"Check the permissions of the file and its folder, and whether the file system is mounted read-only. "
                "Nothing was run."_s,
                database.shown());
}

} // namespace

Service::Service(ServiceOptions options, QObject *parent) : QObject(parent), m_options(std::move(options))
{
    m_thread.setMaxThreadCount(1);
    QStringList secrets = logs::SecretMasker::secretValues(m_options.environment) +
                          logs::SecretMasker::secretValues(dotEnv(m_options.root));
    if (!m_options.database.password.isEmpty())
        secrets << m_options.database.password;
    m_masker = logs::SecretMasker(secrets);
}

Service::~Service()
{
    m_thread.waitForDone();
}

QFuture<Result<Status>> Service::status()
{
    return QtConcurrent::run(&m_thread, [root = m_options.root, database = m_options.database]() -> Result<Status> {
        return readStatus(root, database);
    });
}

QFuture<Result<QList<PlannedStep>>> Service::prepare(const Selection &selection, const QStringList &pluginOrder)
{
    return QtConcurrent::run(&m_thread, [options = m_options, selection, pluginOrder] {
        return prepareSteps(options, selection, pluginOrder);
    });
}

QFuture<Result<RunReport>> Service::run(const Selection &selection, bool consent, const QStringList &pluginOrder)
{
    auto run = std::make_shared<Run>();
    run->selection = selection;
    run->consent = consent;
    run->pluginOrder = pluginOrder;
    run->timer.start();
    run->promise.start();
    run->report.runId = QUuid::createUuid().toString(QUuid::Id128);
    run->report.undo = undoText(m_options.database.engine);
    auto future = run->promise.future();
    prepare(selection, pluginOrder).then(this, [this, run](const Result<QList<PlannedStep>> &planned) {
        startRun(run, planned);
    });
    return future;
}

void Service::startRun(const std::shared_ptr<Run> &run, const Result<QList<PlannedStep>> &planned)
{
    const auto refuse = [&](const Error &error) {
        run->promise.addResult(std::unexpected(error));
        run->promise.finish();
    };
    if (!planned)
        return refuse(planned.error());
    if (auto may = mayRun(*planned, run->consent); !may)
        return refuse(may.error());
    if (auto writable = canWrite(m_options.database); !writable)
        return refuse(writable.error());
    if (m_runner)
        return refuse({u"running"_s, u"Migrations are being run already."_s, {}, {}, u"Wait for them to end."_s});
    run->planned = *planned;
    for (const PlannedStep &one : *planned)
        run->report.steps.append({.step = one.step});
    if (planned->isEmpty()) {
        run->promise.addResult(run->report);
        run->promise.finish();
        return;
    }
    launch(run);
}

void Service::launch(const std::shared_ptr<Run> &run)
{
    const Location &database = m_options.database;
    if (database.engine == Engine::Sqlite && !QFileInfo::exists(database.file) && database.origin != GivenOnce &&
        database.origin != GivenForGood) {
        QDir().mkpath(QFileInfo(database.file).path());
        QFile file(database.file);
        (void)file.open(QIODevice::WriteOnly | QIODevice::NewOnly); // an empty file is an empty database
    }
    RunnerPlan plan{.root = m_options.root,
                    .bun = m_options.bun,
                    .runId = run->report.runId,
                    .target = database,
                    .journal = journalOf(run->report.runId),
                    .environment = m_options.environment};
    for (const PlannedStep &one : run->planned)
        plan.steps << one.step;
    m_runner = std::make_unique<RunnerProcess>(plan);
    connect(m_runner.get(), &RunnerProcess::locked, this, [this, run] { lockTaken(run); });
    connect(m_runner.get(), &RunnerProcess::event, this,
            [this, run](const QJsonObject &event) { takeEvent(event, run->report.steps); });
    connect(m_runner.get(), &RunnerProcess::output, this,
            [this](const QString &text) { Q_EMIT output(m_masker.mask(text)); });
    connect(m_runner.get(), &RunnerProcess::finished, this, [this, run](const Error &error) { endRun(run, error); });
    m_runner->start();
}

/// Nobody else can run now: is everything still as it was when it was looked at?
void Service::lockTaken(const std::shared_ptr<Run> &run)
{
    QtConcurrent::run(&m_thread, [options = m_options, run]() -> Result<std::optional<Backup>> {
        const auto again = prepareSteps(options, run->selection, run->pluginOrder, Lock::Ours);
        if (!again)
            return std::unexpected(again.error());
        const auto stepsOf = [](const QList<PlannedStep> &planned) {
            QList<Step> steps;
            for (const PlannedStep &one : planned)
                steps << one.step;
            return steps;
        };
        if (stepsOf(*again) != stepsOf(run->planned))
            return fail(u"state-changed"_s, u"Somebody else ran migrations meanwhile, or a file changed."_s,
                        u"Look at the status and run this again. Nothing was done."_s);
        if (auto may = mayRun(*again, run->consent); !may)
            return std::unexpected(may.error());
        if (options.database.engine != Engine::Sqlite)
            return std::optional<Backup>();
        auto backup = makeBackup(options.database, QString(toString(run->selection.direction)));
        if (!backup)
            return std::unexpected(backup.error());
        prune(options.database);
        return std::optional(*backup);
    }).then(this, [this, run](const Result<std::optional<Backup>> &ready) {
        if (!m_runner)
            return; // it ended meanwhile
        if (!ready) {
            run->refusal = ready.error();
            m_runner->cancel();
            return;
        }
        run->report.backup = *ready;
        m_runner->go();
    });
}

void Service::takeEvent(const QJsonObject &event, QList<StepReport> &steps)
{
    const QString name = event.value("event"_L1).toString();
    const auto step = std::ranges::find_if(steps, [&](const StepReport &report) {
        return report.step.plugin == event.value("plugin"_L1).toString() &&
               report.step.name == event.value("name"_L1).toString() &&
               toString(report.step.direction) == event.value("direction"_L1).toString() &&
               report.pass == event.value("pass"_L1).toInt(1);
    });
    if (name == "started"_L1 && step != steps.end()) {
        step->outcome = u"interrupted"_s; // until something better is known
        step->transactional = event.value("transactional"_L1).toBool();
        Q_EMIT stepStarted(step->step, step->pass);
    } else if (name == "sql"_L1) {
        Statement one{.sql = m_masker.mask(event.value("sql"_L1).toString()),
                      .ms = event.value("ms"_L1).toDouble(),
                      .error = m_masker.mask(event.value("error"_L1).toString())};
        for (const QJsonValue &parameter : event.value("parameters"_L1).toArray())
            one.parameters << m_masker.mask(parameter.toString());
        for (auto it = steps.rbegin(); it != steps.rend(); ++it)
            if (it->outcome == "interrupted"_L1) {
                it->statements.append(one);
                break;
            }
        Q_EMIT statement(one);
    } else if (name == "locks"_L1 && step != steps.end()) {
        for (const QJsonValue &lock : event.value("locks"_L1).toArray())
            step->locks << lock.toString();
    } else if (name == "finished"_L1 && step != steps.end()) {
        step->outcome = event.value("outcome"_L1).toString();
        step->ms = event.value("ms"_L1).toDouble();
        const QJsonObject error = event.value("error"_L1).toObject();
        step->error = {.code = error.value("code"_L1).toString(),
                       .message = m_masker.mask(error.value("message"_L1).toString()),
                       .detail = m_masker.mask(error.value("detail"_L1).toString()),
                       .where = step->step.path,
                       .remedy = {}};
        Q_EMIT stepFinished(*step);
    }
}

namespace {

/// Who has it locked, as long as that can be seen.
Error withHolder(Error error, const Location &database)
{
    if (error.code != "locked"_L1)
        return error;
    const QStringList holders = database.engine == Engine::Sqlite ? lockedBy(database.file) : QStringList();
    error.detail = error.message;
    error.message = holders.isEmpty() ? u"The database is locked by somebody else."_s
                                      : u"The database is locked by process %1."_s.arg(holders.join(u", "_s));
    error.remedy = u"What could not get the lock was not done. Run this again when the other has finished with it."_s;
    return error;
}

} // namespace

void Service::endRun(const std::shared_ptr<Run> &run, const Error &failure)
{
    const Error error = withHolder(failure, m_options.database);
    if (m_runner)
        m_runner.release()->deleteLater(); // we are inside its signal
    // Only what broke off needs explaining later.
    if (std::ranges::none_of(run->report.steps, [](const StepReport &s) { return s.outcome == "interrupted"_L1; }))
        QFile::remove(journalOf(run->report.runId));
    run->report.ms = double(run->timer.nsecsElapsed()) / 1e6;
    if (!run->refusal.code.isEmpty()) {
        run->promise.addResult(std::unexpected(run->refusal));
    } else {
        run->report.error = error;
        run->report.error.message = m_masker.mask(error.message);
        run->report.error.detail = m_masker.mask(error.detail);
        run->promise.addResult(run->report);
    }
    run->promise.finish();
}

void Service::cancel()
{
    if (m_runner)
        m_runner->cancel();
}

QFuture<Result<Backup>> Service::backup()
{
    return QtConcurrent::run(&m_thread, [database = m_options.database] {
        const auto made = makeBackup(database, u"manual"_s);
        if (made)
            prune(database);
        return made;
    });
}

QFuture<Result<QList<Backup>>> Service::backups()
{
    return QtConcurrent::run(
        &m_thread, [database = m_options.database]() -> Result<QList<Backup>> { return backupsOf(database); });
}

QFuture<Result<Restored>> Service::restore(const QString &name)
{
    return QtConcurrent::run(&m_thread,
                             [database = m_options.database, name] { return restoreBackup(database, name); });
}

QFuture<Result<QStringList>> Service::repair(const RepairRequest &request)
{
    return QtConcurrent::run(&m_thread, [options = m_options, request] { return repairMigrations(options, request); });
}

QFuture<Result<std::pair<QString, QString>>> Service::difference(const Key &key)
{
    using Texts = std::pair<QString, QString>;
    return QtConcurrent::run(&m_thread, [options = m_options, key]() -> Result<Texts> {
        const auto backend = openBackend(options.database);
        if (!backend)
            return std::unexpected(backend.error());
        const auto applied = (*backend)->recordedContent(key);
        if (!applied)
            return std::unexpected(applied.error());
        const Status status = readStatus(options.root, options.database);
        const auto entry = std::ranges::find_if(
            status.entries, [&](const Entry &e) { return e.plugin == key.first && e.name == key.second; });
        QFile file(entry == status.entries.end() ? QString() : entry->path);
        const bool open = !file.fileName().isEmpty() && file.open(QIODevice::ReadOnly);
        return Texts{applied->value_or(QString()), open ? QString::fromUtf8(file.readAll()) : QString()};
    });
}

QFuture<Result<Schema>> Service::schema()
{
    return QtConcurrent::run(&m_thread, [database = m_options.database]() -> Result<Schema> {
        const auto backend = openBackend(database);
        return backend ? (*backend)->schemaWithRows(true) : std::unexpected(backend.error());
    });
}

} // namespace paddock::migrations
