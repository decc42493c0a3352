// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/migrationdesk.h"
#include "session/session.h"
#include "session/typesdesk.h"

namespace paddock::ui {

/// What the window shows and drives: the interface of session::Session, so that tests can stand in for a session
/// with scripted data. See session.h for the meaning of each member.
class Source : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual void open() = 0;
    virtual void close() = 0;

    [[nodiscard]] virtual QString root() const = 0;
    [[nodiscard]] virtual bool isTrusted() const = 0;
    [[nodiscard]] virtual bool isPaused() const = 0;
    [[nodiscard]] virtual int waitingFiles() const = 0;
    [[nodiscard]] virtual const session::ServerStatus &server() const = 0;
    [[nodiscard]] virtual const workspace::Workspace &workspace() const = 0;
    [[nodiscard]] virtual const QList<session::ChangeRecord> &changes() const = 0;
    [[nodiscard]] virtual const QList<session::Problem> &problems() const = 0;
    [[nodiscard]] virtual const QList<session::JobRecord> &jobs() const = 0;
    [[nodiscard]] virtual QJsonObject inspection() const = 0;
    [[nodiscard]] virtual int pendingWork() const = 0;
    [[nodiscard]] virtual QMap<QString, int> pluginGenerations() const = 0;
    [[nodiscard]] virtual QMap<QString, int> rolledBack() const = 0;
    [[nodiscard]] virtual std::optional<session::Hang> hang() const = 0;
    [[nodiscard]] virtual QString attachCommand() const = 0;

    virtual void trust() = 0;
    virtual QFuture<Result<>> startServer() = 0;
    virtual QFuture<Result<>> stopServer(bool evenAttached) = 0;
    virtual QFuture<Result<>> restartServer(bool evenAttached, bool consent) = 0;
    virtual QFuture<Result<session::ChangeRecord>> reloadPlugin(const QString &plugin, bool force) = 0;
    virtual QFuture<Result<session::ChangeRecord>> reloadRoutes(const QString &file) = 0;
    virtual QFuture<Result<QList<session::PluginGeneration>>> generations(const QString &plugin) = 0;
    virtual QFuture<Result<session::ChangeRecord>> rollback(const QString &plugin, int generation) = 0;
    virtual QFuture<Result<>> rollbackAndRestart(const QString &plugin, int generation, bool consent) = 0;
    virtual QFuture<Result<>> generateTypes() = 0;
    virtual QFuture<Result<QJsonObject>> call(const QString &route, const QJsonValue &input) = 0;
    virtual void pause() = 0;
    virtual void resume() = 0;
    virtual void cancelJob(qint64 id) = 0;

    // The pipeline's own settings. A source without them leaves them as they are here.
    [[nodiscard]] virtual QStringList waitingFileNames() const { return {}; }
    [[nodiscard]] virtual bool isManual() const { return false; }
    [[nodiscard]] virtual QString focus() const { return {}; }
    [[nodiscard]] virtual session::RestartPolicy restartPolicy() const { return session::RestartPolicy::Yes; }
    [[nodiscard]] virtual QString restartWanted() const { return {}; }
    [[nodiscard]] virtual QList<session::JobOffer> jobOffers() const { return {}; }
    [[nodiscard]] virtual QList<session::JournalEntry> journal() const { return {}; }
    [[nodiscard]] virtual QString historyFile() const { return {}; }
    [[nodiscard]] virtual history::Summary pastSummary() const { return {}; }
    /// Comparisons of types, impact, approvals; null: there are none.
    [[nodiscard]] virtual session::TypesDesk *types() const { return nullptr; }
    virtual void setManual(bool) {}
    virtual void applyWaiting() {}
    virtual void setFocus(const QString &) {}
    virtual void setRestartPolicy(session::RestartPolicy) {}
    virtual void answerRestart(bool) {}
    [[nodiscard]] virtual bool canTakePort() const { return false; }
    virtual QFuture<Result<>> takePort() { return QtFuture::makeReadyValueFuture(Result<>()); }
    virtual QFuture<Result<>> runJob(const QString &, const QMap<QString, QString> &)
    {
        return QtFuture::makeReadyValueFuture(Result<>());
    }
    /// Migrations and their database; null: there are none.
    [[nodiscard]] virtual session::MigrationDesk *migrations() const { return nullptr; }
    [[nodiscard]] virtual QStringList heldFor() const { return {}; }
    virtual QFuture<Result<>> applyHeld(bool) { return QtFuture::makeReadyValueFuture(Result<>()); }
    virtual QFuture<Result<>> runJobAgain(qint64) { return QtFuture::makeReadyValueFuture(Result<>()); }

Q_SIGNALS:
    void opened();
    void openFailed(const paddock::Error &error);
    void closed();
    void trustNeeded();
    void pausedChanged(bool paused);
    void waitingFilesChanged(int count);
    void serverChanged(const paddock::session::ServerStatus &status);
    void workspaceChanged();
    void inspectionChanged();
    void changeAdded(const paddock::session::ChangeRecord &record);
    void changeUpdated(const paddock::session::ChangeRecord &record);
    void changeFinished(const paddock::session::ChangeRecord &record);
    void logsAdded(const QList<paddock::logs::LogLine> &lines);
    void logsDropped(qint64 count);
    void problemsChanged();
    void journalAdded(const paddock::session::JournalEntry &entry);
    void jobChanged(const paddock::session::JobRecord &job);
    void pendingWorkChanged(int count);
    void rolledBackChanged();
    void focusChanged(const QString &plugin);
    void manualChanged(bool manual);
    void restartPolicyChanged();
    void restartWantedChanged(const QString &reason);
    void heldForChanged();
    void historyWritten();
    void pastSummaryChanged();
};

} // namespace paddock::ui
