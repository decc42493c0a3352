// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Where the database is: looked for again whenever something has changed that may say it.
#include "migrations/prepare.h"
#include "migrations/rehearsal.h"
#include "session/bun.h"
#include "session/migrationdesk.h"

#include <QtConcurrentRun>

namespace paddock::session {

using namespace Qt::StringLiterals;
using migrations::Engine;

struct MigrationDesk::Found
{
    Result<migrations::Location> location;
    QString bun;
    QString written; ///< identity of what variables and files alone name; empty: nothing
    bool isConfirmed = false;
    bool isStale = false; ///< they name another one now than while the last server ran
};

void MigrationDesk::setInspection(const QJsonObject &inspection)
{
    const auto databaseOf = [](const QJsonObject &snapshot) { return snapshot.value("database"_L1); };
    const bool isNews = databaseOf(inspection) != databaseOf(m_inspection);
    m_inspection = inspection;
    if (!isNews || inspection.isEmpty())
        return;
    m_isWrittenOld = true;
    refresh();
}

void MigrationDesk::setToldByEntry(const migrations::Location &location)
{
    const bool isFile = location.engine == Engine::Sqlite;
    setInspection({{u"database"_s, QJsonObject{{u"file"_s, isFile ? location.file : QString()},
                                               {u"url"_s, isFile ? QString() : location.given}}}});
}

/// `isServerDown`: what the last one said counts only as long as nothing that is written down says otherwise.
QFuture<MigrationDesk::Found> MigrationDesk::look(bool isServerDown)
{
    migrations::LocateRequest request{.root = m_root,
                                      .given = m_given,
                                      .inspection = m_inspection,
                                      .environment = QProcessEnvironment::systemEnvironment()};
    const bool isComparable = isServerDown && !m_isWrittenOld && !m_inspection.isEmpty();
    return QtConcurrent::run(&m_thread, [request, isComparable, trusted = m_trusted, then = m_written] mutable {
        Found found;
        if (!trusted) {
            found.location =
                fail(u"not-trusted"_s, u"The workspace is not trusted yet, so its database is not opened."_s,
                     u"Trust it to see which migrations have run."_s);
            return found;
        }
        migrations::LocateRequest written = request;
        written.given.clear();
        written.inspection = {};
        if (const auto location = migrations::locate(written))
            found.written = location->identity();
        found.isStale = isComparable && found.written != then;
        if (found.isStale)
            request.inspection = {};
        found.location = migrations::locate(request);
        found.bun = findBun(request.root).value_or(QString());
        if (found.location && !request.given.isEmpty())
            found.location->origin = migrations::GivenForGood;
        else if (found.location)
            migrations::remember(*found.location, request.root);
        found.isConfirmed = found.location && migrations::isConfirmed(*found.location, request.root);
        return found;
    });
}

void MigrationDesk::take(const Found &found)
{
    if (std::exchange(m_isWrittenOld, false))
        m_written = found.written;
    if (found.isStale)
        m_inspection = {};
    use(found.location, found.bun);
}

void MigrationDesk::refresh()
{
    if (m_isReading) {
        m_readAgain = true;
        return;
    }
    m_isReading = true;
    look(false).then(this, [this](const Found &found) {
        take(found);
        readStatus();
    });
}

QFuture<Whereabouts> MigrationDesk::find()
{
    return look(true).then(this, [this](const Found &found) {
        take(found);
        return Whereabouts{found.location.value_or(migrations::Location{}), found.isConfirmed};
    });
}

QFuture<bool> MigrationDesk::isBlank()
{
    return QtConcurrent::run(&m_thread, [database = m_database] { return migrations::isBlank(database); });
}

void MigrationDesk::use(const Result<migrations::Location> &location, const QString &bun)
{
    if (isBusy())
        return; // it goes on where it began
    m_databaseError = location ? Error{} : location.error();
    const migrations::Location next = location.value_or(migrations::Location{});
    if (next == m_database && bun == m_bun && bool(m_service) == (next.engine != Engine::Unknown))
        return;
    m_bun = bun;
    m_database = next;
    m_queries.reset();
    m_service.reset();
    if (next.engine != Engine::Unknown) {
        m_service = std::make_shared<migrations::Service>(
            migrations::ServiceOptions{.root = m_root, .bun = bun, .database = next});
        m_queries = std::make_unique<migrations::QueryRunner>(next);
        auto *service = m_service.get();
        connect(service, &migrations::Service::stepStarted, this, [this](const migrations::Step &step, int pass) {
            m_activity.current = step.plugin + u'/' + step.name;
            say(u"%1 %2%3"_s.arg(toString(step.direction), m_activity.current,
                                 pass > 1 ? u" (pass %1)"_s.arg(pass) : QString()));
            Q_EMIT activityChanged();
        });
        connect(service, &migrations::Service::stepFinished, this, [this](const migrations::StepReport &report) {
            ++m_activity.done;
            m_activity.current.clear();
            say(u"  %1 in %2 ms%3"_s.arg(report.outcome)
                    .arg(report.ms, 0, 'f', 1)
                    .arg(report.error.message.isEmpty() ? QString() : u": "_s + report.error.message));
            Q_EMIT activityChanged();
        });
        connect(service, &migrations::Service::statement, this, [this](const migrations::Statement &statement) {
            say(u"    "_s + statement.sql + (statement.error.isEmpty() ? QString() : u"  -- "_s + statement.error));
        });
        connect(service, &migrations::Service::output, this,
                [this](const QString &text) { say(u"    "_s + text.trimmed()); });
        m_thread.start([next] { (void)migrations::sweepRehearsals(next); });
    }
    Q_EMIT databaseChanged();
}

} // namespace paddock::session
