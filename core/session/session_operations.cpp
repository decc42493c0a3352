// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the runner can do: requests to the agent, jobs, restarts.
#include "session/session_p.h"

namespace paddock::session {

using namespace Qt::StringLiterals;
using change::Change;

pipeline::Situation Session::Private::situation() const
{
    return {.server = server.status().state,
            .agentConnected = server.status().agent == AgentState::Connected,
            .hasServed = server.hasServed(),
            .attached = server.status().attached,
            .canGenerateTypes = trusted && !typeScript.isEmpty(),
            .typeScript = typeScript,
            .restart = restartAllowed ? RestartPolicy::Yes : restartPolicy(),
            .heldFor = mayMigrate ? QStringList() : heldNeeds};
}

agent::SwapRequest Session::Private::swapRequest(const QList<Change> &changes) const
{
    agent::SwapRequest request;
    const auto absolute = [this](const QString &file) { return options.root + u'/' + file; };
    QStringList plugins;
    QStringList unregistered;
    QMap<QString, QJsonValue> configs;
    QMap<QString, QString> oldNames; // new name → old name
    for (const Change &change : changes) {
        unregistered += change.unregistered;
        configs.insert(change.configs);
        for (const change::RouterUse &use : change.routers)
            if (const agent::SwapRouter router{absolute(use.file), use.exportName, use.remove};
                !request.routers.contains(router))
                request.routers.append(router);
        for (const change::Detail &detail : change.details)
            if (detail.what == "plugin-renamed"_L1)
                oldNames.insert(change.subject.name, detail.name);
        for (const QString &name : change.plugins)
            if (!plugins.contains(name))
                plugins.append(name);
        for (const QString &file : change.routeFiles)
            if (const QString path = absolute(file); !request.routeFiles.contains(path))
                request.routeFiles.append(path);
        for (const QString &file : change.modules)
            if (const QString path = absolute(file); !request.modules.contains(path))
                request.modules.append(path);
    }
    const auto place = [this](const workspace::Workspace &described, const QString &name) {
        const auto it = std::ranges::find(described.plugins, name, &workspace::Plugin::name);
        return it != described.plugins.end() && latest.hasFile(it->file) ? it->file : QString();
    };
    for (const QString &name : plugins) {
        if (std::ranges::find(oldNames, name) != oldNames.end())
            continue; // it goes when its new name comes
        QString file = unregistered.contains(name) ? QString() : place(tree, name);
        if (file.isEmpty() && !unregistered.contains(name))
            file = place(workspace::describe(latest), name); // new or moved: the tree follows a moment later
        request.plugins.append({.name = name,
                                .file = file.isEmpty() ? file : absolute(file),
                                .remove = file.isEmpty(),
                                .renamedFrom = oldNames.value(name),
                                .config = configs.value(name, QJsonValue::Undefined)});
    }
    request.entry = absolute(tree.entry);
    if (settings.swapMs > 0)
        request.timeoutMs = settings.swapMs;
    return request;
}

pipeline::Operations Session::Private::operations()
{
    return {
        .swap =
            [this](const agent::SwapRequest &request) {
                const std::chrono::milliseconds limit(request.timeoutMs + 10'000);
                const bool isRollback = request.rollbackTo > 0 && request.plugins.size() == 1;
                const QJsonObject params = isRollback ? QJsonObject{{u"plugin"_s, request.plugins.first().name},
                                                                    {u"generation"_s, request.rollbackTo}}
                                                      : agent::toJson(request);
                return server.request(isRollback ? u"rollback"_s : u"swap"_s, params, limit)
                    .then(this, [this](const Result<QJsonObject> &answer) -> Result<agent::SwapResult> {
                        loading = {};
                        if (!answer) {
                            if (answer.error().code == "timeout"_L1)
                                withdrawSwap();
                            return std::unexpected(unansweredSwap(answer.error()));
                        }
                        agent::SwapResult result = agent::swapResultFromJson(*answer);
                        if (result.ok) {
                            for (auto it = result.pluginGenerations.begin(); it != result.pluginGenerations.end(); ++it)
                                setGeneration(it.key(), it.value());
                            server.setGeneration(result.generation);
                            logPipeline.setGeneration(result.generation);
                        }
                        result.failure.file = relative(result.failure.file);
                        for (Undisposed &one : result.ledger.undisposed)
                            one.file = relative(one.file);
                        return result;
                    });
            },
        .install = [this] { return install(); },
        .migrate = [this](const QStringList &needs) { return runMigrations(needs); },
        .unmigrate = [this](const QStringList &names) { return takeMigrationsBack(names); },
        .restart =
            [this](const QString &why) {
                if (auto prepared = prepareServer(); !prepared)
                    return QtFuture::makeReadyValueFuture(prepared);
                return server.restart(why).then(this, [this](const Result<> &result) -> Result<> {
                    if (result) { // all that is on disk, also what had been kept out until now
                        journalLoaded(loadedFromDisk() - runner->files());
                        return result;
                    }
                    Error error = result.error();
                    if (const qsizetype colon = error.where.lastIndexOf(u':'); colon > 0)
                        error.where = relative(error.where.first(colon)) + error.where.sliced(colon);
                    return std::unexpected(error);
                });
            },
        .verify = [this] { return server.checkHealth(); },
        .generateTypes =
            [this] {
                ++typeStages;
                return runScript(typeScript).then(this, [this](const Result<> &result) {
                    // The job's own end may be told after this.
                    QMetaObject::invokeMethod(this, [this] { --typeStages; }, Qt::QueuedConnection);
                    return result;
                });
            },
        .swapRequest = [this](const QList<Change> &changes) { return swapRequest(changes); },
        .generation = [this] { return server.status().generation; },
    };
}

} // namespace paddock::session
