// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/apidiff.h"
#include "types/compilerchild.h"
#include "types/sources.h"

#include <QFuture>
#include <QObject>
#include <QSet>
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
/// time; what comes meanwhile is taken together. Lives beside the pipeline and never holds it up.
class TypeWatch final : public QObject
{
    Q_OBJECT

public:
    explicit TypeWatch(TypeWatchOptions options, QObject *parent = nullptr);
    ~TypeWatch() override;

    /// `files`: those that changed since the last call, relative; none: any may have. `changes`: ids of the changes that
    /// led here; 0 alone where none did.
    void take(const workspace::ProjectState &state, const QString &reason, const QList<qint64> &changes,
              const std::optional<QStringList> &files);

    [[nodiscard]] const types::Snapshot &latest() const { return m_latest; }
    [[nodiscard]] bool isBusy() const { return m_running; }
    [[nodiscard]] types::CompilerChild &child() { return m_child; }

Q_SIGNALS:
    /// `changes` as given; no findings: callers see no difference.
    void compared(const QList<qint64> &changes, const QList<paddock::types::Finding> &findings);
    void problem(const paddock::Error &error); ///< types-store, no-compiler, …; each once until it is over
    void recovered();                          ///< a snapshot by a compiler, after a problem

private:
    struct Wanted
    {
        workspace::ProjectState state;
        QString reason;
        QList<qint64> changes;
        std::optional<QStringList> files;
    };

    void begin();
    void haveSources(const Wanted &wanted, const types::Sources &sources);
    void haveSnapshot(const Wanted &wanted, const types::Snapshot &snapshot);
    void done();

    TypeWatchOptions m_options;
    types::CompilerChild m_child;
    types::Snapshot m_latest;
    bool m_hasLatest = false;
    bool m_running = false;
    bool m_complained = false;
    std::optional<Wanted> m_next;
};

} // namespace paddock::session
