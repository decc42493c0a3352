// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Starts and restarts that the user asks for. The framework runs what is pending as it starts: without a backup, and
// with nobody there to be asked. So it is done before, in the order of every other change: migrations, types, code.
#include "migrations/prepare.h"
#include "session/session_p.h"

#include <QFileInfo>

namespace paddock::session {

using namespace Qt::StringLiterals;

namespace {

QFuture<Result<>> settled(Result<> result)
{
    return QtFuture::makeReadyValueFuture(std::move(result));
}

QString namesOf(const QList<migrations::PlannedStep> &planned)
{
    QStringList names;
    for (const migrations::PlannedStep &one : planned)
        names << one.step.plugin + u'/' + one.step.name;
    return names.join(u", "_s);
}

} // namespace

/// What has to be decided before a start may run these; no error: nothing.
Result<> Session::Private::mayRunAtStart(const QList<migrations::PlannedStep> &planned, bool consent) const
{
    const auto may = migrations::mayRun(planned, consent);
    if (!may) {
        Error error = may.error();
        if (error.code == "needs-consent"_L1)
            error.remedy =
                u"The framework would run it as it starts. Look at it first: “paddockctl migrate rehearse”; if "
                "it is what you want: “paddockctl restart --yes”."_s;
        return std::unexpected(error);
    }
    if (consent || settings.migrations != SavedMigrations::Ask)
        return {};
    return fail(u"migrations-pending"_s,
                planned.size() == 1
                    ? u"%1 has not run; the framework would run it as it starts."_s.arg(namesOf(planned))
                    : u"%1 migrations have not run; the framework would run them as it starts."_s.arg(planned.size()),
                u"Run them with a backup, and restart: “paddockctl restart --yes”. (paddock.toml says to ask.)"_s, {},
                namesOf(planned));
}

/// Nothing is run, and the server is as it was, where this fails before a migration does.
QFuture<Result<>> Session::Private::migrateBeforeStart(bool consent)
{
    const migrations::Location database = desk.database();
    const bool isNew = database.engine == migrations::Engine::Sqlite && !QFileInfo::exists(database.file);
    if (!trusted || database.engine == migrations::Engine::Unknown || isNew)
        return settled({}); // the server itself knows where it is; and what is new has nothing to lose
    return desk.prepare({})
        .then(this,
              [this, consent](const Result<QList<migrations::PlannedStep>> &planned) -> QFuture<Result<>> {
                  if (!planned) {
                      // What stands in the way of migrations is said; what cannot be read is not known to be pending.
                      const Error &error = planned.error();
                      if (!consent && (error.code == "needs-repair"_L1 || error.code == "running"_L1))
                          return settled(std::unexpected(error));
                      note(u"whether migrations are pending is not known: "_s + error.message, logs::Level::Warn);
                      return settled({});
                  }
                  if (planned->isEmpty())
                      return settled({});
                  if (auto may = mayRunAtStart(*planned, consent); !may)
                      return settled(may);
                  note(u"before the server starts, these migrations run: "_s + namesOf(*planned));
                  isMigratingToStart = true;
                  // One that hangs may hold locks.
                  const bool hangs = server.status().state == ServerState::Hung;
                  return (hangs ? server.stop(u"it does not respond"_s, Server::Asked::Yes) : settled({}))
                      .then(this, [this, consent](const Result<> &) { return runBeforeStart(consent); })
                      .unwrap()
                      .then(this, [this](const Result<> &result) {
                          isMigratingToStart = false;
                          return result;
                      });
              })
        .unwrap();
}

QFuture<Result<>> Session::Private::runBeforeStart(bool consent)
{
    return desk.run({}, consent)
        .then(this,
              [this](const Result<migrations::RunReport> &report) -> QFuture<Result<>> {
                  if (!report)
                      return settled(std::unexpected(report.error()));
                  if (!report->error.code.isEmpty())
                      return settled(std::unexpected(report->error));
                  if (typeScript.isEmpty())
                      return settled({});
                  // (Types that fail are told by their job.)
                  return runScript(typeScript).then(this, [](const Result<> &) { return Result<>(); });
              })
        .unwrap();
}

// ------------------------------------------------------------------------------------------------ the public face

QFuture<Result<>> Session::startServer()
{
    const ServerState state = d->server.status().state;
    if (state != ServerState::Stopped && state != ServerState::Crashed)
        return d->startServer();
    return d->migrateBeforeStart(false)
        .then(d.get(), [this](const Result<> &ready) { return ready ? d->startServer() : settled(ready); })
        .unwrap();
}

QFuture<Result<>> Session::restartServer(bool evenAttached, bool consent)
{
    const auto asked = evenAttached ? Server::Asked::Yes : Server::Asked::No;
    const auto restart = [this, asked](const Result<> &ready) {
        if (!ready)
            return settled(ready);
        auto restarting = d->server.restart(u"asked for"_s, asked);
        if (!d->server.status().attached) {
            d->loadedByStart.unite(d->loadedFromDisk());
            d->waitingChanged();
        }
        return restarting;
    };
    if (auto prepared = d->prepareServer(); !prepared)
        return settled(prepared);
    if (d->server.status().attached && !evenAttached)
        return restart({}); // which says so
    return d->migrateBeforeStart(consent).then(d.get(), restart).unwrap();
}

} // namespace paddock::session
