// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Earlier generations of plugins: listed, put back, and what that means for the files, which stay as they are.
#include "base/paths.h"
#include "session/session_p.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>
#include <QtConcurrentRun>
#include <algorithm>

namespace paddock::session {

using namespace Qt::StringLiterals;
using change::Action;
using change::Change;
using change::Kind;

namespace {

template <class T>
QFuture<Result<T>> failed(Error error)
{
    return QtFuture::makeReadyValueFuture<Result<T>>(std::unexpected(std::move(error)));
}

Error unknownGeneration(const QString &plugin, int generation)
{
    return {.code = u"unknown-generation"_s,
            .message = generation > 0
                           ? u"There is no generation %1 of “%2” to put back."_s.arg(generation).arg(plugin)
                           : u"There is no earlier generation of “%1” since the server started."_s.arg(plugin),
            .remedy = u"“paddockctl rollback %1 --list” shows those that there are."_s.arg(plugin)};
}

} // namespace

void Session::Private::keepSources(const workspace::ProjectState &state)
{
    QtConcurrent::run(&worker, [state, known = sources.known()] {
        return SourceKeeper::read(state, known);
    }).then(this, [this](const SourceKeeper::Texts &texts) { sources.add(texts); });
}

QFuture<Result<QList<PluginGeneration>>> Session::Private::generationsOf(const QString &plugin)
{
    using List = QList<PluginGeneration>;
    if (server.status().state == ServerState::Hung)
        return failed<List>({.code = u"server-hung"_s,
                             .message = u"The server does not respond."_s,
                             .remedy = u"Restart it; with --restart an earlier generation is put back on the way."_s});
    if (server.status().state != ServerState::Running)
        return failed<List>({.code = u"server-stopped"_s,
                             .message = u"The server does not run, so there are no generations."_s,
                             .remedy = u"Start it first."_s});
    if (std::ranges::find(tree.plugins, plugin, &workspace::Plugin::name) == tree.plugins.end())
        return failed<List>({.code = u"no-plugin"_s,
                             .message = u"There is no plugin “%1”."_s.arg(plugin),
                             .remedy = u"“paddockctl tree” lists the plugins."_s});
    return server.request(u"generations"_s)
        .then(this, [this, plugin](const Result<QJsonObject> &answer) -> Result<List> {
            if (!answer)
                return std::unexpected(answer.error());
            List list;
            const QJsonObject plugins = answer->value("plugins"_L1).toObject();
            for (const QJsonValue &one : plugins.value(plugin).toArray()) {
                PluginGeneration generation{.generation = one["generation"_L1].toInt(),
                                            .at = QDateTime::fromMSecsSinceEpoch(qint64(one["at"_L1].toDouble())),
                                            .isCurrent = one["current"_L1].toBool()};
                generation.code = one["code"_L1].toInt(generation.generation);
                for (const ChangeRecord &record : records) {
                    if (!wasSwapped(record) || record.generation != generation.code ||
                        record.at < server.status().startedAt || !record.change.plugins.contains(plugin))
                        continue;
                    generation.change = record.id;
                    generation.reason = record.change.reason;
                }
                list.append(generation);
            }
            return list;
        });
}

QFuture<Result<ChangeRecord>> Session::Private::rollback(const QString &plugin, int generation)
{
    auto promise = std::make_shared<QPromise<Result<ChangeRecord>>>();
    promise->start();
    const auto settle = [promise](const Result<ChangeRecord> &result) {
        promise->addResult(result);
        promise->finish();
    };
    generationsOf(plugin).then(this, [this, plugin, generation, settle](const Result<QList<PluginGeneration>> &list) {
        if (!list)
            return settle(std::unexpected(list.error()));
        int wanted = generation;
        const PluginGeneration *found = nullptr;
        for (const PluginGeneration &one : *list)
            if (generation > 0 ? one.generation == generation : !one.isCurrent)
                found = &one;
        if (!found)
            return settle(std::unexpected(unknownGeneration(plugin, generation)));
        if (found->isCurrent)
            return settle(fail(u"unknown-generation"_s,
                               u"Generation %1 of “%2” is in service already."_s.arg(generation).arg(plugin),
                               u"“paddockctl rollback %1 --list” shows the others."_s.arg(plugin)));
        wanted = found->generation;
        const auto it = std::ranges::find(tree.plugins, plugin, &workspace::Plugin::name);
        Change change{.kind = Kind::PluginMethod,
                      .subject = {change::Subject::Type::Plugin, plugin},
                      .row = change::Row::PluginMethods,
                      .actions = {Action::Swap},
                      .reason =
                          u"Putting generation %1 of “%2” back into service was asked for."_s.arg(wanted).arg(plugin),
                      .details = {{u"put-back"_s, u"generation %1"_s.arg(wanted)}}};
        change.plugins = {plugin};
        change.file = it == tree.plugins.end() ? QString() : it->file;
        submit(change, false, wanted).then(this, settle);
    });
    return promise->future();
}

/// The files whose code a plugin had in an earlier state, and those that have come to it since.
QStringList Session::Private::codeFiles(const QString &plugin, int since, const workspace::ProjectState &then) const
{
    QSet<QString> files;
    for (const workspace::ProjectState *state : {&then, &latest}) {
        const workspace::Workspace described = workspace::describe(*state);
        const auto it = std::ranges::find(described.plugins, plugin, &workspace::Plugin::name);
        if (it != described.plugins.end())
            for (const QString &file : ownModules(it->file, *state))
                files.insert(file);
    }
    for (const ChangeRecord &record : records)
        if (wasSwapped(record) && record.generation > since && record.at >= server.status().startedAt &&
            record.change.plugins.contains(plugin))
            for (const QString &file : record.change.files + record.change.modules)
                files.insert(file);
    return files.values();
}

/// A generation is in service again: what the files hold is not, until they are saved again.
void Session::Private::putBack(qint64 change, const QString &plugin, int generation)
{
    bool differs = true;
    QStringList kept;
    if (const auto then = sources.at(generation)) {
        const QStringList files = codeFiles(plugin, generation, *then);
        applied = workspace::takeFiles(applied, *then, files);
        for (const QString &file : files) {
            if (applied.contentHash(file) == latest.contentHash(file)) {
                unapplied.remove(file);
            } else {
                unapplied.insert(file);
                kept.append(file);
            }
        }
        differs = !kept.isEmpty();
    }
    setRolledBack(plugin, differs ? generation : 0, kept);
    const auto it = std::ranges::find(tree.plugins, plugin, &workspace::Plugin::name);
    addJournal(it == tree.plugins.end() ? plugin : it->file, Fate::Applied, change,
               differs
                   ? u"generation %1 of “%2” was put back, as asked for: the files on disk hold other code; the "
                     "next save of this plugin goes on from them"_s.arg(generation)
                         .arg(plugin)
                   : u"generation %1 of “%2” was put back, as asked for: it is what the files hold"_s.arg(generation)
                         .arg(plugin));
}

/// Files that hold again what is in service end it without a swap.
void Session::Private::forgetRollbacks()
{
    const QMap<QString, QStringList> all = rolledBackFiles;
    for (auto it = all.begin(); it != all.end(); ++it)
        if (std::ranges::none_of(it.value(), [this](const QString &file) { return unapplied.contains(file); }))
            setRolledBack(it.key(), 0);
}

void Session::Private::setRolledBack(const QString &plugin, int generation, const QStringList &files)
{
    if (generation > 0 && !files.isEmpty())
        rolledBackFiles.insert(plugin, files);
    else
        rolledBackFiles.remove(plugin);
    const bool changed = generation > 0 ? rolledBack.value(plugin) != generation : rolledBack.contains(plugin);
    if (!changed)
        return;
    if (generation > 0)
        rolledBack.insert(plugin, generation);
    else
        rolledBack.remove(plugin);
    Q_EMIT q->rolledBackChanged();
}

QFuture<Result<>> Session::Private::rollbackAndRestart(const QString &plugin, int generation, bool consent)
{
    if (!sources.at(generation))
        return failed<void>(unknownGeneration(plugin, generation));
    if (auto prepared = prepareServer(); !prepared)
        return QtFuture::makeReadyValueFuture(prepared);
    // The framework runs what is pending whichever generation it starts with.
    return migrateBeforeStart(consent)
        .then(this,
              [this, plugin, generation, consent](const Result<> &ready) {
                  if (!ready) {
                      Error error = ready.error();
                      error.remedy.replace(
                          "paddockctl restart --yes"_L1,
                          u"paddockctl rollback %1 --to %2 --restart --yes"_s.arg(plugin).arg(generation));
                      return failed<void>(error);
                  }
                  consentToStart = consent;
                  return putBackByRestart(plugin, generation);
              })
        .unwrap();
}

QFuture<Result<>> Session::Private::putBackByRestart(const QString &plugin, int generation)
{
    const auto then = sources.at(generation);
    if (!then)
        return failed<void>(unknownGeneration(plugin, generation));
    QJsonObject held;
    const QStringList files = codeFiles(plugin, generation, *then);
    for (const QString &file : files) {
        const QByteArray hash = then->contentHash(file);
        if (hash == latest.contentHash(file) || hash.isEmpty())
            continue; // as it is on disk; or it did not exist, and the earlier code does not import it
        const auto text = sources.text(hash);
        if (!text)
            return failed<void>(
                {.code = u"unknown-generation"_s,
                 .message = u"The text of %1 in generation %2 is not known any more."_s.arg(file).arg(generation),
                 .remedy = u"Put an earlier state of the file back yourself, and restart."_s});
        held.insert(options.root + u'/' + file, QString::fromUtf8(*text));
    }
    if (auto prepared = prepareServer(); !prepared)
        return QtFuture::makeReadyValueFuture(prepared);
    const auto folder = paths::socketFolder(options.root);
    QSaveFile out(folder ? *folder + u"/held.json"_s : QString());
    const bool isOpen = folder && out.open(QIODevice::WriteOnly);
    out.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    if (!isOpen || out.write(QJsonDocument(held).toJson(QJsonDocument::Compact)) < 0 || !out.commit())
        return failed<void>({.code = u"socket"_s,
                             .message = u"The earlier code cannot be handed to the server: "_s + out.errorString(),
                             .where = out.fileName()});
    server.setHeld(out.fileName());

    ChangeRecord record;
    record.id = ++lastChangeId;
    record.at = QDateTime::currentDateTimeUtc();
    record.change = {
        .kind = Kind::PluginMethod,
        .subject = {change::Subject::Type::Plugin, plugin},
        .row = change::Row::PluginMethods,
        .actions = {Action::Restart},
        .reason = u"Putting generation %1 of “%2” back by a restart was asked for."_s.arg(generation).arg(plugin),
        .details = {{u"put-back"_s, u"generation %1"_s.arg(generation)}}};
    record.change.plugins = {plugin};
    record.stages = {{.stage = Stage::Restart, .state = StageState::Running}};
    store(record);
    Q_EMIT q->changeAdded(record);
    const auto began = watch::monotonicNs();
    auto restarting = server.restart(record.change.reason);
    loadedByStart.unite(loadedFromDisk() - QSet<QString>(files.begin(), files.end()));
    applied = workspace::takeFiles(latest, *then, files);
    QStringList kept;
    for (const QString &file : files)
        if (applied.contentHash(file) != latest.contentHash(file))
            kept.append(file);
    for (const QString &file : std::as_const(kept))
        unapplied.insert(file);
    return restarting.then(this, [this, record, began, plugin, generation, kept](const Result<> &result) mutable {
        record.ms = record.servedMs = double(watch::monotonicNs() - began) / 1e6;
        record.stages.first().ms = record.ms;
        record.stages.first().state = result ? StageState::Done : StageState::Failed;
        record.outcome = result ? Outcome::Restarted : Outcome::Held;
        record.generation = server.status().generation;
        if (result) {
            setRolledBack(plugin, kept.isEmpty() ? 0 : generation, kept);
            const auto it = std::ranges::find(tree.plugins, plugin, &workspace::Plugin::name);
            addJournal(it == tree.plugins.end() ? plugin : it->file, Fate::Applied, record.id,
                       u"generation %1 of “%2” was put back by a restart, as asked for; the next save of this plugin "
                       "goes on from what is on disk"_s.arg(generation)
                           .arg(plugin));
        } else {
            record.message = result.error().message;
        }
        store(record);
        Q_EMIT q->changeUpdated(record);
        Q_EMIT q->changeFinished(record);
        return result;
    });
}

// ------------------------------------------------------------------------------------------------ the public face

QFuture<Result<QList<PluginGeneration>>> Session::generations(const QString &plugin)
{
    return d->generationsOf(plugin);
}

QFuture<Result<ChangeRecord>> Session::rollback(const QString &plugin, int generation)
{
    return d->rollback(plugin, generation);
}

QFuture<Result<>> Session::rollbackAndRestart(const QString &plugin, int generation, bool consent)
{
    return d->rollbackAndRestart(plugin, generation, consent);
}

QMap<QString, int> Session::rolledBack() const
{
    return d->rolledBack;
}

std::optional<Hang> Session::hang() const
{
    return d->hang;
}

} // namespace paddock::session
