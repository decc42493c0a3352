// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/data.h"

#include <QHash>

namespace paddock::workspace {

/// What the file system says of a file: with all of it the same, so is its content, unless it was written just now.
struct FileStamp
{
    quint64 inode = 0;
    qint64 size = 0;
    qint64 modified = 0; ///< ns
    qint64 changed = 0;  ///< ns

    friend bool operator==(const FileStamp &, const FileStamp &) = default;
    [[nodiscard]] static std::optional<FileStamp> of(const QString &path);
};

/// The facts of source files from an earlier run, kept on disk. Configuration and .env files are never in it. A cache
/// of another version, cut short or damaged is as good as none.
class FactsCache final
{
public:
    void load(const QString &fileName);
    /// The facts, if the file is still what it was. `recent`: written so shortly before the cache that its times prove
    /// nothing; compare the content.
    [[nodiscard]] FactsPtr find(const QString &path, const FileStamp &stamp, bool *recent) const;
    [[nodiscard]] qsizetype size() const { return m_entries.size(); }

    /// Writes the facts of these files in one go; errors are of no consequence.
    static void store(const QString &fileName, const QHash<QString, std::pair<FileStamp, FactsPtr>> &files);

private:
    struct Entry
    {
        FileStamp stamp;
        QByteArray facts;
    };
    QHash<QString, Entry> m_entries;
    qint64 m_written = 0; ///< ns
};

[[nodiscard]] QByteArray toBytes(const FileFacts &facts);
/// Null where the bytes are not what toBytes() makes.
[[nodiscard]] FactsPtr factsFromBytes(const QByteArray &bytes);

} // namespace paddock::workspace
