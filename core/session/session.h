// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "history/historyreader.h"
#include "logs/logline.h"
#include "session/joboffers.h"
#include "session/records.h"
#include "session/settings.h"
#include "types/apidiff.h"
#include "workspace/workspace.h"

#include <QFuture>
#include <QObject>
#include <QStringList>
#include <memory>
#include <optional>

namespace paddock::session {

class TypesDesk;

struct SessionOptions
{
    QString root;             ///< absolute folder of the workspace
    QString bun;              ///< empty: found as the contract says
    bool startServer = true;  ///< start the server as soon as the workspace is read
    bool trustGiven = false;  ///< the user trusts the workspace for this session and from now on
    QString inspect = {};     ///< given to the runtime for a debugger: "--inspect", "--inspect=…"; empty: none
    QString script = {};      ///< of package.json, to start the server with; empty: see launchplan.h
    bool mayLoseData = false; ///< the first start may run migrations that lose data, or that the settings ask about
    bool sinceLast = false;   ///< what has changed since the last session is classified and goes through the pipeline
};

/// What `sinceLast` found.
struct SinceLast
{
    bool isKnown = false;    ///< an earlier session was closed properly and left what it had served
    int changes = 0;         ///< what has changed since then and asks for something
    bool staleTypes = false; ///< generated types are older than what they were generated from, or of unknown age
};

class MigrationDesk;

/// One open workspace: watcher, server process, agent, pipeline. It lives on the thread that made it and never blocks
/// it; all signals come on that thread. The window and the command line are two views of it.
class Session final : public QObject
{
    Q_OBJECT

public:
    explicit Session(SessionOptions options, QObject *parent = nullptr);
    ~Session() override;

    /// Reads the workspace, opens the control socket, watches, and starts the server if it may. Errors that keep the
    /// session from opening at all come as the result; everything later comes as problems.
    void open();
    /// Stops server, jobs and watcher in order; `closed` follows.
    void close();

    [[nodiscard]] const SessionOptions &options() const;
    [[nodiscard]] bool isTrusted() const;
    [[nodiscard]] bool isPaused() const;
    [[nodiscard]] int waitingFiles() const;             ///< files that changed and are not applied yet
    [[nodiscard]] QStringList waitingFileNames() const; ///< the same, sorted
    [[nodiscard]] bool isManual() const;                ///< changes are applied on request only
    [[nodiscard]] QString focus() const;                ///< the plugin that the pipeline is limited to; empty: none
    [[nodiscard]] RestartPolicy restartPolicy() const;
    [[nodiscard]] QString restartWanted() const; ///< why; empty: nothing waits for a restart that must be asked for
    [[nodiscard]] const Settings &settings() const;
    [[nodiscard]] QList<JobOffer> jobOffers() const;
    [[nodiscard]] const SinceLast &sinceLast() const; ///< once `sinceLastKnown` has come
    [[nodiscard]] QString historyFile() const;
    [[nodiscard]] const history::Summary &pastSummary() const; ///< of the sessions before this one
    [[nodiscard]] const ServerStatus &server() const;
    [[nodiscard]] const workspace::Workspace &workspace() const;
    [[nodiscard]] const QList<ChangeRecord> &changes() const; ///< oldest first, bounded
    [[nodiscard]] const QList<Problem> &problems() const;
    [[nodiscard]] const QList<JobRecord> &jobs() const;
    [[nodiscard]] const QList<JournalEntry> &journal() const;
    [[nodiscard]] QJsonObject inspection() const; ///< the agent's latest snapshot (PROTOCOL.md); empty: none yet
    [[nodiscard]] int pendingWork() const;        ///< stages and jobs that run or wait
    [[nodiscard]] QMap<QString, int> pluginGenerations() const;
    /// Plugins that serve with earlier code than what is on disk, and the generation that was put back.
    [[nodiscard]] QMap<QString, int> rolledBack() const;
    [[nodiscard]] std::optional<Hang> hang() const; ///< while the server does not respond
    /// How a server is started by hand so that it can be attached to: a command for a shell.
    [[nodiscard]] QString attachCommand() const;

    /// The types as the latest change left them; null: none have been read.
    [[nodiscard]] const types::Snapshot *typeSnapshot() const;
    /// Comparisons, impact, approvals, baselines.
    [[nodiscard]] TypesDesk *types() const;

    void trust();
    /// Migrations that are pending run before, with a backup, then types; so it is with every start, whoever wants it.
    /// `consent`: also migrations that lose data, or that the settings say to ask about. Errors besides those of a
    /// start and of a run: "needs-consent", "empty-migration", "migrations-pending".
    QFuture<Result<>> startServer(bool consent = false);
    /// A server that was started by hand is only stopped if that was asked for; error "attached".
    QFuture<Result<>> stopServer(bool evenAttached = false);
    /// As a start. Where migrations keep it from starting again, the server is left as it was.
    QFuture<Result<>> restartServer(bool evenAttached = false, bool consent = false);
    /// Swaps now, whether or not a file changed. The result is the change as it ended.
    QFuture<Result<ChangeRecord>> reloadPlugin(const QString &plugin, bool force = false);
    QFuture<Result<ChangeRecord>> reloadRoutes(const QString &file);
    /// The generations of a plugin that can be put back, and the one in service; oldest first.
    QFuture<Result<QList<PluginGeneration>>> generations(const QString &plugin);
    /// Puts an earlier generation's code back into service; 0: the one before. Files stay as they are.
    /// Errors: "server-stopped", "server-hung", "no-plugin", "unknown-generation".
    QFuture<Result<ChangeRecord>> rollback(const QString &plugin, int generation = 0);
    /// The same by restarting the server, which works while it hangs. Errors: "unknown-generation", those of a restart.
    QFuture<Result<>> rollbackAndRestart(const QString &plugin, int generation, bool consent = false);
    QFuture<Result<>> generateTypes();
    /// Stops the server of another session that holds this one's port, then starts this one. Errors: "not-ours", and
    /// those of starting.
    QFuture<Result<>> takePort();
    [[nodiscard]] bool canTakePort() const; ///< the last start failed because a server of Paddock's holds the port
    /// Where the database is, how migrations stand, and what can be done about them.
    [[nodiscard]] MigrationDesk &migrations() const;
    /// Migrations that changes wait for: "shop/003_add_stock.ts"; empty: none.
    [[nodiscard]] QStringList heldFor() const;
    /// Runs the migrations that changes wait for, generates types, and swaps: all of it or nothing. Without any such
    /// change it runs all that is pending. Errors: "needs-consent" (data would be lost), "empty-migration", those of a
    /// run, "swap-rejected".
    QFuture<Result<>> applyHeld(bool consent);
    /// Calls a route inside the server; the result is that of the agent's `call`.
    QFuture<Result<QJsonObject>> call(const QString &route, const QJsonValue &input);
    void pause();
    void resume();
    void cancelJob(qint64 id);
    /// Errors: those of jobSpec(), not-trusted, and how the job failed.
    QFuture<Result<>> runJob(const QString &name, const QMap<QString, QString> &inputs = {});
    QFuture<Result<>> runJobAgain(qint64 id);
    /// Only changes that concern this plugin are applied; all others are held. Empty: all again, and what was held is
    /// applied. Error: no-plugin.
    Result<> setFocus(const QString &plugin);
    void setManual(bool manual);                 ///< remembered for the workspace
    void applyWaiting();                         ///< in manual mode or paused: what waits, once
    void setRestartPolicy(RestartPolicy policy); ///< remembered for the workspace
    void
    answerRestart(bool restart); ///< yes: what waits for a restart gets it; no: it stays held and is not asked again

Q_SIGNALS:
    void opened();
    void openFailed(const paddock::Error &error);
    void closed();
    void sinceLastKnown(); ///< see sinceLast()
    void ready();          ///< watching and served, for the first time or again after a restart
    void trustNeeded();
    void pausedChanged(bool paused);
    void waitingFilesChanged(int count);
    void serverChanged(const paddock::session::ServerStatus &status);
    void workspaceChanged(); ///< see workspace()
    void inspectionChanged();
    void changeAdded(const paddock::session::ChangeRecord &record);
    void changeUpdated(const paddock::session::ChangeRecord &record); ///< same id; stages or outcome moved on
    void stageChanged(qint64 change, const paddock::session::StageRun &run);
    void changeFinished(const paddock::session::ChangeRecord &record);
    /// Some time after changeFinished, for a change that callers could see; no findings: they see no difference.
    void typesCompared(qint64 change, const QList<paddock::types::Finding> &findings);
    void proofChanged(const paddock::session::ChangeRecord &record); ///< more is known of a swap that has finished
    void requestsServed(const QJsonObject &batch);                   ///< `requests` of the agent (PROTOCOL.md)
    void rolledBackChanged();
    void journalAdded(const paddock::session::JournalEntry &entry);
    void logsAdded(const QList<paddock::logs::LogLine> &lines); ///< in batches, at most every 50 ms
    void logsDropped(qint64 count);                             ///< lines that had to be dropped in a flood, in all
    void problemsChanged();
    void problemAdded(const paddock::session::Problem &problem);
    void jobChanged(const paddock::session::JobRecord &job);
    void pendingWorkChanged(int count);
    void focusChanged(const QString &plugin);
    void manualChanged(bool manual);
    void restartPolicyChanged();
    void restartWantedChanged(const QString &reason); ///< empty: no longer
    void heldForChanged();                            ///< see heldFor()
    void settingsChanged();
    void historyWritten();
    void pastSummaryChanged();

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace paddock::session
