// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the user lets through: focus on one plugin, manual mode and pause, restarts that are asked for.
#include "session/session_p.h"

namespace paddock::session {

using namespace Qt::StringLiterals;
using change::Change;

/// A change concerns the plugin in focus if it is its own, one of its migrations, or a module whose code it runs.
bool Session::Private::isInFocus(const Change &change) const
{
    if (focus.isEmpty())
        return true;
    const change::Subject &subject = change.subject;
    if (subject.type == change::Subject::Type::Plugin)
        return subject.name == focus;
    if (subject.type == change::Subject::Type::Migration)
        return subject.name.startsWith(focus + u'/');
    return change.plugins.contains(focus);
}

void Session::Private::holdForFocus(const Change &change, const QHash<QString, qint64> &batch)
{
    const QString reason = u"the focus is on “%1”; leaving it applies this (%2)"_s.arg(focus, change.reason);
    for (const QString &file : change.files) {
        if (applied.contentHash(file) == latest.contentHash(file))
            continue;
        if (!outOfFocus.contains(file))
            outOfFocus.insert(file, batch.value(file, watch::monotonicNs()));
        unapplied.insert(file);
        addJournal(file, Fate::Held, 0, reason);
    }
}

void Session::Private::holdForRestart(const QStringList &files, const QString &reason)
{
    for (const QString &file : files)
        restartFiles.insert(file);
    restartReason = reason;
    if (restartPolicy() == RestartPolicy::Ask)
        Q_EMIT q->restartWantedChanged(restartReason);
}

void Session::Private::clearRestartWanted()
{
    if (restartFiles.isEmpty() && restartReason.isEmpty())
        return;
    restartFiles.clear();
    restartReason.clear();
    Q_EMIT q->restartWantedChanged({});
    waitingChanged();
}

void Session::Private::waitingChanged()
{
    // What has been applied in the meantime waits no longer, whichever way it came into service.
    outOfFocus.removeIf([this](const auto &entry) { return !unapplied.contains(entry.key()); });
    heldForMigrations.removeIf([this](const auto &entry) { return !unapplied.contains(entry.key()); });
    if (heldForMigrations.isEmpty() && !heldNeeds.isEmpty()) {
        heldNeeds.clear();
        Q_EMIT q->heldForChanged();
    }
    if (restartFiles.removeIf([this](const QString &file) { return !unapplied.contains(file); }) > 0 &&
        restartFiles.isEmpty())
        clearRestartWanted();
    Q_EMIT q->waitingFilesChanged(q->waitingFiles());
}

RestartPolicy Session::Private::restartPolicy() const
{
    return preferences.restart.value_or(settings.restart.value_or(RestartPolicy::Yes));
}

// ------------------------------------------------------------------------------------------------ the public face

QStringList Session::waitingFileNames() const
{
    QSet<QString> names(d->pending.keyBegin(), d->pending.keyEnd());
    names.unite(QSet<QString>(d->outOfFocus.keyBegin(), d->outOfFocus.keyEnd()));
    names.unite(d->restartFiles);
    names.unite(QSet<QString>(d->heldForMigrations.keyBegin(), d->heldForMigrations.keyEnd()));
    QStringList sorted = names.values();
    sorted.sort();
    return sorted;
}

QString Session::focus() const
{
    return d->focus;
}

Result<> Session::setFocus(const QString &plugin)
{
    if (plugin == d->focus)
        return {};
    if (!plugin.isEmpty() && !d->pluginNames().contains(plugin))
        return fail(u"no-plugin"_s, u"There is no plugin “%1”."_s.arg(plugin),
                    u"There are: %1."_s.arg(d->pluginNames().join(u", "_s)));
    d->focus = plugin;
    // What was held outside the old focus is looked at again; what lies outside the new one is held again.
    const QHash<QString, qint64> held = std::exchange(d->outOfFocus, {});
    for (auto it = held.begin(); it != held.end(); ++it)
        d->pending.insert(it.key(), it.value());
    d->note(plugin.isEmpty() ? u"The pipeline serves all plugins again."_s
                             : u"The pipeline is limited to “%1”; other changes are held."_s.arg(plugin));
    Q_EMIT focusChanged(plugin);
    Q_EMIT waitingFilesChanged(waitingFiles());
    d->pump();
    return {};
}

bool Session::isManual() const
{
    return d->preferences.isManual;
}

void Session::setManual(bool manual)
{
    if (d->preferences.isManual == manual)
        return;
    d->preferences.isManual = manual;
    writePreferences(d->options.root, d->preferences);
    Q_EMIT manualChanged(manual);
    d->pump();
}

void Session::applyWaiting()
{
    d->applyOnce = !d->pending.isEmpty();
    d->pump();
}

RestartPolicy Session::restartPolicy() const
{
    return d->restartPolicy();
}

void Session::setRestartPolicy(RestartPolicy policy)
{
    if (d->preferences.restart == policy)
        return;
    d->preferences.restart = policy;
    writePreferences(d->options.root, d->preferences);
    Q_EMIT restartPolicyChanged();
    if (!d->restartReason.isEmpty()) {
        if (policy == RestartPolicy::Ask)
            Q_EMIT restartWantedChanged(d->restartReason);
        else if (policy == RestartPolicy::No)
            Q_EMIT restartWantedChanged({});
        else
            answerRestart(true);
    }
}

QString Session::restartWanted() const
{
    return d->restartPolicy() == RestartPolicy::Ask ? d->restartReason : QString();
}

void Session::answerRestart(bool restart)
{
    if (d->restartReason.isEmpty())
        return;
    if (!restart) {
        d->restartReason.clear(); // the files stay held: the next restart, for whatever reason, loads them
        Q_EMIT restartWantedChanged({});
        return;
    }
    const qint64 now = watch::monotonicNs();
    for (const QString &file : std::as_const(d->restartFiles))
        d->pending.insert(file, d->pending.value(file, now));
    d->restartFiles.clear();
    d->restartReason.clear();
    d->restartAllowed = true;
    d->applyOnce = true;
    Q_EMIT restartWantedChanged({});
    d->pump();
}

} // namespace paddock::session
