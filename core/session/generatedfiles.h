// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/classifier.h"
#include "workspace/cache.h"

#include <QHash>
#include <QSet>
#include <QString>

namespace paddock::session {

/// What type generation was seen to write: told by what lies in its places (outDir, the client's file, files with a
/// generator's header) before and after a run. Kept across sessions, outside the workspace.
class GeneratedFiles final
{
public:
    using Snapshot = QHash<QString, workspace::FileStamp>; ///< by path relative to the root

    void load(const QString &root);
    void save(const QString &root) const;

    [[nodiscard]] static Snapshot snapshot(const workspace::ProjectState &state);
    /// After a run that succeeded. Rewritten with the same content counts as written.
    void learn(const QString &root, const Snapshot &before, const Snapshot &after);

    /// Adds what is known to what the classifier is told.
    void tell(change::Facts &facts) const;
    [[nodiscard]] bool isEmpty() const { return m_files.isEmpty(); }
    [[nodiscard]] const QSet<QString> &files() const { return m_files; }

private:
    QSet<QString> m_files;
    QList<QByteArray> m_hashes; ///< oldest first, bounded
};

} // namespace paddock::session
