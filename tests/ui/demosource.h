// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "source.h"

#include <QFuture>

namespace paddock::tests {

/// A source that plays a small shop without any process: it answers commands at once, and tests can put into it what
/// they like.
class DemoSource final : public ui::Source
{
    Q_OBJECT

public:
    explicit DemoSource(const QString &root, bool trusted = true);

    void open() override;
    void close() override;
    [[nodiscard]] QString root() const override { return m_workspace.root; }
    [[nodiscard]] bool isTrusted() const override { return m_isTrusted; }
    [[nodiscard]] bool isPaused() const override { return m_isPaused; }
    [[nodiscard]] int waitingFiles() const override { return int(m_waiting.size()); }
    [[nodiscard]] QStringList waitingFileNames() const override { return m_waiting; }
    [[nodiscard]] bool isManual() const override { return m_isManual; }
    void setManual(bool manual) override;
    void applyWaiting() override;
    [[nodiscard]] QString focus() const override { return m_focus; }
    void setFocus(const QString &plugin) override;
    [[nodiscard]] session::RestartPolicy restartPolicy() const override { return m_policy; }
    void setRestartPolicy(session::RestartPolicy policy) override;
    [[nodiscard]] QString restartWanted() const override { return m_restartWanted; }
    void answerRestart(bool restart) override;
    [[nodiscard]] QList<session::JobOffer> jobOffers() const override { return m_offers; }
    QFuture<Result<>> runJob(const QString &name, const QMap<QString, QString> &inputs) override;
    QFuture<Result<>> runJobAgain(qint64 id) override;
    [[nodiscard]] const session::ServerStatus &server() const override { return m_server; }
    [[nodiscard]] const workspace::Workspace &workspace() const override { return m_workspace; }
    [[nodiscard]] const QList<session::ChangeRecord> &changes() const override { return m_changes; }
    [[nodiscard]] const QList<session::Problem> &problems() const override { return m_problems; }
    [[nodiscard]] const QList<session::JobRecord> &jobs() const override { return m_jobs; }
    [[nodiscard]] QJsonObject inspection() const override { return m_inspection; }
    [[nodiscard]] int pendingWork() const override { return m_pending; }
    [[nodiscard]] QMap<QString, int> pluginGenerations() const override { return m_generations; }
    [[nodiscard]] QMap<QString, int> rolledBack() const override { return m_rolledBack; }
    [[nodiscard]] std::optional<session::Hang> hang() const override { return m_hang; }
    [[nodiscard]] QString attachCommand() const override;
    [[nodiscard]] QList<session::JournalEntry> journal() const override { return m_journal; }
    void trust() override;
    QFuture<Result<>> startServer() override;
    QFuture<Result<>> stopServer(bool evenAttached) override;
    QFuture<Result<>> restartServer(bool evenAttached, bool consent) override;
    QFuture<Result<QList<session::PluginGeneration>>> generations(const QString &plugin) override;
    QFuture<Result<session::ChangeRecord>> rollback(const QString &plugin, int generation) override;
    QFuture<Result<>> rollbackAndRestart(const QString &plugin, int generation, bool consent) override;
    QFuture<Result<session::ChangeRecord>> reloadPlugin(const QString &plugin, bool force) override;
    QFuture<Result<session::ChangeRecord>> reloadRoutes(const QString &file) override;
    QFuture<Result<>> generateTypes() override;
    QFuture<Result<QJsonObject>> call(const QString &route, const QJsonValue &input) override;
    void pause() override;
    void resume() override;
    void cancelJob(qint64 id) override;

    [[nodiscard]] session::TypesDesk *types() const override { return m_typesDesk.get(); }

    // What a test may put in.
    void setServer(session::ServerState state);
    void setHung(const session::Hang &hang);
    bool restartNeedsConsent = false; ///< a migration that loses data is pending
    void setAttached(bool attached) { m_server.attached = attached; }
    void setPending(int count);
    void setInspection(const QJsonObject &inspection);
    void addChange(session::ChangeRecord record);
    void setProblems(const QList<session::Problem> &problems);
    void addJob(const session::JobRecord &job); ///< or what has become of it
    void setOffers(const QList<session::JobOffer> &offers) { m_offers = offers; }
    void setWaiting(const QStringList &files);
    void setRestartWanted(const QString &reason);
    void addLine(logs::LogLine line);             ///< its time is the next moment, its id the next
    void addJournal(session::JournalEntry entry); ///< its time is the next moment
    void addLogs(int count);                      ///< lines like those of a running shop
    void setWorkspace(const workspace::Workspace &workspace);
    [[nodiscard]] session::MigrationDesk *migrations() const override { return m_desk.get(); }
    [[nodiscard]] QStringList heldFor() const override { return m_heldFor; }
    QFuture<Result<>> applyHeld(bool consent) override;
    /// A real desk, on a real workspace and database.
    void setMigrations(std::unique_ptr<session::MigrationDesk> desk) { m_desk = std::move(desk); }
    void setHeldFor(const QStringList &migrations);
    void failNext(const Error &error) { m_nextError = error; } ///< the next command fails with it
    /// Snapshots of its types, two changes among them, with the client that was generated. Its root must be there.
    void playTypes();
    /// What it did to callers.
    [[nodiscard]] const QList<types::Finding> &found() const { return m_found; }
    void playChanges(); ///< a handful of changes of all kinds, with problems, jobs and logs

    QStringList calls; ///< names of the commands received, in order

private:
    template <class T>
    QFuture<Result<T>> answer(T value);
    QFuture<Result<>> done();
    session::ChangeRecord record(change::Kind kind, change::Subject::Type type, const QString &name);

    workspace::Workspace m_workspace;
    session::ServerStatus m_server;
    QList<session::ChangeRecord> m_changes;
    QList<session::Problem> m_problems;
    QList<session::JobRecord> m_jobs;
    QList<session::JournalEntry> m_journal;
    QJsonObject m_inspection;
    QMap<QString, int> m_generations;
    QMap<QString, int> m_rolledBack;
    QMap<QString, QList<session::PluginGeneration>> m_past;
    std::optional<session::Hang> m_hang;
    std::optional<Error> m_nextError;
    std::unique_ptr<session::MigrationDesk> m_desk;
    QStringList m_heldFor;
    QStringList m_waiting;
    QList<session::JobOffer> m_offers;
    QString m_focus;
    QString m_restartWanted;
    session::RestartPolicy m_policy = session::RestartPolicy::Yes;
    bool m_isManual = false;
    QDateTime m_clock;
    qint64 m_lines = 0;
    int m_pending = 0;
    std::unique_ptr<session::TypesDesk> m_typesDesk;
    QList<types::Finding> m_found;
    bool m_isTrusted;
    bool m_isPaused = false;
};

} // namespace paddock::tests
