// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Starts and restarts. The framework runs what is pending as it starts: without a backup, and with nobody there to be
// asked. So it is done before, in the order of every other change: migrations, types, code. A restart that somebody
// asks for is decided while the old server still runs; every other start at the gate, when none does.
#include "migrations/asker.h"
#include "migrations/prepare.h"
#include "session/bun.h"
#include "session/session_p.h"
#include "workspace/databasehint.h"

#include <QDir>
#include <QFileInfo>
#include <QtConcurrentRun>

namespace paddock::session {

using namespace Qt::StringLiterals;
using migrations::Engine;

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
    const bool isUp = server.status().state == ServerState::Running || server.status().state == ServerState::Hung;
    const QString again = isUp ? u"“paddockctl restart --yes”"_s
                               : u"“paddockctl start --yes”, or “paddockctl dev --yes” where no session is open"_s;
    const auto may = migrations::mayRun(planned, consent);
    if (!may) {
        Error error = may.error();
        if (error.code == "empty-migration"_L1)
            error.remedy =
                u"The framework would record it as applied as it starts. Write it first; if it is meant so: %1."_s.arg(
                    again);
        if (error.code == "needs-consent"_L1)
            error.remedy =
                u"The framework would run it as it starts. Look at it first: “paddockctl migrate rehearse”; if "
                "it is what you want: %1."_s.arg(again);
        if (!error.message.contains(error.detail))
            error.message += u'\n' + error.detail;
        return std::unexpected(error);
    }
    if (consent || settings.migrations != SavedMigrations::Ask)
        return {};
    return fail(u"migrations-pending"_s,
                planned.size() == 1
                    ? u"%1 has not run; the framework would run it as it starts."_s.arg(namesOf(planned))
                    : u"%1 migrations have not run; the framework would run them as it starts."_s.arg(planned.size()),
                u"Run them with a backup, and start: %1. (paddock.toml says to ask.)"_s.arg(again), {},
                namesOf(planned));
}

/// Before every start of a process, the first one, one after a crash, one that a change asked for.
QFuture<Result<>> Session::Private::passGate()
{
    const bool consent = std::exchange(consentToStart, false);
    if (!trusted || closing || tree.migrations.isEmpty())
        return settled({});
    return desk.find()
        .then(this,
              [this, consent](const Whereabouts &found) {
                  return found.isConfirmed ? migrateBeforeStart(consent) : askEntryAndPass(consent, found.database);
              })
        .unwrap();
}

/// Migrations must not run on what only may be the server's database: its entry is asked, once for each database.
QFuture<Result<>> Session::Private::askEntryAndPass(bool consent, const migrations::Location &candidate)
{
    constexpr int PatienceMs = 5000;
    const auto environment = QProcessEnvironment::systemEnvironment();
    return QtConcurrent::run(&aside,
                             [state = latest, root = options.root, environment] {
                                 QProcessEnvironment all = migrations::dotEnv(root);
                                 all.insert(environment);
                                 const QString file = workspace::databaseHint(state, all);
                                 return !file.isEmpty() && !QFileInfo::exists(QDir(root).absoluteFilePath(file));
                             })
        .then(this,
              [this, consent, candidate, environment](bool isNew) -> QFuture<Result<>> {
                  if (isNew && candidate.engine == Engine::Unknown)
                      return settled({}); // the code makes it as it starts
                  const auto bun = options.bun.isEmpty() ? findBun(options.root) : Result<QString>(options.bun);
                  if (!bun)
                      return settled(std::unexpected(bun.error()));
                  return migrations::askEntry(options.root, tree.entry, *bun, environment, PatienceMs, candidate)
                      .then(this,
                            [this, consent](const Result<migrations::Location> &told) -> QFuture<Result<>> {
                                if (!told) {
                                    note(u"whether migrations are pending is not known: "_s + told.error().message,
                                         logs::Level::Warn);
                                    return settled({});
                                }
                                desk.setToldByEntry(*told);
                                return desk.find()
                                    .then(this,
                                          [this, consent](const Whereabouts &) { return migrateBeforeStart(consent); })
                                    .unwrap();
                            })
                      .unwrap();
              })
        .unwrap();
}

/// Nothing is run, and the server is as it was, where this fails before a migration does.
QFuture<Result<>> Session::Private::migrateBeforeStart(bool consent)
{
    const migrations::Location database = desk.database();
    const bool isNew = database.engine == Engine::Sqlite && !QFileInfo::exists(database.file);
    if (!trusted || database.engine == Engine::Unknown || isNew)
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
                  return desk.isBlank()
                      .then(this,
                            [this, consent, planned = *planned](bool isBlank) {
                                if (!isBlank)
                                    return runAllBeforeStart(planned, consent);
                                note(u"the database is empty: the server sets it up as it starts"_s);
                                return settled({});
                            })
                      .unwrap();
              })
        .unwrap();
}

QFuture<Result<>> Session::Private::runAllBeforeStart(const QList<migrations::PlannedStep> &planned, bool consent)
{
    // (An empty one is about to be written, unless nobody is there to do it.)
    const auto may = mayRunAtStart(planned, consent);
    if (!may && !(options.sinceLast && may.error().code == "empty-migration"_L1))
        return settled(may);
    consent |= !may;
    note(u"before the server starts, these migrations run: "_s + namesOf(planned));
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

QFuture<Result<>> Session::startServer(bool consent)
{
    d->consentToStart = consent;
    return d->startServer();
}

QFuture<Result<>> Session::restartServer(bool evenAttached, bool consent)
{
    const auto asked = evenAttached ? Server::Asked::Yes : Server::Asked::No;
    const auto restart = [this, asked, consent](const Result<> &ready) {
        if (!ready)
            return settled(ready);
        d->consentToStart = consent;
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
