// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/migrationdesk.h"

#include "migrations/files.h"
#include "session/bun.h"
#include "session/settings.h"

#include <QtConcurrentRun>

namespace paddock::session {

using namespace Qt::StringLiterals;
using migrations::Direction;
using migrations::Engine;
using migrations::Selection;
using Kind = MigrationActivity::Kind;

QLatin1StringView toString(MigrationActivity::Kind kind)
{
    static constexpr QLatin1StringView names[] = {"none"_L1,     "up"_L1,     "down"_L1,
                                                  "rehearse"_L1, "backup"_L1, "restore"_L1};
    return names[int(kind)];
}

QString commandOf(const Selection &selection)
{
    QString command = toString(selection.direction);
    if (!selection.plugin.isEmpty())
        command += u" --plugin "_s + selection.plugin;
    if (!selection.to.isEmpty())
        command += u" --to "_s + selection.to.section(u'.', 0, -2);
    if (selection.steps > 0)
        command += u" --steps %1"_s.arg(selection.steps);
    if (selection.retry)
        command += u" --retry"_s;
    return command;
}

MigrationDesk::MigrationDesk(QString root, QObject *parent) : QObject(parent), m_root(std::move(root))
{
    m_thread.setMaxThreadCount(1);
    m_given = readPreferences(m_root).database;
}

MigrationDesk::~MigrationDesk()
{
    cancel();
    m_thread.waitForDone();
}

void MigrationDesk::setTrusted(bool trusted)
{
    if (std::exchange(m_trusted, trusted) != trusted)
        refresh();
}

void MigrationDesk::hold(bool isHeld)
{
    if (std::exchange(m_isHeld, isHeld) == isHeld)
        return;
    ++m_epoch;
    if (!isHeld)
        refresh();
    Q_EMIT statusChanged();
}

Result<> MigrationDesk::giveDatabase(const QString &text)
{
    const QString trimmed = text.trimmed();
    if (!trimmed.isEmpty()) {
        const auto location = migrations::parseLocation(trimmed, m_root);
        if (!location)
            return std::unexpected(location.error());
        Preferences preferences = readPreferences(m_root);
        preferences.database = location->password.isEmpty() ? trimmed : QString();
        writePreferences(m_root, preferences);
    } else {
        Preferences preferences = readPreferences(m_root);
        preferences.database.clear();
        writePreferences(m_root, preferences);
    }
    m_given = trimmed;
    refresh();
    return {};
}

int MigrationDesk::pending() const
{
    return int(std::ranges::count_if(m_status.entries, [](const migrations::Entry &entry) {
        using migrations::State;
        return !entry.isCore() && !entry.isApplied() && !entry.path.isEmpty() && entry.state != State::Unknown;
    }));
}

const migrations::Entry *MigrationDesk::entry(const migrations::Key &key) const
{
    const auto it = std::ranges::find_if(m_status.entries, [&](const migrations::Entry &entry) {
        return entry.plugin == key.first && entry.name == key.second;
    });
    return it == m_status.entries.end() ? nullptr : &*it;
}

void MigrationDesk::readStatus()
{
    const auto take = [this, epoch = m_epoch](const migrations::Status &status) {
        m_isReading = false;
        if (std::exchange(m_readAgain, false))
            return refresh(); // what was read may be from before what asked for it
        m_isKnown = true;
        m_readEpoch = epoch;
        m_status = status;
        Q_EMIT statusChanged();
    };
    if (m_service) {
        m_service->status().then(this, [take](const Result<migrations::Status> &status) { take(*status); });
        return;
    }
    QtConcurrent::run(&m_thread, [root = m_root, error = m_databaseError] {
        migrations::Status status;
        status.entries = migrations::entriesOf({.files = migrations::migrationFiles(root), .unreachable = error});
        status.unreachable = error;
        return status;
    }).then(this, take);
}

Result<> MigrationDesk::mayWork(bool runsCode) const
{
    if (!m_trusted)
        return fail(u"not-trusted"_s, u"This workspace is not trusted, so nothing of it is run."_s,
                    u"Trust it first: “paddockctl trust”, or “Trust and start” in the window."_s, m_root);
    if (!m_service)
        return std::unexpected(m_databaseError.code.isEmpty()
                                   ? Error{u"database-unknown"_s, u"It is not known where the database is."_s}
                                   : m_databaseError);
    if (runsCode && isBusy())
        return fail(u"running"_s, u"“migrate %1” is under way."_s.arg(m_activity.command),
                    u"Wait for it to end, or cancel it."_s);
    if (runsCode && m_bun.isEmpty()) {
        const auto bun = findBun(m_root);
        if (!bun)
            return std::unexpected(bun.error());
    }
    return {};
}

template <class T>
std::optional<QFuture<Result<T>>> MigrationDesk::refused(bool runsCode) const
{
    if (auto may = mayWork(runsCode); !may)
        return QtFuture::makeReadyValueFuture(Result<T>(std::unexpected(may.error())));
    return {};
}

void MigrationDesk::say(const QString &line)
{
    for (const QString &one : line.split(u'\n'))
        Q_EMIT output(one);
}

/// Tells of something that takes a while, and reads the status when it has ended.
template <class T>
QFuture<Result<T>> MigrationDesk::watched(Kind kind, const QString &command, QFuture<Result<T>> future)
{
    m_activity = {.kind = kind, .outcome = MigrationActivity::Outcome::Running, .command = command};
    m_timer.start();
    Q_EMIT activityChanged();
    // (The service outlives its work even if the database is found elsewhere meanwhile.)
    return future.then(this, [this, service = m_service](const Result<T> &result) {
        Error error = result ? Error{} : result.error();
        if constexpr (requires { result->error; })
            if (result)
                error = result->error;
        m_activity.outcome = error.code.isEmpty()           ? MigrationActivity::Outcome::Done
                             : error.code == "cancelled"_L1 ? MigrationActivity::Outcome::Cancelled
                                                            : MigrationActivity::Outcome::Failed;
        m_activity.ms = double(m_timer.nsecsElapsed()) / 1e6;
        m_activity.current.clear();
        if (!error.code.isEmpty())
            say(error.message);
        Q_EMIT activityChanged();
        refresh();
        return result;
    });
}

QFuture<Result<QList<migrations::PlannedStep>>> MigrationDesk::prepare(const Selection &selection)
{
    if (auto no = refused<QList<migrations::PlannedStep>>(false))
        return *no;
    return m_service->prepare(selection, m_order);
}

QFuture<Result<migrations::RunReport>> MigrationDesk::run(const Selection &selection, bool consent)
{
    if (auto no = refused<migrations::RunReport>(true))
        return *no;
    const Kind kind = selection.direction == Direction::Up ? Kind::Up : Kind::Down;
    auto future = watched(kind, commandOf(selection), m_service->run(selection, consent, m_order));
    m_service->prepare(selection, m_order).then(this, [this](const Result<QList<migrations::PlannedStep>> &planned) {
        if (planned && isBusy())
            m_activity.total = int(planned->size());
    });
    return future.then(this, [this](const Result<migrations::RunReport> &report) {
        if (report)
            Q_EMIT ran(*report);
        return report;
    });
}

QFuture<Result<migrations::RehearsalReport>> MigrationDesk::rehearse(const Selection &selection)
{
    if (auto no = refused<migrations::RehearsalReport>(true))
        return *no;
    auto future =
        watched(Kind::Rehearse, u"rehearse"_s + commandOf(selection).mid(2), m_service->rehearse(selection, m_order));
    m_service->prepare(selection, m_order).then(this, [this](const Result<QList<migrations::PlannedStep>> &planned) {
        if (planned && isBusy())
            m_activity.total = int(planned->size()) * 3;
    });
    return future;
}

void MigrationDesk::cancel()
{
    if (m_service && isBusy())
        m_service->cancel();
}

QFuture<Result<migrations::Backup>> MigrationDesk::backup()
{
    if (auto no = refused<migrations::Backup>(false))
        return *no;
    if (auto no = isBusy() ? refused<migrations::Backup>(true) : std::nullopt)
        return *no;
    return watched(Kind::Backup, u"backup"_s, m_service->backup());
}

QFuture<Result<QList<migrations::Backup>>> MigrationDesk::backups()
{
    if (auto no = refused<QList<migrations::Backup>>(false))
        return *no;
    return m_service->backups();
}

QFuture<Result<migrations::Restored>> MigrationDesk::restore(const QString &name)
{
    if (auto no = refused<migrations::Restored>(false))
        return *no;
    if (auto no = isBusy() ? refused<migrations::Restored>(true) : std::nullopt)
        return *no;
    return watched(Kind::Restore, u"restore "_s + name, m_service->restore(name));
}

QFuture<Result<QStringList>> MigrationDesk::repair(const migrations::RepairRequest &request)
{
    if (auto no = refused<QStringList>(false))
        return *no;
    return m_service->repair(request).then(this, [this](const Result<QStringList> &settled) {
        refresh();
        return settled;
    });
}

QFuture<Result<std::pair<QString, QString>>> MigrationDesk::difference(const migrations::Key &key)
{
    if (auto no = refused<std::pair<QString, QString>>(false))
        return *no;
    return m_service->difference(key);
}

QFuture<Result<migrations::Schema>> MigrationDesk::schema()
{
    if (auto no = refused<migrations::Schema>(false))
        return *no;
    return m_service->schema();
}

QFuture<Result<migrations::QueryResult>> MigrationDesk::query(const QString &sql, const migrations::QueryLimits &limits)
{
    if (auto no = refused<migrations::QueryResult>(false))
        return *no;
    return m_queries->run(sql, limits);
}

void MigrationDesk::cancelQuery()
{
    if (m_queries)
        m_queries->cancel();
}

Result<QString> MigrationDesk::create(const QString &plugin, const QString &name)
{
    auto path = migrations::newMigration(m_root, plugin, name);
    if (path)
        refresh();
    return path;
}

} // namespace paddock::session
