// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mainwindow.h"
#include "source.h"

namespace paddock::ui {

/// A session as the window's source.
class SessionSource final : public Source
{
    Q_OBJECT

public:
    explicit SessionSource(const session::SessionOptions &options, QObject *parent = nullptr);

    void open() override { m_session.open(); }
    void close() override { m_session.close(); }
    [[nodiscard]] QString root() const override { return m_session.options().root; }
    [[nodiscard]] bool isTrusted() const override { return m_session.isTrusted(); }
    [[nodiscard]] bool isPaused() const override { return m_session.isPaused(); }
    [[nodiscard]] int waitingFiles() const override { return m_session.waitingFiles(); }
    [[nodiscard]] const session::ServerStatus &server() const override { return m_session.server(); }
    [[nodiscard]] const workspace::Workspace &workspace() const override { return m_session.workspace(); }
    [[nodiscard]] const QList<session::ChangeRecord> &changes() const override { return m_session.changes(); }
    [[nodiscard]] const QList<session::Problem> &problems() const override { return m_session.problems(); }
    [[nodiscard]] const QList<session::JobRecord> &jobs() const override { return m_session.jobs(); }
    [[nodiscard]] QJsonObject inspection() const override { return m_session.inspection(); }
    [[nodiscard]] int pendingWork() const override { return m_session.pendingWork(); }
    [[nodiscard]] QMap<QString, int> pluginGenerations() const override { return m_session.pluginGenerations(); }
    [[nodiscard]] QMap<QString, int> rolledBack() const override { return m_session.rolledBack(); }
    [[nodiscard]] std::optional<session::Hang> hang() const override { return m_session.hang(); }
    [[nodiscard]] QString attachCommand() const override { return m_session.attachCommand(); }
    void trust() override { m_session.trust(); }
    QFuture<Result<>> startServer() override { return m_session.startServer(); }
    QFuture<Result<>> stopServer(bool evenAttached) override { return m_session.stopServer(evenAttached); }
    QFuture<Result<>> restartServer(bool evenAttached, bool consent) override
    {
        return m_session.restartServer(evenAttached, consent);
    }
    QFuture<Result<session::ChangeRecord>> reloadPlugin(const QString &plugin, bool force) override
    {
        return m_session.reloadPlugin(plugin, force);
    }
    QFuture<Result<session::ChangeRecord>> reloadRoutes(const QString &file) override
    {
        return m_session.reloadRoutes(file);
    }
    QFuture<Result<QList<session::PluginGeneration>>> generations(const QString &plugin) override
    {
        return m_session.generations(plugin);
    }
    QFuture<Result<session::ChangeRecord>> rollback(const QString &plugin, int generation) override
    {
        return m_session.rollback(plugin, generation);
    }
    QFuture<Result<>> rollbackAndRestart(const QString &plugin, int generation, bool consent) override
    {
        return m_session.rollbackAndRestart(plugin, generation, consent);
    }
    QFuture<Result<>> generateTypes() override { return m_session.generateTypes(); }
    QFuture<Result<QJsonObject>> call(const QString &route, const QJsonValue &input) override
    {
        return m_session.call(route, input);
    }
    void pause() override { m_session.pause(); }
    void resume() override { m_session.resume(); }
    void cancelJob(qint64 id) override { m_session.cancelJob(id); }
    [[nodiscard]] QStringList waitingFileNames() const override { return m_session.waitingFileNames(); }
    [[nodiscard]] bool isManual() const override { return m_session.isManual(); }
    [[nodiscard]] QString focus() const override { return m_session.focus(); }
    [[nodiscard]] session::RestartPolicy restartPolicy() const override { return m_session.restartPolicy(); }
    [[nodiscard]] QString restartWanted() const override { return m_session.restartWanted(); }
    [[nodiscard]] QList<session::JobOffer> jobOffers() const override { return m_session.jobOffers(); }
    [[nodiscard]] QList<session::JournalEntry> journal() const override { return m_session.journal(); }
    [[nodiscard]] QString historyFile() const override { return m_session.historyFile(); }
    [[nodiscard]] history::Summary pastSummary() const override { return m_session.pastSummary(); }
    [[nodiscard]] session::TypesDesk *types() const override { return m_session.types(); }
    void setManual(bool manual) override { m_session.setManual(manual); }
    void applyWaiting() override { m_session.applyWaiting(); }
    void setFocus(const QString &plugin) override { (void)m_session.setFocus(plugin); } // the window offers real ones
    void setRestartPolicy(session::RestartPolicy policy) override { m_session.setRestartPolicy(policy); }
    void answerRestart(bool restart) override { m_session.answerRestart(restart); }
    [[nodiscard]] bool canTakePort() const override { return m_session.canTakePort(); }
    QFuture<Result<>> takePort() override { return m_session.takePort(); }
    QFuture<Result<>> runJob(const QString &name, const QMap<QString, QString> &inputs) override
    {
        return m_session.runJob(name, inputs);
    }
    [[nodiscard]] session::MigrationDesk *migrations() const override { return &m_session.migrations(); }
    [[nodiscard]] QStringList heldFor() const override { return m_session.heldFor(); }
    QFuture<Result<>> applyHeld(bool consent) override { return m_session.applyHeld(consent); }
    QFuture<Result<>> runJobAgain(qint64 id) override { return m_session.runJobAgain(id); }

private:
    session::Session m_session;
};

/// The window of the program: sessions as sources, the sample in the user's data folder.
[[nodiscard]] WindowServices sessionServices();

} // namespace paddock::ui
