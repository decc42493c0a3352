// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/data.h"
#include "workspace/filesystem.h"

#include <QSet>
#include <QString>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace paddock::workspace {

/// Every relevant file below a folder, in no particular order, for several threads at once: while some still look into
/// folders, others have files already. Follows symbolic links once each, and those last, in the order of their names: a
/// folder is known by its own name where it has one.
class Walk final
{
public:
    enum class Stamps { No, Yes };
    /// `data` is asked for its root and what its configuration ignores.
    Walk(const ProjectData &data, const QString &top, Stamps stamps);

    /// Some files of one folder at a time; may wait for what other threads find. Empty: that was all.
    [[nodiscard]] std::vector<StampedFile> next();
    /// So many are known of so far: most of them, once next() has come back for the first time.
    [[nodiscard]] qsizetype found() const { return m_found; }
    /// After the end: there was a folder that cannot be read, and no file.
    [[nodiscard]] bool hasFailed() const { return m_metUnreadable && !m_metFiles; }

private:
    void look(const QString &folder, std::unique_lock<std::mutex> &lock);

    const ProjectData &m_data;
    const Stamps m_stamps;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<QString> m_folders, m_links;
    std::vector<std::vector<StampedFile>> m_files;
    QSet<FolderId> m_visited; ///< a link may lead back up
    std::atomic<qsizetype> m_found = 0;
    int m_looking = 0; ///< threads that are inside a folder
    bool m_metUnreadable = false, m_metFiles = false;
};

} // namespace paddock::workspace
