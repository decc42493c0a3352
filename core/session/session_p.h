// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/classifier.h"
#include "history/historystore.h"
#include "logs/logpipeline.h"
#include "pipeline/jobs.h"
#include "pipeline/runner.h"
#include "session/control.h"
#include "session/generatedfiles.h"
#include "session/livedifferences.h"
#include "session/logtags.h"
#include "session/migrationdesk.h"
#include "session/saveloop.h"
#include "session/server.h"
#include "session/session.h"
#include "session/sourcekeeper.h"
#include "session/typesdesk.h"
#include "session/typewatch.h"
#include "watch/watcher.h"
#include "workspace/project.h"

#include <QElapsedTimer>
#include <QHash>
#include <QMap>
#include <QSet>
#include <QThreadPool>
#include <QTimer>
#include <deque>

namespace paddock::session {

/// Everything of a session that its users do not see. Reading and classifying run on a pool of one thread, so their
/// results come in order; all else is on the session's own thread.
class Session::Private final : public QObject
{
public:
    Private(Session *session, SessionOptions sessionOptions);
    ~Private() override;

    // Opening and closing
    void open();
    void sweepLeftovers();
    void readWorkspace();
    void adopt(const workspace::ProjectState &state);
    void begin();
    void close();
    void closeWhenIdle();
    void endClosing();
    QFuture<Result<>> startServer();
    void takeSinceLast();
    void runSinceLast();
    QFuture<Result<>> launchServer();
    Result<> prepareServer();

    // From file events to changes
    void takeBatch(const watch::Batch &batch);
    void pump();
    void classifyPending(bool secondLook);
    void takeChanges(const QList<change::Change> &changes, const QList<QStringList> &needs,
                     const workspace::ProjectState &newest, const QHash<QString, qint64> &batch);
    void describeLatest();
    bool isWorthRetrying(const change::Change &change, const QList<change::Change> &fresh) const;
    void codeDone(const QStringList &applied, const QStringList &kept);
    void recordFinished(const ChangeRecord &record);
    QFuture<Result<ChangeRecord>> submit(const change::Change &change, bool force, int rollbackTo = 0);
    QStringList ownModules(const QString &file) const;
    static QStringList ownModules(const QString &file, const workspace::ProjectState &state);

    // How the server is started (session_launch.cpp), and attached to (session_attach.cpp)
    Result<LaunchPlan> launchPlan(const QString &bun, const QString &agentFile, const QProcessEnvironment &environment);
    QSet<QString> loadedFromDisk();
    void listenForServers();
    void catchUp();

    // Earlier generations (session_rollback.cpp)
    QFuture<Result<QList<PluginGeneration>>> generationsOf(const QString &plugin);
    QFuture<Result<ChangeRecord>> rollback(const QString &plugin, int generation);
    QFuture<Result<>> rollbackAndRestart(const QString &plugin, int generation, bool consent);
    QFuture<Result<>> putBackByRestart(const QString &plugin, int generation);
    QStringList codeFiles(const QString &plugin, int since, const workspace::ProjectState &then) const;
    void putBack(qint64 change, const QString &plugin, int generation);
    void setRolledBack(const QString &plugin, int generation, const QStringList &files = {});
    void forgetRollbacks();
    void keepSources(const workspace::ProjectState &state);

    // Hangs (session_hang.cpp)
    void serverChanged(const ServerStatus &status);
    void serverHangs();
    void serverAnswers();
    Error unansweredSwap(Error error) const;
    void withdrawSwap();

    // Proof of swaps (session_proof.cpp)
    void takeRetired(const QJsonObject &notification);
    void takeUndisposed(const QJsonObject &notification);
    void takeProof(int generation);
    void moreIsKnown(const ChangeRecord &record);
    void setGeneration(const QString &plugin, int generation);

    // Focus, manual mode, restarts that are asked for (session_focus.cpp)
    bool isInFocus(const change::Change &change) const;
    void holdForFocus(const change::Change &change, const QHash<QString, qint64> &batch);
    void holdForRestart(const QStringList &files, const QString &reason);
    void clearRestartWanted();
    void waitingChanged();
    RestartPolicy restartPolicy() const;

    // Migrations, and what waits for them (session_migrations.cpp)
    void beginMigrations();
    void migrationsSeen();
    // … before a start (session_restart.cpp)
    QFuture<Result<>> passGate();
    QFuture<Result<>> askEntryAndPass(bool consent, const migrations::Location &candidate);
    QFuture<Result<>> migrateBeforeStart(bool consent);
    QFuture<Result<>> runAllBeforeStart(const QList<migrations::PlannedStep> &planned, bool consent);
    QFuture<Result<>> runBeforeStart(bool consent);
    [[nodiscard]] Result<> mayRunAtStart(const QList<migrations::PlannedStep> &planned, bool consent) const;
    bool isMigratingToStart = false;
    bool consentToStart = false; ///< the next start may run migrations that lose data
    void findNeeds(const QList<change::Change> &changes, const QHash<QString, qint64> &batch,
                   const std::function<void(const QList<QStringList> &)> &then);
    void allowSavedMigrations(const QList<change::Change> &changes, const QList<QStringList> &needs,
                              const QHash<QString, qint64> &batch, const std::function<void()> &then);
    void holdForMigrations(const ChangeRecord &record);
    void lookAgainAtHeld();
    QFuture<Result<>> applyHeld(bool consent);
    void settleApply();
    QFuture<Result<pipeline::Migrated>> runMigrations(const QStringList &needs);
    QFuture<Result<>> takeMigrationsBack(const QStringList &names);
    QJsonObject heldJson() const;
    void followDesk();

    // Settings and jobs (session_jobs.cpp)
    void takeSettings(const Settings &fresh);
    void readSettingsAgain();
    QFuture<Result<>> runJob(const QString &name, const QMap<QString, QString> &inputs);
    QStringList pluginNames() const;
    QFuture<Result<QJsonObject>> controlPipeline(const QString &method, const QJsonObject &params, bool *known);

    // What type generation writes, and loops of saves (session_generated.cpp)
    void watchForLoops();
    void typesWillBeWritten();
    void typesWritten(bool succeeded);
    change::Facts factsForClassifying() const;
    void breakLoops(QList<change::Change> &changes, const QHash<QString, qint64> &batch);
    void retryWhenQuiet(const QString &file);
    void compareWithServer(); // (session_live.cpp)

    // What changes do to callers (session_types.cpp)
    void beginTypes();
    void typesAfter(const ChangeRecord &record);
    void typesChecked(const types::TypeCheck &check);
    void typesCompared(const QList<qint64> &changes, const QList<types::Finding> &findings, const QString &from,
                       const QString &to);
    void typesGenerated(bool byStage);
    void checkStaleTypes();

    // History (session_history.cpp)
    void beginHistory();
    void readPastSummary(qint64 exceptSession);

    // What the runner asks for
    pipeline::Operations operations();
    pipeline::Situation situation() const;
    agent::SwapRequest swapRequest(const QList<change::Change> &changes) const;
    QFuture<Result<>> runScript(const QString &name);
    QFuture<Result<>> install();

    // What comes from the server
    void takeNotification(const QJsonObject &notification);
    void takeInspection(const QJsonObject &snapshot);
    void serverReady();
    void note(const QString &text, logs::Level level = logs::Level::Info,
              const QString &source = QStringLiteral("paddock"));

    // Bookkeeping
    void store(const ChangeRecord &record);

    // The journal (session_journal.cpp)
    void addJournal(const QString &file, Fate fate, qint64 change, const QString &reason);
    void journalMerged(const QString &file);
    void journalOvertaken(const QString &file);
    void journalBegun(const QList<pipeline::Item> &items);
    void journalFinished(const ChangeRecord &record);
    void journalLoaded(const QSet<QString> &files);
    void journalLeft();

    // Problems
    void setProblem(const Problem &problem);
    void clearProblems(const QString &source);
    void updatePending();
    QString relative(const QString &file) const;
    QFuture<Result<QJsonObject>> control(const QString &method, const QJsonObject &params);
    QJsonObject statusJson() const;
    void broadcastEvents();
    void showLogs();

    Session *q;
    SessionOptions options;
    QString typeScript; ///< name of the script that generates types; empty: none
    bool trusted = false;
    bool paused = false;
    bool opened = false;
    bool closing = false;
    bool classifying = false;
    bool readyOnce = false;

    QThreadPool worker;
    QThreadPool aside; ///< for what nothing waits for; of our own, because databases must not outlive the application
    QThreadPool describing;          ///< what is shown of a large workspace takes its time; no save waits for it
    workspace::ProjectState applied; ///< what is in service, as far as files go
    workspace::ProjectState latest;  ///< what the files say
    workspace::Workspace tree;
    QHash<QString, qint64> pending;               ///< files that changed and wait → steady clock ns of the first event
    QSet<QString> unapplied;                      ///< files whose latest content is not in service
    QHash<QString, qint64> heldForMigrations;     ///< held until migrations have run; a part of `unapplied`
    QStringList heldNeeds;                        ///< those migrations: "shop/003_add_stock.ts"
    bool mayMigrate = false;                      ///< the next batch may run them
    QString whyNotMigrated;                       ///< …and why not, in words
    bool isApplyUnderWay = false;                 ///< …and is on its way
    bool mayLoseData = false;                     ///< …also where that loses data
    std::shared_ptr<QPromise<Result<>>> applying; ///< waits for that batch
    Error applyError;                             ///< of its first change that failed
    struct BatchFates
    {
        QHash<QString, int> open;           ///< changes of the batch that a file is a part of and that are not settled
        QHash<QString, JournalEntry> worst; ///< of those that are
    };
    QHash<qint64, std::shared_ptr<BatchFates>> batchFates; ///< by change
    QSet<QString> heldByBroken;                            ///< need a restart, which waits until everything parses
    QSet<QString> loadedByStart;                           ///< had been held; the start under way loads them
    QHash<QString, QByteArray> withdrawn;                  ///< content hashes of files whose swap was given up
    QHash<QString, qint64> outOfFocus;                     ///< held until the focus is left; a part of `unapplied`
    QSet<QString> restartFiles;                            ///< held until a restart is allowed; a part of `unapplied`
    QString restartReason;
    QString focus;
    Settings settings;
    Preferences preferences;
    qint64 portHolder = 0; ///< a server of ours that holds the port; 0: none
    SinceLast sinceLast;
    QList<change::Change> changesSince; ///< not run yet
    bool startAfterBatch = false;       ///< the batch under way may not have started the server
    bool applyOnce = false;             ///< what waits is applied although changes are only collected
    bool restartAllowed = false;        ///< the user said yes to the next restart
    QList<pipeline::Item> manual;       ///< what the user asked for and waits
    QHash<qint64, std::shared_ptr<QPromise<Result<ChangeRecord>>>> waitingForChange;

    // (Server and jobs still report to these while they end.)
    GeneratedFiles generatedFiles;
    GeneratedFiles::Snapshot beforeTypes;
    int typesRunning = 0; ///< runs of type generation whose output is not known yet
    SaveLoop loops;
    QSet<QString> typesOwed; ///< files of changes that were swapped, whose types wait for a quiet moment
    bool serverStarting = false;

    Server server;
    MigrationDesk desk;
    qint64 deskJob = 0; ///< the record of what runs at the desk
    pipeline::Jobs jobs;
    std::unique_ptr<pipeline::Runner> runner;
    std::unique_ptr<watch::Watcher> watcher;
    std::unique_ptr<ControlServer> controlServer;
    std::unique_ptr<history::HistoryStore> history;
    history::Summary past;
    QHash<qint64, QList<types::Finding>>
        earlyTypes;                       ///< found before the change that they belong to was compared; 0: of none yet
    QSet<qint64> typesToTell;             ///< changes that have ended and whose types are still to be compared
    types::TypeCheck typeCheck;           ///< as it was last told
    std::unique_ptr<TypeWatch> typeWatch; ///< null: not trusted yet, or no bun
    TypesDesk typesDesk;
    QTimer typesGoOn;                  ///< the compilers are suspended until then
    workspace::ProjectState typesFrom; ///< what the type generation that runs reads
    int typeStages = 0;                ///< runs of type generation that are a change's
    logs::LogPipeline logPipeline;
    LogTags logTags;
    QList<logs::LogLine> logsToShow; ///< lines that may still be told more of
    QTimer logTimer;
    std::deque<logs::LogLine> logLines; ///< the last lines, for `logs`
    qint64 lastLogId = 0;
    qint64 logsDropped = 0;

    QList<ChangeRecord> records;
    QList<Problem> problems;
    QList<JournalEntry> journal;
    QJsonObject inspection;
    QList<LiveDifference> differences; ///< between the files and the running server
    QMap<QString, int> generations;
    QMap<QString, QList<int>> pastGenerations; ///< of each plugin since the server started, oldest first
    QMap<QString, int> rolledBack;
    QMap<QString, QStringList> rolledBackFiles; ///< plugin → those whose content on disk is not in service therefore
    QHash<qint64, int> rollbacks;               ///< changes under way that put a generation back → that generation
    SourceKeeper sources;
    QMap<int, Proof> retired; ///< generation that began with the swap → proof; the last few
    QJsonObject loading;      ///< latest `swapping` of the swap under way; empty: there is none
    qint64 lastSwap = 0;      ///< change that last put code into service since the server started
    std::optional<Hang> hang;
    ServerState lastState = ServerState::Stopped;
    qint64 lastChangeId = 0;
    int lastPending = 0;
};

} // namespace paddock::session
