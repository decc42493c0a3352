// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/codeerror.h"
#include "types/comparison.h"
#include "types/impact.h"

#include <QFuture>
#include <QHash>
#include <QObject>
#include <QPointer>
#include <functional>
#include <optional>

namespace paddock::session {

class TypeWatch;

struct TypesStatus
{
    enum class Activity { Idle, Reading, Checking };
    Activity activity = Activity::Idle;
    int done = 0; ///< files that are checked, of `total`
    int total = 0;
    bool isTrusted = true;          ///< nothing is read by a compiler before
    bool hasSnapshot = false;       ///< the types have been read
    bool isGenerated = true;        ///< type generation has written something
    QString compiler;               ///< that reads; empty: none does
    types::TypeCheck check;         ///< of the whole workspace, some time after each change
    std::optional<Error> problem;   ///< why no compiler reads, or why the last check ended early
    QMap<QString, QString> unknown; ///< of the latest snapshot: what could not be read, and why
    QStringList stale;              ///< what generated types are older than: "plugin users"
    QString first;                  ///< id of the session's first snapshot; empty: none yet
    QString previous;               ///< of the one before the latest that differs from it
    QString latest;
    friend bool operator==(const TypesStatus &, const TypesStatus &) = default;
};

/// What can be compared.
struct TypesChoices
{
    QList<types::SnapshotEntry> snapshots; ///< oldest first
    QStringList baselines;
};

struct TypesComparison
{
    QString from; ///< as asked for
    QString to;
    qint64 change = 0;              ///< whose findings these are; 0: all between the two
    QString compiler;               ///< that decided; empty: texts did
    QMap<QString, QString> unknown; ///< on the later side
    QList<types::Finding> findings;
    QList<types::ComparedFile> files;
};

/// What a user does with the types of a workspace: compare states of them, look where changes hurt, accept findings,
/// name baselines. Everything slow happens elsewhere; results and signals come on the desk's thread.
class TypesDesk final : public QObject
{
    Q_OBJECT

public:
    explicit TypesDesk(QString root, QObject *parent = nullptr);
    ~TypesDesk() override;

    [[nodiscard]] const TypesStatus &status() const { return m_status; }
    [[nodiscard]] QFuture<TypesChoices> choices() const;

    /// "now", the id of a snapshot, or a baseline's name. Errors: "no-snapshot", "bad-snapshot".
    [[nodiscard]] QFuture<Result<TypesComparison>> compare(const QString &from, const QString &to);
    /// What a change of this session did. Error: "no-comparison".
    [[nodiscard]] QFuture<Result<TypesComparison>> compareChange(qint64 change);
    [[nodiscard]] bool hasComparison(qint64 change) const { return m_changes.contains(change); }

    /// Where the symbols of these findings are used, as the files are now; then a check of those files. A new search
    /// takes the place of one that runs. Errors: "cancelled".
    QFuture<Result<QList<types::Impact>>> findImpact(const QList<types::Finding> &findings);
    void cancelImpact();

    /// Error: "bad-approvals", "types-store".
    QFuture<Result<>> approve(const QList<types::Finding> &findings, bool approved);
    /// The latest snapshot under a name, in the workspace. The result is its file. Errors: "bad-name", "no-snapshot".
    QFuture<Result<QString>> saveBaseline(const QString &name);

    // Told by the session
    void setWatch(TypeWatch *watch, const types::ChildOptions &checker);
    void setTrusted(bool trusted);
    void setSuspended(bool suspended); ///< see CompilerChild::setSuspended()
    void setProblem(const std::optional<Error> &problem);
    void setStale(const QStringList &subjects);
    void setState(const workspace::ProjectState &state) { m_state = state; }
    void setChange(qint64 change, const QList<types::Finding> &findings, const QString &from, const QString &to);
    void setLatest(const types::Snapshot &snapshot, const QString &id);

Q_SIGNALS:
    void statusChanged();
    void compared(qint64 change); ///< compareChange() has something for it
    void approvalsChanged();
    void impactFound(const QList<paddock::types::Impact> &impacts); ///< uses that are not checked yet

private:
    struct Told
    {
        QList<types::Finding> findings;
        QString from;
        QString to;
    };
    void update(const std::function<void(TypesStatus &)> &change);

    QString m_root;
    TypesStatus m_status;
    QPointer<TypeWatch> m_watch;
    types::Snapshot m_latest;
    workspace::ProjectState m_state; ///< where no watch has one
    types::ChildOptions m_checkerOptions;
    std::unique_ptr<types::CompilerChild> m_checker; ///< started when first needed, let go of when idle
    std::unique_ptr<types::ImpactSearch> m_search;
    class QTimer *m_idle;
    QHash<qint64, Told> m_changes;
    QList<qint64> m_order; ///< of m_changes, oldest first
    quint64 m_searches = 0;
};

} // namespace paddock::session
