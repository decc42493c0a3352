// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "pipeline/jobs.h"
#include "session/settings.h"

/// The jobs that a user can start on a workspace: its package scripts, its watcher for one plugin, the installation of
/// its packages, its tests, and its own commands.
namespace paddock::session {

struct JobOffer
{
    QString name;    ///< what `run` takes
    QString kind;    ///< script, watcher, install, test, command
    QString command; ///< what it runs, as far as it is known before its inputs are
    QList<CommandInput> inputs;
    friend bool operator==(const JobOffer &, const JobOffer &) = default;
};

/// In the order: user's commands, install, test, scripts, watchers. Names are unique; the first of a name counts.
[[nodiscard]] QList<JobOffer> jobOffers(const QString &root, const Settings &settings, const QStringList &plugins);

/// The name of the offer that runs the workspace's own watcher for a plugin.
[[nodiscard]] QString watcherJobName(const QString &plugin);

/// What to start for an offer. `inputs`: values by name. Errors: no-job (with the names there are), missing-input,
/// unknown-input, no-match (a glob finds nothing), no-watcher, and those of findBun().
[[nodiscard]] Result<pipeline::JobSpec> jobSpec(const QString &root, const QString &bun, const Settings &settings,
                                                const QStringList &plugins, const QString &name,
                                                const QMap<QString, QString> &inputs);

/// The script of package.json that generates types: by its usual name, else by what it runs. Empty: there is none.
[[nodiscard]] QString findTypeScript(const QString &root);

/// What scripts of the workspace find: the bun that runs the server comes first in PATH, colours are on.
[[nodiscard]] QProcessEnvironment scriptEnvironment(const QString &bun);

} // namespace paddock::session
