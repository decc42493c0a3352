// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "logs/secretmasker.h"
#include "process/managedprocess.h"
#include "session/records.h"

#include <QFuture>
#include <QObject>
#include <QProcessEnvironment>
#include <QPromise>
#include <QStringList>
#include <functional>
#include <map>
#include <memory>

namespace paddock::pipeline {

struct JobSpec
{
    QString name; ///< "gen:types"
    QString kind; ///< script, install, test, watcher, command
    QString program;
    QStringList arguments;
    QString folder;
    QProcessEnvironment environment;
};

/// Child processes that a stage or the user runs, each with its record. A job ends by itself, by cancel(), or with
/// this.
class Jobs final : public QObject
{
    Q_OBJECT

public:
    explicit Jobs(QObject *parent = nullptr);
    ~Jobs() override;

    /// Errors of the future: "job-failed" (exit status in the message, the end of its output in `detail`),
    /// "job-cancelled", or why it could not start.
    QFuture<Result<>> start(const JobSpec &spec);
    /// The same again, as a new job. Error: "no-job" when it is not among the records.
    QFuture<Result<>> startAgain(qint64 id);
    [[nodiscard]] qint64 lastId() const { return m_lastId; } ///< of the job that was started last
    /// Work that is not a child process of this class, with a record like the others; `cancel` is called for cancel().
    /// Returns its id; append() and end() tell how it goes.
    qint64 begin(const QString &name, const QString &kind, const QString &command, const QString &folder,
                 std::function<void()> cancel);
    void append(qint64 id, const QString &text);
    void end(qint64 id, session::JobState state, double ms);
    /// Steps: SIGTERM, SIGKILL; told by `note`.
    void cancel(qint64 id);
    void cancelAll();
    /// The source of log lines that say what is being done to a job.
    [[nodiscard]] static QString noteSource(const QString &job) { return job + QStringLiteral(" (paddock)"); }
    void setMasker(const logs::SecretMasker &masker) { m_masker = masker; } ///< for the output that records keep
    [[nodiscard]] const QList<session::JobRecord> &records() const { return m_records; }
    [[nodiscard]] int running() const { return int(m_running.size() + m_guests.size()); }

Q_SIGNALS:
    void changed(const paddock::session::JobRecord &job);
    void output(const QString &job, paddock::process::Stream stream, const QByteArray &bytes);
    void outputEnded(const QString &job, paddock::process::Stream stream);
    void note(const QString &job, const QString &text); ///< a line for the log: what is being done to the job

private:
    struct Running
    {
        std::unique_ptr<process::ManagedProcess> process;
        QPromise<Result<>> promise;
        QByteArray tail;
        bool cancelled = false;
    };

    void makeRoom();
    void ended(qint64 id, const process::ExitReason &reason);
    session::JobRecord &record(qint64 id);

    QList<session::JobRecord> m_records; ///< the latest, bounded
    std::map<qint64, JobSpec> m_specs;   ///< of the records
    std::map<qint64, std::unique_ptr<Running>> m_running;
    std::map<qint64, std::function<void()>> m_guests; ///< how they are cancelled
    logs::SecretMasker m_masker;
    qint64 m_lastId = 0;
};

} // namespace paddock::pipeline
