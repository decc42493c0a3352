// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/runnerprocess.h"

#include "base/paths.h"
#include "migrations/backend.h"
#include "migrations/ddl.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>
#include <QUuid>
#include <csignal>

// Resources of a static library are not registered by themselves; the macro must stand outside any namespace.
static void registerRunnerResource()
{
    Q_INIT_RESOURCE(migrationrunner);
}

namespace paddock::migrations {

using namespace Qt::StringLiterals;

namespace {

/// Ends writing outside of a rehearsal's folder, where the system can (Linux); empty: not installed.
QString confineProgram()
{
    for (const auto place :
         {"/paddock-confine"_L1, "/../bin/paddock-confine"_L1, "/../libexec/paddock/paddock-confine"_L1}) {
        const QFileInfo file(QCoreApplication::applicationDirPath() + place);
        if (file.isExecutable())
            return file.absoluteFilePath();
    }
    return {};
}

QJsonObject toJson(const Location &location)
{
    return {{u"engine"_s, toString(location.engine)},
            {u"file"_s, location.file},
            {u"host"_s, location.host},
            {u"port"_s, location.port},
            {u"socket"_s, location.socket},
            {u"database"_s, location.database},
            {u"user"_s, location.user},
            {u"password"_s, location.password},
            {u"tls"_s, location.tls}};
}

} // namespace

Result<QString> installedRunner()
{
    if (const QString folder = qEnvironmentVariable("PADDOCK_RUNNER_DIR"); !folder.isEmpty())
        return QDir(folder).absoluteFilePath(u"main.ts"_s);
    registerRunnerResource();
    const QDir carried(u":/paddock/migrations"_s);
    QMap<QString, QByteArray> files;
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QString &name : carried.entryList(QDir::Files, QDir::Name)) {
        QFile file(carried.filePath(name));
        if (!file.open(QIODevice::ReadOnly))
            continue;
        files.insert(name, file.readAll());
        hash.addData(name.toUtf8());
        hash.addData(files[name]);
    }
    const QString folder = paths::cacheFolder() + u"/runner-"_s + QString::fromLatin1(hash.result().toHex().first(12));
    QDir().mkpath(folder);
    for (auto it = files.begin(); it != files.end(); ++it) {
        const QString path = folder + u'/' + it.key();
        // Compared, not just looked for: a half-written file of a killed process must not stay.
        if (QFile present(path); present.open(QIODevice::ReadOnly) && present.readAll() == *it)
            continue;
        QSaveFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(*it) != it->size() || !file.commit())
            return fail(u"agent-files"_s, u"Cannot write the runner to the cache folder: "_s + file.errorString(),
                        u"Free some space there, or set XDG_CACHE_HOME to a folder that you may write to."_s, path);
    }
    return folder + u"/main.ts"_s;
}

RunnerProcess::RunnerProcess(RunnerPlan plan, QObject *parent)
    : QObject(parent), m_plan(std::move(plan)), m_mark('\x1e' + QUuid::createUuid().toRfc4122().toHex() + ' ')
{}

RunnerProcess::~RunnerProcess()
{
    if (m_process)
        m_process->disconnect(this);
}

Result<QString> RunnerProcess::writePlan() const
{
    QJsonArray steps;
    for (qsizetype i = 0; i < m_plan.steps.size(); ++i) {
        const Step &step = m_plan.steps[i];
        steps.append(QJsonObject{{u"plugin"_s, step.plugin},
                                 {u"name"_s, step.name},
                                 {u"file"_s, step.path},
                                 {u"hash"_s, QString::fromLatin1(step.hash)},
                                 {u"direction"_s, toString(step.direction)},
                                 {u"pass"_s, m_plan.passes.value(i, 1)}});
    }
    const LockName lock = lockOf(m_plan.target);
    const QJsonObject plan{{u"root"_s, m_plan.root},
                           {u"runId"_s, m_plan.runId},
                           {u"mark"_s, QString::fromLatin1(m_mark)},
                           {u"target"_s, toJson(m_plan.target)},
                           {u"ddl"_s, QJsonArray::fromStringList(tablesDdl(m_plan.target.engine))},
                           {u"lock"_s, QJsonObject{{u"name"_s, lock.name},
                                                   {u"key"_s, u"%1:%2"_s.arg(lock.high).arg(lock.low)},
                                                   {u"file"_s, lock.file},
                                                   {u"waitMs"_s, m_plan.lockWaitMs}}},
                           {u"journal"_s, m_plan.journal},
                           {u"steps"_s, steps},
                           {u"rehearsal"_s, m_plan.rehearsal},
                           {u"rollBack"_s, m_plan.rollBack}};
    const QString folder = m_plan.writable.isEmpty() ? paths::stateFolder() + u"/runs"_s : m_plan.writable.first();
    QDir().mkpath(folder);
    const QString path =
        folder + u"/plan-"_s + m_plan.runId + u'-' + QUuid::createUuid().toString(QUuid::Id128) + u".json"_s;
    QFile file(path);
    const QByteArray text = QJsonDocument(plan).toJson(QJsonDocument::Compact);
    // Readable by its owner only from the first moment: it may hold a password.
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly, QFile::ReadOwner | QFile::WriteOwner) ||
        file.write(text) != text.size() || !file.flush()) {
        const QString why = file.errorString();
        file.remove();
        return fail(u"disk-full"_s, u"The plan of the run could not be written: "_s + why, u"Free some space."_s, path);
    }
    return path;
}

void RunnerProcess::start()
{
    const auto runner = installedRunner();
    const auto plan = runner ? writePlan() : Result<QString>(std::unexpected(runner.error()));
    if (!plan) {
        const Error error = plan.error();
        QMetaObject::invokeMethod(this, [this, error] { Q_EMIT finished(error); }, Qt::QueuedConnection);
        return;
    }
    QProcessEnvironment environment = m_plan.environment;
    QStringList arguments{u"--no-install"_s, *runner, *plan}; // nothing is fetched from a registry on the way
    QString program = m_plan.bun;
    if (const QString confine = confineProgram(); m_plan.rehearsal && !confine.isEmpty()) {
        arguments = QStringList{m_plan.writable.join(u':'), program} + arguments;
        program = confine;
        for (const auto name : {"TMPDIR"_L1, "BUN_TMPDIR"_L1, "XDG_CACHE_HOME"_L1})
            environment.insert(name, m_plan.writable.value(0));
    }
    m_process = std::make_unique<process::ManagedProcess>(process::ProcessOptions{
        .program = program,
        .arguments = arguments,
        .folder = m_plan.root,
        .environment = environment,
        .name = u"migrations"_s,
        .workspace = m_plan.root,
        .registryFolder = {},
    });
    connect(m_process.get(), &process::ManagedProcess::output, this,
            [this](process::Stream stream, const QByteArray &bytes) {
                if (stream == process::Stream::Output)
                    return take(bytes);
                m_errors = QByteArray(m_errors + bytes).right(16 * 1024);
                Q_EMIT output(QString::fromUtf8(bytes));
            });
    connect(m_process.get(), &process::ManagedProcess::finished, this,
            [this, path = *plan](const process::ExitReason &reason) {
                QFile::remove(path);
                ended(reason);
            });
    m_process->start();
}

void RunnerProcess::go()
{
    if (m_runnerPid > 0)
        ::kill(pid_t(m_runnerPid), SIGUSR2);
}

void RunnerProcess::cancel()
{
    m_cancelled = true;
    if (m_process)
        m_process->stop({.polite = {}, .politeMs = 0});
}

void RunnerProcess::take(const QByteArray &bytes)
{
    m_rest += bytes;
    qsizetype from = 0;
    for (qsizetype end = m_rest.indexOf('\n', from); end >= 0; end = m_rest.indexOf('\n', from)) {
        const QByteArray line = m_rest.sliced(from, end - from);
        from = end + 1;
        if (!line.startsWith(m_mark)) {
            if (!line.trimmed().isEmpty())
                Q_EMIT output(QString::fromUtf8(line) + u'\n');
            continue;
        }
        const QJsonObject told = QJsonDocument::fromJson(line.sliced(m_mark.size())).object();
        const QString name = told.value("event"_L1).toString();
        if (name == "failed"_L1) {
            const QJsonObject error = told.value("error"_L1).toObject();
            m_failure = {.code = error.value("code"_L1).toString(),
                         .message = error.value("message"_L1).toString(),
                         .detail = error.value("detail"_L1).toString(),
                         .where = {},
                         .remedy = {}};
        }
        m_done |= name == "done"_L1;
        Q_EMIT event(told);
        if (name == "locked"_L1) {
            m_runnerPid = told.value("pid"_L1).toInteger();
            Q_EMIT locked();
        }
    }
    m_rest.remove(0, from);
}

void RunnerProcess::ended(const process::ExitReason &reason)
{
    m_runnerPid = 0;
    Error error = m_failure;
    if (reason.how == process::ExitReason::How::FailedToStart)
        error = reason.error;
    else if (error.code.isEmpty() && m_cancelled)
        error = {u"cancelled"_s, u"The run was cancelled."_s, {}, {}, {}};
    else if (error.code.isEmpty() && !m_done)
        error = {u"runner-died"_s,
                 u"The run broke off: %1."_s.arg(reason.text()),
                 QString::fromUtf8(m_errors).trimmed(),
                 {},
                 u"“paddockctl migrate status” says what is known."_s};
    Q_EMIT finished(error);
}

} // namespace paddock::migrations
