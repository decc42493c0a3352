// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Migrations in a session, and the interlock with swaps. A migration that is saved runs at once where nothing is lost
// by it and the settings let it, with the code that was saved with it. Code that needs a migration which had been
// pending before is held until both come into service together.
#include "migrations/lint.h"
#include "migrations/needs.h"
#include "migrations/prepare.h"
#include "session/session_p.h"
#include "workspace/migrations.h"

#include <QFile>
#include <QJsonArray>
#include <QtConcurrentRun>

namespace paddock::session {

using namespace Qt::StringLiterals;
using change::Action;
using change::Change;
using change::Kind;
using migrations::Direction;
using migrations::Selection;

namespace {

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// A migration that has not run, and the file in which it stands.
struct Pending
{
    QString label; ///< "shop/003_add_stock.ts"
    QString path;  ///< absolute
    [[nodiscard]] QString plugin() const { return label.section(u'/', 0, 0); }
    friend bool operator==(const Pending &, const Pending &) = default;
};

struct Candidate
{
    bool isMigration = false;
    bool wantsCode = false;
    bool isFresh = false; ///< a file of it was saved just now
    QString label;        ///< of a migration
    QStringList plugins;
    QList<std::pair<QByteArray, QString>> files; ///< text in service, and where the new one is
};

/// A migration and all of its plugin that come before it.
void addWithEarlier(QStringList &needs, const QList<Pending> &pending, const QString &label)
{
    const QString plugin = label.section(u'/', 0, 0);
    for (const Pending &one : pending)
        if (one.plugin() == plugin && one.label <= label && !needs.contains(one.label))
            needs.append(one.label);
}

QList<QStringList> needsOf(const QList<Candidate> &candidates, const QList<Pending> &pending)
{
    QList<QList<migrations::Introduced>> introduced;
    for (const Pending &one : pending)
        introduced << migrations::introducedBy(contentOf(one.path));
    QStringList saved; // with these, what is saved with them
    for (const Candidate &one : candidates)
        if (one.isMigration && one.isFresh)
            addWithEarlier(saved, pending, one.label);
    QList<QStringList> result;
    for (const Candidate &one : candidates) {
        QStringList needs;
        if (one.isMigration)
            addWithEarlier(needs, pending, one.label);
        if (one.wantsCode && !one.isMigration) {
            if (one.isFresh)
                needs = saved;
            migrations::WordCounts before, after;
            for (const auto &[text, path] : one.files) {
                for (const auto &[word, count] : migrations::countWords(text).asKeyValueRange())
                    before[word] += count;
                for (const auto &[word, count] : migrations::countWords(contentOf(path)).asKeyValueRange())
                    after[word] += count;
            }
            for (qsizetype i = 0; i < pending.size(); ++i)
                if (migrations::beginsToUse(before, after, introduced[i], one.plugins.contains(pending[i].plugin())))
                    addWithEarlier(needs, pending, pending[i].label);
        }
        result << needs;
    }
    return result;
}

QList<migrations::Key> keysOf(const QStringList &labels)
{
    QList<migrations::Key> keys;
    for (const QString &label : labels)
        keys.append({label.section(u'/', 0, 0), label.section(u'/', 1)});
    return keys;
}

} // namespace

void Session::Private::beginMigrations()
{
    desk.setTrusted(trusted);
    desk.refresh();
}

void Session::Private::followDesk()
{
    connect(&desk, &MigrationDesk::statusChanged, this, [this] { migrationsSeen(); });
    connect(&desk, &MigrationDesk::databaseChanged, this,
            [this] { preferences.database = readPreferences(options.root).database; });
    connect(&desk, &MigrationDesk::output, this, [this](const QString &line) { jobs.append(deskJob, line); });
    connect(&desk, &MigrationDesk::activityChanged, this, [this] {
        const MigrationActivity &activity = desk.activity();
        if (activity.isRunning() && deskJob == 0) {
            deskJob = jobs.begin(u"migrate "_s + toString(activity.kind), u"migration"_s,
                                 u"paddockctl migrate "_s + activity.command, options.root, [this] { desk.cancel(); });
            updatePending();
        } else if (!activity.isRunning() && deskJob != 0) {
            jobs.end(std::exchange(deskJob, 0),
                     activity.outcome == MigrationActivity::Outcome::Done        ? JobState::Succeeded
                     : activity.outcome == MigrationActivity::Outcome::Cancelled ? JobState::Cancelled
                                                                                 : JobState::Failed,
                     activity.ms);
        }
    });
    connect(q, &Session::workspaceChanged, this, [this] {
        QMap<QString, QStringList> dependencies;
        for (const workspace::Plugin &plugin : tree.plugins)
            dependencies.insert(plugin.name, plugin.dependencies);
        desk.setPluginOrder(migrations::pluginOrder(dependencies));
    });
}

/// Somebody ran migrations, here or elsewhere: what waited for them may be applied now.
void Session::Private::migrationsSeen()
{
    if (!applying && !isMigratingToStart) // (a start loads it all)
        lookAgainAtHeld();
    pump(); // a saved migration may have waited for the states
}

void Session::Private::lookAgainAtHeld()
{
    if (heldForMigrations.isEmpty() || !desk.isKnown())
        return;
    const bool allRan = std::ranges::all_of(keysOf(heldNeeds), [this](const migrations::Key &key) {
        const migrations::Entry *entry = desk.entry(key);
        return entry && entry->isApplied();
    });
    if (!allRan)
        return;
    note(u"The migrations that changes waited for have run: %1."_s.arg(heldNeeds.join(u", "_s)));
    const QHash<QString, qint64> files = std::exchange(heldForMigrations, {});
    heldNeeds.clear();
    Q_EMIT q->heldForChanged();
    const auto swap = [this, files] {
        for (auto it = files.begin(); it != files.end(); ++it)
            pending.insert(it.key(), watch::monotonicNs());
        applyOnce = true;
        pump();
    };
    if (!trusted || typeScript.isEmpty())
        return swap();
    // As everywhere: after a migration types, then the swap. (Types that fail are told by their job.)
    runScript(typeScript).then(this, [swap](const Result<> &) { swap(); });
}

/// For each change the migrations that have to run before its code; `then` is called at once if there are none at all.
void Session::Private::findNeeds(const QList<Change> &changes, const QHash<QString, qint64> &batch,
                                 const std::function<void(const QList<QStringList> &)> &then)
{
    QList<Pending> waiting;
    const auto addWaiting = [&](const QString &label, const QString &path) {
        const Pending one{label, path};
        const migrations::Entry *entry = desk.entry({label.section(u'/', 0, 0), label.section(u'/', 1)});
        if (!waiting.contains(one) && !(desk.isKnown() && entry && entry->isApplied()) && QFile::exists(path))
            waiting.append(one);
    };
    if (server.status().state == ServerState::Running && server.status().agent == AgentState::Connected) {
        if (desk.isKnown())
            for (const migrations::Entry &entry : desk.status().entries)
                if (!entry.isCore() && !entry.isApplied() && !entry.path.isEmpty())
                    addWaiting(entry.plugin + u'/' + entry.name, entry.path);
        for (auto it = heldForMigrations.keyBegin(); it != heldForMigrations.keyEnd(); ++it)
            if (const auto migration = workspace::asMigration(*it))
                addWaiting(migration->first + u'/' + migration->second, options.root + u'/' + *it);
        for (const Change &change : changes)
            if (change.kind == Kind::Migration)
                for (const QString &file : change.files)
                    if (const auto migration = workspace::asMigration(file))
                        addWaiting(migration->first + u'/' + migration->second, options.root + u'/' + file);
    }
    if (waiting.isEmpty())
        return then(QList<QStringList>(changes.size()));
    std::ranges::sort(waiting, {}, &Pending::label);
    QList<Candidate> candidates;
    for (const Change &change : changes) {
        Candidate one{.isMigration = change.kind == Kind::Migration,
                      .wantsCode = (change.has(Action::Swap) || change.has(Action::Restart)) &&
                                   !change.has(Action::Hold) && !change.has(Action::Ask),
                      .isFresh =
                          std::ranges::any_of(change.files, [&](const QString &file) { return batch.contains(file); }),
                      .label = change.subject.name,
                      .plugins = change.plugins};
        for (const QString &file : change.files)
            one.files.append(
                {sources.text(applied.contentHash(file)).value_or(QByteArray()), options.root + u'/' + file});
        candidates.append(one);
    }
    QtConcurrent::run(&worker, [candidates, waiting] { return needsOf(candidates, waiting); }).then(this, then);
}

/// Lets the batch run the migrations that were saved with it, and calls `then`, now or later.
void Session::Private::allowSavedMigrations(const QList<Change> &changes, const QList<QStringList> &needs,
                                            const QHash<QString, qint64> &batch, const std::function<void()> &then)
{
    QStringList saved, all;
    for (const Change &change : changes)
        if (change.kind == Kind::Migration &&
            std::ranges::any_of(change.files, [&](const QString &file) { return batch.contains(file); }))
            saved.append(change.subject.name);
    for (const QStringList &some : needs)
        for (const QString &need : some)
            if (!all.contains(need))
                all.append(need);
    // Nothing else may come in with them: what had been held before waits for its own word.
    const bool isSavedNow = std::ranges::all_of(all, [&](const QString &need) { return saved.contains(need); }) &&
                            std::ranges::all_of(heldNeeds, [&](const QString &need) { return all.contains(need); });
    whyNotMigrated.clear();
    if (mayMigrate || all.isEmpty() || !isSavedNow || settings.migrations == SavedMigrations::Ask)
        return then();
    desk.prepare({.only = keysOf(all)}).then(this, [this, then](const Result<QList<migrations::PlannedStep>> &planned) {
        // (Where the database is not known, the server itself runs them: it knows.)
        const auto may = planned ? migrations::mayRun(*planned, false) : Result<>(std::unexpected(planned.error()));
        mayMigrate = may || may.error().code == "database-unknown"_L1;
        if (!mayMigrate)
            whyNotMigrated = may.error().message;
        then();
    });
}

void Session::Private::holdForMigrations(const ChangeRecord &record)
{
    for (const QString &file : record.change.files)
        heldForMigrations.insert(file, watch::monotonicNs());
    for (const QString &need : record.needs)
        if (!heldNeeds.contains(need))
            heldNeeds.append(need);
    heldNeeds.sort();
    if (isApplyUnderWay && applyError.code.isEmpty())
        applyError = {.code = u"swap-rejected"_s,
                      .message = record.message,
                      .detail = {},
                      .where = record.errorFile,
                      .remedy = u"Nothing of it is in service. Correct it, save, and apply both again."_s};
    Q_EMIT q->heldForChanged();
}

QFuture<Result<>> Session::Private::applyHeld(bool consent)
{
    const auto answered = [](Result<> result) { return QtFuture::makeReadyValueFuture(std::move(result)); };
    if (applying)
        return answered(fail(u"running"_s, u"This is under way already."_s, u"Wait for it to end."_s));
    if (heldForMigrations.isEmpty())
        return desk.run({}, consent).then(this, [](const Result<migrations::RunReport> &report) -> Result<> {
            if (!report)
                return std::unexpected(report.error());
            return report->error.code.isEmpty() ? Result<>() : std::unexpected(report->error);
        });
    applying = std::make_shared<QPromise<Result<>>>();
    applying->start();
    auto future = applying->future();
    const auto refuse = [this](const Error &error) {
        const auto promise = std::exchange(applying, nullptr);
        promise->addResult(std::unexpected(error));
        promise->finish();
    };
    desk.prepare({.only = keysOf(heldNeeds)})
        .then(this, [this, consent, refuse](const Result<QList<migrations::PlannedStep>> &planned) {
            // (Where the database is not known, the server itself runs them: it knows.)
            if (!planned && planned.error().code != "database-unknown"_L1)
                return refuse(planned.error());
            if (auto may = planned ? migrations::mayRun(*planned, consent) : Result<>(); !may)
                return refuse(may.error());
            mayMigrate = true;
            mayLoseData = consent;
            applyError = {};
            for (auto it = heldForMigrations.begin(); it != heldForMigrations.end(); ++it)
                pending.insert(it.key(), watch::monotonicNs());
            applyOnce = true;
            pump();
        });
    return future;
}

/// The batch that was allowed to run migrations has ended.
void Session::Private::settleApply()
{
    if (!std::exchange(isApplyUnderWay, false))
        return;
    mayMigrate = mayLoseData = false;
    desk.refresh();
    if (const auto promise = std::exchange(applying, nullptr)) {
        promise->addResult(applyError.code.isEmpty() ? Result<>() : std::unexpected(applyError));
        promise->finish();
    }
}

QFuture<Result<pipeline::Migrated>> Session::Private::runMigrations(const QStringList &needs)
{
    using Answer = Result<pipeline::Migrated>;
    if (needs.isEmpty())
        return QtFuture::makeReadyValueFuture(Answer(pipeline::Migrated{u"applied already"_s, {}}));
    if (desk.database().engine == migrations::Engine::Unknown)
        return server.request(u"migrate"_s, {}, std::chrono::minutes(5))
            .then(this, [](const Result<QJsonObject> &answer) -> Answer {
                if (!answer)
                    return std::unexpected(answer.error());
                QStringList names;
                for (const QJsonValue &one : answer->value("applied"_L1).toArray())
                    names.append(one["plugin"_L1].toString() + u'/' + one["name"_L1].toString());
                const QString text = names.isEmpty() ? u"nothing was pending"_s : u"applied "_s + names.join(u", "_s);
                return pipeline::Migrated{text, {}}; // by the server, which cannot take them back
            });
    auto promise = std::make_shared<QPromise<Answer>>();
    promise->start();
    const auto finish = [promise](Answer answer) {
        promise->addResult(std::move(answer));
        promise->finish();
    };
    desk.run({.only = keysOf(needs)}, mayLoseData)
        .then(this, [this, finish](const Result<migrations::RunReport> &report) {
            if (!report)
                return finish(std::unexpected(report.error()));
            QStringList done;
            for (const migrations::StepReport &step : report->steps)
                if (step.outcome == "done"_L1)
                    done << step.step.plugin + u'/' + step.step.name;
            if (report->error.code.isEmpty())
                return finish(pipeline::Migrated{
                    done.isEmpty() ? u"applied already"_s : u"applied "_s + done.join(u", "_s), done});
            if (done.isEmpty())
                return finish(std::unexpected(report->error));
            takeMigrationsBack(done).then(this, [finish, done, error = report->error](const Result<> &back) {
                Error told = error;
                told.message += back ? u" What had run before it was taken back: %1."_s.arg(done.join(u", "_s))
                                     : u" %1 stay applied: %2"_s.arg(done.join(u", "_s), back.error().message);
                finish(std::unexpected(told));
            });
        });
    return promise->future();
}

QFuture<Result<>> Session::Private::takeMigrationsBack(const QStringList &names)
{
    const QList<migrations::Key> keys = keysOf(names);
    for (const migrations::Key &key : keys) {
        const migrations::Entry *entry = desk.entry(key);
        const auto findings = migrations::lint(entry ? contentOf(entry->path) : QByteArray(), Direction::Up);
        const auto hopeless = std::ranges::find(findings, u"irreversible-down"_s, &migrations::Finding::rule);
        if (hopeless != findings.end())
            return QtFuture::makeReadyValueFuture<Result<>>(
                fail(u"irreversible"_s, u"%1/%2: %3"_s.arg(key.first, key.second, hopeless->message),
                     u"On SQLite “paddockctl migrate restore” puts the backup back that was made before."_s));
    }
    return desk.run({.direction = Direction::Down, .only = keys}, true)
        .then(this, [](const Result<migrations::RunReport> &report) -> Result<> {
            if (!report)
                return std::unexpected(report.error());
            return report->error.code.isEmpty() ? Result<>() : std::unexpected(report->error);
        });
}

QJsonObject Session::Private::heldJson() const
{
    QStringList files(heldForMigrations.keyBegin(), heldForMigrations.keyEnd());
    files.sort();
    return {{u"migrations"_s, QJsonArray::fromStringList(heldNeeds)}, {u"files"_s, QJsonArray::fromStringList(files)}};
}

// ------------------------------------------------------------------------------------------------ the public face

MigrationDesk &Session::migrations() const
{
    return d->desk;
}

QStringList Session::heldFor() const
{
    return d->heldNeeds;
}

QFuture<Result<>> Session::applyHeld(bool consent)
{
    return d->applyHeld(consent);
}

} // namespace paddock::session
