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

/// A file with what the file system said of it at some time.
struct StampedFile
{
    QString path; ///< relative to the root
    FileStamp stamp;
};

enum class ReadProblem { Missing, Folder, Unreadable };
/// The whole file. A pipe or a device is unreadable: it would block for ever.
[[nodiscard]] std::expected<QByteArray, ReadProblem> readBytes(const QString &path);

struct FolderEntry
{
    QByteArrayView name;   ///< UTF-8, with a zero behind it
    bool isFolder = false; ///< else a file; there is nothing else
    bool isLink = false;
};

/// Which folder that really is, by device and inode.
using FolderId = std::pair<quint64, quint64>;

enum class ListProblem { Missing, Unreadable };

/// A folder that is looked into once. Asking it about its files is quicker than asking by whole paths.
class OpenFolder final
{
public:
    [[nodiscard]] static std::expected<OpenFolder, ListProblem> open(const QString &path);
    OpenFolder(OpenFolder &&) noexcept;
    ~OpenFolder();
    OpenFolder(const OpenFolder &) = delete;
    OpenFolder &operator=(const OpenFolder &) = delete;
    OpenFolder &operator=(OpenFolder &&) = delete;

    [[nodiscard]] FolderId id() const { return m_id; }
    /// Visits all entries in no particular order.
    void list(const std::function<void(const FolderEntry &)> &visit);
    /// None: it is no file any more. For entries that are being visited.
    [[nodiscard]] std::optional<FileStamp> stampOf(const FolderEntry &entry) const;

private:
    OpenFolder(QString path, FolderId id, void *handle) : m_path(std::move(path)), m_id(id), m_handle(handle) {}

    QString m_path;
    FolderId m_id;
    void *m_handle; ///< the system's own; null where it has none
};

} // namespace paddock::workspace
