// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <expected>
#include <functional>
#include <optional>
#include <utility>

/// Reading many small files and folders, with as few questions to the system as it takes.
namespace paddock::workspace {

/// What the file system says of a file: with all of it the same, so is its content, unless it was written just now.
struct FileStamp
{
    quint64 digest = 0; ///< of inode, size and times; 0: not known
    qint64 latest = 0;  ///< ns, the later one of the times of content and inode

    friend bool operator==(const FileStamp &, const FileStamp &) = default;
};

/// None: there is no such file.
[[nodiscard]] std::optional<FileStamp> stampOfFile(const QString &path);

/// A folder that is asked about many of its files: that is quicker than asking by whole paths.
class OpenFolder final
{
public:
    explicit OpenFolder(const QString &path);
    ~OpenFolder();
    OpenFolder(const OpenFolder &) = delete;
    OpenFolder &operator=(const OpenFolder &) = delete;
    /// None: there is no such file in it.
    [[nodiscard]] std::optional<FileStamp> stampOf(QStringView name) const;

private:
    QString m_path;
    int m_handle = -1; ///< where the system has such
};

enum class ReadProblem { Missing, Folder, Unreadable };
/// The whole file. A pipe or a device is unreadable: it would block for ever.
[[nodiscard]] std::expected<QByteArray, ReadProblem> readBytes(const QString &path);

struct FolderEntry
{
    QString name;
    bool isFolder = false; ///< else a file; there is nothing else
    bool isLink = false;   ///< of folders
};

enum class ListProblem { Missing, Unreadable };
/// Which folder that really is, by device and inode.
using FolderId = std::pair<quint64, quint64>;
[[nodiscard]] std::expected<FolderId, ListProblem> folderId(const QString &path);
/// Visits all entries in no particular order. False: it cannot be read.
[[nodiscard]] bool listFolder(const QString &path, const std::function<void(FolderEntry)> &visit);

} // namespace paddock::workspace
