// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/apidiff.h"
#include "types/codeerror.h"
#include "types/compilerchild.h"
#include "types/snapshotstore.h"
#include "types/sources.h"

#include <QFuture>
#include <QJsonArray>
#include <QObject>
#include <QTimer>
#include <functional>
#include <memory>
#include <optional>

namespace paddock::session {

struct TypeWatchOptions
{
    types::ChildOptions child;
    /// The agent's `contracts`; an error where no server runs.
    std::function<QFuture<Result<QJsonObject>>()> contracts;
};

/// Takes snapshots of a workspace's types as it changes, and tells what each change does to callers. One is taken at a
/// time; what comes meanwhile is taken together. When nothing more comes, the whole workspace is type-checked. Lives
/// beside the pipeline and never holds it up.
class TypeWatch final : public QObject
{
    Q_OBJECT

public:
    explicit TypeWatch(TypeWatchOptions options, QObject *parent = nullptr);
    ~TypeWatch() override;

    /// `files`: those that changed since the last call, relative; `generated`: so did what type generation writes.
    /// `changes`: ids of the changes that led here; 0 alone where none did.
    void take(const workspace::ProjectState &state, const QString &reason, const QList<qint64> &changes,
              const QStringList &files, bool generated = false);

    [[nodiscard]] const types::Snapshot &latest() const { return m_latest; }
    [[nodiscard]] bool hasLatest() const { return m_hasLatest; }
    [[nodiscard]] bool isBusy() const { return m_running; }
    /// Of the state that the latest snapshot was read from.
    [[nodiscard]] const workspace::ProjectState &state() const { return m_state; }
    [[nodiscard]] types::CompilerChild &child() { return m_child; }

Q_SIGNALS:
    void busyChanged(bool busy);
    void taken(const QString &id); ///< latest() is as the files are; `id`: empty where it could not be kept
    /// `changes` as given; no findings: callers see no difference. `from`, `to`: ids of the snapshots; empty where they
    /// could not be kept.
    void compared(const QList<qint64> &changes, const QList<paddock::types::Finding> &findings, const QString &from,
                  const QString &to);
    void problem(const paddock::Error &error);            ///< types-store, no-compiler, …; each once until it is over
    void checked(const paddock::types::TypeCheck &check); ///< of the files as they are
    void recovered();                                     ///< a snapshot by a compiler, after a problem

private:
    struct Wanted
    {
        workspace::ProjectState state;
        QString reason;
        QList<qint64> changes;
        QStringList files;
        bool generated = false;
    };

    void begin();
    void haveSources(const Wanted &wanted, const types::Sources &sources);
    void haveAnswer(const Wanted &wanted, const types::Sources &sources, const Result<QJsonObject> &answer,
                    const std::optional<QJsonArray> &contracts);
    void haveSnapshot(const Wanted &wanted, const types::Snapshot &snapshot, const Result<types::SnapshotEntry> &entry);
    void done();
    void check();

    TypeWatchOptions m_options;
    types::CompilerChild m_child;
    types::Snapshot m_latest;
    QString m_latestId;
    workspace::ProjectState m_state;
    bool m_hasLatest = false;
    bool m_running = false;
    bool m_complained = false;
    QTimer m_checkLater;
    std::optional<Wanted> m_next;
};

} // namespace paddock::session
