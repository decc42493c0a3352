// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/filesystem.h"
#include "workspace/storedfacts.h"

#include <optional>
#include <vector>

namespace paddock::workspace {

/// The facts of source files from an earlier run, kept on disk. Configuration and .env files are never in it. A cache
/// of another version, cut short or with a damaged table is as good as none; where the facts of one file are damaged,
/// that file is not in it. Facts are found, not unpacked: that is done when somebody looks at them.
class FactsCache final
{
public:
    void
    load(const QString &fileName); ///< the table is checked here, facts by find(): that may be done on many threads
    /// The facts, if the file is still what it was and they are whole. `recent`: written so shortly before the cache
    /// that its times prove nothing; compare the content.
    [[nodiscard]] std::optional<StoredFacts> find(const QString &path, const FileStamp &stamp, bool *recent) const;
    [[nodiscard]] qsizetype size() const { return m_count; }
    /// Nobody calls find() any more: what was found is read from the open file from now on, and takes no memory.
    void letGo();

    struct Entry
    {
        QString path;
        FileStamp stamp;
        StoredFacts facts;
    };
    /// Writes the facts of these files in one go; errors are of no consequence. Facts that were in memory are read from
    /// that file afterwards.
    static void store(const QString &fileName, const std::vector<Entry> &files);

private:
    struct Header;
    struct Record;
    [[nodiscard]] const Record &record(qsizetype index) const;

    QByteArray m_bytes;
    PackPtr m_pack; ///< of the same bytes
    std::shared_ptr<const PackFile> m_file;
    std::vector<quint32> m_table; ///< by hash of the path; 0: free, else index of a record and 1
    qsizetype m_count = 0;
    qint64 m_written = 0; ///< ns
};

} // namespace paddock::workspace
