// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "logs/secretmasker.h"
#include "migrations/backup.h"
#include "migrations/lint.h"
#include "migrations/planning.h"
#include "migrations/schema.h"
#include "migrations/state.h"

#include <QFuture>
#include <QObject>
#include <QProcessEnvironment>
#include <QThreadPool>
#include <memory>

namespace paddock::migrations {

class RunnerProcess;

struct ServiceOptions
{
    QString root; ///< absolute
    QString bun;  ///< absolute; needed only where migrations are run
    Location database;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
};

/// Every migration as it stands.
struct Status
{
    QList<Entry> entries;
    std::optional<Error> unreachable; ///< then every state is unknown
    double ms = 0;
};

/// A migration that is about to run, with what is to be known before.
struct PlannedStep
{
    Step step;
    QList<Finding> findings;
    [[nodiscard]] bool isDestructive() const;
};

struct Statement
{
    QString sql;
    QStringList parameters;
    double ms = 0;
    QString error;
};

/// A migration that ran, or should have.
struct StepReport
{
    Step step;
    int pass = 1;
    QString outcome; ///< done, failed, cancelled, interrupted; empty: not begun
    bool transactional = false;
    double ms = 0;
    QList<Statement> statements;
    QStringList locks; ///< PostgreSQL: "products AccessExclusiveLock"
    QString output;
    Error error;
};

struct RunReport
{
    QString runId;
    QList<StepReport> steps;
    std::optional<Backup> backup;
    QString undo; ///< what can be undone, in words
    double ms = 0;
    Error error; ///< empty code: all of it was done
};

struct PassReport
{
    Direction direction = Direction::Up;
    QList<StepReport> steps;
    QStringList differences;    ///< of the schema, before the pass and after it
    QMap<QString, qint64> rows; ///< after it, by table
    double ms = 0;
};

struct RehearsalReport
{
    QString method; ///< copy, template, transaction, scratch
    QStringList notes;
    QMap<QString, qint64> rowsBefore;
    QList<PassReport> passes; ///< up, down, up
    QStringList leftovers;    ///< what `down` did not put back: differences between before and after up → down
    QList<PlannedStep> planned;
    double ms = 0;
    Error error;
};

/// How an edited, missing or interrupted migration is settled.
struct RepairRequest
{
    Repair repair = Repair::Adopt; ///< Adopt, MarkApplied, MarkReverted, PutBack, NewFromDifference
    QString plugin;                ///< empty: the one that has such a migration
    QString name;                  ///< empty: all to which it applies (Adopt only)
};

/// Migrations of one workspace on one database. Lives on the thread that made it and never blocks it: databases are
/// read on a thread of their own, migrations run in a process. One run or rehearsal at a time.
class Service final : public QObject
{
    Q_OBJECT

public:
    explicit Service(ServiceOptions options, QObject *parent = nullptr);
    ~Service() override;

    [[nodiscard]] const ServiceOptions &options() const { return m_options; }

    QFuture<Result<Status>> status();
    /// What a run would do, checked, with the rows that each destructive step would lose.
    QFuture<Result<QList<PlannedStep>>> prepare(const Selection &selection, const QStringList &pluginOrder = {});
    /// Errors besides those of prepare() and of the runner: "needs-consent" (the plan is destructive; `detail` names
    /// what is lost), "empty-migration" (likewise, one does nothing yet), "lint" (it cannot succeed), "state-changed",
    /// those of makeBackup().
    QFuture<Result<RunReport>> run(const Selection &selection, bool consent, const QStringList &pluginOrder = {});
    QFuture<Result<RehearsalReport>> rehearse(const Selection &selection, const QStringList &pluginOrder = {});
    void cancel(); ///< the run or rehearsal that is under way
    QFuture<Result<Backup>> backup();
    QFuture<Result<QList<Backup>>> backups();
    QFuture<Result<Restored>> restore(const QString &name);
    /// The migrations that were settled.
    QFuture<Result<QStringList>> repair(const RepairRequest &request);
    /// The text of a migration as it was applied, and as it is now.
    QFuture<Result<std::pair<QString, QString>>> difference(const Key &key);
    QFuture<Result<Schema>> schema();

Q_SIGNALS:
    void stepStarted(const paddock::migrations::Step &step, int pass);
    void stepFinished(const paddock::migrations::StepReport &report);
    void statement(const paddock::migrations::Statement &statement);
    void output(const QString &text);

private:
    struct Run;
    struct Rehearsal;
    void launch(const std::shared_ptr<Run> &run);
    void startRun(const std::shared_ptr<Run> &run, const Result<QList<PlannedStep>> &planned);
    void lockTaken(const std::shared_ptr<Run> &run);
    void takeEvent(const QJsonObject &event, QList<StepReport> &steps);
    void endRun(const std::shared_ptr<Run> &run, const Error &error);
    void startRehearsal(const std::shared_ptr<Rehearsal> &rehearsal, const Result<QList<PlannedStep>> &planned);
    void nextPass(const std::shared_ptr<Rehearsal> &rehearsal);
    void passEnded(const std::shared_ptr<Rehearsal> &rehearsal, const Error &error);

    ServiceOptions m_options;
    logs::SecretMasker m_masker;
    QThreadPool m_thread; ///< one: connections are confined to it
    std::unique_ptr<RunnerProcess> m_runner;
};

/// Whether consent is all that a run lacked.
[[nodiscard]] bool asksForConsent(const Error &error);

/// Everything that is known at this moment. Blocks for up to a second: not for a window's thread.
[[nodiscard]] Status readStatus(const QString &root, const Location &location);

/// Writes the next migration of a plugin from a template and returns its path. Errors: "bad-name", "no-such-plugin",
/// "migration-exists", "write-failed".
[[nodiscard]] Result<QString> newMigration(const QString &root, const QString &plugin, const QString &name,
                                           const QString &body = {});

[[nodiscard]] QJsonObject toJson(const PlannedStep &planned);
[[nodiscard]] QJsonObject toJson(const StepReport &report);
[[nodiscard]] QJsonObject toJson(const RunReport &report);
[[nodiscard]] QJsonObject toJson(const RehearsalReport &report);

} // namespace paddock::migrations
