// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/filesystem.h"
#include "workspace/storedfacts.h"

#include <optional>
#include <span>
#include <vector>

namespace paddock::workspace {

/// The facts of source files from an earlier run, kept on disk. Configuration and .env files are never in it. A cache
/// of another version, cut short or with a damaged table is as good as none; where the facts of one file are damaged,
/// that file is not in it. Facts are found, not unpacked: that is done when somebody looks at them.
class FactsCache final
{
public:
    /// Reads the table; the facts themselves are read and checked by find(): that may be done on many threads.
    void load(const QString &fileName);

    struct Found
    {
        StoredFacts facts;      ///< in a pack of this call: they stay in the file, which stays open
        QStringList specifiers; ///< as facts.specifiers()
        bool recent = false; ///< written so shortly before the cache that its times prove nothing; compare the content
    };
    /// The facts of each file that is still what it was, where they are whole; null for the others. Files that were
    /// next to each other in store() are found quickest together.
    [[nodiscard]] std::vector<std::optional<Found>> find(std::span<const StampedFile> files) const;
    [[nodiscard]] qsizetype size() const { return m_count; }

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
    [[nodiscard]] const Record *record(const StampedFile &file) const; ///< null: not known as it is now

    QByteArray m_bytes; ///< of the table
    std::shared_ptr<const PackFile> m_file;
    std::vector<quint32> m_table; ///< by hash of the path; 0: free, else index of a record and 1
    qsizetype m_count = 0;
    qint64 m_written = 0; ///< ns
};

} // namespace paddock::workspace
