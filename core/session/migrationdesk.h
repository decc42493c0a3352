// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "migrations/query.h"
#include "migrations/service.h"

#include <QElapsedTimer>
#include <QJsonObject>

namespace paddock::session {

/// What runs at the desk, or ran last.
struct MigrationActivity
{
    enum class Kind { None, Up, Down, Rehearse, Backup, Restore };
    enum class Outcome { Running, Done, Failed, Cancelled };
    Kind kind = Kind::None;
    Outcome outcome = Outcome::Done;
    QString command; ///< as a person would type it
    QString current; ///< "shop/003_add_stock.ts", while one runs
    int done = 0;
    int total = 0; ///< 0: not known (yet)
    double ms = 0; ///< when it has ended
    [[nodiscard]] bool isRunning() const { return kind != Kind::None && outcome == Outcome::Running; }
};

/// Where the database is.
struct Whereabouts
{
    migrations::Location database; ///< Engine::Unknown: not known
    bool isConfirmed = false;      ///< it is sure to be the server's own
};

/// The migrations of one open workspace: where its database is, how they stand, and everything that can be done about
/// them, one thing at a time. Lives on the thread that made it and never blocks it. Nothing is read from a database,
/// and nothing is run, before the workspace is trusted.
class MigrationDesk final : public QObject
{
    Q_OBJECT

public:
    explicit MigrationDesk(QString root, QObject *parent = nullptr);
    ~MigrationDesk() override;

    void setTrusted(bool trusted);
    void setInspection(const QJsonObject &inspection); ///< what the running server says of itself
    /// What a server that is about to start would say.
    void setToldByEntry(const migrations::Location &location);
    /// Looks for the database again, with no server running.
    QFuture<Whereabouts> find();
    QFuture<bool> isBlank(); ///< see migrations::isBlank()
    /// While the server starts the framework runs what is pending: until that is over, what was read does not count.
    void hold(bool isHeld);
    void setPluginOrder(const QStringList &order) { m_order = order; }

    [[nodiscard]] QString root() const { return m_root; }
    [[nodiscard]] const migrations::Location &database() const { return m_database; } ///< Engine::Unknown: not known
    [[nodiscard]] const Error &databaseError() const { return m_databaseError; }      ///< why it is not known
    /// The user says where it is: a URL or a path; empty: as it was before. It is remembered in the state folder unless
    /// it holds a password. Errors: "bad-database-url".
    Result<> giveDatabase(const QString &text);
    [[nodiscard]] bool isGiven() const { return !m_given.isEmpty(); }

    [[nodiscard]] const migrations::Status &status() const { return m_status; }
    /// Whether the states are the database's own, as of now.
    [[nodiscard]] bool isKnown() const
    {
        return m_isKnown && !m_isHeld && m_readEpoch == m_epoch && !m_status.unreachable;
    }
    /// The states are being read; statusChanged() follows.
    [[nodiscard]] bool isReading() const { return m_isReading; }
    [[nodiscard]] bool wasRead() const { return m_isKnown; }
    [[nodiscard]] int pending() const; ///< migrations of plugins that have not run, in whatever state
    [[nodiscard]] const migrations::Entry *entry(const migrations::Key &key) const;
    /// Finds the database again and reads the status; several calls in a row are one.
    void refresh();

    [[nodiscard]] const MigrationActivity &activity() const { return m_activity; }
    [[nodiscard]] bool isBusy() const { return m_activity.isRunning(); }

    /// See migrations::Service for the errors. Those that need a database fail with "database-unknown", those that run
    /// something with "not-trusted" or "running".
    QFuture<Result<QList<migrations::PlannedStep>>> prepare(const migrations::Selection &selection);
    QFuture<Result<migrations::RunReport>> run(const migrations::Selection &selection, bool consent);
    QFuture<Result<migrations::RehearsalReport>> rehearse(const migrations::Selection &selection);
    void cancel();
    QFuture<Result<migrations::Backup>> backup();
    QFuture<Result<QList<migrations::Backup>>> backups();
    QFuture<Result<migrations::Restored>> restore(const QString &name);
    QFuture<Result<QStringList>> repair(const migrations::RepairRequest &request);
    QFuture<Result<std::pair<QString, QString>>> difference(const migrations::Key &key);
    QFuture<Result<migrations::Schema>> schema();
    QFuture<Result<migrations::QueryResult>> query(const QString &sql, const migrations::QueryLimits &limits = {});
    void cancelQuery();
    /// The new file's path.
    Result<QString> create(const QString &plugin, const QString &name);

Q_SIGNALS:
    void databaseChanged();
    void statusChanged();
    void activityChanged();
    void output(const QString &line);                       ///< of what runs, masked
    void ran(const paddock::migrations::RunReport &report); ///< something was run, all of it or not

private:
    template <class T>
    QFuture<Result<T>> watched(MigrationActivity::Kind kind, const QString &command, QFuture<Result<T>> future);
    template <class T>
    [[nodiscard]] std::optional<QFuture<Result<T>>> refused(bool runsCode) const;
    [[nodiscard]] Result<> mayWork(bool runsCode) const;
    struct Found;
    QFuture<Found> look(bool isServerDown);
    void take(const Found &found);
    void use(const Result<migrations::Location> &location, const QString &bun);
    void readStatus();
    void say(const QString &line);

    QString m_root;
    bool m_trusted = false;
    QString m_given;
    QJsonObject m_inspection;
    QString m_written;           ///< identity of what files and variables named when the server told; empty: nothing
    bool m_isWrittenOld = false; ///< …and it is to be looked at again
    QStringList m_order;
    migrations::Location m_database;
    Error m_databaseError;
    migrations::Status m_status;
    bool m_isKnown = false;
    bool m_isHeld = false;
    int m_epoch = 0; ///< rises when what was read counts no longer
    int m_readEpoch = 0;
    bool m_isReading = false;
    bool m_readAgain = false;
    QString m_bun;
    MigrationActivity m_activity;
    QElapsedTimer m_timer;
    std::shared_ptr<migrations::Service> m_service; ///< null: the database is not known
    std::unique_ptr<migrations::QueryRunner> m_queries;
    QThreadPool m_thread;
};

[[nodiscard]] QLatin1StringView toString(MigrationActivity::Kind kind);

/// "up --plugin shop --to 003_add_stock", as `paddockctl migrate` takes it.
[[nodiscard]] QString commandOf(const migrations::Selection &selection);

} // namespace paddock::session
