// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/snapshot.h"

#include <QDateTime>
#include <QList>
#include <optional>

namespace paddock::types {

struct SnapshotEntry
{
    QString id; ///< "s12", counting up in each workspace
    QDateTime at;
    qint64 change = 0;  ///< of the session that took it; 0: none led to it
    QString reason;     ///< "start", "types", "swapped", …
    QByteArray content; ///< hash of its text
    friend bool operator==(const SnapshotEntry &, const SnapshotEntry &) = default;
};

/// Snapshots of one workspace in the user's data folder: an index, and each text and each generated file once, named by
/// its content. Bounded: the oldest go, with what nothing else refers to. Several programs may use it at once.
class SnapshotStore final
{
public:
    /// `folder` empty: below paths::dataFolder(), named for the workspace.
    explicit SnapshotStore(const QString &workspaceRoot, const QString &folder = {}, int kept = 200);

    /// Writes nothing where the latest has the same content. Errors: "types-store".
    Result<SnapshotEntry> add(const Snapshot &snapshot, const QString &reason, qint64 change = 0);
    [[nodiscard]] QList<SnapshotEntry> entries() const; ///< oldest first
    [[nodiscard]] std::optional<SnapshotEntry> latest() const;
    /// Errors: "no-snapshot", "bad-snapshot".
    [[nodiscard]] Result<Snapshot> read(const QString &id) const;
    /// A generated file as it was. Errors: "no-snapshot".
    [[nodiscard]] Result<QByteArray> content(const QByteArray &hash) const;
    [[nodiscard]] QString folder() const { return m_folder; }

private:
    [[nodiscard]] QString contentPath(const QByteArray &hash) const;
    Result<> keep(const QByteArray &hash, const QByteArray &bytes) const;
    Result<> writeIndex(const QList<SnapshotEntry> &entries) const;
    void prune(QList<SnapshotEntry> &entries) const;

    QString m_root;
    QString m_folder;
    int m_kept;
};

/// Named baselines, in the workspace, to be committed: "main" → .paddock/types/main.types
[[nodiscard]] QString baselineFile(const QString &workspaceRoot, const QString &name);
[[nodiscard]] QStringList baselines(const QString &workspaceRoot); ///< names, sorted
/// Errors: "bad-name" (letters, digits, '-', '_' and '.' only), "types-store".
[[nodiscard]] Result<QString> writeBaseline(const QString &workspaceRoot, const QString &name, const Snapshot &snapshot);
/// Errors: "no-snapshot", "bad-snapshot" with the line.
[[nodiscard]] Result<Snapshot> readSnapshotFile(const QString &path);

} // namespace paddock::types
